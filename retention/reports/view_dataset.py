"""One dataset as a page tells it: what goes, what stays and why, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from msgspec import Struct

from retention.details import Kept
from retention.plan import ApprovalMode
from retention.reports.figures import Fate, Figures, figures, pseudonymises, reasons_of
from retention.reports.words import Words
from retention.summary import DatasetSummary

_THINNEST: Final = 1.5  # per cent of a bar: what is there at all can be seen


class Segment(Struct, frozen=True):
    """A part of a bar, in per cent of its length."""

    kind: str
    x: float
    width: float


class Stay(NamedTuple):
    """Records that stay, as a page tells it."""

    code: str  # reason code
    purpose: str  # whose rule decides; empty: none does
    records: int
    until: str  # when they may go; a dash: nobody can tell


class DatasetView(Struct, frozen=True):
    """A dataset of a plan, to one reader."""

    data: DatasetSummary
    words: Words
    titles: Mapping[str, str]
    reference_date: date
    purposes: Mapping[str, str]  # what each is called

    @property
    def title(self) -> str:
        """What it is called."""
        return self.titles[self.data.id]

    @property
    def figures(self) -> Figures:
        """Its numbers."""
        return figures([self.data])

    @property
    def unknown(self) -> bool:
        """Whether its numbers are not known."""
        return self.data.failed is not None

    @property
    def failure(self) -> str:
        """Why it could not be judged; empty when it could."""
        return "" if self.data.failed is None else self.words.text(self.data.failed)

    @property
    def earliest(self) -> date:
        """The first day on which a run may dispose of it: it is announced before."""
        return self.reference_date + timedelta(days=self.data.notice)

    @property
    def notable(self) -> bool:
        """Whether a reader should see it without asking for it."""
        return bool(self.data.planned or self.unknown or self.figures.review or self.figures.held)

    @property
    def state(self) -> tuple[str, str]:
        """Where it stands, and the mark that gets."""
        word = self.words.gettext
        if self.unknown:
            return word("not judged"), "error"
        if self.data.refused:
            return word("over the limit"), "error"
        if not self.data.planned:
            return word("nothing due"), ""
        return (word("approved"), "law") if self.data.approved else (word("waits for approval"), "review")

    @property
    def approval(self) -> str:
        """By which kind of approval its records may go."""
        match self.data.approved:
            case ApprovalMode.STANDING.value:
                return self.words.gettext("standing")
            case ApprovalMode.LIST.value:
                return self.words.gettext("this list")
            case _:
                return self.words.gettext("none")

    @property
    def bar(self) -> tuple[Segment, ...]:
        """Its records as parts of a bar."""
        mine = self.figures
        counts = (
            ("goes", mine.goes),
            ("held", mine.held),
            ("review", mine.review),
            ("stays", mine.stays),
            ("settled", mine.settled),
        )
        together = sum(count for _, count in counts)
        raw = [(kind, max(_THINNEST, 100 * count / together)) for kind, count in counts if count]
        scale, x, found = 100 / (sum(width for _, width in raw) or 1), 0.0, list[Segment]()
        for kind, width in raw:
            found.append(Segment(kind, round(x, 2), round(width * scale, 2)))
            x += width * scale
        return tuple(found)

    @property
    def in_short(self) -> str:
        """The dataset in one line."""
        word, mine = self.words.gettext, self.figures
        if self.unknown:
            return word("Could not be judged.")
        if not self.data.judged:
            return word("No records.")
        whole = word("Goes: %(goes)s of %(judged)s.") % {
            "goes": self.words.count(mine.goes),
            "judged": self.words.records(self.data.judged),
        }
        others = (
            (word("Fields to erase"), mine.erase_fields),
            (word("Held"), mine.held),
            (word("To review"), mine.review),
        )
        return " ".join([whole, *(f"{label}: {self.words.count(count)}." for label, count in others if count)])

    @property
    def due(self) -> str:
        """How much is due over its limit, against what is allowed."""
        said = self.words.gettext("Due: %(planned)s. The limit for one day is %(limit)s.") % {
            "planned": self.words.records(self.data.planned),
            "limit": self.words.number(self.data.limit or 0),
        }
        return " ".join([said, *self._allowed(), *self._gone_today()])

    def _gone_today(self) -> Iterator[str]:
        if self.data.gone_today:
            gone = self.words.records(self.data.gone_today)
            yield self.words.gettext("Already gone as of this day: %(records)s.") % {"records": gone}

    @property
    def what_goes(self) -> list[tuple[str, str]]:
        """What happens in it, each line with its label."""
        word = self.words.gettext
        said = list(self._disposed())
        if not said:
            return [(word("Today"), word("nothing"))]
        if self.data.oldest_start is not None:
            said.append((word("Oldest start"), self.words.date(self.data.oldest_start)))
        if self.data.longest_overdue is not None:
            said.append((word("Longest overdue"), self.words.days(self.data.longest_overdue)))
        return [*said, (word("Not before"), self.words.date(self.earliest))]

    def _disposed(self) -> Iterator[tuple[str, str]]:
        word, data = self.words.gettext, self.data
        if data.delete:
            yield word("To destroy"), self.words.records(data.delete)
        if data.anonymise:
            label = word("To pseudonymise") if pseudonymises(data) else word("To anonymise")
            yield label, self.words.records(data.anonymise)
        if data.erase_fields:
            given = {"fields": self.words.listed(data.fields), "records": self.words.records(data.erase_fields)}
            yield word("Fields to erase"), word("%(fields)s, in %(records)s") % given
        if data.children:
            along = ((self.titles.get(name, name), self.words.count(count)) for name, count in data.children.items())
            yield word("Goes along"), self.words.listed(f"{title} ({count})" for title, count in along)

    @property
    def why_it_stays(self) -> tuple[tuple[str, int], ...]:
        """The reasons for which records of it stay, with their numbers."""
        return reasons_of(self.data, Fate.HELD, Fate.REVIEW, Fate.STAYS, Fate.SETTLED, Fate.UNDONE)

    @property
    def stays(self) -> tuple[Stay, ...]:
        """Why records of it stay, by whose decision, and until when; the most first."""
        if not self.data.kept:  # of an earlier version
            return tuple(Stay(code, "", count, "\u2013") for code, count in self.why_it_stays)
        return tuple(
            Stay(one.reason, self.purposes.get(one.purpose, one.purpose), one.records, self._until(one))
            for one in self.data.kept
        )

    def _until(self, one: Kept) -> str:
        if one.first is None or one.last is None:
            return "\u2013"
        first = self.words.date(one.first)
        if one.first == one.last:
            return first
        return self.words.gettext("%(first)s to %(last)s") % {"first": first, "last": self.words.date(one.last)}

    @property
    def touches(self) -> list[tuple[str, str, int]]:
        """What else goes or changes with its records: which data, what happens to it, how many records."""
        word = self.words.gettext
        along = [(name, word("goes along"), count) for name, count in self.data.children.items()]
        loose = [(name, word("stays, and loses its reference"), count) for name, count in self.data.unlinked.items()]
        return [*along, *loose]

    @property
    def alike(self) -> str:
        """The smallest group that what remains of its anonymised records forms."""
        smallest = None if self.data.remains is None else self.data.remains.smallest
        if smallest is None:
            return self.words.gettext("not known")
        return smallest if isinstance(smallest, str) else self.words.number(smallest)

    @property
    def conclusion(self) -> tuple[str, str]:
        """Whether what remains is anonymous, and the mark that gets."""
        word, left = self.words.gettext, self.data.remains
        if pseudonymises(self.data):
            return word("pseudonym: still personal data"), "error"
        if left is None or left.smallest is None:
            return word("not shown to be anonymous"), "review"
        return (
            (word("not anonymous: still singles out"), "error")
            if left.singles_out
            else (word("no one singled out"), "law")
        )

    @property
    def until(self) -> str:
        """When the next record of it may go."""
        if self.data.next_due is None:
            return self.words.gettext("Of what stays, no first day destructible is known yet.")
        day = self.words.date(self.data.next_due)
        return self.words.gettext("Of what stays, the first may go on %(day)s.") % {"day": day}

    @property
    def small_print(self) -> str:
        """Its approval, limit and notice, in a line."""
        return " ".join(self._small_print())

    def _small_print(self) -> Iterator[str]:
        word = self.words.gettext
        if self.data.planned:
            yield word("Approval: %(mode)s.") % {"mode": self.approval}
        if self.data.limit is not None:
            yield word("Limit per day: %(limit)s.") % {"limit": self.words.number(self.data.limit)}
        yield from self._allowed()
        yield from self._gone_today()
        yield from (self.words.text(one) for one in self.data.history)
        yield word("Announced %(days)s ahead.") % {"days": self.words.days(self.data.notice)}

    def _allowed(self) -> Iterator[str]:
        if self.data.allowed:
            allowed = self.words.number(self.data.allowed)
            yield self.words.gettext("Allowed over it: %(allowed)s.") % {"allowed": allowed}
