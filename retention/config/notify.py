"""[notify]: who hears of what, by mail and by webhook."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct, field

from retention.config.reader import Secret
from retention.discreet import Discreet
from retention.notice import NoticeKind

_ADDRESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_HOST: Final = re.compile(r"[A-Za-z0-9._:-]{1,253}")
_PORTS: Final = range(1, 65_536)
_SECONDS: Final = range(1, 121)
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what a webhook's secret begins with, as Standard Webhooks has it
_SECRET_BYTES: Final = range(24, 65)
_SigningSecret = Annotated[str | None, Secret("RETENTION_WEBHOOK_SECRET")]
_Wrong = Iterator[tuple[str, str]]


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"  # for a relay on this host only


class SmtpSettings(Discreet, frozen=True, kw_only=True):
    """The mail server, and between whom mail goes."""

    host: str  # its name, as its certificate has it
    port: int = 587  # 465 for tls
    security: SmtpSecurity = SmtpSecurity.STARTTLS  # none: for a relay on this host only
    ca_file: Path | None = None  # certificates to trust; None: those of the system
    user: str | None = None  # None: the server asks for none
    password: Annotated[str | None, Secret("RETENTION_SMTP_PASSWORD")] = None
    sender: str  # an address
    to: tuple[str, ...]  # addresses
    to_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by kind, instead of `to`
    timeout_seconds: int = 10  # for each answer of the server

    seen = ("host", "port", "security", "sender", "to")

    def recipients(self, kind: NoticeKind | None) -> tuple[str, ...]:
        """Who gets a kind of notice; None: a test, which everybody gets."""
        if kind is None:
            every = (self.to, *self.to_of.values())
            return tuple(dict.fromkeys(address for some in every for address in some))
        return self.to_of.get(kind.value, self.to)


class WebhookSettings(Discreet, frozen=True, kw_only=True):
    """Where notices are posted as JSON."""

    url: Annotated[str | None, Secret("RETENTION_WEBHOOK_URL")] = None
    signing_secret: _SigningSecret = None  # whsec_ and base64; None: nothing is signed
    ca_file: Path | None = None  # certificates to trust; None: those of the system
    timeout_seconds: int = 10  # for each answer of the server

    seen = ("ca_file", "timeout_seconds")


class NotifySettings(Struct, frozen=True, kw_only=True):
    """Who hears of what; with neither part nobody does."""

    kinds: tuple[NoticeKind, ...] = tuple(NoticeKind)  # of notices that go out
    reports_url: str = ""  # where the folders of days (out/) are served, to link to; empty: no links
    smtp: SmtpSettings | None = None
    webhook: WebhookSettings = field(default_factory=WebhookSettings)

    @property
    def anybody(self) -> bool:
        """Whether anybody is told anything."""
        return self.smtp is not None or self.webhook.url is not None


def check_notify(notify: NotifySettings) -> _Wrong:
    """Every setting that cannot be meant: its key, and what to write. No value is repeated."""
    if len(set(notify.kinds)) < len(notify.kinds):
        yield "notify.kinds", "names a kind twice; name each once"
    if notify.reports_url and not is_web(notify.reports_url, "http", "https"):
        yield "notify.reports_url", "is no URL; write https://host/path, or leave it out"
    if notify.smtp is not None:
        yield from _smtp(notify.smtp)
    yield from _webhook(notify.webhook)


def _smtp(smtp: SmtpSettings) -> _Wrong:
    if not _HOST.fullmatch(smtp.host):
        yield "notify.smtp.host", "is no host; write a name such as mail.example.org"
    if smtp.port not in _PORTS:
        yield "notify.smtp.port", "is no port; write 587, or 465 for tls"
    if smtp.security is SmtpSecurity.NONE and not is_loopback(smtp.host):
        yield "notify.smtp.security", 'is "none", which is for a relay on this host; write "starttls" or "tls"'
    if (smtp.user is None) is not (smtp.password is None):
        yield "notify.smtp.user", "and RETENTION_SMTP_PASSWORD belong together; give both or neither"
    if not (f"{smtp.user or ''}{smtp.password or ''}").isascii():
        yield "notify.smtp.user", "or its password has a letter that is not ASCII, which cannot be sent; choose others"
    yield from _common("notify.smtp", smtp.ca_file, smtp.timeout_seconds)
    yield from _addresses("notify.smtp.sender", (smtp.sender,))
    yield from _addresses("notify.smtp.to", smtp.to)
    for kind, addresses in smtp.to_of.items():
        if kind not in set(NoticeKind):
            yield f"notify.smtp.to_of.{kind}", f"is no kind of notice; known are {', '.join(NoticeKind)}"
        yield from _addresses(f"notify.smtp.to_of.{kind}", addresses)


def _addresses(where: str, addresses: tuple[str, ...]) -> _Wrong:
    if not addresses:
        yield where, 'is empty; write ["somebody@example.org"]'
    for number, address in enumerate(addresses, start=1):
        if not _ADDRESS.fullmatch(address) or ".." in address:
            named = where if len(addresses) == 1 else f"{where}[{number}]"
            yield named, "is no mail address; write the address alone, such as somebody@example.org"


def _webhook(webhook: WebhookSettings) -> _Wrong:
    if webhook.url is None:
        if webhook.signing_secret is not None:
            yield "notify.webhook.url", "is missing, and there is a secret to sign with; set RETENTION_WEBHOOK_URL"
        return
    if not is_web(webhook.url, "http", "https"):
        yield "notify.webhook.url", "is no URL without user and password; write https://host/path"
    elif not is_web(webhook.url, "https") and not is_loopback(urlsplit(webhook.url).hostname or ""):
        yield "notify.webhook.url", "is http to another host, which anybody between could read; write https://"
    if webhook.signing_secret is not None and signing_key(webhook.signing_secret) is None:
        yield (
            "notify.webhook.signing_secret",
            f"is no {SECRET_PREFIX} and base64 of 24 to 64 bytes; make one as docs/notices.md says",
        )
    yield from _common("notify.webhook", webhook.ca_file, webhook.timeout_seconds)


def _common(where: str, ca_file: Path | None, seconds: int) -> _Wrong:
    if ca_file is not None and not ca_file.is_file():
        yield f"{where}.ca_file", "names no file; name a PEM file of certificates, or leave it out"
    if seconds not in _SECONDS:
        yield f"{where}.timeout_seconds", "is no number of seconds from 1 to 120; write 10"


def signing_key(text: str) -> bytes | None:
    """The key that a webhook's secret stands for; None: it is none."""
    try:
        key = b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except (Base64Error, ValueError):
        return None
    return key if text.startswith(SECRET_PREFIX) and len(key) in _SECRET_BYTES else None


def is_loopback(host: str) -> bool:
    """Whether a host is this one."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_web(url: str, *schemes: str) -> bool:
    """Whether a URL is one of these schemes, with a host, and without user and password."""
    parts = _split(url)
    printable = url.isascii() and url.isprintable() and " " not in url
    return (
        printable and parts is not None and parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc
    )


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return parts if port is None or port in _PORTS else None
