"""What changed since the plan before, and why, as a page tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from retention.details import DatasetChange, PlanChanges
from retention.reports.words import Words


class ChangeView(Struct, frozen=True):
    """The differences from the plan before, to one reader."""

    data: PlanChanges
    words: Words
    titles: Mapping[str, str]

    @property
    def opening(self) -> str:
        """With what this plan is compared."""
        return self.words.gettext("Compared with the plan of %(day)s (%(digest)s…).") % {
            "day": self.words.date(self.data.reference_date),
            "digest": self.data.digest[:12],
        }

    @property
    def sentences(self) -> tuple[str, ...]:
        """What changed in what is decided, rather than in the records."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        word, data = self.words.gettext, self.data
        if data.policies:
            yield word("Policies that changed: %(names)s.") % {"names": self._named(data.policies)}
        if data.new_datasets:
            yield word("Judged for the first time: %(names)s.") % {"names": self._named(data.new_datasets)}
        if data.gone_datasets:
            yield word("No longer judged: %(names)s.") % {"names": self._named(data.gone_datasets)}
        if not data.datasets:
            yield word("The same records are listed as then.")

    def why(self, one: DatasetChange) -> str:
        """Why a dataset's list is another one, in sentences."""
        return " ".join(self._why(one))

    def _why(self, one: DatasetChange) -> Iterator[str]:
        word = self.words.gettext
        if one.joined is None:
            yield word("A new year has new reference keys, so what joined and what left cannot be told.")
        if one.ended:
            yield word("Period ended since: %(records)s.") % {"records": self.words.records(one.ended)}
        if one.rules_changed:
            yield word("The rules or the declaration changed.")
        for hold, count in one.released.items():
            yield word("Hold %(hold)s was lifted; it stopped %(records)s.") % self._hold(hold, count)
        for hold, count in one.placed.items():
            yield word("Hold %(hold)s is new; it stops %(records)s.") % self._hold(hold, count)
        if one.other and not (one.rules_changed or one.released):
            yield word("New or changed at the source: %(records)s.") % {"records": self.words.records(one.other)}
        if one.left and not (one.rules_changed or one.placed):
            yield word("What left was changed at the source, or is gone there.")

    def _hold(self, hold: str, count: int) -> dict[str, str]:
        return {"hold": hold, "records": self.words.records(count)}

    def _named(self, names: tuple[str, ...]) -> str:
        return self.words.listed(self.titles.get(name, name) for name in names)
