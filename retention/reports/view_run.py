"""What a run's page says where a template would have to think: phrases and orders, no markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import assert_never

from msgspec import Struct

from retention.holds import HoldKind
from retention.plan import ApprovalMode
from retention.reports.kinds import kind_words
from retention.reports.page import Page, Tile
from retention.reports.run import Approved, DatasetDone, HoldEvent, PurposeDone, RunReport
from retention.reports.words import Words


class Trouble(Struct, frozen=True):
    """Something of a run that a person must look at."""

    kind: str
    title: str
    where: str
    text: str
    count: int | None = None


class RunPage(Page, frozen=True, dict=True):
    """A run as its page tells it, to one reader."""

    report: RunReport

    @classmethod
    def of(cls, report: RunReport, words: Words) -> RunPage:
        """The page of a run."""
        titles = {one.id: words.text(one.title) or one.id for one in report.datasets}
        return cls(words, report.organisation, report.tool, titles, report.findings, report)

    @property
    def heading(self) -> str:
        """What the page is, and of which day."""
        return self.words.gettext("Run of %(day)s") % {"day": self.words.date(self.report.reference_date)}

    @property
    def sections(self) -> list[tuple[str, str]]:
        """What the page can be read by."""
        word = self.words.gettext
        return [
            ("look", word("To look at")),
            ("data", word("Per dataset")),
            ("purposes", word("Per purpose")),
            ("holds", word("Holds")),
            ("findings", word("Findings")),
            ("approvals", word("Approvals")),
            ("proof", word("Proof")),
        ]

    @property
    def unfinished(self) -> str:
        """What is said on top of the report of a run that did not end by itself; empty when it did."""
        word, report = self.words.gettext, self.report
        if report.ended is None:
            return word(
                "This run has not ended: it is under way, or it broke off and the next run will settle it. "
                "The numbers below are those that are certain by now."
            )
        if not report.told:
            return word(
                "This run broke off and was ended by a later one. What was destroyed is known from the log; "
                "what was held, changed or refused was never told, and shows as unknown."
            )
        return ""

    @property
    def status(self) -> tuple[str, str]:
        """How the run ended, and the mark that gets."""
        return status_words(self.report.status, self.words)

    @property
    def opening(self) -> str:
        """The run in a sentence or two."""
        many = self.report.destroyed
        said = self.words.ngettext("%(count)s record was disposed of.", "%(count)s records were disposed of.", many)
        return said % {"count": self.words.number(many)}

    @property
    def duration(self) -> str:
        """How long the run took, in whole seconds under a minute and whole minutes above."""
        took = self.report.duration
        if took is None:
            return self.words.gettext("not ended")
        seconds = round(took.total_seconds())
        if seconds < 60:  # noqa: PLR2004 - a minute
            return self.words.ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
        minutes = round(seconds / 60)
        many = self.words.ngettext("%(count)s minute", "%(count)s minutes", minutes)
        return many % {"count": self.words.number(minutes)}

    @cached_property
    def datasets(self) -> tuple[DatasetDone, ...]:
        """The datasets, those in which most happened first."""
        return tuple(sorted(self.report.datasets, key=lambda one: (not _trouble(one), -one.destroyed, one.id)))

    @cached_property
    def purposes(self) -> tuple[PurposeDone, ...]:
        """The purposes of which something went, in the register's order."""
        return tuple(one for one in self.report.purposes if any(one.destroyed.values()))

    def total(self, number: Callable[[DatasetDone], int | None]) -> int | None:
        """A number over all datasets; None when it is not known of any of them."""
        counts = [number(one) for one in self.report.datasets]
        known = [count for count in counts if count is not None]
        return None if len(known) < len(counts) or not self.report.told else sum(known)

    def certain(self, number: Callable[[DatasetDone], int]) -> int:
        """A number over all datasets that the log has."""
        return sum(number(one) for one in self.report.datasets)

    def tiles(self) -> tuple[Tile, ...]:
        """The numbers at a glance."""
        word, sets = self.words.gettext, self.report.datasets
        along = word("and %(count)s that went along") % {"count": self.words.count(self.certain(lambda d: d.along))}
        failed = None if any(one.failed is None for one in sets) else sum(one.failed or 0 for one in sets)
        pseudonyms = sum(one.anonymised for one in sets if one.pseudonyms)
        still = Tile("goes", word("Pseudonymised"), pseudonyms, word("still personal data"))
        anonymised = sum(one.anonymised for one in sets if not one.pseudonyms)
        return (
            Tile("goes", word("Destroyed"), self.certain(lambda d: d.deleted), along),
            Tile("goes", word("Anonymised"), anonymised, word("the record stays, the person does not")),
            *((still,) if pseudonyms else ()),
            Tile("goes", word("Fields erased"), self.certain(lambda d: d.fields_erased), word("of records that stay")),
            Tile("held", word("Newly held"), self.total(lambda d: d.held), word("by a hold of after the plan")),
            Tile("held", word("Postponed"), self.total(lambda d: d.postponed), self._postponed()),
            Tile("stays", word("Changed"), self.total(lambda d: d.changed), word("since the plan, so left alone")),
            Tile("stays", word("Already gone"), self.total(lambda d: d.gone), word("removed by somebody else")),
            Tile("error", word("Failed"), failed, word("not shown to be gone")),
            Tile("error", word("Refused"), self.total(lambda d: d.refused), word("over a limit, or changed rules")),
            Tile("review", word("Waiting"), self.total(lambda d: d.waiting), word("for approval or announcement")),
            Tile("error", word("Late"), self.total(lambda d: d.late), word("planned, and none of all this")),
        )

    def _postponed(self) -> str:
        """Why records wait for another night."""
        if any(one.told is not None and one.told.postponed for one in self.report.datasets):
            return self.words.gettext("for lack of time, or the cooling-off period runs")
        return self.words.gettext("the cooling-off period runs")

    def troubles(self) -> tuple[Trouble, ...]:
        """What a person must look at, dataset by dataset."""
        return tuple(one for dataset in self.datasets for one in self._troubles(dataset))

    def _troubles(self, one: DatasetDone) -> Iterator[Trouble]:
        word, title = self.words.gettext, self.titles[one.id]
        why = "" if one.told is None or one.told.why is None else self.words.text(one.told.why)
        if one.failed is None or one.failed:
            reasons = [] if one.told is None else [self.words.reason(code) for code in one.told.failed]
            said = (
                f"{self.words.listed(reasons)}. {why}".strip(". ") if reasons else why or word("not shown to be gone")
            )
            yield Trouble("alarm", word("Failed: %(title)s") % {"title": title}, one.id, begun(said), one.failed)
        elif one.told is not None and (one.late is None or (one.late and why)):
            yield Trouble("alarm", word("Not done: %(title)s") % {"title": title}, one.id, begun(why), one.late)
        if one.refused:
            yield Trouble("alarm", word("Refused: %(title)s") % {"title": title}, one.id, begun(why), one.refused)
        if one.waiting:
            yield Trouble("note", word("Waiting: %(title)s") % {"title": title}, one.id, begun(why), one.waiting)
        if one.open:
            said = word("Nobody knows yet what became of this batch: the next run looks it up.")
            yield Trouble("alarm", word("Open: %(title)s") % {"title": title}, one.id, said, one.open)

    def along(self, one: DatasetDone) -> str:
        """What went with a dataset's records."""
        return self.per_dataset(one.children)

    def hold(self, event: HoldEvent) -> str:
        """What kind of hold it is, and what was done with it."""
        kind = self.words.text(kind_words(HoldKind(event.kind)))
        said = self.words.gettext("%(kind)s placed") if event.placed else self.words.gettext("%(kind)s released")
        said %= {"kind": kind}
        return said[:1].upper() + said[1:]

    def approval(self, approved: Approved) -> str:
        """What an approval is of."""
        said = approved_words(approved, self.words, self.titles.get(approved.dataset or "", approved.dataset or ""))
        if not approved.allow:
            return said
        allowed = self.words.gettext("allowed over the limit: %(datasets)s")
        return f"{said}; {allowed % {'datasets': self.per_dataset(dict(approved.allow))}}"

    def check(self) -> str:
        """What to type to hold the log to a printed checkpoint."""
        return "retention audit verify --since checkpoint.txt"


def _trouble(one: DatasetDone) -> bool:
    return bool(one.failed is None or one.failed or one.refused or one.waiting or one.open or one.late)


def approved_words(approved: Approved, words: Words, title: str) -> str:
    """What an approval is of, and how it was given."""
    match ApprovalMode(approved.mode):
        case ApprovalMode.LIST:
            what = words.gettext("this list")
        case ApprovalMode.STANDING:
            what = words.gettext("standing: %(title)s") % {"title": title}
        case _ as never:
            assert_never(never)
    how = words.gettext("signed with a key") if approved.signed else words.gettext("with their own account")
    return f"{what}, {how}"


def status_words(status: str | None, words: Words) -> tuple[str, str]:
    """How a run ended, and the mark that gets."""
    match status:
        case None:
            return words.gettext("not ended"), "error"
        case "done":
            return words.gettext("all done"), "law"
        case "failed":
            return words.gettext("something failed"), "error"
        case "refused":
            return words.gettext("something was refused"), "error"
        case "at-risk":
            return words.gettext("proof at risk"), "error"
        case "waiting":
            return words.gettext("something waits for a person"), "review"
        case "aborted":
            return words.gettext("broken off"), "error"
        case _:
            return status, "error"


def begun(text: str) -> str:
    """A text as a sentence begins and ends."""
    return f"{text[:1].upper()}{text[1:]}" + ("" if not text or text.endswith(".") else ".")
