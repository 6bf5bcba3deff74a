"""One purpose as a page tells it: its ground, its periods, and what is law and what is choice."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from retention.period import AtOnce, Permanent
from retention.policy import LegalBasis, SourceStatus
from retention.reason import Reason
from retention.reports.figures import fates
from retention.reports.sources import legal_basis_words, status_words, statutory, summary_words
from retention.reports.words import Words, parse_period
from retention.summary import PolicySummary, RuleSummary, SourceSummary


class PurposeView(Struct, frozen=True):
    """A purpose, to one reader."""

    data: PolicySummary
    words: Words

    @property
    def title(self) -> str:
        """Its title, with its number in the organisation's own catalogue."""
        title = self.words.text(self.data.title)
        return f"{self.data.list_entry} · {title}" if self.data.list_entry else title

    @property
    def expired(self) -> int:
        """Records for which it has ended."""
        return sum(rule.expired for rule in self.data.rules)

    @property
    def in_short(self) -> str:
        """The purpose in one line."""
        needed = sum(rule.applies - rule.expired for rule in self.data.rules)
        return self.words.gettext("Still needed: %(needed)s. Period ended: %(expired)s.") % {
            "needed": self.words.records(needed),
            "expired": self.words.count(self.expired),
        }

    @property
    def judged(self) -> int:
        """Records to which it applies."""
        return sum(sum(one.values()) for one in self.data.reasons.values())

    @property
    def fates(self) -> Mapping[str, int]:
        """What becomes of them: goes, partly, stays, held, restricted, review, settled."""
        mine = fates(*self.data.reasons.values())
        codes = {Reason.PARTIAL_PURPOSE: "partly", Reason.KEEP_RESTRICTED: "restricted"}
        apart = {name: sum(one.get(code, 0) for one in self.data.reasons.values()) for code, name in codes.items()}
        return {**{fate.value: count for fate, count in mine.items()}, **apart}

    @property
    def whys(self) -> list[tuple[str, str, int]]:
        """What becomes of them per dataset: its id, the reason code, the records; the most first."""
        found = [(name, code, n) for name, reasons in self.data.reasons.items() for code, n in reasons.items()]
        return sorted(found, key=lambda one: (one[0], -one[2], one[1]))

    @property
    def grounding(self) -> list[tuple[str, str]]:
        """The kinds of source behind it, each once, law first, with the mark each gets."""
        statuses = sorted({SourceStatus(source.status) for source in self.data.sources}, key=list(SourceStatus).index)
        return [(self.words.text(status_words(one)), "law" if statutory(one) else "") for one in statuses]

    @property
    def basis(self) -> str:
        """Its legal basis."""
        return self.words.text(legal_basis_words(LegalBasis(self.data.legal_basis)))

    def length(self, rule: RuleSummary) -> str:
        """How long a rule keeps, without from when."""
        period = self.words.period(parse_period(rule.period))
        return period[:1].upper() + period[1:]

    def exactly(self, rule: RuleSummary) -> str:
        """How long a rule keeps, from when, and which records, in exact words."""
        said = self.period(rule)
        if rule.condition is None:
            return said
        which = self.words.gettext("if")
        return f"{said}, {which} {self.words.text(rule.condition)}"

    def period(self, rule: RuleSummary) -> str:
        """How long a rule keeps, from when."""
        keep_for, trigger = parse_period(rule.period), self.words.text(rule.trigger)
        match keep_for:
            case Permanent():
                return self.words.gettext("keep permanently")
            case AtOnce():
                return self.words.gettext("at once: %(trigger)s") % {"trigger": trigger}
            case _:
                period = self.words.period(keep_for)
                return self.words.gettext("%(period)s after %(trigger)s") % {"period": period, "trigger": trigger}

    def statutory(self, source: SourceSummary) -> bool:
        """Whether a source was read in the law or the official list."""
        return statutory(SourceStatus(source.status))

    def status(self, source: SourceSummary) -> str:
        """A source's status as a label."""
        return self.words.text(status_words(SourceStatus(source.status)))

    def source(self, source: SourceSummary) -> str:
        """A source in sentences."""
        return self.words.text(summary_words(source))
