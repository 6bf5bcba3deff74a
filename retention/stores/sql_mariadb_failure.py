"""What a server's error number means, in our words: its text may hold values, so it is not kept."""

from __future__ import annotations

from datetime import timedelta
from ssl import SSLError
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from retention.errors import StoreError
from retention.stores.errors import LinkedDataError, LockedError, SlowError, StoreDownError
from retention.stores.sql_refused import lacks

_LINKED: Final = {1217, 1451}
_LOCKED: Final = {1020, 1205, 1213, 1412}
_NO_ENTRY: Final = {1045, 1251, 1698, 1862, 3118, 3159, 4151}
_NO_DATABASE: Final = {1044, 1049}
_NO_TLS: Final = 2026
_TLS: Final = {_NO_TLS}
_NO_RIGHT: Final = {1142, 1143, 1227, 1370}
_UNREACHABLE: Final = {
    1040,
    1053,
    1077,
    1130,
    1158,
    1159,
    1160,
    1161,
    1203,
    1927,
    2002,
    2003,
    2005,
    2006,
    2013,
    2055,
    3032,
    4031,
}
_READ_ONLY: Final = {1290, 1792, 1836, 3100}
_FULL: Final = {1021, 1030, 1114}
_TOO_LONG: Final = {1969, 3024, 1317}
_REFUSED: Final = {1048, 1062, 1264, 1265, 1292, 1364, 1366, 1406, 1452, 1216, 1644, 1451, 1525, 3140, 3819, 4025}
_TOO_BIG: Final = {1153}
_ABSENT: Final = {1054, 1146}
_DOWN: Final = _NO_ENTRY | _NO_DATABASE | _TLS | _NO_RIGHT | _UNREACHABLE | _FULL | _TOO_BIG


def failure(error: SQLAlchemyError, store: str, doing: str, *, timeout: timedelta) -> StoreError:
    """The error to raise for a driver's, without any value in it."""
    cause = getattr(error, "orig", None)
    first = cause.args[0] if isinstance(cause, BaseException) and cause.args else None
    number = first if isinstance(first, int) else 0
    if isinstance(getattr(cause, "original_exception", None), SSLError):  # which the driver calls unreachable
        number = _NO_TLS
    if number in _LINKED:
        return LinkedDataError(f"Store {store}: other data refer to what was to go while {doing}. Nothing changed.")
    if number in _LOCKED:
        return LockedError(f"Store {store}: {_advice(number, timeout, lost=False)} ({number}, while {doing}).")
    if number in _TOO_LONG:
        return SlowError(f"Store {store}: {_advice(number, timeout, lost=False)} ({number}, while {doing}).")
    lost = number == 0 and bool(getattr(error, "connection_invalidated", False))
    kind = StoreDownError if lost or number in _DOWN or number in _READ_ONLY else StoreError
    advice = lacks(error, store) if number in _NO_RIGHT else _advice(number, timeout, lost=lost)
    return kind(f"Store {store}: {advice} ({number or type(error).__name__}, while {doing}).")


def _advice(number: int, timeout: timedelta, *, lost: bool) -> str:
    if number in _LOCKED:
        seconds = f"{timeout.total_seconds():g} s"
        return (
            f"another program keeps records locked for over {seconds}, or waits for ours; let it finish, then run again"
        )
    if number in _NO_ENTRY:
        return "the server refuses this account or its password, or demands TLS of it (ssl_ca); look at its url"
    if number in _NO_DATABASE:
        return "there is no such database, or this account may not enter it (`retention grants`); look at its url"
    if number in _TLS:
        return (
            "the server and its url disagree on TLS: look whether the server offers it, and has a certificate for the "
            "host in the url by the authority that ssl_ca names there"
        )
    if lost or number in _UNREACHABLE:
        return "the server cannot be reached or ended the connection; look whether it runs and accepts us"
    if number in _READ_ONLY:
        return "it cannot be written by this connection: a replica, or set read-only; sweep the primary"
    if number in _FULL:
        return "the disk of the server is full or failing; its administrator makes room, then run again"
    if number in _TOO_LONG:
        return "a statement took longer than its time-out, or somebody ended it; run again when it is less busy"
    if number in _TOO_BIG:
        return "a statement is larger than max_allowed_packet; raise it to at least 16M"
    if number in _REFUSED:
        return "a constraint or trigger of the database refuses the change; correct the record or declaration"
    if number in _ABSENT:
        return "a table or column is gone; run `retention policies check` to compare it with the declarations"
    return "the database refuses; run `retention policies check` to compare it with the declarations"
