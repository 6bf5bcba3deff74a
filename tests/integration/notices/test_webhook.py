"""Webhooks to a real server: what arrives, how it is checked, and what each way to fail is called."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from retention.config.notify import WebhookSettings
from retention.notice import Trouble
from retention.notices.outcome import Outcome
from retention.notices.webhook import Call, body, encoded, post
from retention.notices.wording import worded
from tests.certificates import authority
from tests.notices import CHECKPOINT, FACTS, voice
from tests.webhooks import Receiver, receiving

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
AT = datetime(2026, 7, 2, 6, tzinfo=UTC)


def settings(receiver: Receiver, **changes: object) -> WebhookSettings:
    made = WebhookSettings(url=f"http://127.0.0.1:{receiver.port}/hooks?room=7", timeout_seconds=5)
    return replace(made, **changes)


def posted(webhook: WebhookSettings, name: str = "plan") -> list[Outcome]:
    said = body(FACTS[name], worded(FACTS[name], voice()), voice(), id_="notice_1")
    return list(post(webhook, [Call(id="notice_1", body=encoded(said), at=AT)]))


def test_a_notice_arrives_as_json_signed_as_standard_webhooks_has_it():
    with receiving(Receiver()) as receiver:
        assert posted(settings(receiver, signing_secret=SECRET)) == [Outcome()]
    [(path, headers, raw)] = receiver.got
    assert path == "/hooks?room=7"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
    expected = base64.b64encode(hmac.new(bytes(range(32)), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(AT.timestamp()))
    told = json.loads(raw)
    assert (told["schema"], told["id"], told["kind"]) == ("retention-notice/1", headers["webhook-id"], "plan")
    assert told["checkpoint"] == CHECKPOINT
    assert told["facts"]["records"] == "\u22651353"


def test_without_a_secret_nothing_is_signed():
    with receiving(Receiver()) as receiver:
        assert posted(settings(receiver)) == [Outcome()]
    assert "webhook-signature" not in receiver.got[0][1]


def test_a_redirect_is_not_followed():
    with receiving(Receiver()) as elsewhere:
        to = f"http://127.0.0.1:{elsewhere.port}/"
        with receiving(Receiver(status=302, location=to)) as receiver:
            assert posted(settings(receiver)) == [Outcome(trouble=Trouble.REDIRECT)]
    assert elsewhere.got == []


@pytest.mark.parametrize("status", [400, 404, 500])
def test_an_answer_that_is_no_yes_is_a_refusal(status: int):
    with receiving(Receiver(status=status)) as receiver:
        assert posted(settings(receiver)) == [Outcome(trouble=Trouble.REJECTED)]


def test_a_slow_server_is_left_after_the_time_out():
    enough = threading.Event()
    with receiving(Receiver(waits=lambda: enough.wait(20))) as receiver:
        assert posted(settings(receiver, timeout_seconds=1)) == [Outcome(trouble=Trouble.TIMEOUT)]
        enough.set()


def test_nobody_answers_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        receiver = Receiver(port=free.getsockname()[1])
        assert posted(settings(receiver)) == [Outcome(trouble=Trouble.UNREACHABLE)]


def test_a_certificate_is_verified(tmp_path: Path):
    trusted = authority(tmp_path)
    with receiving(Receiver(tls=trusted.server)) as receiver:
        webhook = settings(receiver, url=f"https://localhost:{receiver.port}/", ca_file=trusted.ca_file)
        assert posted(webhook) == [Outcome()]
        assert posted(replace(webhook, ca_file=None)) == [Outcome(trouble=Trouble.TLS)]
    assert len(receiver.got) == 1


def test_a_server_that_does_not_speak_http_is_a_refusal():
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"what?\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        receiver = Receiver(port=listener.getsockname()[1])
        assert posted(settings(receiver)) == [Outcome(trouble=Trouble.REJECTED)]
        thread.join()
