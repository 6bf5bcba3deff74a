"""Notices: what people are told without asking, and what became of telling them. Pure values; nobody's data.

A kind of notice goes out at most once a day on a channel. What certainly did not arrive may be tried again; where
nobody can tell, it is not, and `retention status` says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct


class NoticeKind(StrEnum):
    """What a notice is about."""

    REFUSAL = "refusal"  # an approved thing was refused
    FAILURE = "failure"  # a job failed, or proof is at risk
    LATENESS = "lateness"  # no good night for too long, or records that should have gone
    PLAN = "plan"  # a new plan to read
    HOLD_REVIEW = "hold-review"  # somebody should look at a hold again


class Channel(StrEnum):
    """How people are told."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class Trouble(StrEnum):
    """Why a notice was not delivered: a class, never what a server said."""

    UNREACHABLE = "unreachable"  # no such host, or nobody answers there
    TIMEOUT = "timeout"  # it took too long
    TLS = "tls"  # its certificate is not to be trusted, or it offers no encryption
    LOGIN = "login"  # user or password refused
    RECIPIENTS = "recipients"  # every recipient was refused
    MAILBOX_FULL = "mailbox-full"  # of every recipient
    REJECTED = "rejected"  # the server refused the message, or answered something else than yes
    REDIRECT = "redirect"  # a webhook points elsewhere; it is not followed
    UNCONFIRMED = "unconfirmed"  # perhaps it arrived: the connection or the job broke off at the end


_TOLD_OR_NOT = frozenset({None, Trouble.UNCONFIRMED})


class Delivery(Struct, frozen=True, kw_only=True):
    """What became of one kind of notice on one day and channel."""

    kind: NoticeKind
    day: date  # local
    channel: Channel
    attempts: int
    tried_at: datetime  # aware, UTC: the last attempt
    delivered_at: datetime | None = None  # None: not delivered, or under way
    trouble: Trouble | None = None  # None: none, or under way
    refused: int = 0  # recipients that were refused while others were not

    @property
    def spent(self) -> bool:
        """Whether it went out, or may have: it is not sent again that day."""
        return self.trouble in _TOLD_OR_NOT


def undelivered(deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """What did not arrive, whole or at some recipients, and nothing since has arrived on that channel."""
    every = tuple(deliveries)
    last = {
        channel: max((one.day for one in every if one.channel is channel and one.delivered_at), default=date.min)
        for channel in Channel
    }
    lost = (one for one in every if one.delivered_at is None or one.refused)
    return tuple(one for one in lost if one.day >= last[one.channel])
