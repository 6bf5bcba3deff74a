"""The facts of a status, gathered at the edge: our own memory, the published log, the disk, the keys.

Never a swept store, never a lock, nothing is written; what cannot be read becomes a fact too. Costs a few files of the
log and the outcomes of the last weeks, however long the log: the whole of it is read by the verification job.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from retention import opening
from retention.audit.trust import Trust
from retention.config import Settings
from retention.errors import ConfigError, ControlError
from retention.status.anchor import kept_anchor, kept_checkpoint, last_verified
from retention.status.assess import status_of
from retention.status.facts import Facts, Memory, Thresholds
from retention.status.lost import lost_keys
from retention.status.memory import remember
from retention.status.proof import old_copy, read_disk, rolled_back
from retention.status.value import Disk, KeyAge, Status

_WAIT: Final = 2.0  # seconds: a monitor asks again soon
_RECORD_BYTES: Final = 2048  # room a planned record may take: spooled, in flight, in lists of references, in the WAL
_REFKEY: Final = re.compile(r".+-(\d{4})\.key")


def look(settings: Settings, *, now: datetime, next_night: datetime | None = None) -> Status:
    """The status of an installation now; `next_night` is what its own clock says, where one runs."""
    return status_of(gather(settings, now=now, next_night=next_night))


def gather(settings: Settings, *, now: datetime, next_night: datetime | None = None) -> Facts:
    """Everything that a status is made of."""
    folder, limits = settings.log.trust.parent, settings.status
    kept = kept_checkpoint(folder)
    disk = read_disk(settings.log_directory, _trust(settings), kept, opening.open_journal(settings))
    facts = Facts(
        now=now,
        today=now.astimezone(settings.zone).date(),
        thresholds=Thresholds(
            late_after=timedelta(hours=limits.late_after_hours),
            anchor_after=timedelta(hours=limits.anchor_after_hours) if limits.anchor_after_hours else None,
        ),
        memory="",
        log=disk.trouble,
        log_size=None if disk.head is None else disk.head.size,
        verified=last_verified(folder),
        anchor=kept_anchor(folder),
        keys=_keys(settings.keys.directory),
        next_night=next_night,
    )
    try:
        with opening.open_control(settings, lock_wait=_WAIT) as control, control.reading() as tx:
            memory = remember(
                tx,
                opening.open_manifests(settings),
                now=now,
                today=facts.today,
                expiring=timedelta(days=limits.expiring_days),
            )
            facts = replace(
                facts,
                memory=memory,
                old_copy=old_copy(tx, disk),
                log=facts.log or rolled_back(tx, settings.log_directory, disk),
            )
    except ControlError as error:
        facts = replace(facts, memory=str(error))
    return replace(facts, disk=_disk(settings, facts.memory), lost=lost_keys(settings, facts.memory))


def _trust(settings: Settings) -> Trust | str:
    try:
        return opening.open_trust(settings)
    except ConfigError as error:
        return str(error)


def _disk(settings: Settings, memory: Memory | str) -> Disk | None:
    """Room for our own memory and the log; None where that cannot be told."""
    planned = max((plan.records for plan in memory.plans), default=0) if isinstance(memory, Memory) else 0
    try:
        usage = shutil.disk_usage(settings.state.directory)
    except OSError:
        return None
    least = settings.status.disk_free_megabytes << 20
    return Disk(free=usage.free, total=usage.total, needed=max(least, planned * _RECORD_BYTES))


def _keys(folder: Path) -> tuple[KeyAge, ...] | None:
    """How old the keys are, as their files say; None for an account that cannot see them."""
    try:
        files = [("log.key", folder / "log.key"), *_reference_keys(folder / "refkeys")]
        made: defaultdict[str, list[float]] = defaultdict(list)
        for name, path in files:
            made[name].append(path.stat().st_mtime)
    except OSError:
        return None
    return tuple(
        KeyAge(name=name, count=len(times), made=datetime.fromtimestamp(min(times), UTC))
        for name, times in made.items()
    )


def _reference_keys(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.iterdir(), key=lambda path: path.stem[-4:]):
        if (found := _REFKEY.fullmatch(path.name)) is not None:
            yield f"refkeys/{found[1]}", path
