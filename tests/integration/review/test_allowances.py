"""What a person allows over the limit is used up by what goes, and by nothing else (P4)."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest

from retention.approving import withdraw
from retention.dataset import Dataset, Day
from retention.errors import UsageError
from retention.period import years
from retention.plan import Limits
from retention.policy import Register, Rule
from tests.integration.review.organisation import NOBODY, estate, policy, rows

CLIENT = Dataset(id="cvs.client", key=("id",), subjects=NOBODY, dates={"op": Day()})
REGISTER = Register(policies=(policy("hulp", Rule(CLIENT, starts_on="op", keep_for=years(5))),))
SCRIPT = """CREATE TABLE client(id INTEGER PRIMARY KEY NOT NULL, op TEXT);
    INSERT INTO client VALUES (1, '2010-01-01'), (2, '2011-01-01');"""


class Clock:
    def __init__(self):
        self.now = datetime(2026, 6, 1, 9, tzinfo=UTC)

    def __call__(self):
        self.now += timedelta(seconds=2)
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def made(tmp_path, clock):
    return estate(tmp_path, REGISTER, {"cvs": SCRIPT}, clock=clock, limits=Limits(records=1, share=1.0, at_least=0))


def _left(made):
    fingerprint = made.plan(date(2026, 6, 1)).datasets[0].fingerprint
    with made.control.reading() as tx:
        return [one.records - one.used for one in tx.allowances("cvs.client", fingerprint)]


def test_what_goes_is_not_taken_off_an_allowance_that_has_expired(made, clock):
    made.approve(made.plan(date(2026, 6, 1)).digest, allow={"cvs.client": 7})
    clock.now += timedelta(days=29)
    late = made.plan(date(2026, 6, 30)).digest
    clock.now += timedelta(days=2)
    made.approve(late, allow={"cvs.client": 2})
    made.sweep(late, date(2026, 7, 2))
    assert _left(made) == [7, 0]


def test_an_allowance_taken_back_under_way_leaves_a_run_that_ends(made, tmp_path):
    digest = made.plan(date(2026, 6, 1)).digest
    made.approve(digest, allow={"cvs.client": 2})
    with made.control.reading() as tx:
        plan = tx.plan(digest)

    def taken_back() -> bool:
        with suppress(UsageError):
            withdraw(
                made.control,
                plan,
                signer="proceseigenaar",
                role="process-owner",
                standing=False,
                now=made.installation.clock(),
            )
        return False

    clock = made.installation.clock
    clock.now += timedelta(days=1)
    said = made.sweep(digest, date(2026, 6, 2), stop=taken_back)
    assert (said.exit_status, rows(tmp_path, "cvs", "SELECT id FROM client")) == (0, [])


def test_a_share_of_nothing_is_nothing():
    assert Limits(share=0.0).of(CLIENT, 1_000_000) == 0
