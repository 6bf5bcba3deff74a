"""What a plan's page says where a template would have to think: phrases and orders, no markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from retention.finding import Finding, Severity
from retention.holds import HoldKind
from retention.period import AtOnce, Permanent, first_day_destructible, last_day_kept, years
from retention.plan import ApprovalMode
from retention.policy import LegalBasis, SourceStatus
from retention.reports.explained import kind_words
from retention.reports.figures import Fate, Figures, figures, pseudonymises, reasons_of
from retention.reports.sources import legal_basis_words, status_words, statutory, summary_words
from retention.reports.words import Words, parse_period
from retention.summary import DatasetSummary, HoldSummary, PlanSummary, PolicySummary, RuleSummary, SourceSummary

_THINNEST: Final = 1.5  # per cent of a bar: what is there at all can be seen


@dataclass(frozen=True, slots=True)
class Tile:
    """One number at a glance."""

    kind: str
    label: str
    count: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, in per cent of its length."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True)
class PlanPage:
    """A plan as its page tells it, to one reader."""

    summary: PlanSummary
    words: Words

    def _(self, message: str, **given: Any) -> str:
        return self.words.gettext(message) % given

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """What each dataset is called."""
        return {d.id: self.words.text(d.title) or d.id for d in self.summary.datasets}

    @cached_property
    def anchors(self) -> Mapping[str, str]:
        """Where each dataset is on the page."""
        return {d.id: f"dataset-{n}" for n, d in enumerate(self.summary.datasets, start=1)}

    @cached_property
    def ordered(self) -> tuple[DatasetSummary, ...]:
        """The datasets, what asks for attention first, then where most goes."""
        return tuple(
            sorted(
                self.summary.datasets,
                key=lambda d: (d.failed is None, not d.refused, not d.planned, -d.planned, self.titles[d.id]),
            )
        )

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, the gravest first."""
        grave = list(Severity)
        return tuple(sorted(self.summary.findings, key=lambda f: (grave.index(f.severity), f.where, f.code)))

    @cached_property
    def pseudonyms(self) -> bool:
        """Whether any field becomes a pseudonym."""
        return any(pseudonymises(d) for d in self.summary.datasets)

    def figures_of(self, dataset: DatasetSummary) -> Figures:
        """The numbers of one dataset."""
        return figures([dataset])

    def goes_of(self, dataset_id: str) -> int:
        """Records of a dataset that go as a whole."""
        return sum(d.delete + d.anonymise for d in self.summary.datasets if d.id == dataset_id)

    def notable(self, dataset: DatasetSummary) -> bool:
        """Whether a reader should see a dataset without asking for it."""
        mine = figures([dataset])
        return bool(dataset.planned or dataset.failed is not None or mine.review or mine.held)

    def opening(self) -> str:
        """The plan in two sentences."""
        total = figures(self.summary.datasets)
        first = min(self.summary.reference_date + timedelta(days=d.notice) for d in self.summary.datasets if d.planned)
        said = self.words.ngettext(
            "%(goes)s record is up for disposal, %(stays)s stay. Nothing goes before %(day)s, and nothing unapproved.",
            "%(goes)s records are up for disposal, %(stays)s stay. Nothing goes before %(day)s, and nothing unapproved.",
            total.goes,
        )
        return said % {
            "goes": self.words.count(total.goes),
            "stays": self.words.count(total.stays + total.held + total.review),
            "day": self.words.date(first),
        }

    def tiles(self) -> tuple[Tile, ...]:
        """The numbers at a glance."""
        total, word = figures(self.summary.datasets), self.words.gettext
        along = self._("and %(count)s that go along", count=self.words.count(total.children)) if total.children else ""
        still = Tile("goes", word("To pseudonymise"), total.pseudonymise, word("still personal data"))
        return (
            Tile("goes", word("To destroy"), total.delete, along),
            Tile("goes", word("To anonymise"), total.anonymise, word("the record stays, the person does not")),
            *((still,) if total.pseudonymise else ()),
            Tile("goes", word("Fields to erase"), total.erase_fields, word("of records that stay")),
            Tile("stays", word("Stays"), total.stays, word("the period runs, or another purpose needs it")),
            Tile("held", word("Held"), total.held, word("by a hold, a restriction, a request or cooling-off")),
            Tile("review", word("To review"), total.review, word("in doubt, so never destroyed")),
            Tile("error", word("Over the limit"), total.over_limit, word("refused until allowed by name")),
        )

    def state(self, dataset: DatasetSummary) -> tuple[str, str]:
        """Where a dataset stands, and the kind of mark it gets."""
        word = self.words.gettext
        if dataset.failed is not None:
            return word("not judged"), "error"
        if dataset.refused:
            return word("over the limit"), "error"
        if not dataset.planned:
            return word("nothing due"), ""
        return (word("approved"), "law") if dataset.approved else (word("waits for approval"), "review")

    def approval(self, dataset: DatasetSummary) -> str:
        """By which kind of approval a dataset's records may go."""
        match dataset.approved:
            case ApprovalMode.STANDING.value:
                return self._("standing")
            case ApprovalMode.LIST.value:
                return self._("this list")
            case _:
                return self._("none")

    def segments(self, dataset: DatasetSummary) -> tuple[Segment, ...]:
        """A dataset's bar."""
        mine = figures([dataset])
        counts = {
            "goes": mine.goes,
            "held": mine.held,
            "review": mine.review,
            "stays": mine.stays,
            "settled": mine.settled,
        }
        there = {kind: count for kind, count in counts.items() if count}
        raw = {kind: max(_THINNEST, 100 * count / sum(there.values())) for kind, count in there.items()}
        found, x = [], 0.0
        for kind, width in raw.items():
            share = 100 * width / sum(raw.values())
            found.append(Segment(kind, round(x, 2), round(share, 2)))
            x += share
        return tuple(found)

    def in_short(self, dataset: DatasetSummary) -> str:
        """A dataset in one line."""
        mine = figures([dataset])
        if dataset.failed is not None:
            return self._("Could not be judged.")
        if not dataset.judged:
            return self._("No records.")
        return self._(
            "Goes: %(goes)s of %(judged)s.",
            judged=self.words.records(dataset.judged),
            goes=self.words.count(mine.goes),
        )

    def what_goes(self, dataset: DatasetSummary) -> list[tuple[str, str]]:
        """What happens in a dataset, each line with its label."""
        word, count, said = self.words.gettext, self.words.count, list[tuple[str, str]]()
        if dataset.delete:
            said.append((word("To destroy"), self.words.records(dataset.delete)))
        if dataset.anonymise:
            name = word("To pseudonymise") if pseudonymises(dataset) else word("To anonymise")
            said.append((name, self.words.records(dataset.anonymise)))
        if dataset.erase_fields:
            fields = self.words.listed(dataset.fields)
            said.append(
                (
                    word("Fields to erase"),
                    self._(
                        "%(fields)s, in %(records)s", fields=fields, records=self.words.records(dataset.erase_fields)
                    ),
                )
            )
        if dataset.children:
            along = self.words.listed(
                f"{self.titles.get(name, name)} ({count(n)})" for name, n in dataset.children.items()
            )
            said.append((word("Goes along"), along))
        if not said:
            return [(word("Today"), word("nothing"))]
        if dataset.oldest_start is not None:
            said.append((word("Oldest start"), self.words.date(dataset.oldest_start)))
        if dataset.longest_overdue is not None:
            said.append((word("Longest overdue"), self.words.days(dataset.longest_overdue)))
        earliest = self.summary.reference_date + timedelta(days=dataset.notice)
        said.append((word("Not before"), self.words.date(earliest)))
        return said

    def why_it_stays(self, dataset: DatasetSummary) -> tuple[tuple[str, int], ...]:
        """The reasons for which records of a dataset stay, with their numbers."""
        return reasons_of(dataset, Fate.HELD, Fate.REVIEW, Fate.STAYS, Fate.SETTLED, Fate.UNDONE)

    def until(self, dataset: DatasetSummary) -> str:
        """When the next record of a dataset may go."""
        if dataset.next_due is None:
            return self._("Of what stays, no first day destructible is known yet.")
        return self._("Of what stays, the first may go on %(day)s.", day=self.words.date(dataset.next_due))

    def small_print(self, dataset: DatasetSummary) -> str:
        """A dataset's limit, notice and approval, in a line."""
        said = [self._("Approval: %(mode)s.", mode=self.approval(dataset))] if dataset.planned else []
        if dataset.limit is not None:
            said.append(self._("Limit per day: %(limit)s.", limit=self.words.number(dataset.limit)))
        if dataset.allowed:
            said.append(self._("Allowed over it: %(allowed)s.", allowed=self.words.number(dataset.allowed)))
        said.append(self._("Announced %(days)s ahead.", days=self.words.days(dataset.notice)))
        return " ".join(said)

    def expired_of(self, policy: PolicySummary) -> int:
        """Records for which a purpose has ended."""
        return sum(rule.expired for rule in policy.rules)

    def purpose_in_short(self, policy: PolicySummary) -> str:
        """A purpose in one line."""
        return self._(
            "%(owner)s. Needs %(applies)s; for %(expired)s the period has ended.",
            owner=policy.owner[:1].upper() + policy.owner[1:],
            applies=self.words.records(sum(rule.applies for rule in policy.rules)),
            expired=self.words.count(self.expired_of(policy)),
        )

    def grounding(self, policy: PolicySummary) -> list[tuple[str, str]]:
        """The kinds of source behind a purpose, each once, law first."""
        statuses = sorted({SourceStatus(source.status) for source in policy.sources}, key=list(SourceStatus).index)
        return [(self.words.text(status_words(one)), "law" if statutory(one) else "") for one in statuses]

    def basis(self, policy: PolicySummary) -> str:
        """A purpose's legal basis."""
        return self.words.text(legal_basis_words(LegalBasis(policy.legal_basis)))

    def period(self, rule: RuleSummary) -> str:
        """How long, from when."""
        keep_for = parse_period(rule.period)
        match keep_for:
            case Permanent():
                return self._("keep permanently")
            case AtOnce():
                return self._("at once: %(trigger)s", trigger=self.words.text(rule.trigger))
            case _:
                return self._(
                    "%(period)s after %(trigger)s",
                    period=self.words.period(keep_for),
                    trigger=self.words.text(rule.trigger),
                )

    def statutory(self, source: SourceSummary) -> bool:
        """Whether a source was read in the law or the official list."""
        return statutory(SourceStatus(source.status))

    def status(self, source: SourceSummary) -> str:
        """A source's status as a label."""
        return self.words.text(status_words(SourceStatus(source.status)))

    def source(self, source: SourceSummary) -> str:
        """A source in sentences."""
        return self.words.text(summary_words(source))

    def kind(self, hold: HoldSummary) -> str:
        """What kind of hold it is, as the start of a sentence."""
        words = self.words.text(kind_words(HoldKind(hold.kind)))
        return words[:1].upper() + words[1:]

    def per_dataset(self, counts: Mapping[str, int]) -> str:
        """Records per dataset, as a list in a sentence."""
        return self.words.listed(
            f"{self.titles.get(name, name)} {self.words.count(count)}" for name, count in counts.items() if count
        )

    def severity(self, severity: Severity) -> str:
        """How a finding stands in the way."""
        match severity:
            case Severity.ERROR:
                return self._("stops")
            case Severity.WARNING:
                return self._("mend")
            case Severity.NOTICE:
                return self._("to know")

    def no_approval(self) -> str:
        """Why there is nothing to approve."""
        if self.summary.digest is None:
            return self._(
                "This plan was made without the keys, so there is nothing to approve. "
                "Make it again on the machine where the job runs."
            )
        return self._("There is nothing to approve in this plan.")

    def example(self) -> dict[str, str]:
        """A worked example of both dates."""
        start = date(2011, 6, 30)
        last = last_day_kept(start, years(15)) or start
        first = first_day_destructible(last) or last
        return {"start": self.words.date(start), "last": self.words.date(last), "first": self.words.date(first)}

    def signatories(self) -> list[tuple[str, str]]:
        """Who signs for what."""
        word = self.words.gettext
        return [
            (word("Process owner"), word("decides")),
            (word("Privacy officer"), word("advises; does not decide (GDPR art. 38(6))")),
            (word("Archivist"), word("where the Archives Act applies")),
        ]
