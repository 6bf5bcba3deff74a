"""Who is told what around a night: by a real mail server and a real webhook, at most one of a kind a day."""

import base64
import io
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import structlog
import time_machine

from jobs import dry_run_report
from retention import config, logconfig, opening
from retention.config import Settings
from retention.config.sections import LogFormat
from retention.control.interface import Control
from retention.control.sqlite import SqliteControlStore
from retention.notice import Channel, NoticeKind
from retention.notices.after import after
from retention.notices.telling import tell, voice
from retention.text import Language
from tests.mailserver import MailServer, serving
from tests.webhooks import Receiver, receiving

from .conftest import NEXT_NIGHT, Office

ROOT = Path(__file__).parents[3]
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
PERSONAL = re.compile(r"Geheim|geheim|Ans\b|Bo\b|zaak-van-de-buurman|1980-01-01|client=|Owner")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving(MailServer()) as box:
        yield box


def told_at(office: Office, port: int, more: str = "") -> Office:
    """Let the office tell people by a relay on this host."""
    with office.config.open("a") as file:
        file.write(
            f'\n[notify.smtp]\nhost = "localhost"\nport = {port}\nsecurity = "none"\nsender = "retention@example.org"\n'
            f'to = ["fg@example.org", "beheer@example.org"]\ntimeout_seconds = 5\n{more}'
        )
    return office


def settings(office: Office) -> Settings:
    return config.load(office.config, {})


def subjects(server: MailServer) -> list[str]:
    return [re.sub(r"\] .*", "]", one["Subject"]) for one in server.mails]


def approved(office: Office) -> None:
    assert office.approve(office.plan()).exit_code == 0


def failed_night(office: Office) -> int:
    """A night in which the store is not there."""
    (office.folder / "cvs.db").rename(office.folder / "elsewhere.db")
    return office.run("sweep").exit_code


def test_a_new_plan_is_mailed_once_and_the_next_day_the_next_one(office: Office, server: MailServer):
    told_at(office, server.port)
    office.plan()
    assert office.run("notify").exit_code == 0
    second = office.run("notify", "--lang", "en")
    assert (second.exit_code, second.stdout) == (0, "there is nothing to say that was not said\n")
    assert subjects(server) == ["[retention plan]"]
    with time_machine.travel(NEXT_NIGHT + timedelta(hours=5)):
        office.plan()
        assert office.run("notify").exit_code == 0
    assert subjects(server) == ["[retention plan]", "[retention plan]"]


def test_a_good_night_mails_nothing(office: Office, server: MailServer):
    told_at(office, server.port)
    approved(office)
    with time_machine.travel(NEXT_NIGHT):
        assert office.run("sweep").exit_code == 0
        after(settings(office), "sweep", 0)
    assert server.connections == 0


def test_the_checkpoint_at_a_mails_foot_verifies_and_finds_a_log_that_was_rolled_back(
    office: Office, server: MailServer
):
    told_at(office, server.port)
    old = {path: path.read_bytes() for path in (office.folder / "state" / "log").rglob("*") if path.is_file()}
    office.plan()
    with time_machine.travel(NEXT_NIGHT):
        assert office.run("sweep").exit_code == 5  # not approved: nothing goes, and the log grows
        office.plan()
        assert office.run("notify").exit_code == 0
    text = server.mails[0].get_content()
    foot = text[text.index("test.example/2026") :]
    assert foot.replace("\r\n", "\n") == (office.folder / "state" / "log" / "checkpoint").read_text()
    for pasted in (foot, foot[: foot.index("\r\n\r\n")]):  # whole, or its three lines
        done = office.run("audit", "verify", "--since", "-", stdin=pasted)
        assert (done.exit_code, "the one that was kept" in done.stdout) == (0, True), done.output
    for path in (office.folder / "state" / "log").rglob("*"):
        if path.is_file():
            path.unlink()
    for path, content in old.items():
        path.write_bytes(content)
    assert office.run("audit", "verify", "--since", "-", stdin=foot).exit_code == 1


def test_a_failed_night_is_told_with_the_command_to_type_and_names_nobody(office: Office, server: MailServer):
    with receiving(Receiver()) as receiver:
        told_at(office, server.port, f'[notify.webhook]\nurl = "http://127.0.0.1:{receiver.port}/"\n')
        with office.config.open("a") as file:
            file.write(f'signing_secret = "{SECRET}"\n')
        place = ("--kind", "legal-hold", "--matter", "zaak-van-de-buurman", "--subject", "client=2", "--yes")
        assert office.run("hold", "place", *place, "--review-on", "2026-07-02").exit_code == 0
        approved(office)
        office.run("notify")
        with time_machine.travel(NEXT_NIGHT):
            assert failed_night(office) == 1
            after(settings(office), "sweep", 1)
    expected = {"[retention plan]", "[retention failure]", "[retention lateness]", "[retention hold-review]"}
    assert set(subjects(server)) == expected
    assert {json.loads(raw)["kind"] for _, _, raw in receiver.got} == {one[11:-1] for one in expected}
    [failure] = [one for one in server.mails if one["X-Retention-Notice"] == "failure"]
    assert re.search(r"retention report run \d{8}T\d{6}Z-[0-9a-f]{8}", failure.get_content())
    said = [one.get_content() + str(one["Subject"]) for one in server.mails]
    assert [PERSONAL.search(one) for one in [*said, *(raw.decode() for _, _, raw in receiver.got)]] == [None] * 8


def logged(do: object) -> list[dict[str, object]]:
    stream = io.StringIO()
    logconfig.configure(LogFormat.JSON, stream)
    try:
        do()  # type: ignore[operator]
    finally:
        structlog.reset_defaults()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def undelivered(office: Office) -> tuple[int, list[str]]:
    """What `retention status` says of notices."""
    said = json.loads(office.run("status", "--json").stdout)
    codes = [alarm["code"] for alarm in said["alarms"]]
    return said["undelivered"], [code for code in codes if code.startswith("notice")]


def test_an_unreachable_mail_server_changes_nothing_of_the_job_and_is_tried_by_the_next(office: Office):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        told_at(office, port)
        office.plan()
        [line] = logged(lambda: after(settings(office), "plan", 0))
    assert {name: line[name] for name in ("event", "kind", "channel", "host", "trouble")} == {
        "event": "notice_failed",
        "kind": "plan",
        "channel": "mail",
        "host": "localhost",
        "trouble": "unreachable",
    }
    assert set(line) == {"event", "kind", "channel", "host", "trouble", "level", "timestamp"}
    assert undelivered(office) == (1, ["notice-undelivered"])
    with serving(MailServer()) as box:
        office.change("retention.toml", f"port = {port}", f"port = {box.port}")
        after(settings(office), "verify", 0)
        assert subjects(box) == ["[retention plan]"]
    assert undelivered(office) == (0, [])


def test_a_job_whose_mail_server_is_down_ends_as_it_would_have(office: Office, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        told_at(office, free.getsockname()[1])
        monkeypatch.setenv("RETENTION_CONFIG", str(office.config))
        assert dry_run_report.main() == 0
    assert undelivered(office) == (1, ["notice-undelivered"])


def test_nothing_in_telling_reaches_the_job(office: Office, server: MailServer):
    told_at(office, server.port)
    with closing(sqlite3.connect(office.folder / "state" / "control.db")) as db, db:
        db.execute("DROP TABLE delivery")
    lines = logged(lambda: after(settings(office), "plan", 1))
    assert [(line["event"], line["exception"]) for line in lines] == [("notices_untold", "ControlError")]


def test_proof_at_risk_is_told_once_a_day_although_our_own_memory_cannot_be_read(office: Office, server: MailServer):
    told_at(office, server.port)
    (office.folder / "state" / "control.db").rename(office.folder / "away.db")
    for _ in range(2):
        after(settings(office), "sweep", 4)
    assert subjects(server) == ["[retention failure]"]
    (office.folder / "away.db").rename(office.folder / "state" / "control.db")
    after(settings(office), "plan", 0)
    assert list((office.folder / "state").glob("told-*")) == []


def test_a_test_goes_to_everybody_and_says_who_was_refused(office: Office, server: MailServer):
    told_at(office, server.port, '[notify.smtp.to_of]\nplan = ["owner@example.org"]\n')
    assert office.json("notify", "--test") == [
        {"channel": "mail", "host": "localhost", "kind": "test", "refused": 0, "trouble": None}
    ]
    assert server.envelopes[0][1] == ["fg@example.org", "beheer@example.org", "owner@example.org"]
    server.refuses["fg@example.org"] = 550
    done = office.run("notify", "--test", "--lang", "en")
    assert (done.exit_code, done.stdout) == (1, "test, mail, localhost: sent, but 1 recipient(s) refused\n")


def test_a_dry_run_shows_the_mails_and_sends_and_remembers_nothing(office: Office, server: MailServer):
    told_at(office, server.port)
    office.plan()
    shown = office.run("notify", "--dry-run", "--lang", "en").stdout
    assert shown.startswith("fg@example.org, beheer@example.org\n[retention plan] Stichting Test: a new plan to read")
    assert server.connections == 0
    assert office.run("notify").exit_code == 0
    assert subjects(server) == ["[retention plan]"]


def test_with_nobody_to_tell_the_command_says_what_to_add(office: Office):
    done = office.run("notify")
    assert (done.exit_code, "[notify.smtp]" in done.stderr) == (2, True)


def test_a_job_that_is_overtaken_between_looking_and_claiming_sends_nothing(office: Office, server: MailServer):
    told_at(office, server.port)
    office.plan()
    found, now = settings(office), opening.now()

    class Overtaken(SqliteControlStore):
        @contextmanager
        def reading(self) -> Iterator[Control]:
            with super().reading() as tx:
                yield tx
            with self.transaction() as other:
                assert other.claim_delivery(NoticeKind.PLAN, date(2026, 7, 1), Channel.MAIL, now)

    control = Overtaken.open(found.control_file)
    assert tell(control, found, voice(found, Language.NL), now=now) == ()
    control.close()
    assert server.connections == 0


def test_two_processes_at_once_send_one_mail(template: Path, tmp_path: Path):
    """The first has claimed it and waits for the mail server; the second, meanwhile, finds nothing to say."""
    office = Office(tmp_path / "office")
    subprocess.run(["cp", "-R", template, office.folder], check=True)
    asked, enough = threading.Event(), threading.Event()

    def wait() -> None:
        asked.set()
        enough.wait(60)

    with serving(MailServer(waits=wait)) as box:
        told_at(office, box.port, "").change("retention.toml", "timeout_seconds = 5", "timeout_seconds = 60")
        with time_machine.travel(datetime.now(UTC), tick=True):
            office.plan()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RETENTION_")}
        environment |= {"PYTHONPATH": str(ROOT), "RETENTION_CONFIG": str(office.config)}
        command = [sys.executable, "-m", "retention", "notify", "--lang", "en"]
        first = subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE)
        assert asked.wait(60)
        second = subprocess.run(command, env=environment, text=True, capture_output=True, check=True, timeout=60)
        enough.set()
        said, _ = first.communicate(timeout=60)
    assert (second.stdout, said) == ("there is nothing to say that was not said\n", "plan, mail, localhost: sent\n")
    assert len(box.mails) == 1
