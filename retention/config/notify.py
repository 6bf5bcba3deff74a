"""[notify]: who hears of what, by mail and by webhook."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from retention.config.reader import secret


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"  # for a relay on this host only


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The mail server, and between whom mail goes."""

    host: str  # its name, as its certificate has it
    port: int = 587
    security: SmtpSecurity = SmtpSecurity.STARTTLS
    user: str | None = None  # None: the server asks for none
    password: str | None = secret("RETENTION_SMTP_PASSWORD")
    sender: str  # an address
    to: tuple[str, ...]  # addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """Where notices are posted as JSON."""

    url: str | None = secret("RETENTION_WEBHOOK_URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """Who hears of what; with neither part nobody does."""

    smtp: SmtpSettings | None = None
    webhook: WebhookSettings = field(default_factory=WebhookSettings)
