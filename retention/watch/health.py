"""The health check, purely: whether our own clock lives, and whether a sweep could prove what it does.

Not whether the nights go well: a night that failed, or waits for somebody, is no worse after a restart and no better.
It is what orchestrators call readiness: nothing should be restarted for it (docs/adr/0031).
"""

from __future__ import annotations

import json
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict

from retention.status.value import Status

AT_RISK: Final = 4  # exit status


class Health(Struct, frozen=True, kw_only=True):
    """What /healthz answers."""

    healthy: bool
    clock: bool  # our own clock runs, and has not slept through a time
    exit_status: int  # of `retention status`
    codes: tuple[str, ...]  # why proof is at risk

    def to_json(self) -> bytes:
        """One line."""
        return json.dumps(asdict(self)).encode() + b"\n"


def health_of(status: Status, *, clock: bool) -> Health:
    """The health that a status amounts to."""
    return Health(
        healthy=clock and status.exit_status != AT_RISK,
        clock=clock,
        exit_status=status.exit_status,
        codes=tuple(dict.fromkeys(one.code.value for one in status.alarms if one.code.exit_status == AT_RISK)),
    )
