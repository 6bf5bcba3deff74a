"""The dead man's switch: a URL that is called after a night that went well, so that its silence is noticed.

TLS is verified, no redirect is followed and no proxy asked; of the answer the status alone is read. The URL is a
secret: whoever has it can keep the alarm quiet. Log lines name its host and nothing else of it.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from enum import StrEnum
from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit

from retention.calling import status_of
from retention.config.watch import AliveSettings
from retention.status.code import Code
from retention.watch.readings import NIGHT, Readings

_WELL: Final = (0, 5)  # exit statuses of a night in which nothing failed and nothing approved was refused
_NOT_WELL: Final = (Code.NIGHT_MISSED, Code.NIGHT_FAILED)
_SECONDS: Final = 10.0  # for each answer
_PAUSES: Final = (2.0, 8.0)  # seconds before the second and the third attempt
_TAKEN: Final = range(200, 300)
_ELSEWHERE: Final = range(300, 400)
_LATER: Final = (408, 425, 429, *range(500, 600))


class Trouble(StrEnum):
    """Why a call did not get through."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TLS = "tls"
    REDIRECT = "redirect"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"  # it answered, and said: later


_TRY_AGAIN: Final = (Trouble.UNREACHABLE, Trouble.TIMEOUT, Trouble.UNAVAILABLE)


def went_well(seen: Readings, job: str, exit_status: int) -> bool:
    """Whether a job was a night, and a good one: by its own end, and by what the status calls one."""
    run = seen.runs.get(NIGHT) or next(iter(seen.runs.values()), None)
    ended = None if run is None else run.run.ended
    return (
        job == "sweep"
        and exit_status in _WELL
        and ended is not None
        and ended == seen.status.last_good
        and seen.status.exit_status != 4  # noqa: PLR2004 - proof at risk
        and not any(seen.status.has(code) for code in _NOT_WELL)
    )


def host_of(alive: AliveSettings) -> str:
    """What may be said of the URL."""
    return urlsplit(alive.url or "").hostname or ""


def call(alive: AliveSettings, pause: Callable[[float], None] = time.sleep) -> Trouble | None:
    """Call, a few times if need be; None: it got through."""
    trouble = _called(alive)
    for seconds in _PAUSES:
        if trouble not in _TRY_AGAIN:
            break
        pause(seconds)
        trouble = _called(alive)
    return trouble


def _called(alive: AliveSettings) -> Trouble | None:
    try:
        return _answered(status_of(alive.url or "", "GET", {}, seconds=_SECONDS, ca_file=alive.ca_file))
    except ssl.SSLError:
        return Trouble.TLS
    except TimeoutError:
        return Trouble.TIMEOUT
    except OSError:
        return Trouble.UNREACHABLE
    except HTTPException:
        return Trouble.REJECTED


def _answered(status: int) -> Trouble | None:
    if status in _TAKEN:
        return None
    return Trouble.REDIRECT if status in _ELSEWHERE else Trouble.UNAVAILABLE if status in _LATER else Trouble.REJECTED
