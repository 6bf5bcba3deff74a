"""What a job does at its end: tell people, whatever happens, and never become the reason that a night failed."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Final

import structlog

from retention import events, opening
from retention.config import Settings
from retention.errors import RetentionError
from retention.notice import Channel, NoticeKind
from retention.notices.due import JobEnd
from retention.notices.facts import Ended, Failed
from retention.notices.telling import channels, deliver, logged, tell, voice

_log = structlog.get_logger()
_AT_RISK: Final = 4  # exit status
_MARKER: Final = "told-"  # what the names of markers begin with


def after(settings: Settings, job: str, exit_status: int) -> None:
    """Tell people what there is to say after a job; raises nothing, and changes nothing of how the job ended."""
    if not settings.notify.anybody:
        return
    now, ended = opening.now(), JobEnd(job=job, exit_status=exit_status)
    speaking = voice(settings, settings.organisation.language)
    try:
        with opening.open_control(settings) as control:
            tell(control, settings, speaking, now=now, ended=ended)
        _forget_markers(settings)
    except Exception as error:  # noqa: BLE001 - whatever it is, the job's own end stands
        _log.warning(events.NOTICES_UNTOLD, exception=type(error).__name__)
        if isinstance(error, RetentionError) and exit_status == _AT_RISK:
            _tell_without_memory(settings, job, now)


def _tell_without_memory(settings: Settings, job: str, now: datetime) -> None:
    """Proof is at risk and our own memory cannot be asked what was said today: a file per day and channel remembers."""
    if NoticeKind.FAILURE not in settings.notify.kinds:
        return
    today = now.astimezone(settings.zone).date()
    facts = Failed(of=today, ended=Ended.AT_RISK, job=job, runs=(), datasets={}, open_intents=0)
    try:
        speaking = voice(settings, settings.organisation.language)
        for channel in channels(settings):
            if _first(settings, channel, f"{today:%Y-%m-%d}"):
                for outcome in deliver(settings, channel, [facts], speaking, now):
                    logged(settings, channel, facts, outcome)
    except Exception as error:  # noqa: BLE001 - as above
        _log.warning(events.NOTICES_UNTOLD, exception=type(error).__name__)


def _first(settings: Settings, channel: Channel, day: str) -> bool:
    """Whether nobody left this day's marker; where none can be left, being told twice is better than not at all."""
    path = settings.state.directory / f"{_MARKER}{channel.value}-{day}"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    except OSError:
        return True
    return True


def _forget_markers(settings: Settings) -> None:
    for path in settings.state.directory.glob(f"{_MARKER}*"):
        path.unlink(missing_ok=True)
