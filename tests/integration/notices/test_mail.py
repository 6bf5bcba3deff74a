"""Mail to a real server: what arrives, and what each way to fail is called. The server is ours and can misbehave."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from retention.config.notify import SmtpSecurity, SmtpSettings
from retention.notice import Trouble
from retention.notices.mail import Letter, send
from retention.notices.outcome import Outcome
from retention.notices.wording import worded
from tests.certificates import Authority, authority
from tests.mailserver import MailServer, serving
from tests.notices import FACTS, voice

AT = datetime(2026, 7, 2, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def server(trusted: Authority) -> Iterator[MailServer]:
    with serving(MailServer(tls=trusted.server)) as box:
        yield box


def settings(box: MailServer, trusted: Authority, **changes: object) -> SmtpSettings:
    made = SmtpSettings(
        host="localhost",
        port=box.port,
        ca_file=trusted.ca_file,
        sender="retention@example.org",
        to=("fg@example.org", "beheer@example.org"),
        timeout_seconds=5,
    )
    return replace(made, **changes)


def letters(*names: str) -> list[Letter]:
    return [
        Letter(
            kind=name,
            id=f"notice_{name}",
            worded=worded(FACTS[name], voice()),
            recipients=("fg@example.org", "beheer@example.org"),
            at=AT,
        )
        for name in names
    ]


def sent(smtp: SmtpSettings, *names: str) -> list[Outcome]:
    return list(send(smtp, letters(*(names or ("failure",))), "en"))


def test_several_notices_arrive_over_one_encrypted_connection(server: MailServer, trusted: Authority):
    assert sent(settings(server, trusted), "failure", "plan") == [Outcome(), Outcome()]
    assert (server.connections, server.encrypted) == (1, [True, True])
    assert [one["X-Retention-Notice"] for one in server.mails] == ["failure", "plan"]
    assert server.envelopes[0] == ("retention@example.org", ["fg@example.org", "beheer@example.org"])


def test_tls_from_the_first_byte(trusted: Authority):
    with serving(MailServer(tls=trusted.server, at_once=True)) as box:
        assert sent(settings(box, trusted, security=SmtpSecurity.TLS)) == [Outcome()]


def test_a_relay_on_this_host_needs_no_encryption():
    with serving(MailServer()) as box:
        smtp = SmtpSettings(
            host="localhost", port=box.port, security=SmtpSecurity.NONE, sender="a@example.org", to=("b@example.org",)
        )
        assert sent(smtp) == [Outcome()]


def test_a_login_is_given_and_a_wrong_one_said(trusted: Authority):
    with serving(MailServer(tls=trusted.server, user="night", password="secret")) as box:  # noqa: S106 - a test's
        right = settings(box, trusted, user="night", password="secret")  # noqa: S106 - as above
        assert sent(right) == [Outcome()]
        assert sent(replace(right, user="day")) == [Outcome(trouble=Trouble.LOGIN)]


def test_a_server_that_asks_for_no_login_gets_no_password(server: MailServer, trusted: Authority):
    smtp = settings(server, trusted, user="night", password="secret")  # noqa: S106 - a test's
    assert sent(smtp) == [Outcome(trouble=Trouble.LOGIN)]
    assert server.raw == []


def test_nobody_answers_there(trusted: Authority):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        smtp = settings(MailServer(port=free.getsockname()[1]), trusted)
        assert sent(smtp, "failure", "plan") == [Outcome(trouble=Trouble.UNREACHABLE)] * 2


def test_there_is_no_such_host(trusted: Authority):
    assert sent(settings(MailServer(port=25), trusted, host="mail.invalid")) == [Outcome(trouble=Trouble.UNREACHABLE)]


def test_a_certificate_that_nobody_trusts_gets_no_mail(server: MailServer, tmp_path: Path, trusted: Authority):
    other = authority(tmp_path)
    assert sent(settings(server, trusted, ca_file=other.ca_file)) == [Outcome(trouble=Trouble.TLS)]
    assert sent(settings(server, trusted, ca_file=None)) == [Outcome(trouble=Trouble.TLS)]
    assert server.raw == []


def test_a_certificate_for_another_name_gets_no_mail(server: MailServer, trusted: Authority):
    assert sent(settings(server, trusted, host="127.0.0.2")) in (
        [Outcome(trouble=Trouble.TLS)],
        [Outcome(trouble=Trouble.UNREACHABLE)],  # where this host has one loopback address only
    )
    assert server.raw == []


def test_a_server_that_offers_no_encryption_gets_no_mail(trusted: Authority):
    with serving(MailServer()) as box:
        assert sent(settings(box, trusted)) == [Outcome(trouble=Trouble.TLS)]
        assert box.raw == []


def test_a_slow_server_is_left_after_the_time_out(trusted: Authority):
    enough = threading.Event()
    with serving(MailServer(tls=trusted.server, waits=lambda: enough.wait(20))) as box:
        assert sent(settings(box, trusted, timeout_seconds=1)) == [Outcome(trouble=Trouble.TIMEOUT)]
        enough.set()


def test_one_refused_recipient_is_said_and_the_others_get_it(server: MailServer, trusted: Authority):
    server.refuses["beheer@example.org"] = 550
    assert sent(settings(server, trusted)) == [Outcome(refused=1)]
    assert server.envelopes == [("retention@example.org", ["fg@example.org"])]


@pytest.mark.parametrize(
    ("code", "trouble"), [(550, Trouble.RECIPIENTS), (552, Trouble.MAILBOX_FULL), (452, Trouble.MAILBOX_FULL)]
)
def test_when_every_recipient_is_refused_the_next_notice_is_tried_all_the_same(
    server: MailServer, trusted: Authority, code: int, trouble: Trouble
):
    server.refuses = {"fg@example.org": code, "beheer@example.org": code}
    assert sent(settings(server, trusted), "failure", "plan") == [Outcome(trouble=trouble)] * 2
    assert server.connections == 1


@pytest.mark.parametrize("verb", ["MAIL", "DATA", "."])
def test_a_refused_message_is_said(server: MailServer, trusted: Authority, verb: str):
    server.answers[verb] = "554 no, thank you"
    assert sent(settings(server, trusted)) == [Outcome(trouble=Trouble.REJECTED)]


def test_a_server_that_hangs_up_before_the_text_did_not_get_it(server: MailServer, trusted: Authority):
    server.hangs_up_after = "MAIL"
    assert sent(settings(server, trusted)) == [Outcome(trouble=Trouble.UNREACHABLE)]


def test_a_server_that_hangs_up_after_the_text_may_have_it(server: MailServer, trusted: Authority):
    server.hangs_up_after = "."
    found = sent(settings(server, trusted), "failure", "plan")
    assert found == [Outcome(trouble=Trouble.UNCONFIRMED), Outcome(trouble=Trouble.UNREACHABLE)]
