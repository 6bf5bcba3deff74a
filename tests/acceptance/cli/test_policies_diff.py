"""A change of policies as people ask for it: what leaves the due list, what joins it, what is already gone."""

import csv
import io
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
import time_machine

from .conftest import NEXT_NIGHT, Office

LATER = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)


def proposed(office: Office, years: int, name: str = "proposal") -> str:
    """The office's policies with another period, in a directory of their own."""
    folder = office.folder / name
    shutil.copytree(office.folder / "policies", folder / "policies", ignore=shutil.ignore_patterns("__pycache__"))
    office.change(f"{name}/policies/dossier_policy.py", "years(5)", f"years({years})")
    return str(folder)


def compared(office: Office, new: str, *more: str, status: int = 0) -> dict:
    return office.json("policies", "diff", str(office.folder), new, *more, status=status)


def expired(office: Office, years: int) -> int:
    """Closed so long ago, counted by the database itself: the day of closing does not count."""
    with closing(sqlite3.connect(office.folder / "cvs.db")) as db:
        query = "SELECT count(*) FROM dossier WHERE date(afgesloten_op, ?) < '2026-07-01'"
        return db.execute(query, (f"+{years} years",)).fetchone()[0]


def test_a_longer_period_takes_records_off_the_due_list_and_names_the_purpose_that_keeps_them(office: Office):
    [impact] = compared(office, proposed(office, 14))["impacts"]
    assert (impact["old_due"], impact["new_due"]) == (expired(office, 5), expired(office, 14)) == (2, 1)
    assert (impact["leaves"], impact["joins"], impact["otherwise"]) == (1, 0, 0)
    assert (impact["kept_by"], impact["freed_by"]) == ({"dossier": 1}, {})


def test_a_shorter_period_puts_records_on_the_due_list(office: Office):
    [impact] = compared(office, proposed(office, 1))["impacts"]
    assert (impact["old_due"], impact["new_due"]) == (expired(office, 5), expired(office, 1)) == (2, 3)
    assert (impact["leaves"], impact["joins"], impact["freed_by"]) == (0, 1, {"dossier": 1})


def test_what_a_hold_keeps_is_on_neither_list(office: Office):
    office.json("hold", "place", "--kind", "legal-hold", "--matter", "zaak", "--subject", "client=1", "--yes")
    [impact] = compared(office, proposed(office, 14))["impacts"]
    assert (impact["old_due"], impact["new_due"], impact["leaves"]) == (1, 0, 1)


def test_the_sentences_stand_side_by_side(office: Office):
    [one] = compared(office, proposed(office, 14))["sentences"]
    assert (one["purpose"], one["dataset"]) == ("dossier", "cvs.dossier")
    assert "vernietigen 5 jaar na afgesloten_op" in one["old"]["nl"]
    assert "vernietigen 14 jaar na afgesloten_op" in one["new"]["nl"]


def test_the_same_policies_have_no_impact_and_nothing_is_judged(office: Office):
    found = compared(office, str(office.folder / "policies"))
    assert (found["impacts"], found["sentences"], found["unaffected"]) == ([], [], 1)


def test_what_the_new_rules_would_have_kept_is_counted_from_the_log(office: Office):
    assert office.approve(office.plan()).exit_code == 0
    with time_machine.travel(NEXT_NIGHT):
        assert office.run("sweep").exit_code == 0
    logged = sum(one["entry"]["destroyed"]["count"] for one in office.json("audit", "show", "--kind", "outcome"))
    with time_machine.travel(LATER):
        [impact] = compared(office, proposed(office, 7))["impacts"]
    assert impact["gone_together"] == impact["gone"]["dossier"] == logged == 2
    assert impact["gone_since"] == "2026-07-02"
    assert (impact["leaves"], impact["unknown"]) == (0, 0)


def test_what_would_be_gone_by_now_in_any_case_is_not_called_irrecoverable(office: Office):
    assert office.approve(office.plan()).exit_code == 0
    with time_machine.travel(NEXT_NIGHT):
        assert office.run("sweep").exit_code == 0
    new = proposed(office, 7)
    for day, gone in (
        ("2028-07-01", 2),
        ("2028-07-02", 0),
    ):  # destroyed on 2 July 2026 after 5 years: 2 more have passed
        [impact] = compared(office, new, "--today", day)["impacts"]
        assert impact["gone_together"] == gone


def test_what_was_destroyed_under_other_rules_is_said_apart(office: Office):
    assert office.approve(office.plan()).exit_code == 0
    with time_machine.travel(NEXT_NIGHT):
        assert office.run("sweep").exit_code == 0
    old = proposed(office, 6, "other")
    [impact] = office.json("policies", "diff", old, proposed(office, 7))["impacts"]
    assert (impact["gone_together"], impact["unknown"]) == (0, 2)


def test_a_change_is_written_in_every_form_with_the_same_numbers(office: Office):
    out, new = office.folder / "out", proposed(office, 14)
    assert office.run("policies", "diff", str(office.folder), new, "--out", str(out)).exit_code == 0
    assert {path.name for path in out.iterdir()} == {
        "beleidswijziging.html",
        "beleidswijziging-gegevens.csv",
        "beleidswijziging-doelen.csv",
        "beleidswijziging-zinnen.csv",
        "policy-change.html",
        "policy-change-data.csv",
        "policy-change-purposes.csv",
        "policy-change-sentences.csv",
        "policy-change.json",
    }
    [told] = json.loads((out / "policy-change.json").read_text())["impacts"]
    [row] = csv.DictReader(io.StringIO((out / "policy-change-data.csv").read_text(encoding="utf-8-sig")))
    assert [row[name] for name in ("Due, old", "Leaves", "Joins", "Due, new")] == ["2", "1", "0", "1"]
    assert (told["old_due"], told["leaves"]) == (2, 1)
    shown = office.run("policies", "diff", str(office.folder), new, "--lang", "en").stdout
    assert "Leaves" in shown
    assert "14 years" in shown


def test_nothing_is_written_to_the_log_or_to_the_stores(office: Office):
    before = {
        path: path.read_bytes()
        for path in [*(office.folder / "state" / "log").rglob("*"), office.folder / "cvs.db"]
        if path.is_file()
    }
    compared(office, proposed(office, 1))
    assert before == {path: path.read_bytes() for path in before}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "is no directory"),
        ("nowhere:REGISTER", "there is no module"),
        ("keys", "has neither policies/ nor __init__.py"),
        ("policies:OTHER", "has no such name"),
    ],
)
def test_a_register_that_does_not_load_is_said_with_what_to_do(office: Office, monkeypatch, name: str, said: str):
    monkeypatch.chdir(office.folder)
    done = office.run("policies", "diff", "policies", name)
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr


def test_a_register_with_a_mistake_is_said_with_the_line(office: Office):
    new = proposed(office, 14)
    office.change("proposal/policies/dossier_policy.py", "years(14)", "years(-1)")
    done = office.run("policies", "diff", str(office.folder), new)
    assert (done.exit_code, "dossier_policy.py, line" in done.stderr) == (2, True), done.stderr


def test_a_store_that_does_not_answer_is_no_empty_store(office: Office):
    new = proposed(office, 14)
    (office.folder / "cvs.db").unlink()
    [impact] = compared(office, new, status=1)["impacts"]
    assert (impact["old_due"], impact["leaves"]) == (None, None)
    assert impact["why"]["nl"]
