"""What the page of the history says where a template would have to think: phrases, charts and orders, no markup."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Final

from babel.dates import format_date
from msgspec.structs import replace

from retention.holds import HoldKind
from retention.reports.chart import Chart, bars
from retention.reports.history import History, Month, OpenHold
from retention.reports.kinds import kind_words
from retention.reports.page import Page, Tile
from retention.reports.terminal_table import UNKNOWN
from retention.reports.words import Words

_AGES: Final = (0, 31, 183, 366)  # days from which each band of ages counts


class HistoryPage(Page, frozen=True, dict=True):
    """The months behind us as their page tells them, to one reader."""

    report: History

    @classmethod
    def of(cls, report: History, words: Words) -> HistoryPage:
        """The page of a history."""
        titles = {one.dataset: words.text(one.title) for one in report.refusals}
        return cls(words, report.organisation, report.tool, titles, (), report)

    @property
    def heading(self) -> str:
        """What the page is."""
        return self.words.gettext("History until %(day)s") % {"day": self.words.date(self.report.made)}

    @property
    def sections(self) -> list[tuple[str, str]]:
        """What the page can be read by."""
        word = self.words.gettext
        return [
            ("destroyed", word("Destroyed")),
            ("late", word("Lateness")),
            ("holds", word("Holds")),
            ("refusals", word("Refusals")),
        ]

    @property
    def opening(self) -> str:
        """The history in a sentence."""
        many, runs = self.report.destroyed, sum(one.runs for one in self.report.months)
        said = self.words.ngettext("%(count)s record was disposed of.", "%(count)s records were disposed of.", many)
        by = self.words.ngettext("%(count)s run.", "%(count)s runs.", runs) % {"count": self.words.number(runs)}
        return f"{said % {'count': self.words.number(many)}} {by}"

    def tiles(self) -> tuple[Tile, ...]:
        """The numbers at a glance."""
        word, months = self.words.gettext, self.report.months
        late = next((one.overdue for one in reversed(months) if one.overdue is not None), None)
        oldest = max((one.days for one in self.report.holds), default=None)
        held = "" if oldest is None else word("the oldest stands for %(days)s") % {"days": self.words.days(oldest)}
        return (
            Tile("goes", word("Disposed of"), self.report.destroyed, word("records, in all these months")),
            Tile("review", word("Longest overdue, in days"), late, word("on the newest plan")),
            Tile("held", word("Open holds"), len(self.report.holds), held),
            Tile("error", word("Runs with a refusal"), sum(one.refused for one in months)),
            Tile("error", word("Runs that failed"), sum(one.failed for one in months)),
        )

    def month(self, one: Month) -> str:
        """A month as people write it."""
        return format_date(date.fromisoformat(f"{one.month}-01"), "LLL y", locale=self.words.locale)

    def destroyed_chart(self) -> Chart:
        """How much was destroyed each month."""
        counts = [(self.month(one), one.destroyed) for one in self.report.months]
        most = max(self.report.months, key=lambda one: one.destroyed, default=None)
        said = self.words.gettext("Nothing was destroyed in these months.")
        if most is not None and most.destroyed:
            said = self.words.gettext("Most in %(month)s: %(records)s.") % {
                "month": self.month(most),
                "records": self.words.records(most.destroyed),
            }
        title = self.words.gettext("How much was destroyed each month?")
        return Chart(id="months-chart", title=title, said=said, kind="goes", bars=bars(counts, self.words))

    def shares(self) -> tuple[tuple[str, int, float], ...]:
        """Each purpose with what was destroyed of it, and how long its bar is, of a hundred."""
        most = max(self.by_purpose.values(), default=0) or 1
        return tuple(
            (self.purpose(name), count, round(count / most * 100, 2)) for name, count in self.by_purpose.items()
        )

    @cached_property
    def by_purpose(self) -> Mapping[str, int]:
        """What was destroyed of each purpose in all months, the most first."""
        names = {name for one in self.report.months for name in one.by_purpose}
        total = {name: sum(one.by_purpose.get(name, 0) for one in self.report.months) for name in names}
        return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))

    def purpose(self, name: str) -> str:
        """What a purpose is called."""
        title = self.report.purposes.get(name)
        return name if title is None else self.words.text(title)

    def late_chart(self) -> Chart:
        """How late things were; a month without a plan has a dash and no bar."""
        word = self.words.gettext
        counts = [(self.month(one), one.overdue or 0) for one in self.report.months]
        known = [one.overdue for one in self.report.months if one.overdue is not None]
        said = word("No plan of these months is kept.")
        if known:
            said = word("At most %(days)s late.") % {"days": self.words.days(max(known))}
        title = word("How late was the latest record, in days?")
        drawn = tuple(
            replace(bar, said=UNKNOWN) if one.overdue is None else bar
            for bar, one in zip(bars(counts, self.words), self.report.months, strict=True)
        )
        return Chart(id="late-chart", title=title, said=said, kind="review", bars=drawn)

    def ages_chart(self) -> Chart:
        """How long the holds have stood."""
        word = self.words.gettext
        names = (word("under 1 month"), word("1 to 6 months"), word("6 to 12 months"), word("over 1 year"))
        ends = (*_AGES[1:], None)
        counts = [
            (name, sum(start <= one.days and (end is None or one.days < end) for one in self.report.holds))
            for name, start, end in zip(names, _AGES, ends, strict=True)
        ]
        forgotten = sum(one.forgotten for one in self.report.holds)
        said = word("Every review is still ahead, or none was set.")
        if forgotten:
            said = self.words.ngettext(
                "Of %(count)s hold the review has passed.", "Of %(count)s holds the review has passed.", forgotten
            ) % {"count": self.words.number(forgotten)}
        title = word("How long have the open holds stood?")
        return Chart(id="ages-chart", title=title, said=said, kind="held", bars=bars(counts, self.words))

    def refused_chart(self) -> Chart:
        """In how many runs something was refused."""
        word = self.words.gettext
        counts = [(self.month(one), one.refused) for one in self.report.months]
        said = word("A refusal is an approved thing that was over a limit, or whose rules had changed.")
        title = word("In how many runs was something refused?")
        return Chart(id="refused-chart", title=title, said=said, kind="error", bars=bars(counts, self.words))

    def kind(self, hold: OpenHold) -> str:
        """What kind of hold it is."""
        return self.sentence(kind_words(HoldKind(hold.kind)))

    def review(self, hold: OpenHold) -> str:
        """When somebody looks at it again."""
        if hold.review_on is None:
            return self.words.gettext("not set")
        day = self.words.date(hold.review_on)
        return self.words.gettext("%(day)s, passed") % {"day": day} if hold.forgotten else day
