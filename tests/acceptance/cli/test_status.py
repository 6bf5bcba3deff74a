"""`retention status`: green after a good night, red for each thing that can silently go wrong, and what to do then."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from jobs import verify_audit
from retention.control.sqlite import SqliteControlStore
from retention.status.code import Code

from .conftest import JULY, NEXT_NIGHT, Office

MORNING = NEXT_NIGHT + timedelta(hours=6)


@pytest.fixture(scope="module")
def swept(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation after a good night, its log verified; made once and copied for each test."""
    office = Office(tmp_path_factory.mktemp("swept") / "office")
    shutil.copytree(template, office.folder)
    with time_machine.travel(JULY):
        assert office.approve(office.plan()).exit_code == 0
    before = office.folder / "control-before-the-night.db"
    shutil.copy(office.folder / "state" / "control.db", before)
    shutil.copytree(office.folder / "state" / "log", office.folder / "log-before-the-night")
    with time_machine.travel(NEXT_NIGHT), pytest.MonkeyPatch.context() as patch:
        assert office.run("sweep").exit_code == 0
        patch.setenv("RETENTION_CONFIG", str(office.config))
        assert verify_audit.main() == 0
    return office.folder


@pytest.fixture
def office(swept: Path, tmp_path: Path) -> Iterator[Office]:
    """The morning after, and it is green."""
    folder = tmp_path / "office"
    shutil.copytree(swept, folder)
    with time_machine.travel(MORNING):
        office = Office(folder)
        assert codes(office, 0) == []
        yield office


def codes(office: Office, status: int) -> list[str]:
    """What the status says is the matter, when it ends with that exit status."""
    said = office.json("status", status=status)
    return [alarm["code"] for alarm in said["alarms"]]


def night(office: Office, at: datetime) -> int:
    """A morning's plan, approved, and the night after it."""
    with time_machine.travel(at - timedelta(hours=14)):
        office.approve(office.plan())
    with time_machine.travel(at):
        return office.run("sweep").exit_code


def verified(office: Office, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("RETENTION_CONFIG", str(office.config))
    return verify_audit.main()


def stuck(office: Office) -> None:
    """More records that are due, and one that their database does not let go: their batch fails, and is halved."""
    office.change("policies/data_map.py", 'id="cvs.dossier",', 'id="cvs.dossier", triggers=("block",),')
    with closing(sqlite3.connect(office.folder / "cvs.db")) as connection:
        connection.executescript(
            "INSERT INTO dossier (dossier_id, client_id, afgesloten_op) VALUES"
            " (20, 1, '2011-01-01'), (21, 1, '2011-01-01'), (22, 1, '2011-01-01');"
            "CREATE TRIGGER block BEFORE DELETE ON dossier WHEN old.dossier_id = 20"
            " BEGIN SELECT RAISE(ABORT, 'no'); END;"
        )


# nights -----------------------------------------------------------------------------------------------------------


def test_red_when_the_night_did_not_happen_though_plans_were_made(office: Office):
    with time_machine.travel(MORNING + timedelta(hours=23)):
        office.plan()
        assert codes(office, 0) == []
    with time_machine.travel(MORNING + timedelta(hours=25)):
        assert codes(office, 1) == ["night-missed"]


def test_red_at_once_when_a_dataset_could_not_be_judged(office: Office):
    (office.folder / "cvs.db").rename(office.folder / "elsewhere.db")
    office.run("plan")
    assert "dataset-unjudged" in codes(office, 1)


def test_a_store_that_is_down_is_not_looked_at(office: Office):
    (office.folder / "cvs.db").rename(office.folder / "elsewhere.db")
    assert codes(office, 0) == []


def test_red_when_a_record_is_not_shown_to_be_gone_until_it_is(office: Office):
    stuck(office)
    assert night(office, NEXT_NIGHT + timedelta(days=1)) == 1
    with time_machine.travel(MORNING + timedelta(days=1)):
        said = office.json("status", status=1)
        assert [(one["code"], one["count"]) for one in said["alarms"]] == [("dataset-failed", 1), ("residue", 1)]
        with closing(sqlite3.connect(office.folder / "cvs.db")) as connection:
            connection.executescript(
                "DROP TRIGGER block; CREATE TRIGGER block AFTER DELETE ON dossier BEGIN SELECT 1; END"
            )
    assert night(office, NEXT_NIGHT + timedelta(days=2)) == 0
    with time_machine.travel(NEXT_NIGHT + timedelta(days=2)):
        assert codes(office, 0) == []


def test_a_residue_that_somebody_took_away_by_hand_is_none_after_the_next_plan(office: Office):
    stuck(office)
    night(office, NEXT_NIGHT + timedelta(days=1))
    with time_machine.travel(MORNING + timedelta(days=1)):
        office.plan()
        assert "residue" in codes(office, 1)  # it is listed again
    with closing(sqlite3.connect(office.folder / "cvs.db")) as connection:
        connection.executescript(
            "DROP TRIGGER block; DELETE FROM dossier WHERE dossier_id = 20;"
            "CREATE TRIGGER block AFTER DELETE ON dossier BEGIN SELECT 1; END"
        )
    with time_machine.travel(MORNING + timedelta(days=1, hours=1)):
        office.plan()
        assert "residue" not in codes(office, 1)


# proof ------------------------------------------------------------------------------------------------------------


def test_red_when_nobody_verified_the_log_for_too_long(office: Office):
    for day in (1, 2):
        assert night(office, NEXT_NIGHT + timedelta(days=day)) == 0
    with time_machine.travel(MORNING + timedelta(days=2)):
        assert codes(office, 1) == ["anchor-overdue"]


def test_an_anchor_that_is_kept_elsewhere_is_not_watched(office: Office):
    with office.config.open("a") as file:
        file.write("\n[status]\nanchor_after_hours = 0\nlate_after_hours = 1000\n")
    with time_machine.travel(MORNING + timedelta(days=20)):
        assert codes(office, 0) == []


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/*/*", "tile/entries/*/*"])
def test_red_when_the_published_log_was_changed(office: Office, path: str):
    newest = max((office.folder / "state" / "log").glob(path), key=lambda path: path.stat().st_size)
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 1
    newest.write_bytes(data)
    assert codes(office, 4) == ["log-unverifiable"]


def test_red_when_the_published_log_was_rolled_back(office: Office):
    shutil.rmtree(office.folder / "state" / "log")
    shutil.copytree(office.folder / "log-before-the-night", office.folder / "state" / "log")
    assert codes(office, 4) == ["log-unverifiable"]


def test_red_when_the_last_whole_verification_failed_until_one_succeeds(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    manifest = next(path for path in (office.folder / "state" / "log" / "manifest").rglob("*") if path.is_file())
    sound = manifest.read_bytes()
    manifest.write_bytes(sound[::-1])
    assert codes(office, 0) == []  # a quick look does not read it
    assert verified(office, monkeypatch) == 1
    assert codes(office, 4) == ["log-unverifiable"]
    manifest.write_bytes(sound)
    assert verified(office, monkeypatch) == 0
    assert codes(office, 0) == []


def restore(office: Office, copy: str = "control-before-the-night.db") -> None:
    for old in (office.folder / "state").glob("control.db*"):
        old.unlink()
    shutil.copy(office.folder / copy, office.folder / "state" / "control.db")


def test_red_when_the_control_store_was_restored_from_an_old_copy(office: Office):
    restore(office)
    assert codes(office, 4)[0] == "control-old-copy"


def test_red_too_when_the_log_was_put_back_along_with_it(office: Office):
    restore(office)
    shutil.rmtree(office.folder / "state" / "log")
    shutil.copytree(office.folder / "log-before-the-night", office.folder / "state" / "log")
    assert codes(office, 4)[0] == "control-old-copy"
    assert office.run("plan").exit_code == 4  # what the status says, a plan and a sweep keep to
    assert office.run("sweep").exit_code == 4


def test_red_when_the_restored_copy_has_forgotten_a_hold(office: Office):
    shutil.copy(office.folder / "state" / "control.db", office.folder / "copy.db")
    office.run("hold", "place", "--kind", "legal-hold", "--matter", "x", "--subject", "client=2", "--yes")
    assert codes(office, 0) == []
    restore(office, "copy.db")
    assert codes(office, 4) == ["control-old-copy"]


@pytest.mark.parametrize("broken", ["missing", "corrupt", "locked"])
def test_a_control_store_that_cannot_be_read_is_one_red_line_and_no_trace(
    office: Office, broken: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("retention.status.gather._WAIT", 0.05)
    path = office.folder / "state" / "control.db"
    with closing(sqlite3.connect(path)) as holder:
        match broken:
            case "missing":
                path.unlink()
            case "corrupt":
                path.write_bytes(path.read_bytes()[:4096] + bytes(1 << 16))
            case _:
                holder.execute("PRAGMA locking_mode=EXCLUSIVE")
                holder.execute("BEGIN EXCLUSIVE")
        done = office.run("status", "--lang", "en")
        assert (done.exit_code, done.stderr) == (4, "")
        assert done.stdout.startswith("RED\n• control store not readable: ")
        assert "[control-unreadable]" in done.stdout
        assert "holds in force" not in done.stdout  # nobody knows: 0 would be a lie
        assert codes(office, 4) == ["control-unreadable"]


def test_it_waits_for_no_run_that_is_writing(office: Office):
    store = SqliteControlStore.open(office.folder / "state" / "control.db")
    with store.transaction():
        assert codes(office, 0) == []
    store.close()


def test_red_when_the_disk_is_nearly_full(office: Office):
    with office.config.open("a") as file:
        file.write("\n[status]\ndisk_free_megabytes = 1000000000\n")
    assert codes(office, 1) == ["disk-low"]


@pytest.mark.parametrize("key", ["log.key", "refkeys/spool.key"])
@pytest.mark.parametrize("lost", ["missing", "malformed", "open to others"])
def test_red_when_a_key_that_the_next_sweep_needs_cannot_be_used(office: Office, key: str, lost: str):
    path = office.folder / "keys" / key
    match lost:
        case "missing":
            path.unlink()
        case "malformed":
            path.write_text("x")
        case _:
            path.chmod(0o644)
    assert codes(office, 4) == ["key-unusable"]
    said = office.run("status", "--lang", "en").stdout
    assert str(path) in said
    assert "nothing is destroyed now; put" in said
    assert office.run("sweep").exit_code == 2  # as it says


def test_red_when_the_key_is_that_of_another_log(office: Office):
    office.change("retention.toml", 'origin = "test.example/2026"', 'origin = "test.example/2027"')
    assert "key-unusable" in codes(office, 4)


def test_a_reference_key_that_is_lost_is_missed_and_no_plan_puts_another_in_its_place(office: Office):
    path = office.folder / "keys" / "refkeys" / "cvs.dossier-2026.key"
    path.rename(office.folder / "away.key")
    [alarm] = office.json("status", status=4)["alarms"]
    assert (alarm["code"], alarm["dataset"]) == ("key-unusable", "cvs.dossier")
    assert alarm["what"]["en"] == f"key {path} is missing"
    assert office.run("plan").exit_code == 4
    assert not path.exists()
    (office.folder / "away.key").rename(path)
    assert codes(office, 0) == []


def test_an_account_that_cannot_see_the_keys_is_told_the_rest(office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000_017)  # whoever looks here, it is not who sweeps
    (office.folder / "keys").rename(office.folder / "out-of-sight")
    said = office.json("status")
    assert (said["keys"], said["red"]) == (None, False)
    assert "keys:                     unknown" in office.run("status", "--lang", "en").stdout


# people -----------------------------------------------------------------------------------------------------------


def due(office: Office) -> str:
    """One more record that is due, planned; the plan's digest."""
    with closing(sqlite3.connect(office.folder / "cvs.db")) as connection, connection:
        connection.execute("INSERT INTO dossier VALUES (20, 1, '2011-01-01', 'geheim')")
    return office.plan()


def test_what_waits_for_a_yes_names_the_records_and_the_command(office: Office):
    digest = due(office)
    (alarm,) = office.json("status", status=5)["alarms"]
    assert (alarm["code"], alarm["level"], alarm["dataset"], alarm["count"]) == (
        "approval-waiting",
        "waits",
        "cvs.dossier",
        1,
    )
    assert f"retention approve {digest}" in alarm["todo"]["en"]
    office.approve(digest)
    assert codes(office, 0) == []


def test_what_is_over_its_limit_waits_for_a_person_who_allows_it(office: Office):
    office.change("retention.toml", "at_least = 10 ", "at_least = 0 ")
    digest = due(office)
    office.approve(digest)
    (alarm,) = office.json("status", status=5)["alarms"]
    assert (alarm["code"], alarm["count"]) == ("over-limit", 1)
    assert "--allow cvs.dossier=1" in alarm["todo"]["nl"]
    office.approve(digest, "--allow", "cvs.dossier=1")
    assert codes(office, 0) == []


def test_overdue_is_a_number_of_records_and_of_days_for_each_purpose(office: Office):
    due(office)
    (overdue,) = [one for one in office.json("status", status=5)["overdue"] if one["records"]]
    first_day_destructible = date(2016, 1, 2)
    assert overdue["records"] == 1
    assert overdue["oldest_days"] == (date(2026, 7, 2) - first_day_destructible).days


def test_what_a_hold_spared_in_the_night_is_held_and_not_overdue(office: Office):
    office.approve(due(office))
    office.run("hold", "place", "--kind", "legal-hold", "--matter", "x", "--record", "cvs.dossier=20", "--yes")
    with time_machine.travel(NEXT_NIGHT + timedelta(days=1)):
        assert office.run("sweep").exit_code == 0
        (dataset,) = office.json("status")["datasets"]
    assert (dataset["overdue"], dataset["held"], dataset["waiting"]) == (0, 1, 0)


def test_a_hold_whose_review_is_due_waits_for_a_person(office: Office):
    office.run(
        "hold", "place", "--kind", "legal-hold", "--matter", "x", "--subject", "client=2", "--yes",
        "--review-on", "2026-07-03",
    )  # fmt: skip
    assert codes(office, 0) == []
    with time_machine.travel(MORNING + timedelta(days=1)):
        assert codes(office, 5) == ["review-due"]


def test_an_approval_that_still_matters_and_soon_ends_is_named(office: Office):
    office.approve(due(office))
    with time_machine.travel(MORNING + timedelta(days=20)):
        said = office.json("status", status=1)
    assert [one["what"] for one in said["expiring"]] == ["list"]
    assert "approval-expiring" in [alarm["code"] for alarm in said["alarms"]]


def test_before_the_first_night_it_waits_and_then_it_is_late(template: Path, tmp_path: Path):
    new = Office(tmp_path / "new")
    shutil.copytree(template, new.folder)
    with time_machine.travel(JULY + timedelta(hours=1)):
        assert codes(new, 5) == ["no-night-yet"]
    with time_machine.travel(JULY + timedelta(hours=31)):
        assert codes(new, 1) == ["night-missed"]


# how it is said ---------------------------------------------------------------------------------------------------


def test_people_read_what_is_the_matter_and_what_to_do_in_their_language(office: Office):
    with time_machine.travel(MORNING + timedelta(hours=25)):
        dutch, english = (office.run("status", "--lang", lang).stdout.splitlines() for lang in ("nl", "en"))
    assert dutch[:2] == ["ROOD", "• de laatste goede nacht eindigde op 2026-07-02 00:05 UTC [night-missed]"]
    assert english[:2] == ["RED", "• the last good night ended on 2026-07-02 00:05 UTC [night-missed]"]
    assert "retention sweep" in dutch[2]
    assert "retention sweep" in english[2]


def test_the_next_night_is_what_the_schedule_says_and_unknown_where_something_else_starts_it(office: Office):
    assert office.json("status")["next_night"] == "2026-07-03T02:00:00+02:00"
    office.change("retention.toml", 'sweep = "0 2 * * *"', 'sweep = ""')
    said = office.json("status")
    assert (said["next_night"], said["late_from"][:16]) == (None, "2026-07-03T06:05")


def test_every_code_is_explained_to_the_operator():
    explained = (Path(__file__).parents[3] / "docs" / "status.md").read_text()
    assert [code.value for code in Code if f"`{code.value}`" not in explained] == []


@pytest.mark.parametrize("name", ["late_after_hours = 0", "anchor_after_hours = -1", "disk_free_megabytes = -1"])
def test_a_threshold_that_means_nothing_is_refused(office: Office, name: str):
    with office.config.open("a") as file:
        file.write(f"\n[status]\n{name}\n")
    done = office.run("status")
    assert done.exit_code == 2
    assert f"status.{name.split(maxsplit=1)[0]}" in done.stderr


def test_the_answer_for_programs_has_no_value_of_a_record(office: Office):
    due(office)
    assert "geheim" not in json.dumps(office.json("status", status=5)).lower()
