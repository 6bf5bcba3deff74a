"""An office over a year of nights: what it holds, what it decided, and what should be gone when."""

import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import time_machine
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from jobs import dry_run_report, nightly_sweep, schedule, verify_audit
from retention import config
from tests.acceptance.cli.conftest import Office, install

ZONE = ZoneInfo("Europe/Amsterdam")
BEGIN = datetime(2027, 12, 31, 10, tzinfo=UTC)
LAST = date(2028, 12, 31)  # a leap year: 366 nights
CLIENTS = 20
HELD, HELD_FOR_GOOD = 1, 2  # clients
PLACED, RELEASED = date(2028, 3, 1), date(2028, 6, 1)
RENEWED = date(2028, 7, 1)  # what was approved for good ends after 365 days
AFTER_HOLD = date(2028, 6, 10)  # released at noon, 7 days to cool off, listed in the next night, gone a night later
MAINS = {"sweep": nightly_sweep.main, "plan": dry_run_report.main, "verify": verify_audit.main}
POLICIES = """
from retention.dataset import Dataset, Day, Timestamp, via
from retention.disposition import Child, Delete
from retention.period import years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.text import Text

DOSSIER = Dataset(
    id="cvs.dossier", key=("dossier_id",), subjects={"client": "client_id"}, dates={"afgesloten_op": Day()},
    then=Delete(children=(Child("cvs.contactmoment", on="dossier_id"),)),
)
CONTACT = Dataset(
    id="cvs.contactmoment", key=("contact_id",), subjects={"client": via("dossier_id", DOSSIER, "client_id")},
    dates={"datum_tijd_utc": Timestamp(zone="UTC")},
)
POLICY = Policy(
    purpose="dossiers", title=Text(nl="Dossiers", en="Files"), legal_basis=LegalBasis.PUBLIC_TASK, owner="team",
    sources=(Source(status=SourceStatus.OWN_CHOICE, reasoning=Text(nl="kort", en="short")),), prepared_by="maker",
    rules=(Rule(DOSSIER, starts_on="afgesloten_op", keep_for=years(5)),),
)
REGISTER = Register(policies=(POLICY,), datasets=(DOSSIER, CONTACT))
"""


@dataclass
class Year:
    """What happened night by night."""

    office: Office
    gone: dict[int, date] = field(default_factory=dict)  # local day, by dossier
    starts: list[datetime] = field(default_factory=list)  # of each night that ran
    statuses: list[int] = field(default_factory=list)

    def start(self, job: str, _lock: int) -> int:
        """The real job, in this process, at the time of the simulated clock."""
        if job != "sweep":
            return MAINS[job]()
        begun, before = datetime.now(ZONE), set(self.office.rows("dossier"))
        status = MAINS[job]()
        self.starts.append(begun)
        self.statuses.append(status)
        self.gone |= dict.fromkeys(before - set(self.office.rows("dossier")), begun.date())
        return status

    @property
    def days(self) -> list[date]:
        """The local date of each night that ran."""
        return [begun.date() for begun in self.starts]


class Simulated(BlockingScheduler):
    """The real scheduler, whose waiting moves a simulated clock."""

    def __init__(self, clock: time_machine.Traveller, until: datetime, noon: Callable[[date], None]) -> None:
        super().__init__(timezone=ZONE, executors={"default": DebugExecutor()})
        self._clock, self._until, self._noon = clock, until, noon

    def _main_loop(self) -> None:
        while self.running and datetime.now(UTC) < self._until:
            wait = self._process_jobs()
            now = datetime.now(UTC)
            noon = datetime.combine(now.astimezone(ZONE), datetime.min.time().replace(hour=12), ZONE).astimezone(UTC)
            if now < noon <= now + timedelta(seconds=wait):
                self._clock.move_to(noon, tick=False)
                self._noon(noon.astimezone(ZONE).date())
            else:
                self._clock.move_to(min(self._until, now + timedelta(seconds=wait)), tick=False)


def scheduled(year: Year, clock: time_machine.Traveller, until: datetime, noon: Callable[[date], None]) -> None:
    """Run `retention schedule` until a moment of the simulated clock."""
    settings = config.load(year.office.config, {})
    schedule.run(settings, year.start, Simulated(clock, until, noon))


def an_office(folder: Path, seed: int) -> Office:
    """An installation whose plan is approved for good, at 02:30: the time that is missing once and comes twice once."""
    office = install(folder)
    for old in (folder / "policies").iterdir():
        old.unlink()
    (folder / "policies" / "__init__.py").write_text(POLICIES)
    office.change("retention.toml", 'sweep = "0 2 * * *"', 'sweep = "30 2 * * *"')
    office.change("retention.toml", 'verify = "0 7 * * *"', 'verify = "0 7 1 * *"')
    fill(folder / "cvs.db", random.Random(seed))
    office.plan()
    approve_for_good(office)
    return office


def approve_for_good(office: Office, *days: date) -> None:
    """Approve the plan of a night, or the first one, and those that are like it."""
    folder = office.folder.joinpath("out", *map(str, days))
    digest = json.loads((folder / "plan.json").read_text())["digest"]
    if days:
        shutil.copy(folder / f"{digest}.txt", office.folder / "out")
    approved = office.approve(digest, "--standing")
    assert approved.exit_code == 0, approved.output


def fill(database: Path, choose: random.Random) -> None:
    """Dossiers that become due through the year, and after it."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for table in ("contactmoment", "dossier", "client"):
            connection.execute(f"DELETE FROM {table}")
        connection.executemany("INSERT INTO client VALUES (?, 'x', NULL)", [(one,) for one in range(CLIENTS)])
        due_while_held = [(HELD, "2023-04-14"), (HELD_FOR_GOOD, "2023-05-09")]
        for number, row in enumerate(due_while_held, 200):
            connection.execute("INSERT INTO dossier VALUES (?, ?, ?, 'x')", (number, *row))
        for number in range(200):
            closed = date(2022, 12, 28) + timedelta(days=choose.randrange(420))
            row = (number, choose.randrange(CLIENTS), closed.isoformat())
            connection.execute("INSERT INTO dossier VALUES (?, ?, ?, 'x')", row)
            connection.execute("INSERT INTO contactmoment VALUES (?, ?, '2020-01-01 10:00:00', 'x')", (number, number))


def expected(office: Office) -> dict[int, date]:
    """The night in which each dossier goes, told by the calendar alone; those that stay are left out."""
    with closing(sqlite3.connect(office.folder / "cvs.db")) as connection:
        dossiers = connection.execute("SELECT dossier_id, client_id, afgesloten_op FROM dossier").fetchall()
    found = {}
    for key, client, day in dossiers:
        night = max(first_day(day), BEGIN.date()) + timedelta(days=1)  # listed in one night, gone in the next
        if client == HELD and night > PLACED:
            night = max(night, AFTER_HOLD)
        if client != HELD_FOR_GOOD or night <= PLACED:
            found[key] = night
    return {one: night for one, night in found.items() if night <= LAST}


def first_day(closed: str) -> date:
    """The first day on which a dossier may go: the day after the last of five years."""
    day = date.fromisoformat(closed)
    ends = date(day.year + 5, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 5)
    return ends + timedelta(days=1)


@contextmanager
def environment(office: Office) -> Iterator[None]:
    """The variables that a scheduler hands to its jobs."""
    os.environ["RETENTION_CONFIG"] = str(office.config)
    try:
        yield
    finally:
        del os.environ["RETENTION_CONFIG"]
