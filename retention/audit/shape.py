"""The closed patterns a leaf's members are written in: no free text, no names of people."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Final

from retention.errors import AuditError

Check = Callable[[object], bool]  # whether a value may stand in a leaf

MAX_INTEGER: Final = 2**53 - 1  # the largest integer every JSON reader agrees on (RFC 8785)


def matches(pattern: str) -> Check:
    """Make a check for strings that match a pattern from end to end."""
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def one_of(*words: str) -> Check:
    """Make a check for strings out of a closed list."""
    return lambda value: isinstance(value, str) and value in words


def is_count(value: object) -> bool:
    """Tell whether a value is an integer from 0 that RFC 8785 can carry."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER


def is_true_or_false(value: object) -> bool:
    """Tell whether a value is a boolean."""
    return isinstance(value, bool)


def is_day(value: object) -> bool:
    """Tell whether a string is a calendar day `YYYY-MM-DD` that exists."""
    if not _DAY(value):
        return False
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def ascending(check: Check) -> Check:
    """Make a check for arrays of such strings, ascending and distinct; an empty one passes."""

    def holds(value: object) -> bool:
        if not isinstance(value, list) or not all(check(item) for item in value):
            return False
        return all(a < b for a, b in pairwise(value))

    return holds


_DAY: Final = matches(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
is_hash: Final = matches(r"[0-9a-f]{64}")
is_root: Final = matches(r"[A-Za-z0-9+/]{43}=")  # a tree's root as a checkpoint writes it
is_id: Final = matches(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")  # dataset, policy, reference key, hold
is_party: Final = matches(r"[a-z0-9][a-z0-9_.-]{0,63}")  # actor, role, signer, preparer: a configured id, never a name
is_column: Final = matches(r"[A-Za-z0-9_$#@ .-]{1,128}")
is_version: Final = matches(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,39}")
is_run: Final = matches(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")
is_tool: Final = matches(r"retention/[0-9]+\.[0-9]+\.[0-9]+")
is_origin: Final = matches(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]|/(?!/)){0,199}")  # no scheme, blank or +
is_vkey: Final = matches(r"[!-*,-~]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}")
is_witness: Final = matches(r"[!-*,-~]{1,200}")


def timestamp(time: datetime) -> str:
    """Write an aware instant as the log does: UTC, whole seconds, rounded down."""
    if time.tzinfo is None:
        raise AuditError("the log needs an instant with a time zone, not a naive one")
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
