"""Plans in our own memory, and the spool: what they list, until each record has its outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from retention.plan import Plan, Slice, Spooled


class Locker(Protocol):
    """Encrypts what must not be read in the control store, and binds it to where it stands."""

    def lock(self, plain: bytes, where: str) -> bytes:
        """Encrypted bytes that open only in the same place."""
        ...

    def open(self, locked: bytes, where: str) -> bytes:
        """The bytes that were locked; a ControlError where they do not open."""
        ...


class Spool(Protocol):
    """One transaction's plans and what they list."""

    def open_draft(self) -> int:
        """A new draft's number; drafts that were never sealed are erased first."""
        ...

    def spool(self, draft: int, dataset: str, records: Iterable[Spooled], vault: Locker) -> None:
        """Add records to a draft, their keys encrypted."""
        ...

    def unspool(self, draft: int, dataset: str) -> None:
        """Take a dataset out of a draft again: it could not be judged to its end."""
        ...

    def erase_expired(self, made_before: datetime) -> None:
        """Erase what plans made before this still have in the spool: they are not executed any more."""
        ...

    def seal_draft(self, draft: int, plan: Plan, report: str) -> None:
        """Make a draft the plan; `report` is the JSON that reports are rendered from."""
        ...

    def plan(self, digest: str) -> Plan | None:
        """A plan by its digest, or by a unique beginning of at least 8 characters."""
        ...

    def plan_report(self, digest: str) -> str | None:
        """The JSON kept with a plan."""
        ...

    def plans(self) -> tuple[Plan, ...]:
        """Every plan, the newest first."""
        ...

    def spooled(  # noqa: PLR0913, PLR0917 - which, and what opens their keys
        self, digest: str, dataset: str, after: int, limit: int, vault: Locker, of: Slice = ...
    ) -> Sequence[Spooled]:
        """Up to `limit` records of a slice (unsaid: of all) whose seq is over `after`, in order.

        Fewer where another block would not fit in whole; none only where there are no more.
        """
        ...

    def spooled_refs(self, digest: str, dataset: str) -> Iterator[bytes]:
        """The references of what waits for an outcome, in order."""
        ...

    def spooled_days(self, digest: str, dataset: str) -> Mapping[date | None, int]:
        """Records that wait for an outcome, by the day on which they were first destructible, the oldest first."""
        ...

    def spooled_count(self, digest: str, dataset: str) -> int:
        """Records of a plan's dataset that still wait for an outcome."""
        ...

    def listed_again(self, draft: int, dataset: str, digest: str) -> int:
        """Records that a draft and an earlier plan both list, by their references."""
        ...

    def erase_spooled(self, digest: str, dataset: str, seqs: Sequence[int], vault: Locker) -> None:
        """Erase spooled records that have their outcome; the keys of those that shared a row are encrypted anew."""
        ...

    def pace(self, dataset: str) -> tuple[int, float] | None:
        """How many records were walked last, and in how many seconds of work; None: never measured."""
        ...

    def note_pace(self, dataset: str, records: int, seconds: float) -> None:
        """Note how fast a dataset was walked, instead of what was known."""
        ...
