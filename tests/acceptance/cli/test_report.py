"""Reports as people ask for them: on the terminal, as files, and what is said when that cannot be."""

import csv
import hashlib
import html
import io
import json
import re
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from .conftest import NEXT_NIGHT, Office

AUGUST = datetime(2026, 8, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def swept(office: Office) -> Office:
    """An installation after its night."""
    assert office.approve(office.plan()).exit_code == 0
    with time_machine.travel(NEXT_NIGHT):
        assert office.run("sweep").exit_code == 0
    return office


def newest(office: Office) -> str:
    return office.json("report", "last")["run"]


def test_a_run_is_found_by_its_id_by_a_beginning_of_it_and_as_the_newest(swept: Office):
    run = newest(swept)
    for name in (run, run[:8], "last"):
        assert swept.json("report", "run", name)["run"] == run
        assert swept.json("report", name)["run"] == run


def test_a_run_that_does_not_exist_is_said_with_those_there_are(swept: Office):
    done = swept.run("report", "20250101T000000Z-00000000")
    assert done.exit_code == 2
    assert "There is no run" in done.stderr
    assert newest(swept) in done.stderr


def test_before_the_first_run_there_is_nothing_to_report(office: Office):
    done = office.run("report", "last")
    assert (done.exit_code, "There has been none yet" in done.stderr) == (2, True)


def test_a_locale_that_is_not_there_is_refused_with_those_there_are(swept: Office):
    for done in (swept.run("report", "last", "--lang", "fy"), swept.run("report", "last", RETENTION_LANG="fy")):
        assert done.exit_code == 2
        assert "'nl', 'en'" in done.stderr


def test_a_folder_that_cannot_be_written_is_refused(swept: Office):
    (swept.folder / "taken").write_text("")
    done = swept.run("report", "last", "--out", str(swept.folder / "taken" / "in"))
    assert done.exit_code == 2
    assert "cannot be written there" in done.stderr


def test_a_sweep_writes_its_own_report_where_it_is_asked_to(office: Office):
    assert office.approve(office.plan()).exit_code == 0
    out, again = office.folder / "night", office.folder / "again"
    with time_machine.travel(NEXT_NIGHT):
        assert office.run("sweep", "--out", str(out)).exit_code == 0
        assert office.run("report", "last", "--out", str(again)).exit_code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        path.name: path.read_bytes() for path in again.iterdir()
    }


def test_a_report_that_cannot_be_written_undoes_nothing_of_the_sweep_and_is_said(office: Office):
    assert office.approve(office.plan()).exit_code == 0
    (office.folder / "taken").write_text("")
    with time_machine.travel(NEXT_NIGHT):
        done = office.run("sweep", "--out", str(office.folder / "taken" / "in"))
    assert done.exit_code == 1
    assert "cannot be written there" in done.stderr
    assert office.rows("dossier") == [11, 13]
    assert office.run("report", "last", "--out", str(office.folder / "night")).exit_code == 0


def test_a_plan_whose_folder_cannot_be_written_says_so(office: Office):
    (office.folder / "taken").write_text("")
    done = office.run("plan", "--out", str(office.folder / "taken" / "in"))
    assert (done.exit_code, "cannot be written there" in done.stderr) == (2, True)


def test_a_report_is_written_in_every_form_and_both_languages(swept: Office):
    out = swept.folder / "report"
    assert swept.run("report", "last", "--out", str(out)).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "run-data.csv",
        "run-findings.csv",
        "run-purposes.csv",
        "run.html",
        "run.json",
        "uitvoering-bevindingen.csv",
        "uitvoering-doelen.csv",
        "uitvoering-gegevens.csv",
        "uitvoering.html",
    ]
    assert not [path for path in out.iterdir() if path.stat().st_mode & 0o137]


def test_page_table_json_terminal_log_and_database_have_the_same_numbers(swept: Office):
    out = swept.folder / "report"
    swept.run("report", "last", "--out", str(out))
    told = json.loads((out / "run.json").read_text())
    [dataset] = told["datasets"]
    rows = list(csv.DictReader(io.StringIO((out / "run-data.csv").read_text(encoding="utf-8-sig"))))
    shown = swept.run("report", "last", "--lang", "en").stdout
    outcomes = [one["entry"] for one in swept.json("audit", "show", "--kind", "outcome")]
    with closing(sqlite3.connect(swept.folder / "cvs.db")) as db:
        left = db.execute("SELECT count(*) FROM dossier").fetchone()[0]
        children = db.execute("SELECT count(*) FROM contactmoment").fetchone()[0]
    gone, along = 4 - left, 2 - children
    assert (gone, along) == (2, 2)
    assert (dataset["deleted"], dataset["children"]) == (gone, {"cvs.contactmoment": along})
    assert [(row["Destroyed"], row["Went along"]) for row in rows] == [(str(gone), str(along))]
    assert f"{gone} records were disposed of." in shown
    assert f"{gone} records were disposed of." in (out / "run.html").read_text()
    assert sum(one["destroyed"]["count"] for one in outcomes) == gone


def test_a_plan_is_reported_again_as_it_was_made(office: Office):
    digest = office.plan()
    before = json.loads((office.folder / "out" / "plan.json").read_text())
    assert office.json("report", "plan", digest[:12]) == before


def test_the_checkpoint_on_a_page_verifies_as_it_is_pasted_into_a_file_or_typed_in(swept: Office):
    out = swept.folder / "report"
    swept.run("report", "last", "--out", str(out))
    page = (out / "run.html").read_text()
    cut = html.unescape(re.search(r'<pre[^>]*id="checkpoint">(.*?)</pre>', page, re.DOTALL)[1])
    assert len(cut.splitlines()) == 3
    kept = swept.folder / "checkpoint.txt"
    kept.write_text(cut)
    for done in (
        swept.run("audit", "verify", "--since", str(kept)),
        swept.run("audit", "verify", "--since", "-", stdin=cut),
        swept.run("audit", "verify", "--since", "-", stdin="\n".join(f"    {line}" for line in cut.splitlines())),
    ):
        assert done.exit_code == 0, done.stderr
        assert "no rollback or rewriting before it" in done.stdout
    forged = cut.replace(cut.splitlines()[2], "A" * 43 + "=")
    assert swept.run("audit", "verify", "--since", "-", stdin=forged).exit_code == 1


def test_a_declaration_is_written_with_the_list_that_it_has_the_hash_of(swept: Office):
    out = swept.folder / "report"
    assert swept.run("report", "declaration", "last", "--out", str(out)).exit_code == 0
    declared = json.loads((out / "declaration-of-destruction.json").read_text())
    written = (out / declared["list_file"]).read_bytes()
    assert hashlib.sha256(written).hexdigest() == declared["list_sha256"]
    assert declared["list_sha256"] in (out / "verklaring-van-vernietiging.html").read_text()


def test_a_declaration_says_how_long_back_ups_are_kept_where_that_is_configured(swept: Office):
    assert swept.json("report", "declaration", "last")["remains"][0]["backups_until"] is None
    swept.change("retention.toml", 'url = "sqlite:///cvs.db"', 'url = "sqlite:///cvs.db"\nbackup_days = 35')
    assert swept.json("report", "declaration", "last")["remains"][0]["backups_until"] == "2026-08-06"
    swept.change("retention.toml", "backup_days = 35", "backup_days = -1")
    assert swept.run("report", "declaration", "last").exit_code == 2


def test_a_pdf_needs_a_folder(swept: Office):
    done = swept.run("report", "declaration", "last", "--pdf")
    assert (done.exit_code, "--out" in done.stderr) == (2, True)


def test_a_pdf_without_its_extra_is_said_with_what_to_install(swept: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    done = swept.run("report", "declaration", "last", "--pdf", "--out", str(swept.folder / "out"))
    assert done.exit_code == 2
    assert "retention-sweeper[pdf]" in done.stderr


def test_a_full_list_has_one_place_and_an_end(office: Office):
    digest = office.plan()
    path = Path(office.json("report", "list", digest, "--full")["file"])
    assert path.parent == office.folder / "state" / "lists"
    for wrong in (
        ("report", "list", digest, "--full", "--out", str(office.folder)),
        ("report", "list", digest, "--full", "--until", "2027-01-01"),
        ("report", "list", "last", "--until", "2026-07-02"),
    ):
        assert office.run(*wrong).exit_code == 2
    with time_machine.travel(AUGUST):
        assert office.run("plan").exit_code == 0
    assert not path.exists()
