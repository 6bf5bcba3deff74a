"""Notices as mail: built by the standard library's policy, which refuses a header with a line in it, and sent by SMTP.

One connection for all of them, every answer with a time-out. TLS is verified; a server that does not offer it gets
nothing. A notice is certainly not delivered until its text was handed over; a connection that breaks after that leaves
it unconfirmed.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from msgspec import Struct

from retention.config.notify import SmtpSecurity, SmtpSettings
from retention.notice import Trouble
from retention.notices.outcome import Outcome
from retention.notices.wording import Worded

_OK: Final = 250
_ACCEPTED: Final = frozenset({250, 251})
_FULL: Final = frozenset({452, 552})  # RFC 5321 4.2.2: insufficient storage, exceeded storage allocation
_POLICY: Final = SMTP.clone(cte_type="7bit")
_UNFOLDED: Final = _POLICY.clone(max_line_length=200)  # a subject on its own line, so that simple filters see it whole


class Letter(Struct, frozen=True, kw_only=True):
    """One notice with its envelope."""

    kind: str  # as the subject has it
    id: str  # the same for the same notice, so that a server or a reader sees that it is no other
    worded: Worded
    recipients: tuple[str, ...]
    at: datetime


def message(letter: Letter, sender: str, language: str) -> EmailMessage:
    """The mail of a letter."""
    made = EmailMessage(policy=_POLICY)
    made["Subject"] = letter.worded.subject
    made["From"] = Address(display_name="retention", addr_spec=sender)
    made["To"] = [Address(addr_spec=one) for one in letter.recipients]
    made["Date"] = format_datetime(letter.at)
    made["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2]}>"
    made["Content-Language"] = language
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    made["X-Retention-Notice"] = letter.kind
    made.set_content(letter.worded.whole, cte="quoted-printable")
    return made


def encoded(made: EmailMessage) -> bytes:
    """The bytes of a mail; what is not ASCII is folded, as it has to be (RFC 2047 2)."""
    return made.as_bytes(policy=_UNFOLDED if str(made["Subject"]).isascii() else _POLICY)


def send(smtp: SmtpSettings, letters: Sequence[Letter], language: str) -> Iterator[Outcome]:
    """Send letters over one connection; how each ended, in their order."""
    waiting = list(letters)
    try:
        with _connected(smtp) as server:
            while waiting:
                outcome = _transmit(server, smtp, waiting[0], language)
                waiting.pop(0)
                yield outcome
    except (OSError, smtplib.SMTPException) as error:
        for _ in waiting:
            yield Outcome(trouble=trouble_of(error))


@contextmanager
def _connected(smtp: SmtpSettings) -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted and logged in, as the settings ask for."""
    context = ssl.create_default_context(cafile=smtp.ca_file)
    ours = smtp.sender.rpartition("@")[2]  # without asking a resolver, which may take longer than the mail
    seconds = smtp.timeout_seconds
    if smtp.security is SmtpSecurity.TLS:
        server: smtplib.SMTP = smtplib.SMTP_SSL(smtp.host, smtp.port, ours, timeout=seconds, context=context)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, ours, timeout=seconds)
    try:
        if smtp.security is SmtpSecurity.STARTTLS:
            server.starttls(context=context)
        if smtp.user is not None and smtp.password is not None:
            _log_in(server, smtp.user, smtp.password)
        server.ehlo_or_helo_if_needed()
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


class _LoginRefused(smtplib.SMTPException):
    """The server knows neither this user nor this password, or offers no way to say them."""


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    try:
        server.login(user, password)
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
        raise _LoginRefused from error


def _transmit(server: smtplib.SMTP, smtp: SmtpSettings, letter: Letter, language: str) -> Outcome:
    """Hand one letter over. What ends the connection before its text was asked for is raised."""
    if server.mail(smtp.sender)[0] != _OK:
        server.rset()
        return Outcome(trouble=Trouble.REJECTED)
    codes = [server.rcpt(one)[0] for one in letter.recipients]
    refused = [code for code in codes if code not in _ACCEPTED]
    if len(refused) == len(codes):
        server.rset()
        return Outcome(trouble=Trouble.MAILBOX_FULL if set(refused) <= _FULL else Trouble.RECIPIENTS)
    text = encoded(message(letter, smtp.sender, language))
    try:
        code = server.data(text)[0]
    except smtplib.SMTPDataError:
        server.rset()
        return Outcome(trouble=Trouble.REJECTED)
    except (OSError, smtplib.SMTPServerDisconnected):
        return Outcome(trouble=Trouble.UNCONFIRMED)  # the next letter finds that the connection is gone
    return Outcome(refused=len(refused)) if code == _OK else Outcome(trouble=Trouble.REJECTED)


def trouble_of(error: OSError | smtplib.SMTPException) -> Trouble:
    """The class of what went wrong with a connection."""
    match error:
        case _LoginRefused():
            return Trouble.LOGIN
        case smtplib.SMTPNotSupportedError() | ssl.SSLError():
            return Trouble.TLS
        case TimeoutError():
            return Trouble.TIMEOUT
        case smtplib.SMTPServerDisconnected():
            # smtplib wraps what it met while waiting for an answer
            met = error.__context__
            return trouble_of(met) if isinstance(met, TimeoutError | ssl.SSLError) else Trouble.UNREACHABLE
        case smtplib.SMTPException():
            return Trouble.REJECTED
        case _:
            return Trouble.UNREACHABLE
