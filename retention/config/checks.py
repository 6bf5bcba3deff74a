"""What no type can say about the settings: ranges, names that must exist, ids that must be closed patterns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from retention.audit import shape
from retention.config import pace
from retention.config.cron import parse
from retention.config.notify import check_notify
from retention.config.reader import Reader
from retention.config.watch import check_alive, check_metrics, check_status

if TYPE_CHECKING:
    from retention.config import Settings


def check(settings: Settings, reader: Reader) -> None:
    """Note with the reader everything that the settings cannot mean."""
    for where, what in (*_names(settings), *_numbers(settings), *_schedule(settings), *_people(settings)):
        reader.wrong(where, what)
    for where, what in (*pace.wrong(settings.sweep), *check_notify(settings.notify)):
        reader.wrong(where, what)
    for where, what in (*check_metrics(settings.metrics), *check_alive(settings.alive)):
        reader.wrong(where, what)


def _names(settings: Settings) -> Iterator[tuple[str, str]]:
    if not settings.organisation.name.strip():
        yield "organisation.name", "is empty; write the organisation's name"
    try:
        ZoneInfo(settings.organisation.zone)
    except (KeyError, ValueError, OSError):
        yield "organisation.zone", "is no time zone; write an IANA name such as Europe/Amsterdam"
    if not shape.is_origin(settings.log.origin):
        yield "log.origin", "is no origin; write letters, digits and . _ - /, such as example.org/retention/2026"
    module, _, attribute = settings.policies.register.partition(":")
    if not (attribute.isidentifier() and all(part.isidentifier() for part in module.split("."))):
        yield "policies.register", "is not module:attribute; write policies:REGISTER"


def _numbers(settings: Settings) -> Iterator[tuple[str, str]]:
    limits, sweep = settings.limits, settings.sweep
    if not 0 <= limits.share <= 1:
        yield "limits.share", "is a share of the dataset, 0 to 1; write 0.05 for 5 %"
    not_negative = {
        "limits.records": limits.records,
        "limits.at_least": limits.at_least,
        "holds.cooling_off_days": settings.holds.cooling_off_days,
        "holds.wait_seconds": settings.holds.wait_seconds,
        "schedule.misfire_grace_seconds": settings.schedule.misfire_grace_seconds - 1,
        "sweep.batch_records": sweep.batch_records - 1,
        "sweep.lock_seconds": sweep.lock_seconds,
    }
    not_negative |= {
        f"stores.{name}.backup_days": one.backup_days
        for name, one in settings.stores.items()
        if one.backup_days is not None
    }
    for where, number in not_negative.items():
        if number < 0:
            yield where, "is too small; write a larger number"
    yield from check_status(settings.status)


def _schedule(settings: Settings) -> Iterator[tuple[str, str]]:
    for name in ("sweep", "plan", "verify"):
        try:
            cron = getattr(settings.schedule, name)
            if cron:
                parse(cron)
        except ValueError as error:
            yield f"schedule.{name}", str(error)


def _people(settings: Settings) -> Iterator[tuple[str, str]]:
    for person in settings.people:
        where = f"people.{person.id}"
        if not shape.is_party(person.id):
            yield where, "is no id; write lower-case letters, digits and . _ -, never a name"
        for role in person.roles:
            if not shape.is_party(role):
                yield f"{where}.roles", f"{role!r} is no role; write lower-case letters, digits and . _ -"
        if person.account is None and not person.ssh_keys:
            yield where, "has neither an account nor ssh_keys: nobody could act as this person; give one"
    for name, values in {
        "id": [person.id for person in settings.people],
        "account": [person.account for person in settings.people if person.account is not None],
        "ssh_keys": [key for person in settings.people for key in person.ssh_keys],
    }.items():
        for value, times in Counter(values).items():
            if times > 1:
                shown = "the same key" if name == "ssh_keys" else repr(value)
                yield f"people.{name}", f"{shown} belongs to {times} people; one account or key is one person"
