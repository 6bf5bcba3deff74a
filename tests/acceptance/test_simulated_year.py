"""A leap year of nights, as `retention schedule` keeps them: the real scheduler and job, on a simulated clock."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from retention import planning
from tests.acceptance import year as world
from tests.acceptance.year import AFTER_HOLD, BEGIN, HELD, HELD_FOR_GOOD, LAST, PLACED, RELEASED, RENEWED, Year
from tests.conftest import SEED_VARIABLE

MEMORY = Path("/dev/shm")  # noqa: S108 - a year of fsync would measure the disk
NIGHT_OF = "02:30"
pytestmark = pytest.mark.timeout(900)  # the first test waits for the whole year


@dataclass(frozen=True)
class Lived:
    """The year, and what the calendar says of it."""

    year: Year
    expected: dict[int, date]
    clock: time_machine.Traveller


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    with ExitStack() as stack:
        if MEMORY.is_dir():
            folder = Path(tempfile.mkdtemp(dir=MEMORY))
            stack.callback(shutil.rmtree, folder)
        else:
            folder = tmp_path_factory.mktemp("year")
        clock = stack.enter_context(time_machine.travel(BEGIN, tick=False))
        # No two plans share a second, which is waited for: on this clock waiting must pass the time.
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(planning, "sleep", clock.shift)
        year = Year(world.an_office(folder, int(os.environ[SEED_VARIABLE])))
        stack.enter_context(world.environment(year.office))
        expected = world.expected(year.office)

        def noon(day: date) -> None:
            if day == PLACED:
                for client in (HELD, HELD_FOR_GOOD):
                    hold(year, client)
            if day == RELEASED:
                release(year)
            if day == RENEWED:
                world.approve_for_good(year.office, day)

        world.scheduled(year, clock, datetime(2028, 12, 31, 11, tzinfo=UTC), noon)
        yield Lived(year, expected, clock)


def hold(year: Year, client: int) -> None:
    placed = year.office.run(
        "hold", "place", "--kind", "legal-hold", "--matter", "zaak", "--subject", f"client={client}", "--yes"
    )
    assert placed.exit_code == 0, placed.output


def release(year: Year) -> None:
    first = year.office.json("hold", "list")[0]
    released = year.office.run("hold", "release", first["id"], "--reason", "klaar", "--yes")
    assert released.exit_code == 0, released.output


def test_every_date_has_one_night_both_clock_changes_included(lived: Lived):
    every = [date(2028, 1, 1) + timedelta(days=number) for number in range(366)]
    assert lived.year.days == every
    assert every[-1] == LAST


def test_nights_begin_at_their_time_where_it_exists_and_the_first_time_where_it_comes_twice(lived: Lived):
    odd = {start.date(): start.isoformat() for start in lived.year.starts if f"{start:%H:%M}" != NIGHT_OF}
    assert odd == {date(2028, 3, 26): "2028-03-26T03:30:00+02:00"}
    assert [start.utcoffset() for start in lived.year.starts if start.date() == date(2028, 10, 29)] == [
        timedelta(hours=2)
    ]


def test_what_was_due_goes_exactly_on_its_night_and_nothing_else(lived: Lived):
    assert len(lived.expected) > 100
    assert AFTER_HOLD in lived.expected.values()
    assert lived.year.gone == lived.expected


def test_every_night_of_the_year_went_well(lived: Lived):
    assert Counter(lived.year.statuses) == {0: 366}


def test_every_night_left_the_plan_of_the_next_for_people_to_read(lived: Lived):
    folders = lived.year.office.folder / "out"
    assert all((folders / str(day) / name).exists() for day in lived.year.days for name in ("run.html", "dry-run.html"))


def test_the_log_of_the_year_verifies(lived: Lived):
    verified = lived.year.office.run("audit", "verify")
    assert verified.exit_code == 0, verified.output
    runs = lived.year.office.json("audit", "show", "--kind", "run-end")
    assert len(runs) == 366
