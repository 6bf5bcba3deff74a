"""Claims of the schedule in the control store: one row for each job and day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import RowMapping, insert, select, update

from retention.control import wire
from retention.control.claims import Claim
from retention.control.schema import CLAIMS
from retention.control.tables import Tables


class ClaimTables(Tables):
    """Claims over the open transaction, whose writer lock lets one scheduler look and take at a time."""

    def claim(self, job: str, day: date, now: datetime) -> Claim | None:
        """Take a day's work of a job on, unless it has ended; the claim there was."""
        ours = (CLAIMS.c.job == job, CLAIMS.c.day == day.isoformat())
        found = self._row(select(CLAIMS).where(*ours))
        if found is None:
            self._change(insert(CLAIMS).values(job=job, day=day.isoformat(), claimed=wire.instant_text(now)))
            return None
        if found["ended"] is None:
            self._change(update(CLAIMS).where(*ours).values(claimed=wire.instant_text(now)))
        return _claim(found)

    def end_claim(self, job: str, day: date, now: datetime, exit_status: int) -> None:
        """Note that a day's work is done.

        Raises:
            ControlError: nobody had begun it, or it has ended.

        """
        self._change_one(
            update(CLAIMS)
            .where(CLAIMS.c.job == job, CLAIMS.c.day == day.isoformat(), CLAIMS.c.ended.is_(None))
            .values(ended=wire.instant_text(now), exit_status=exit_status),
            f"Job {job} of {day} is not under way in the control store, so it cannot end.",
        )

    def last_claim(self, job: str) -> Claim | None:
        """The newest day that somebody began."""
        found = self._row(select(CLAIMS).where(CLAIMS.c.job == job).order_by(CLAIMS.c.day.desc()).limit(1))
        return None if found is None else _claim(found)


def _claim(row: RowMapping) -> Claim:
    return Claim(
        job=row["job"],
        day=date.fromisoformat(row["day"]),
        claimed=datetime.fromisoformat(row["claimed"]),
        ended=wire.time(row["ended"]),
        exit_status=row["exit_status"],
    )
