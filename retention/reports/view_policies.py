"""What the page of a change of policies says where a template would have to think: phrases and orders, no markup."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from msgspec import Struct

from retention.reports.page import Page, Tile
from retention.reports.policy_change import Impact, PolicyChange, Sentence
from retention.reports.words import Words


class PurposeImpact(Struct, frozen=True):
    """What a change does to one dataset because of one purpose."""

    purpose: str  # its title, or that no rule is left
    dataset: str
    leaves: int | None  # None: not known
    joins: int | None
    gone: int


class ChangePage(Page, frozen=True, dict=True):
    """A change of policies as its page tells it, to one reader."""

    report: PolicyChange

    @classmethod
    def of(cls, report: PolicyChange, words: Words) -> ChangePage:
        """The page of a change."""
        titles = {one.dataset: words.text(one.title) for one in report.impacts}
        return cls(words, report.organisation, report.tool, titles, (), report)

    @property
    def heading(self) -> str:
        """What the page is."""
        return self.words.gettext("Change of policies")

    @property
    def sections(self) -> list[tuple[str, str]]:
        """What the page can be read by."""
        word = self.words.gettext
        return [("glance", word("At a glance")), ("data", word("Per dataset")), ("purposes", word("Per purpose")),
                ("sentences", word("Sentences"))]  # fmt: skip

    @property
    def opening(self) -> str:
        """The change in a sentence."""
        sets = self.words.ngettext(
            "%(count)s dataset is governed differently", "%(count)s datasets are governed differently", self.touched
        ) % {"count": self.words.number(self.touched)}
        said = self.words.ngettext("%(count)s sentence changed", "%(count)s sentences changed", len(self.changed))
        return f"{said % {'count': self.words.number(len(self.changed))}}; {sets}."

    @property
    def touched(self) -> int:
        """Datasets that are governed differently."""
        return len(self.report.impacts)

    @property
    def changed(self) -> tuple[Sentence, ...]:
        """The sentences that changed."""
        return self.report.sentences

    @property
    def unjudged(self) -> tuple[Impact, ...]:
        """The datasets that could not be judged."""
        return tuple(one for one in self.report.impacts if one.why is not None)

    def tiles(self) -> tuple[Tile, ...]:
        """The numbers at a glance."""
        word = self.words.gettext
        return (
            Tile("stays", word("Leaves the due list"), self.total(lambda d: d.leaves), word("kept for longer")),
            Tile("goes", word("Joins the due list"), self.total(lambda d: d.joins), word("goes sooner")),
            Tile("review", word("Treated otherwise"), self.total(lambda d: d.otherwise), word("due before and after")),
            Tile("error", word("Already irrecoverable"), self.gone, word("at most; destroyed under the old rules")),
        )

    def total(self, number: Callable[[Impact], int | None]) -> int | None:
        """A number over all datasets; None when it is not known of one of them."""
        counts = [number(one) for one in self.report.impacts]
        known = [count for count in counts if count is not None]
        return None if len(known) < len(counts) else sum(known)

    @property
    def gone(self) -> int:
        """Destroyed records that the new rules would perhaps have kept."""
        return sum(one.gone_together for one in self.report.impacts)

    @cached_property
    def purposes(self) -> tuple[PurposeImpact, ...]:
        """What the change does per purpose and dataset: the purpose that keeps, or that kept."""
        return tuple(
            PurposeImpact(
                purpose=self.purpose(name),
                dataset=one.dataset,
                leaves=None if one.leaves is None else one.kept_by.get(name, 0),
                joins=None if one.joins is None else one.freed_by.get(name, 0),
                gone=one.gone.get(name, 0),
            )
            for one in self.report.impacts
            for name in sorted({*one.kept_by, *one.freed_by, *one.gone})
        )

    def purpose(self, name: str) -> str:
        """What a purpose is called; "" is that no rule says anything."""
        if not name:
            return self.words.gettext("no purpose")
        title = self.report.purposes.get(name)
        return name if title is None else self.words.text(title)

    def about(self, one: Sentence) -> str:
        """What a sentence is about."""
        if not one.purpose:
            return self.words.gettext("Data map: %(dataset)s") % {"dataset": one.dataset}
        return self.purpose(one.purpose)

    def remark(self, one: Impact) -> str:
        """What else there is to say of a dataset."""
        word, said = self.words.gettext, []
        if one.why is not None:
            said.append(word("not judged: %(why)s") % {"why": self.words.text(one.why)})
        if one.gone_since is not None:
            said.append(word("irrecoverable since %(day)s") % {"day": self.words.date(one.gone_since)})
        if one.unknown:
            said.append(
                word("destroyed under other rules than these, so nothing can be said of them: %(count)s")
                % {"count": self.words.number(one.unknown)}
            )
        return "; ".join(said)
