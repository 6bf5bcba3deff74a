"""What PostgreSQL says went wrong, by its code alone: the text may hold values."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from retention.errors import StoreError
from retention.stores.errors import LinkedDataError, LockedError, SlowError, StoreDownError
from retention.stores.sql_refused import lacks

_LINKED: Final = {"23503", "23001"}
_LOCKED: Final = {"55P03", "40P01", "40001"}
_SLOW: Final = {"57014"}
_NO_RIGHT: Final = {"42501"}
_DOWN: Final = {"25006", "42501", "3D000", "XX000", "XX001", "XX002", "57P01", "57P02", "57P03", "57P05"}
_DOWN_CLASSES: Final = {"08", "28", "53", "58"}

_ADVICE: Final = {
    "55P03": "another program keeps a table or records locked beyond the lock time-out; let it finish, then run again",
    "25006": "this connection may only read: a replica, or read-only credentials; sweep the primary",
    "3D000": "there is no such database; look at its url in retention.toml",
    "42P01": "a table is missing; run `retention policies check` to compare it with the declarations",
    "42703": "a column is missing; run `retention policies check` to compare it with the declarations",
    "57014": "a statement took longer than its time-out, or somebody cancelled it; run again when it is less busy",
    "57P05": "the session was idle for longer than its time-out; run again",
    "25P03": "the transaction was idle for longer than its time-out; run again",
    "40P01": "another program waited for the same records the other way round; run again",
    "40001": "another program changed the same records; run again",
}
_ADVICE_BY_CLASS: Final = {
    "08": "the connection failed or broke; look whether the server runs and at its url in retention.toml",
    "22": "a value does not fit its column; look at the technique of its field",
    "23": "a constraint of the database refuses the change; correct the record or declaration",
    "28": "the server refuses this account or its password; look at its url in retention.toml",
    "53": "the server is out of disk, memory or connections; its administrator makes room, then run again",
    "57": "the server ended the session: it is stopping, starting, or an administrator did; run again when it is up",
    "58": "the server's disk or operating system fails; look at its log before anything else",
    "P0": "a trigger of the database refuses the change; correct the record or declaration",
    "XX": "the server reports damage or a fault of its own; look at its log before anything else",
}
_UNREACHABLE: Final = (
    "no connection to the server; look whether it runs, at its url in retention.toml and at this account's password"
)
_CONNECTING: Final = (  # what libpq and the server say in English; in another language the last resort says it all
    (
        "no encryption",
        "the server does not let this account in without TLS, if at all; look at sslmode in its url",
    ),
    ("SSL|certificate", "the server and its url disagree on TLS; look at sslmode and sslrootcert in it"),
    ("password|authentication failed", "the server refuses this account's password; look at the one in its url"),
    ('role ".*" (does not exist|is not permitted)', "the server has no such account that may log in; look at its url"),
    (
        "permission denied for database",
        "this account may not CONNECT to its database: `retention grants` prints what it needs",
    ),
    ('database ".*" does not exist', "the server has no such database; look at its url in retention.toml"),
    ("pg_hba.conf", "the server does not let this account in from here; its pg_hba.conf says who may"),
    ("resolve host|translate host", "its host has no known address; look at its url in retention.toml"),
    ("starting up|shutting down|recovery mode", "the server is starting or stopping; run again when it is up"),
    ("too many (clients|connections)|connection slots", "the server has no connection left for us; run again later"),
    ("^connection is bad: invalid", "its url in retention.toml has an option with a value that libpq does not know"),
)
_REFUSES: Final = "the database refuses; run `retention policies check` to compare it with the declarations"


def failure(error: SQLAlchemyError, store: str, doing: str) -> StoreError:
    """The error to raise for a driver's."""
    cause = getattr(error, "orig", None)
    code: str | None = getattr(cause, "sqlstate", None)
    if code is None:  # the connection itself: no server was there to give a code
        return _without_code(cause or error, store, doing)
    if code in _LINKED:
        return LinkedDataError(f"Store {store}: other data refer to what was to go while {doing}. Nothing changed.")
    kind = _kind(code)
    advice = lacks(error, store) if code in _NO_RIGHT else _ADVICE.get(code) or _ADVICE_BY_CLASS.get(code[:2], _REFUSES)
    return kind(f"Store {store}: {advice} (SQLSTATE {code}, while {doing}).")


def _kind(code: str) -> type[StoreError]:
    if code in _LOCKED:
        return LockedError
    if code in _SLOW:
        return SlowError
    return StoreDownError if code in _DOWN or code[:2] in _DOWN_CLASSES else StoreError


def _without_code(cause: BaseException, store: str, doing: str) -> StoreError:
    """A connection that was refused or broke, or a value that the driver cannot send.

    Such errors have a text only, in the server's own language and with names in it: it is looked at, never repeated.
    """
    name = type(cause).__name__
    if name in {"OperationalError", "InterfaceError", "ConnectionTimeout", "TimeoutError"}:
        text = str(cause)
        advice = next((each for pattern, each in _CONNECTING if re.search(pattern, text)), _UNREACHABLE)
        return StoreDownError(f"Store {store}: {advice} ({name}, while {doing}).")
    if name == "ProgrammingError":
        return StoreDownError(f"Store {store}: its url in retention.toml has an option that libpq does not know.")
    return StoreError(f"Store {store}: {_REFUSES} ({name}, while {doing}).")
