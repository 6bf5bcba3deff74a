"""Late and ahead: how long what is due has been due, and what the coming year brings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from retention.details import OVERDUE_FROM, UNDATED
from retention.period import Period
from retention.reports.chart import Chart, bars
from retention.reports.words import Words
from retention.summary import DatasetSummary


class TimeView(Struct, frozen=True):
    """The datasets of a plan against the calendar, to one reader."""

    datasets: tuple[DatasetSummary, ...]
    words: Words
    today: date

    @property
    def bands(self) -> tuple[int, ...]:
        """The bands of the distribution; what has no date only where there is some."""
        undated = any(one.overdue.get(str(UNDATED)) for one in self.datasets)
        return (*OVERDUE_FROM, *((UNDATED,) if undated else ()))

    def band(self, start: int) -> str:
        """What a band is called."""
        word = self.words.gettext
        match start:
            case 0:
                return word("up to 1 week")
            case 7:
                return word("1 week to 1 month")
            case 31:
                return word("1 to 3 months")
            case 92:
                return word("3 to 12 months")
            case 366:
                return word("1 to 5 years")
            case 1827:
                return word("over 5 years")
            case _:
                return word("without a date")

    @property
    def late(self) -> list[DatasetSummary]:
        """The datasets that have something due, the latest first."""
        return sorted(
            (one for one in self.datasets if any(one.overdue.values())), key=lambda one: -(one.longest_overdue or 0)
        )

    def in_band(self, dataset: DatasetSummary, start: int) -> int:
        """Records of a dataset that are overdue so long."""
        return dataset.overdue.get(str(start), 0)

    def overdue_chart(self) -> Chart:
        """How long what is due has been due."""
        together = _together(one.overdue for one in self.datasets)
        counts = [(self.band(start), together[str(start)]) for start in self.bands]
        return Chart(
            id="overdue-chart",
            title=self.words.gettext("How late is what may go?"),
            said=self._how_late(),
            kind="goes",
            bars=bars(counts, self.words),
        )

    def _how_late(self) -> str:
        word, late = self.words.gettext, [one for one in self.late if one.longest_overdue is not None]
        if not late:
            return word("Nothing is overdue.")
        first, year = late[0], sum(one.overdue.get(str(start), 0) for one in late for start in (366, 1827))
        said = word("The oldest is %(days)s overdue (%(dataset)s). Over a year: %(records)s.")
        return said % {
            "days": self.words.days(first.longest_overdue or 0),
            "dataset": self.words.text(first.title),
            "records": self.words.records(year),
        }

    @property
    def months(self) -> tuple[str, ...]:
        """The months of the coming year: what is left of this one, and on to the same day next year."""
        end = Period(years=1).after(self.today)
        return tuple(_months(self.today, end or self.today))

    def month(self, code: str) -> str:
        """What a month is called."""
        return self.words.month(int(code[:4]), int(code[5:]))

    @property
    def ahead(self) -> list[DatasetSummary]:
        """The datasets of which something becomes due, the most first."""
        return sorted((one for one in self.datasets if one.coming), key=lambda one: -sum(one.coming.values()))

    def coming_chart(self) -> Chart:
        """What the coming year brings."""
        together = _together(one.coming for one in self.datasets)
        word, total = self.words.gettext, sum(together.values())
        said = word("Nothing that stays today becomes due within a year.")
        if total:
            most = max(together, key=lambda code: (together[code], code))
            said = word("%(records)s at the earliest, most of them in %(month)s.") % {
                "records": self.words.records(total),
                "month": self.month(most),
            }
        return Chart(
            id="coming-chart",
            title=word("What becomes due in the coming 12 months?"),
            said=said,
            kind="stays",
            bars=bars([(self.month(code), together[code]) for code in self.months], self.words),
        )


def _together(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total = Counter[str]()
    for one in counts:
        total.update(one)
    return total


def _months(first: date, before: date) -> Iterator[str]:
    year, month = first.year, first.month
    while date(year, month, 1) < before:
        yield f"{year:04}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - months of a year
