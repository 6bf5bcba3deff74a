"""The rights of an account on MariaDB: what to grant, and what it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import URL, Connection, text
from sqlalchemy.dialects import mysql

from retention.grants import Needs
from retention.stores.grants import Held, Purpose, Right, Script, granted, left_out, on_tables

# No driver sends these statements: with a style of "%s" every % of a name would be doubled.
_quoted: Final[Callable[[str], str]] = mysql.dialect(paramstyle="named").identifier_preparer.quote
_STRUCTURE: Final = (
    "to see the structure of every table, and no record: what is hidden could go along with a record unseen"
)


def script(url: URL, needs: Needs, purpose: Purpose, account: str) -> Script:
    """What an account needs; a password is for the administrator to choose."""
    name, database = _account(account), str(url.database or "")
    dry = purpose is Purpose.DRY_RUN
    plans = dry or needs.alone

    def table(collection: str) -> str:
        before, dot, own = collection.partition(".")
        return f"{_quoted(before)}.{_quoted(own)}" if dot else f"{_quoted(database)}.{_quoted(before)}"

    tables = on_tables(needs.dry_run if dry else needs.sweep, name, table=table, quoted=_quoted, locks_by_writing=False)
    databases = sorted({one.partition(".")[0] if "." in one else database for one in (database, *needs.declared)})
    return Script(
        purpose=purpose,
        account=name,
        first=(f"CREATE USER {name} IDENTIFIED BY '…';",),
        statements=(
            *(granted("REFERENCES", (), _whole(one), name, _STRUCTURE) for one in databases if plans),
            *tables,
        ),
        last=left_out(needs, name, table=table) if plans else (),
    )


def _account(said: str) -> str:
    name, _, host = said.partition("@")
    return f"{_text(name)}@{_text(host or '%')}"


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _whole(database: str) -> str:
    """Every table of a database, whose name is a pattern here."""
    return "`" + database.replace("`", "``").replace("_", "\\_").replace("%", "\\%") + "`.*"


_HELD: Final = """
SELECT '' AS db, '' AS name, '' AS col, PRIVILEGE_TYPE AS verb, GRANTEE AS grantee
  FROM information_schema.USER_PRIVILEGES
UNION ALL SELECT TABLE_SCHEMA, '', '', PRIVILEGE_TYPE, GRANTEE FROM information_schema.SCHEMA_PRIVILEGES
UNION ALL SELECT TABLE_SCHEMA, TABLE_NAME, '', PRIVILEGE_TYPE, GRANTEE FROM information_schema.TABLE_PRIVILEGES
UNION ALL SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, PRIVILEGE_TYPE, GRANTEE
  FROM information_schema.COLUMN_PRIVILEGES
"""
_ACCOUNT: Final = "SELECT CURRENT_USER()"
_ROLES: Final = "SELECT DISTINCT ROLE_NAME AS role FROM information_schema.APPLICABLE_ROLES ORDER BY ROLE_NAME"


def held(connection: Connection) -> tuple[Held, ...]:
    """What the account of this connection may do, on its whole server: to be let in is no right here."""
    name, _, host = str(connection.execute(text(_ACCOUNT)).scalar_one()).rpartition("@")
    account = f"{_text(name)}@{_text(host)}"
    found = []
    for row in connection.execute(text(_HELD)).fetchall():
        if row.grantee != account or row.verb == "USAGE":
            continue
        of = f"`{row.db}`" if row.db else "*"  # a pattern, as it was written
        on = f"{_quoted(row.db)}.{_quoted(row.name)}" if row.name else f"{of}.*"
        right = Right(on, row.verb, _quoted(row.col) if row.col else "")
        found.append(Held(right=right, undo=f"REVOKE {right} FROM {account}"))
    for row in connection.execute(text(_ROLES)).fetchall():  # what it may do stands with the role, and not here
        role = _quoted(row.role)
        found.append(Held(right=Right("the server", f"ROLE {role}"), undo=f"REVOKE {role} FROM {account}"))
    return tuple(found)


def wider(right: Right) -> tuple[Right, ...]:
    """The rights that this one is part of; a pattern over several databases is not thought of."""
    of = right.on.partition(".")[0].strip("`").replace("\\_", "_")
    wholes = (right.on, _whole(of), f"`{of}`.*", "*.*")
    return tuple(Right(on, right.verb) for on in wholes)
