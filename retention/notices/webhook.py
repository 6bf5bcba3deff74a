"""Notices as JSON to a webhook, signed as Standard Webhooks has it (https://www.standardwebhooks.com).

One request for each notice, with an id that is the same when it is tried again. No redirect is followed, no proxy is
asked, and of the answer the status alone is read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from http.client import HTTPException
from typing import Any, Final

from msgspec import Struct

from retention.calling import status_of
from retention.config.notify import WebhookSettings, signing_key
from retention.notice import Trouble
from retention.notices.facts import Facts, kind_of
from retention.notices.outcome import Outcome
from retention.notices.wording import Voice, Worded
from retention.reports.values import plain_value

SCHEMA: Final = "retention-notice/1"
_DELIVERED: Final = range(200, 300)
_ELSEWHERE: Final = range(300, 400)


class Call(Struct, frozen=True, kw_only=True):
    """One notice as it is posted."""

    id: str  # the same for the same notice: whoever gets it twice keeps one
    body: bytes
    at: datetime


def body(facts: Facts, said: Worded, voice: Voice, *, id_: str) -> dict[str, Any]:
    """What is posted, as docs/notices.md has it."""
    kind = kind_of(facts)
    return {
        "schema": SCHEMA,
        "id": id_,
        "kind": "test" if kind is None else kind.value,
        "day": facts.of.isoformat(),
        "organisation": voice.organisation,
        "subject": said.subject,
        "text": said.text,
        "facts": _facts(facts),
        "checkpoint": voice.checkpoint,
    }


def _facts(facts: Facts) -> dict[str, Any]:
    """The facts by name."""
    return {name: value for name, value in plain_value(facts).items() if name != "of"}


def encoded(value: Mapping[str, Any]) -> bytes:
    """The bytes that are posted and signed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def signature(key: bytes, id_: str, timestamp: int, payload: bytes) -> str:
    """What `webhook-signature` says: a version, and HMAC-SHA256 over id, time and body."""
    signed = f"{id_}.{timestamp}.".encode() + payload
    return f"v1,{b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"


def post(webhook: WebhookSettings, calls: Sequence[Call]) -> Iterator[Outcome]:
    """Post each; how each ended, in their order."""
    for call in calls:
        try:
            yield _posted(webhook, call)
        except ssl.SSLError:
            yield Outcome(trouble=Trouble.TLS)
        except TimeoutError:
            yield Outcome(trouble=Trouble.TIMEOUT)
        except OSError:
            yield Outcome(trouble=Trouble.UNREACHABLE)
        except HTTPException:
            yield Outcome(trouble=Trouble.REJECTED)


def _posted(webhook: WebhookSettings, call: Call) -> Outcome:
    headers, seconds = _headers(webhook, call), webhook.timeout_seconds
    status = status_of(webhook.url or "", "POST", headers, seconds=seconds, ca_file=webhook.ca_file, body=call.body)
    if status in _DELIVERED:
        return Outcome()
    return Outcome(trouble=Trouble.REDIRECT if status in _ELSEWHERE else Trouble.REJECTED)


def _headers(webhook: WebhookSettings, call: Call) -> dict[str, str]:
    timestamp = int(call.at.timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": call.id,
        "webhook-timestamp": str(timestamp),
    }
    key = None if webhook.signing_secret is None else signing_key(webhook.signing_secret)
    return headers if key is None else headers | {"webhook-signature": signature(key, call.id, timestamp, call.body)}
