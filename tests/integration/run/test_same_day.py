"""What has a notice of 0 days goes in a second run of the night, by a plan of its own and a standing approval."""

import sqlite3
from datetime import date

import pytest

from retention.dataset import Dataset, Day, NoSubject
from retention.disposition import Delete
from retention.people import People
from retention.period import days
from retention.planning import make_plan
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.service import Retention
from retention.sweep import Order
from retention.text import Text
from tests.estate import PLANNED, Estate, build

NOBODY = NoSubject(Text(nl="alleen aantallen", en="numbers only"))


def dataset(name: str, notice: int) -> Dataset:
    return Dataset(id=f"web.{name}", key=("id",), subjects=NOBODY, then=Delete(), dates={"dag": Day()}, notice=notice)


@pytest.fixture
def estate(tmp_path) -> Estate:
    log, visit = dataset("log", 0), dataset("visit", 1)
    policy = Policy(
        purpose="website-statistiek",
        title=Text(nl="Bezoek", en="Visits"),
        legal_basis=LegalBasis.LEGITIMATE_INTERESTS,
        sources=(Source(status=SourceStatus.OWN_CHOICE, reasoning=Text(nl="kort", en="short")),),
        owner="communicatie",
        prepared_by="beleidsmaker",
        rules=tuple(Rule(one, starts_on="dag", keep_for=days(30)) for one in (log, visit)),
    )
    connection = sqlite3.connect(tmp_path / "web.db")
    for name in ("log", "visit"):
        connection.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY NOT NULL, dag TEXT)")
        connection.executemany(f"INSERT INTO {name} VALUES (?, '2020-01-01')", [(n,) for n in range(5)])
    connection.commit()
    connection.close()
    return build(tmp_path / "office", Register(policies=(policy,)), {"web": f"sqlite:///{tmp_path}/web.db"})


def rows(estate: Estate, name: str) -> int:
    connection = sqlite3.connect(estate.root.parent / "web.db")
    try:
        return connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
    finally:
        connection.close()


def service(estate: Estate) -> Retention:
    return Retention(estate.installation, People(()))


def test_without_a_standing_approval_nothing_goes_the_same_day(estate, go_verify):
    summary = service(estate).sweep_same_day(Order())
    assert summary.same_day
    assert summary is not None
    assert (summary.exit_status, summary.destroyed, rows(estate, "log")) == (5, 0, 5)
    go_verify(estate.log, estate.trust)


def test_with_a_standing_approval_it_goes_and_nothing_else_does(estate, go_verify):
    digest = estate.plan(date.today()).digest  # noqa: DTZ011 - the estate's own clock
    assert digest is not None
    estate.approve(digest, standing=True)
    summary = service(estate).sweep_same_day(Order())
    assert summary is not None
    assert (summary.exit_status, summary.destroyed) == (0, 5)
    assert (rows(estate, "log"), rows(estate, "visit")) == (0, 5)
    go_verify(estate.log, estate.trust)


def test_a_plan_of_what_is_due_only_lists_the_very_same_records(estate):
    whole = make_plan(estate.installation, today=PLANNED)
    due = make_plan(estate.installation, today=PLANNED, due_only=True)
    with estate.control.reading() as tx:
        plans = [tx.plan(one.digest) for one in (whole, due)]
    listed = [[(one.id, one.count, one.root) for one in plan.datasets] for plan in plans]
    assert listed[0] == listed[1]
    assert whole.planned == 10
    assert [one.limit for one in whole.datasets] == [one.limit for one in due.datasets] == [10, 10]


def test_what_went_since_the_plan_lowers_no_limit(estate, go_verify):
    """A run that is stopped takes children along too; the rest is not refused because of them."""
    connection = sqlite3.connect(estate.root.parent / "web.db")
    connection.execute("UPDATE visit SET dag = '2026-06-30' WHERE id = 0")
    connection.executemany("INSERT INTO visit VALUES (?, ?)", [(n, "2020-01-01") for n in range(100, 116)])
    connection.executemany("INSERT INTO visit VALUES (?, ?)", [(n, "2026-06-30") for n in range(200, 579)])
    connection.commit()
    digest = estate.plan().digest
    estate.approve(digest)
    connection.execute("DELETE FROM visit WHERE id >= 279")
    connection.commit()
    connection.close()
    run = estate.sweep(digest)
    assert {one.id: (one.planned, one.destroyed, one.refused) for one in run.datasets}["web.visit"] == (20, 20, 0)
    go_verify(estate.log, estate.trust)
