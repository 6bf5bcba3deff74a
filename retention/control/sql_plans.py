"""Plans in the control store, and their spooled references until each has its outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import pairwise, takewhile
from typing import Final

from sqlalchemy import RowMapping, ScalarSelect, delete, func, insert, select, update

from retention.control import rows, wire
from retention.control.blocks import Row, days_of, digests_of, records_of, rows_of
from retention.control.schema import DRAFTS, PACES, PARTS, PLANNED, PLANS, SPOOL
from retention.control.spool import Locker
from retention.control.tables import Tables
from retention.errors import ControlError
from retention.plan import MOST_TOGETHER, Plan, PlannedDataset, Slice, Spooled

_COLUMNS: Final = "seq, records, action, fields, refs, seals, keys, dues, seal"
_SPOOL: Final = f"INSERT INTO spool (part, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - a constant
_SPOOLED: Final = f"""
SELECT {_COLUMNS} FROM spool WHERE part = ? AND seq > ? - {MOST_TOGETHER} AND seq + records > ? ORDER BY seq
"""  # noqa: S608 - a constant
_DAYS: Final = "SELECT records, dues FROM spool WHERE part = ?"
_PART: Final = """
SELECT spool_part.id FROM spool_part JOIN draft ON draft.id = spool_part.draft WHERE "plan" = ? AND dataset = ?
"""
_ERASE: Final = "DELETE FROM spool WHERE part = ? AND seq BETWEEN ? AND ? AND seq + records - 1 <= ?"
_ERASE_ROW: Final = "DELETE FROM spool WHERE part = ? AND seq = ?"
_REFS: Final = "SELECT refs FROM spool WHERE part = ? ORDER BY seq"
_MANY: Final = 500_000  # references in memory at once
_SHORTEST: Final = 8  # characters of a digest's beginning
_WHOLE: Final = Slice()


class PlanTables(Tables):
    """Plans and drafts over the open transaction."""

    def open_draft(self) -> int:
        """A new draft's number; drafts that were never sealed are erased first."""
        stale = select(DRAFTS.c.id).where(DRAFTS.c.plan.is_(None))
        parts = select(PARTS.c.id).where(PARTS.c.draft.in_(stale))
        self._change(delete(SPOOL).where(SPOOL.c.part.in_(parts)))
        self._change(delete(PARTS).where(PARTS.c.draft.in_(stale)))
        self._change(delete(DRAFTS).where(DRAFTS.c.plan.is_(None)))
        return self._add(insert(DRAFTS).values(plan=None))

    def spool(self, draft: int, dataset: str, records: Iterable[Spooled], vault: Locker) -> None:
        """Add records to a draft, their keys encrypted.

        Raises:
            ControlError: the draft is sealed, or erased.

        """
        self._must_be_open(draft)
        part = self._part_of(draft, dataset)
        self._put(part, rows_of(records, partial(vault.lock, where=dataset)))

    def unspool(self, draft: int, dataset: str) -> None:
        """Take a dataset out of a draft again: it could not be judged to its end."""
        self._must_be_open(draft)
        mine = (PARTS.c.draft == draft, PARTS.c.dataset == dataset)
        self._change(delete(SPOOL).where(SPOOL.c.part.in_(select(PARTS.c.id).where(*mine))))
        self._change(delete(PARTS).where(*mine))

    def erase_expired(self, made_before: datetime) -> None:
        """Erase what plans made before this still have in the spool: they are not executed any more."""
        old = select(PLANS.c.digest).where(PLANS.c.made < wire.instant_text(made_before))
        parts = select(PARTS.c.id).join(DRAFTS, DRAFTS.c.id == PARTS.c.draft).where(DRAFTS.c.plan.in_(old))
        self._change(delete(SPOOL).where(SPOOL.c.part.in_(parts)))

    def seal_draft(self, draft: int, plan: Plan, report: str) -> None:
        """Make a draft the plan.

        Raises:
            ControlError: the draft is not open, holds other numbers than the plan, or a plan of that second exists.

        """
        self._must_be_open(draft)
        made = wire.instant_text(plan.made)
        if self._value(select(PLANS.c.digest).where(PLANS.c.made == made)) is not None:
            raise ControlError("A plan of this very second exists. Plan again: each has a second of its own.")
        self._change(
            insert(PLANS).values(
                digest=plan.digest,
                made=made,
                reference_date=plan.reference_date.isoformat(),
                prepared_by=plan.prepared_by,
                report=report,
            )
        )
        for part in plan.datasets:
            columns = {"id": part.id, "fingerprint": part.fingerprint, "count": part.count}
            self._change(insert(PLANNED).values(plan=plan.digest, root=part.root, total=part.total, **columns))
        self._change(update(DRAFTS).where(DRAFTS.c.id == draft).values(plan=plan.digest))
        self._must_match(draft, plan)

    def plan(self, digest: str) -> Plan | None:
        """A plan by its digest, or by a unique beginning of at least 8 characters."""
        row = self._found(digest)
        return None if row is None else self._plan(row)

    def plan_report(self, digest: str) -> str | None:
        """The JSON kept with a plan."""
        row = self._found(digest)
        return None if row is None else str(row["report"])

    def plans(self) -> tuple[Plan, ...]:
        """Every plan, the newest first."""
        parts: dict[str, list[PlannedDataset]] = {}
        for part in self._rows(select(PLANNED).order_by(PLANNED.c.id)):
            parts.setdefault(part["plan"], []).append(rows.planned(part))
        # Without the reports: a year of them is many times what is asked for.
        plans = select(*(column for column in PLANS.c if column is not PLANS.c.report)).order_by(PLANS.c.made.desc())
        return tuple(rows.plan(row, tuple(parts.get(row["digest"], ()))) for row in self._rows(plans))

    def spooled(  # noqa: PLR0913, PLR0917 - which, and what opens their keys
        self, digest: str, dataset: str, after: int, limit: int, vault: Locker, of: Slice = _WHOLE
    ) -> Sequence[Spooled]:
        """Up to `limit` records of a slice whose seq is over `after`, in order; whole blocks where they fit in."""
        unlock = partial(vault.open, where=dataset)
        found, whole = list[Spooled](), of == _WHOLE
        for row in self._from(self._first(_PART, digest, dataset), after + 1):
            if not (whole or any(map(of.has, days_of(row)))):
                continue
            records = records_of(row, unlock)
            if row.seq <= after or not whole:
                records = [one for one in records if one.seq > after and of.has(one.due)]
            if found and len(found) + len(records) > limit:
                break
            found += records
        return found[:limit]

    def spooled_refs(self, digest: str, dataset: str) -> Iterator[bytes]:
        """The references of what waits for an outcome, in order."""
        return self._refs(self._first(_PART, digest, dataset))

    def spooled_days(self, digest: str, dataset: str) -> Mapping[date | None, int]:
        """Records that wait for an outcome, by the day on which they were first destructible, the oldest first."""
        found = Counter[str]()
        for records, dues in self._each(_DAYS, self._first(_PART, digest, dataset)):
            found.update({"": records} if dues is None else Counter(dues.split(",")))
        return {wire.day(day or None): found[day] for day in sorted(found)}

    def pace(self, dataset: str) -> tuple[int, float] | None:
        """How many records were walked last, and in how many seconds of work; None: never measured."""
        found = self._rows(select(PACES).where(PACES.c.dataset == dataset))
        return (int(found[0]["records"]), float(found[0]["seconds"])) if found else None

    def note_pace(self, dataset: str, records: int, seconds: float) -> None:
        """Note how fast a dataset was walked, instead of what was known."""
        self._change(delete(PACES).where(PACES.c.dataset == dataset))
        self._change(insert(PACES).values(dataset=dataset, records=records, seconds=seconds))

    def spooled_count(self, digest: str, dataset: str) -> int:
        """Records of a plan's dataset that still wait for an outcome."""
        return int(self._value(select(func.total(SPOOL.c.records)).where(SPOOL.c.part == _part(digest, dataset))))

    def listed_again(self, draft: int, dataset: str, digest: str) -> int:
        """Records that a draft and an earlier plan both list, by their references."""
        ours = self._value(select(PARTS.c.id).where(PARTS.c.draft == draft, PARTS.c.dataset == dataset))
        theirs = self._first(_PART, digest, dataset)
        rounds = 1 + self.spooled_count(digest, dataset) // _MANY
        return sum(self._in_both(ours, theirs, number, rounds) for number in range(rounds))

    def _in_both(self, ours: int | None, theirs: int | None, number: int, rounds: int) -> int:
        """How many references two parts share, of those whose turn is in this round: each part may be large."""
        known = {ref for ref in self._refs(theirs) if ref[0] % rounds == number}
        return sum(ref in known for ref in self._refs(ours))

    def _refs(self, part: int | None) -> Iterator[bytes]:
        for (joined,) in self._each(_REFS, part):
            yield from digests_of(joined)

    def erase_spooled(self, digest: str, dataset: str, seqs: Sequence[int], vault: Locker) -> None:
        """Erase spooled records that have their outcome; the keys of those that shared a row are encrypted anew."""
        part = self._first(_PART, digest, dataset)
        if part is None or not seqs:
            return
        self._said_of_each(_ERASE, [(part, first, last, last) for first, last in _stretches(seqs)])
        gone, last = frozenset(seqs), max(seqs)
        lock, unlock = partial(vault.lock, where=dataset), partial(vault.open, where=dataset)
        for row in [*takewhile(lambda row: row.seq <= last, self._from(part, min(seqs)))]:
            if not gone.isdisjoint(range(row.seq, row.seq + row.records)):
                left = [one for one in records_of(row, unlock) if one.seq not in gone]
                self._said(_ERASE_ROW, part, row.seq)
                self._put(part, rows_of(left, lock))

    def _put(self, part: int, some: Iterable[Row]) -> None:
        self._said_of_each(_SPOOL, ((part, *row) for row in some))

    def _from(self, part: int | None, seq: int) -> Iterator[Row]:
        """The rows of a part from the one that has a seq on, or would have it."""
        return map(Row._make, self._each(_SPOOLED, part, seq, seq))

    def _found(self, digest: str) -> RowMapping | None:
        if len(digest) < _SHORTEST:
            return None
        begins = PLANS.c.digest.between(digest, digest + "g")  # "g" sorts behind every hex digit
        found = self._rows(select(PLANS).where(begins).limit(2))
        return found[0] if len(found) == 1 else None

    def _plan(self, row: RowMapping) -> Plan:
        parts = self._rows(select(PLANNED).where(PLANNED.c.plan == row["digest"]).order_by(PLANNED.c.id))
        return rows.plan(row, tuple(rows.planned(part) for part in parts))

    def _must_be_open(self, draft: int) -> None:
        open_ = select(DRAFTS.c.id).where(DRAFTS.c.id == draft, DRAFTS.c.plan.is_(None))
        if self._value(open_) is None:
            raise ControlError(f"Draft {draft} of a plan is not open: another plan was begun meanwhile. Plan again.")

    def _part_of(self, draft: int, dataset: str) -> int:
        known = self._value(select(PARTS.c.id).where(PARTS.c.draft == draft, PARTS.c.dataset == dataset))
        if known is not None:
            return int(known)
        return self._add(insert(PARTS).values(draft=draft, dataset=dataset))

    def _must_match(self, draft: int, plan: Plan) -> None:
        counts = self._rows(
            select(PARTS.c.dataset, func.sum(SPOOL.c.records).label("records"))
            .join(SPOOL, SPOOL.c.part == PARTS.c.id)
            .where(PARTS.c.draft == draft)
            .group_by(PARTS.c.dataset)
        )
        spooled = {row["dataset"]: row["records"] for row in counts}
        if spooled != {part.id: part.count for part in plan.datasets if part.count}:
            raise ControlError("The spooled records are not those that the plan counts. Plan again.")


def _stretches(seqs: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The numbers as stretches without a gap, first and last: most batches are one."""
    ordered = sorted(seqs)
    gaps = [at for at in range(1, len(ordered)) if ordered[at] != ordered[at - 1] + 1]
    for start, stop in pairwise([0, *gaps, len(ordered)]):
        yield ordered[start], ordered[stop - 1]


def _part(digest: str, dataset: str) -> ScalarSelect[int]:
    return (
        select(PARTS.c.id)
        .join(DRAFTS, DRAFTS.c.id == PARTS.c.draft)
        .where(DRAFTS.c.plan == digest, PARTS.c.dataset == dataset)
        .scalar_subquery()
    )
