"""Runs in the control store, their batches in flight, and what was destroyed and recorded so far."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from retention.control import rows
from retention.control.interface import Flight, Run
from retention.control.schema import DESTROYED, FLIGHTS, RECORDED, RUNS
from retention.control.tables import Tables
from retention.errors import ControlError

_DESTROYED: Final = """
INSERT INTO destroyed (dataset, reference_date, records) VALUES (?, ?, ?)
ON CONFLICT (dataset, reference_date) DO UPDATE SET records = records + excluded.records
"""


class RunTables(Tables):
    """Runs, flights and counts over the open transaction."""

    def start_run(self, run: Run) -> None:
        """Add a run."""
        self._change(insert(RUNS).values(rows.run_columns(run)))

    def end_run(self, run: Run, report: str) -> None:
        """Replace a run by its ended form, and keep the JSON of its numbers with it.

        Raises:
            ControlError: it never started, or has ended.

        """
        self._change_one(
            update(RUNS)
            .where(RUNS.c.id == run.id, RUNS.c.status.is_(None))
            .values(rows.run_columns(run) | {"report": report}),
            f"Run {run.id} is not under way in the control store, so it cannot end.",
        )

    def runs(self) -> tuple[Run, ...]:
        """Every run, the newest first."""
        # Without the reports, as plans: most who ask want the heads of many and the report of one.
        heads = select(*(column for column in RUNS.c if column is not RUNS.c.report)).order_by(RUNS.c.seq.desc())
        return tuple(rows.run(row) for row in self._rows(heads))

    def run_report(self, id: str) -> str | None:  # noqa: A002 - the run's own word
        """The JSON of a run's numbers; None: it has not ended, or there is no such run."""
        found = self._value(select(RUNS.c.report).where(RUNS.c.id == id))
        return None if found is None else str(found)

    def destroyed_on(self, dataset: str, reference_date: date) -> int:
        """Records of a dataset that outcomes called destroyed under plans of that reference date."""
        found = self._value(
            select(DESTROYED.c.records).where(
                DESTROYED.c.dataset == dataset, DESTROYED.c.reference_date == reference_date.isoformat()
            )
        )
        return int(found or 0)

    def add_destroyed(self, dataset: str, reference_date: date, records: int) -> None:
        """Count records whose outcome is destroyed."""
        self._said(_DESTROYED, dataset, reference_date.isoformat(), records)

    def register(self, flight: Flight) -> None:
        """Register a batch with its intent."""
        self._change(insert(FLIGHTS).values(rows.flight_columns(flight)))

    def flights(self) -> tuple[Flight, ...]:
        """Batches without an outcome."""
        return tuple(rows.flight(row) for row in self._rows(select(FLIGHTS).order_by(FLIGHTS.c.intent)))

    def settle(self, intent: int) -> None:
        """Take a batch out of flight and erase its keys.

        Raises:
            ControlError: it is not in flight: somebody else has settled it.

        """
        if self._said("DELETE FROM flight WHERE intent = ?", intent) != 1:
            raise ControlError(
                f"Batch {intent} is not in flight: another sweep has settled it. Nothing more is destroyed by this one."
            )

    def recorded(self, kind: str, id: str) -> str | None:  # noqa: A002 - the leaf's own word
        """The SHA-256 that the log recorded last for a policy, dataset or reference key."""
        found = self._value(select(RECORDED.c.sha256).where(RECORDED.c.kind == kind, RECORDED.c.id == id))
        return None if found is None else str(found)

    def record(self, kind: str, id: str, sha256: str) -> None:  # noqa: A002 - as above
        """Note what the log has now recorded."""
        put = insert_or(RECORDED).values(kind=kind, id=id, sha256=sha256)
        self._change(put.on_conflict_do_update(index_elements=["kind", "id"], set_={"sha256": sha256}))
