"""How the command line answers: help, errors, exit statuses, languages."""

import os
import pty
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import time_machine
from click.shell_completion import ShellComplete

from retention.cli import SECTIONS, main
from retention.cli.stop import stop_asked
from retention.control.interface import Flight
from retention.control.lock import SweepLock
from retention.control.sqlite import SqliteControlStore

from .conftest import JULY, NEXT_NIGHT, Office, install, subcommands

ROOT = Path(__file__).parents[3]
FLIGHT = Flight(
    intent=7,
    run="20260701T000000Z-00000000",
    plan="0" * 64,
    dataset="cvs.dossier",
    action="delete",
    fields=(),
    ref_key="cvs.dossier-2026",
    records=b"",
    members={"cvs.dossier": ["12"], "cvs.document": ["7", "8"]},
    subjects={"client": ["2"]},
    purposes=("dossier",),
    registered=JULY,
)


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    found: list[tuple[tuple[str, ...], click.Command]] = []
    for name, command in subcommands(group).items():
        found.append(((*path, name), command))
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
    return found


COMMANDS = commands(main)


def test_the_help_lists_each_command_with_the_line_that_is_its_own():
    listed = {name: said for section in SECTIONS.values() for name, (_, said) in section.items()}
    assert listed == {name: command.get_short_help_str(90) for name, command in subcommands(main).items()}


@pytest.mark.parametrize("command", [found for _, found in COMMANDS], ids=[" ".join(path) for path, _ in COMMANDS])
def test_every_command_and_each_of_its_options_has_help(command: click.Command):
    assert command.help
    options = [
        parameter for parameter in command.params if isinstance(parameter, click.Option) and not parameter.hidden
    ]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("variable", ["", "RETENTION_CONFIG"])
def test_without_a_configuration_a_command_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
):
    monkeypatch.chdir(tmp_path)
    office = Office(tmp_path)
    done = office.run("status", RETENTION_CONFIG=str(tmp_path / "absent.toml") if variable else "")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")


def test_the_configuration_may_be_named_before_or_after_the_command(office: Office):
    for arguments in (("--config", str(office.config), "status"), ("status", "--config", str(office.config))):
        assert office.run(*arguments, RETENTION_CONFIG="/nowhere").exit_code == 5  # it was found: no night yet


def test_the_language_is_that_of_the_option_then_the_variable_then_the_organisation(office: Office):
    explain = ("explain", "cvs.dossier", "10")
    assert "bewaartermijn verstreken" in office.run(*explain).stdout
    assert "retention period expired" in office.run(*explain, RETENTION_LANG="en").stdout
    assert "bewaartermijn verstreken" in office.run(*explain, "--lang", "nl", RETENTION_LANG="en").stdout


def test_a_key_may_come_from_standard_input(office: Office):
    done = office.run("explain", "cvs.dossier", "-", "--lang", "en", stdin="10\n13\n")
    assert done.exit_code == 0, done.output
    assert "cvs.dossier 10" in done.stdout
    assert "cvs.dossier 13" in done.stdout


def test_a_fault_of_the_program_never_prints_what_it_carries(office: Office, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise RuntimeError("Ans Geheim")

    monkeypatch.setattr("retention.bootstrap.open_register", fail)
    done = office.run("policies", "check")
    assert done.exit_code == 1
    assert "unexpected RuntimeError at test_edge.py" in done.stderr
    assert "Geheim" not in done.output


@pytest.mark.parametrize(
    ("words", "offered"),
    [(["explain"], "cvs.dossier"), (["hold", "place", "--purpose"], "dossier"), (["policies", "show"], "dossier")],
    ids=["datasets", "purposes of an option", "purposes"],
)
def test_completion_offers_what_is_there(
    office: Office, monkeypatch: pytest.MonkeyPatch, words: list[str], offered: str
):
    monkeypatch.setenv("RETENTION_CONFIG", str(office.config))
    found = ShellComplete(main, {}, "retention", "_RETENTION_COMPLETE").get_completions(words, "")
    assert offered in [item.value for item in found]


def test_completion_is_silent_on_any_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RETENTION_CONFIG", str(tmp_path / "absent.toml"))
    assert ShellComplete(main, {}, "retention", "_RETENTION_COMPLETE").get_completions(["explain"], "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion_script(office: Office, shell: str):
    assert "_RETENTION_COMPLETE" in office.run("completion", shell).stdout


# What people get wrong -------------------------------------------------------------------------------------------


def refused(office: Office, *arguments: str, status: int = 2) -> str:
    """Type a command that is refused; the one clear line that says so. Nothing may be gone."""
    before = office.rows("dossier") if (office.folder / "cvs.db").exists() else None
    done = office.run(*arguments)
    assert done.exit_code == status, done.output
    assert done.stderr.startswith("Error: ") or "\nError: " in done.stderr
    if before is not None:
        assert office.rows("dossier") == before
    return done.stderr


def test_a_policy_without_a_basis_is_one_clear_line(office: Office):
    office.change("policies/dossier_policy.py", "legal_basis=LegalBasis.PUBLIC_TASK,", "")
    assert "legal_basis" in refused(office, "plan")


def test_a_negative_period_is_named_with_its_line(office: Office):
    office.change("policies/dossier_policy.py", "years(5)", "years(-5)")
    said = refused(office, "sweep")
    assert "dossier_policy.py, line" in said
    assert "negative" in said


def test_while_referenced_by_without_a_period_is_refused(office: Office):
    office.change("policies/dossier_policy.py", "keep_for=years(5),", "while_referenced_by=DOSSIER, on='dossier_id',")
    assert "no keep_for" in refused(office, "policies", "check")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('purpose="dossier"', 'purpose="bedrijfsvoering"', "PURPOSE_WITHOUT_ACTIVITY"),
        ('starts_on="afgesloten_op"', 'starts_on="afgeslotn_op"', "afgeslotn_op"),
    ],
    ids=["a purpose that names no activity", "a typo in a column"],
)
def test_check_names_the_mistake_and_refuses(office: Office, old: str, new: str, said: str):
    office.change("policies/dossier_policy.py", old, new)
    done = office.run("policies", "check", "--lang", "en")
    assert done.exit_code == 2
    assert said in done.stdout


def test_two_policies_for_one_purpose_are_refused(office: Office):
    office.change("policies/__init__.py", "policies=(POLICY,)", "policies=(POLICY, POLICY)")
    assert office.run("policies", "check").exit_code == 2


def test_an_unreadable_register_stops_everything(office: Office):
    (office.folder / "policies" / "__init__.py").write_text("REGISTER = (\n")
    assert "never closed" in refused(office, "sweep")


def test_a_key_that_others_can_read_is_refused(office: Office):
    (office.folder / "keys" / "log.key").chmod(0o644)
    assert "chmod 600" in refused(office, "sweep")


def test_a_missing_database_fails_the_night_and_is_named(office: Office):
    office.approve(office.plan())
    (office.folder / "cvs.db").unlink()
    done = office.run("plan")
    assert done.exit_code == 1
    assert not (office.folder / "cvs.db").exists()


def test_a_hold_can_be_placed_while_every_store_is_down(office: Office):
    (office.folder / "cvs.db").unlink()
    done = office.run(
        "hold", "place", "--kind", "legal-hold", "--matter", "x", "--subject", "client=2", "--yes", "--lang", "en"
    )
    assert done.exit_code == 0, done.output
    assert "Coverage unknown" in done.stdout


def test_a_hold_without_a_selector_is_refused(office: Office):
    assert "--subject" in refused(office, "hold", "place", "--kind", "legal-hold", "--matter", "x", "--yes")
    assert office.json("hold", "list") == []


@pytest.mark.parametrize("selector", ["klant=2", "client"])
def test_a_hold_on_what_is_not_known_lists_what_is(office: Office, selector: str):
    said = refused(office, "hold", "place", "--kind", "legal-hold", "--matter", "x", "--subject", selector, "--yes")
    assert "client" in said


def test_a_hold_that_covers_nothing_today_is_placed_loudly(office: Office):
    done = office.run(
        "hold", "place", "--kind", "legal-hold", "--matter", "x", "--subject", "client=99", "--yes", "--lang", "en"
    )
    assert done.exit_code == 0
    assert "not a single record" in done.stdout


def test_without_a_terminal_nothing_is_asked(office: Office):
    said = refused(office, "hold", "place", "--kind", "legal-hold", "--matter", "x", "--subject", "client=2")
    assert "--yes" in said
    assert office.json("hold", "list") == []


def test_on_a_terminal_what_is_missing_is_asked_and_nothing_is_placed_before_the_yes(tmp_path: Path):
    office = install(tmp_path)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "retention", "hold", "place", "--subject", "client=2", "--lang", "en"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "RETENTION_CONFIG": str(office.config), "TERM": "dumb"}
    for answer, placed in (("n", 0), ("y", 1)):
        process = subprocess.Popen(
            command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        os.write(ours, f"legal-hold\nzaak 12\n{answer}\n".encode())
        printed, asked = process.communicate(timeout=60)
        assert b"cvs.dossier: 2 records" in printed
        assert b"Matter it is placed for" in asked
        assert len(office.json("hold", "list")) == placed
    os.close(ours)
    os.close(theirs)


def test_a_dutch_yes_is_a_yes_a_kind_may_be_given_by_its_number_and_a_slip_is_asked_again(tmp_path: Path):
    office = install(tmp_path)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "retention", "hold", "place", "--subject", "client=2", "--lang", "nl"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "RETENTION_CONFIG": str(office.config), "TERM": "dumb"}
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    os.write(ours, b"7\n2\nzaak 12\nmisschien\nj\n")
    _, asked = process.communicate(timeout=60)
    assert b"2  legal-hold: bewaarblokkade" in asked
    assert b"[j/N]" in asked
    assert [one["kind"] for one in office.json("hold", "list")] == ["legal-hold"]
    os.close(ours)
    os.close(theirs)


def test_holds_from_a_file_are_all_placed_or_none(office: Office):
    file = office.folder / "holds.csv"
    file.write_text("kind,matter,subject\nlegal-hold,zaak,client=1\nlegal-hold,zaak,klant=2\n")
    assert "line 3" in refused(office, "hold", "place", "--from", str(file), "--yes")
    assert office.json("hold", "list") == []
    file.write_text("kind,matter,subject\nlegal-hold,zaak,client=1\nlegal-hold,zaak,client=2\n")
    assert office.run("hold", "place", "--from", str(file), "--yes").exit_code == 0
    assert len(office.json("hold", "list")) == 2


def test_a_restriction_ends_only_when_its_subject_was_told(office: Office):
    placed = office.json("hold", "place", "--kind", "restriction", "--matter", "x", "--subject", "client=2", "--yes")
    release = ("hold", "release", placed[0]["id"], "--reason", "klaar", "--yes")
    assert "--notified" in refused(office, *release)
    assert office.run(*release, "--notified", "2026-06-30").exit_code == 0


def test_a_missing_control_store_is_proof_at_risk(office: Office):
    (office.folder / "state" / "control.db").unlink()
    assert "retention init" in refused(office, "sweep", status=4)


def test_a_tampered_log_does_not_verify(office: Office):
    (bundle,) = (office.folder / "state" / "log" / "tile" / "entries").rglob("1")
    data = bytearray(bundle.read_bytes())
    data[20] ^= 1
    bundle.write_bytes(data)
    refused(office, "audit", "verify", status=1)


def test_a_verification_without_a_trust_file_is_no_verification(office: Office):
    (office.folder / "trust").unlink()
    refused(office, "audit", "verify")


def test_no_output_ever_holds_a_records_content(office: Office):
    said = "".join(
        office.run(*arguments).output
        for arguments in (("plan",), ("explain", "cvs.dossier", "10"), ("policies", "check"), ("status",))
    )
    assert said
    assert "geheim" not in said.lower()


def test_a_dry_run_leaves_the_database_byte_for_byte_as_it_was(office: Office):
    before = (office.folder / "cvs.db").read_bytes()
    office.plan()
    assert (office.folder / "cvs.db").read_bytes() == before
    assert sorted(path.name for path in office.folder.glob("cvs.db*")) == ["cvs.db"]


def test_init_never_overwrites_and_says_what_was_there(office: Office):
    before = {path: path.read_bytes() for path in office.folder.rglob("*") if path.is_file()}
    done = office.run("init")
    assert done.exit_code == 0, done.output
    assert "made" not in done.stdout
    assert {path: path.read_bytes() for path in before} == before


def test_init_never_makes_a_second_key_for_a_log_that_exists(office: Office):
    (office.folder / "keys" / "log.key").unlink()
    assert "Restore the key" in refused(office, "init")
    assert not (office.folder / "keys" / "log.key").exists()


def test_init_keeps_keys_to_their_owner(office: Office):
    modes = {path.stat().st_mode & 0o077 for path in (office.folder / "keys").rglob("*")}
    assert modes == {0}


def test_the_draft_of_init_passes_its_own_test(template: Path):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(
        command, cwd=template, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout


def test_a_password_given_to_init_is_not_written_down(tmp_path: Path):
    office = Office(tmp_path)
    url = "postgresql://ann:oudewater@db.example/cvs"
    done = office.run("init", "--config", str(office.config), "--name", "X", "--origin", "x.example/1", "--from", url)
    assert done.exit_code == 1  # nobody answers there
    assert "oudewater" not in office.config.read_text() + done.output


@pytest.mark.parametrize(
    "given", ["postgresql:///cvs?host=db.example&password=oudewater", "postgresql://ann:${PW}@h/cvs"]
)
def test_init_refuses_a_secret_it_would_write_down_and_writes_the_name_of_one(tmp_path: Path, given: str):
    office = Office(tmp_path)
    done = office.run(
        "init",
        "--config",
        str(office.config),
        "--name",
        "X",
        "--origin",
        "x.example/1",
        "--from",
        given,
        PW="oudewater",
    )
    assert "oudewater" not in done.output
    if "${PW}" in given:
        assert f'url = "{given}"' in office.config.read_text()
    else:
        assert (done.exit_code, office.config.exists()) == (2, False)


def test_a_locked_database_does_not_stop_a_dry_run(office: Office):
    with sqlite3.connect(office.folder / "cvs.db") as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert office.run("plan").exit_code == 0


# What goes wrong at night -----------------------------------------------------------------------------------------


def test_a_table_that_was_dropped_since_the_plan_refuses_its_dataset_before_anything_goes(office: Office):
    office.approve(office.plan())
    with closing(sqlite3.connect(office.folder / "cvs.db")) as connection:
        connection.execute("DROP TABLE contactmoment")
    with time_machine.travel(NEXT_NIGHT):
        done = office.run("sweep", "--lang", "en")
    assert done.exit_code in {1, 3}, done.output
    assert "contactmoment" in done.stdout
    assert office.rows("dossier") == [10, 11, 12, 13]


def test_a_second_sweep_at_once_is_refused(office: Office):
    with SweepLock(office.folder / "state"):
        refused(office, "sweep")


def test_a_clock_that_went_back_is_refused(office: Office):
    office.approve(office.plan())
    with time_machine.travel(JULY.replace(year=2025)):
        assert "clock" in refused(office, "sweep")


def test_a_day_to_come_is_no_day_to_sweep(office: Office):
    digest = office.plan()
    office.approve(digest)
    assert "has not come" in refused(office, "sweep", "--plan", digest, "--today", "2026-07-02")


def test_a_day_that_is_none_is_refused_with_its_option(office: Office):
    assert "--today" in refused(office, "plan", "--today", "2026-02-30")


def test_a_plan_that_is_too_old_is_refused(office: Office):
    digest = office.plan()
    office.approve(digest)
    with time_machine.travel(datetime(2026, 8, 3, 0, 5, tzinfo=UTC)):
        assert office.run("sweep").exit_code == 3
        assert office.approve(digest).exit_code == 3
    assert office.rows("dossier") == [10, 11, 12, 13]


def test_a_database_that_another_program_has_locked_fails_and_loses_nothing(office: Office):
    office.approve(office.plan())
    with office.config.open("a") as file:
        file.write("\n[sweep]\nlock_seconds = 0\n")
    with closing(sqlite3.connect(office.folder / "cvs.db")) as writer, time_machine.travel(NEXT_NIGHT):
        writer.execute("BEGIN IMMEDIATE")
        assert office.run("sweep").exit_code == 1
        writer.rollback()
    assert office.rows("dossier") == [10, 11, 12, 13]


def test_a_signal_asks_a_sweep_to_stop_and_what_was_there_before_comes_back():
    before = signal.getsignal(signal.SIGTERM)
    with stop_asked() as stop:
        assert not stop()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop()
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_hold_that_a_batch_under_way_may_still_break_is_in_force_and_says_so(office: Office):
    office.change("retention.toml", "wait_seconds = 30 ", "wait_seconds = 0 ")
    with closing(SqliteControlStore.open(office.folder / "state" / "control.db")) as store:
        with store.transaction() as control:
            control.register(FLIGHT)
        done = office.run("hold", "place", "--kind", "legal-hold", "--matter", "x", "--subject", "client=2", "--yes")
        assert done.exit_code == 1
        assert "batch 7, 3 records. " in done.stderr
        assert "NIET BEVESTIGD: batch 7 in cvs.dossier, 3 records, liep al" in done.stdout
        with store.transaction() as control:
            control.settle(7)
    (placed,) = office.json("hold", "list")
    assert placed["in_force"]


def test_a_test_of_the_users_own_is_not_overwritten_by_a_draft(tmp_path: Path):
    own = tmp_path / "tests" / "test_policies.py"
    own.parent.mkdir()
    own.write_text("# mine\n")
    install(tmp_path)
    assert own.read_text() == "# mine\n"


def test_a_folder_of_keys_that_cannot_be_looked_at_is_a_mistake_of_the_configuration(office: Office):
    office.change("retention.toml", 'directory = "keys"', f'directory = "{"x" * 300}"')
    said = office.run("sweep")
    assert (said.exit_code, "cannot be read" in said.stderr) == (2, True), said.output


def test_a_timetable_whose_night_begins_outside_every_window_is_warned_of_with_what_to_do(office: Office):
    with office.config.open("a") as file:
        file.write('\n[sweep]\nwindows = ["12:00-13:00"]\n')
    said = office.run("config", "check", "--lang", "en")
    assert (said.exit_code, said.stderr) == (0, "")
    assert 'with "0 2 * * *" the night always begins outside every window (12:00-13:00)' in said.stdout
    assert "Have [schedule] sweep begin within one" in said.stdout
    assert "Laat [schedule] sweep binnen een" in office.run("config", "check", "--lang", "nl").stdout
    assert [one["code"] for one in office.json("config", "check")["findings"]] == ["SCHEDULE_OUTSIDE_WINDOWS"]
