"""The history over runs as people ask for it, recounted from the log and the database."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
import time_machine

from .conftest import NEXT_NIGHT, Office

AUGUST = datetime(2026, 8, 3, 0, 5, tzinfo=UTC)


@pytest.fixture
def swept(office: Office) -> Office:
    """An installation after its night, with a hold on what stays."""
    office.json("hold", "place", "--kind", "legal-hold", "--matter", "zaak Geheim", "--subject", "client=1",
                "--review-on", "2026-07-20", "--yes")  # fmt: skip
    assert office.approve(office.plan()).exit_code == 0
    with time_machine.travel(NEXT_NIGHT):
        assert office.run("sweep").exit_code in (0, 5)
    return office


def month(found: dict, name: str) -> dict:
    [one] = [one for one in found["months"] if one["month"] == name]
    return one


def test_what_was_destroyed_is_what_the_log_and_the_database_say(swept: Office):
    outcomes = [one["entry"] for one in swept.json("audit", "show", "--kind", "outcome")]
    with closing(sqlite3.connect(swept.folder / "cvs.db")) as db:
        left = db.execute("SELECT count(*) FROM dossier").fetchone()[0]
    found = month(swept.json("report", "history"), "2026-07")
    assert found["destroyed"] == sum(one["destroyed"]["count"] for one in outcomes) == 4 - left == 1
    assert found["by_purpose"] == {"dossier": 1}
    assert found["runs"] == 1


def test_every_month_is_there_and_one_without_a_plan_is_unknown_and_no_0(swept: Office):
    with time_machine.travel(AUGUST):
        found = swept.json("report", "history", "--months", "3")
    assert [one["month"] for one in found["months"]] == ["2026-06", "2026-07", "2026-08"]
    june, july, august = found["months"]
    assert (june["overdue"], june["late"], june["destroyed"]) == (None, None, 0)
    late = (date(2026, 7, 1) - date(2018, 1, 2)).days  # dossier 12; 10, which closed a year before, is held
    assert (july["overdue"], july["late"]) == (late, 0)
    assert (august["overdue"], august["runs"]) == (None, 0)


def test_a_month_begins_when_it_does_for_the_organisation(office: Office):
    assert office.approve(office.plan()).exit_code == 0
    with time_machine.travel(datetime(2026, 7, 31, 22, 30, tzinfo=UTC)):  # half past midnight of 1 August
        assert office.run("sweep").exit_code in (0, 1, 3, 5)
        months = office.json("report", "history", "--months", "2")["months"]
    assert [(one["month"], one["runs"]) for one in months] == [("2026-07", 0), ("2026-08", 1)]


def test_open_holds_have_an_age_and_a_passed_review_stands_out(swept: Office):
    with time_machine.travel(AUGUST):
        [hold] = swept.json("report", "history")["holds"]
    assert (hold["since"], hold["days"], hold["forgotten"]) == ("2026-07-01", 33, True)
    swept.json("hold", "release", hold["id"], "--reason", "afgedaan", "--yes")
    assert swept.json("report", "history")["holds"] == []


def test_a_refusal_is_counted_with_its_reason(office: Office):
    office.change("retention.toml", "records = 1000", "records = 1")
    office.change("retention.toml", "at_least = 10", "at_least = 0")
    assert office.approve(office.plan()).exit_code == 0
    with time_machine.travel(NEXT_NIGHT):
        office.run("sweep")
        found = office.json("report", "history")
    [refusal] = found["refusals"]
    assert (refusal["dataset"], refusal["times"], refusal["records"], refusal["last"]) == (
        "cvs.dossier",
        1,
        2,
        "2026-07-02",
    )
    assert refusal["why"]["nl"]
    assert month(found, "2026-07")["refused"] == 1


def test_the_history_is_written_in_every_form_with_the_same_numbers(swept: Office):
    out = swept.folder / "history"
    assert swept.run("report", "history", "--months", "2", "--out", str(out)).exit_code == 0
    assert {path.name for path in out.iterdir()} == {
        *(f"history-{name}.csv" for name in ("months", "purposes", "holds", "refusals")),
        *(f"terugblik-{name}.csv" for name in ("maanden", "doelen", "blokkades", "weigeringen")),
        "history.html",
        "terugblik.html",
        "history.json",
    }
    told = json.loads((out / "history.json").read_text())["months"]
    rows = list(csv.DictReader(io.StringIO((out / "history-months.csv").read_text(encoding="utf-8-sig"))))
    assert [(row["Month"], row["Destroyed"]) for row in rows] == [(one["month"], str(one["destroyed"])) for one in told]
    assert "1 record was disposed of" in swept.run("report", "history", "--lang", "en").stdout
    assert "Geheim" not in "".join(path.read_text() for path in out.iterdir())


@pytest.mark.parametrize("months", ["0", "121", "x"])
def test_a_number_of_months_that_makes_no_sense_is_refused(office: Office, months: str):
    assert office.run("report", "history", "--months", months).exit_code == 2


def test_before_the_first_run_the_history_is_empty_and_says_so(office: Office):
    found = office.json("report", "history", "--months", "1")
    assert (found["months"][0]["destroyed"], found["months"][0]["runs"], found["refusals"]) == (0, 0, [])
    assert office.run("report", "history", "--out", str(office.folder / "h")).exit_code == 0
    assert "In deze maanden is niets vernietigd." in (office.folder / "h" / "terugblik.html").read_text()
