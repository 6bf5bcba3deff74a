"""Telling: claim each notice in the control store, deliver it, and note how that ended.

The claim is one transaction, so that of two jobs one sends; what was claimed and never ended, because its job died, is
not sent again that day. Sending is done outside of any transaction: a slow mail server holds no lock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from msgspec import Struct
from msgspec.structs import replace

from retention import events
from retention.audit.note import note_text
from retention.config import Settings
from retention.control.interface import Control, ControlStore, Run
from retention.errors import VerificationError
from retention.notice import Channel, Delivery, NoticeKind, Trouble
from retention.notices.due import JobEnd, Seen, unsaid
from retention.notices.facts import Facts, kind_of
from retention.notices.mail import Letter, send
from retention.notices.outcome import Outcome
from retention.notices.webhook import Call, body, encoded, post
from retention.notices.wording import Voice, worded
from retention.run_summary import RunSummary
from retention.summary import PlanSummary
from retention.text import Language

_log = structlog.get_logger()
_RECENT: Final = timedelta(days=3)  # at least so far back summaries are read: today's and yesterday's, in any zone


class Told(Struct, frozen=True, kw_only=True):
    """What became of one notice on one channel."""

    kind: str  # NoticeKind, or test
    channel: Channel
    host: str
    trouble: Trouble | None  # None: it was delivered
    refused: int  # recipients that were refused while others were not

    @property
    def whole(self) -> bool:
        """Whether it reached everybody it was for."""
        return self.trouble is None and not self.refused


def seen(control: Control, settings: Settings, *, now: datetime, ended: JobEnd | None = None) -> Seen:
    """Our own memory, as far as notices are made of it."""
    plans, late_after = control.plans(), timedelta(hours=settings.status.late_after_hours)
    report = control.plan_report(plans[0].digest) if plans else None
    return Seen(
        now=now,
        zone=settings.zone,
        late_after=late_after,
        runs=tuple((run, _summary(control, run, now - max(late_after, _RECENT))) for run in control.runs()),
        plan=None if report is None else PlanSummary.from_json(report),
        planned_since=plans[-1].made if plans else None,
        holds=control.holds(),
        deliveries=control.deliveries(),
        ended=ended,
    )


def _summary(control: Control, run: Run, since: datetime) -> RunSummary | None:
    report = control.run_report(run.id) if run.ended is not None and run.ended > since else None
    return None if report is None else RunSummary.from_json(report)


def voice(settings: Settings, language: Language) -> Voice:
    """For whom notices speak; the checkpoint is the one that is published now."""
    return Voice(
        organisation=settings.organisation.name,
        language=language,
        zone=settings.zone.key,
        reports_url=settings.notify.reports_url,
        checkpoint=_checkpoint(settings),
    )


def _checkpoint(settings: Settings) -> str | None:
    try:
        raw = (settings.log_directory / "checkpoint").read_bytes()
        note_text(raw)
    except (OSError, VerificationError):
        return None  # nothing is published yet, or what is there is for `audit verify` to complain about
    return raw.decode()


def channels(settings: Settings) -> tuple[Channel, ...]:
    """The channels that are configured."""
    notify = settings.notify
    found = ((Channel.MAIL, notify.smtp is not None), (Channel.WEBHOOK, notify.webhook.url is not None))
    return tuple(channel for channel, there in found if there)


def host(settings: Settings, channel: Channel) -> str:
    """Where a channel goes, as logs may name it."""
    match channel:
        case Channel.MAIL:
            return "" if settings.notify.smtp is None else settings.notify.smtp.host
        case Channel.WEBHOOK:
            return urlsplit(settings.notify.webhook.url or "").hostname or ""


def tell(
    control: ControlStore, settings: Settings, speaking: Voice, *, now: datetime, ended: JobEnd | None = None
) -> tuple[Told, ...]:
    """Say what there is to say and was not said, on every channel.

    Raises:
        ControlError: our own memory cannot be read or written.

    """
    with control.reading() as tx:
        found = seen(tx, settings, now=now, ended=ended)
    told: list[Told] = []
    for channel in channels(settings):
        mine = [one for one in unsaid(found, channel, settings.notify.kinds) if _claimed(control, one, channel, found)]
        for facts, outcome in zip(mine, deliver(settings, channel, mine, speaking, now), strict=True):
            _note(control, facts, channel, found, outcome)
            told.append(logged(settings, channel, facts, outcome))
    return tuple(told)


def try_out(settings: Settings, speaking: Voice, facts: Facts, *, now: datetime) -> tuple[Told, ...]:
    """Say something on every channel, whatever was said before, and remember nothing of it."""
    return tuple(
        logged(settings, channel, facts, outcome)
        for channel in channels(settings)
        for outcome in deliver(settings, channel, [facts], speaking, now)
    )


def _claimed(control: ControlStore, facts: Facts, channel: Channel, found: Seen) -> bool:
    kind = kind_of(facts)
    if kind is None:
        return False
    with control.transaction() as tx:
        return tx.claim_delivery(kind, found.today, channel, found.now.astimezone(UTC))


def _note(control: ControlStore, facts: Facts, channel: Channel, found: Seen, outcome: Outcome) -> None:
    kind, at = kind_of(facts), found.now.astimezone(UTC)
    if kind is None:
        return
    delivered = at if outcome.trouble is None else None
    one = Delivery(kind=kind, day=found.today, channel=channel, attempts=1, tried_at=at, delivered_at=delivered)
    with control.transaction() as tx:
        tx.end_delivery(replace(one, trouble=outcome.trouble, refused=outcome.refused))


def deliver(
    settings: Settings, channel: Channel, mine: Sequence[Facts], speaking: Voice, now: datetime
) -> Iterator[Outcome]:
    """Deliver notices on one channel; how each ended, in their order."""
    smtp, webhook = settings.notify.smtp, settings.notify.webhook
    if not mine:
        return
    match channel:
        case Channel.MAIL if smtp is not None:
            letters = [
                Letter(
                    kind=_name(kind_of(facts)),
                    id=notice_id(settings, facts, now),
                    worded=worded(facts, speaking),
                    recipients=smtp.recipients(kind_of(facts)),
                    at=now.astimezone(settings.zone),
                )
                for facts in mine
            ]
            yield from send(smtp, letters, speaking.language.value)
        case _:
            calls = [
                Call(id=posted["id"], body=encoded(posted), at=now) for posted in bodies(settings, mine, speaking, now)
            ]
            yield from post(webhook, calls)


def bodies(settings: Settings, mine: Iterable[Facts], speaking: Voice, now: datetime) -> list[dict[str, Any]]:
    """What is posted of these notices."""
    return [body(facts, worded(facts, speaking), speaking, id_=notice_id(settings, facts, now)) for facts in mine]


def notice_id(settings: Settings, facts: Facts, now: datetime) -> str:
    """An id that is the same when a notice of a kind and day is tried again; a test has one of its own."""
    kind = kind_of(facts)
    moment = now.isoformat() if kind is None else f"{now.astimezone(settings.zone):%Y-%m-%d}"
    made = hashlib.sha256(f"{settings.log.origin}\n{_name(kind)}\n{moment}".encode()).hexdigest()
    return f"notice_{made[:32]}"


def logged(settings: Settings, channel: Channel, facts: Facts, outcome: Outcome) -> Told:
    """What became of a notice, said in the operators' log too: class and host, no more."""
    told = Told(
        kind=_name(kind_of(facts)),
        channel=channel,
        host=host(settings, channel),
        trouble=outcome.trouble,
        refused=outcome.refused,
    )
    said = {"kind": told.kind, "channel": channel.value, "host": told.host}
    if told.trouble is None:
        _log.info(events.NOTICE_SENT, refused=told.refused, **said)
    else:
        _log.warning(events.NOTICE_FAILED, trouble=told.trouble.value, **said)
    return told


def _name(kind: NoticeKind | None) -> str:
    return "test" if kind is None else kind.value
