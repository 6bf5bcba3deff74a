"""The rights of an account on PostgreSQL: what to grant, and what it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import URL, Connection, text
from sqlalchemy.dialects import postgresql

from retention.grants import Needs
from retention.stores.grants import Held, Purpose, Right, Script, Statement, granted, left_out, on_tables

# No driver sends these statements: with a style of "%s" every % of a name would be doubled.
_dialect: Final = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
_quoted: Final[Callable[[str], str]] = _dialect.identifier_preparer.quote


def script(url: URL, needs: Needs, purpose: Purpose, account: str) -> Script:
    """What an account needs; a password is for the administrator to choose."""
    name, database, dry = _quoted(account), _quoted(url.database or ""), purpose is Purpose.DRY_RUN
    privileges = needs.dry_run if dry else needs.sweep
    plans = dry or needs.alone
    collections = needs.declared if plans else tuple(one.dataset.collection for one in privileges)
    tables = on_tables(privileges, name, table=_table, quoted=_quoted, locks_by_writing=True)
    return Script(
        purpose=purpose,
        account=name,
        first=(f"CREATE ROLE {name} LOGIN PASSWORD '…';",),
        statements=(
            *([_read_only(name)] if dry else ()),
            granted("CONNECT", (), f"DATABASE {database}", name, "to get in"),
            *(
                granted("USAGE", (), f"SCHEMA {_quoted(schema)}", name, "to see what is in it")
                for schema in sorted({_schema(one) for one in collections})
            ),
            *tables,
        ),
        last=(
            *(left_out(needs, name, table=_table) if plans else ()),
            *(_for_everybody(database) if dry else ()),
        ),
    )


def _read_only(name: str) -> Statement:
    return Statement(
        sql=f"ALTER ROLE {name} SET default_transaction_read_only = on",
        undo=f"ALTER ROLE {name} RESET default_transaction_read_only",
        why="a second lock on the door: what keeps it from writing is that nothing below lets it",
    )


def _for_everybody(database: str) -> tuple[str, ...]:
    return (
        "Many databases let everybody make tables of their own: in `public` those that were made before PostgreSQL 15,",
        "temporary ones all. No program of ours does; where none of yours does either:",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
        f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC;",
    )


def _schema(collection: str) -> str:
    before, dot, _ = collection.partition(".")
    return before if dot else "public"


def _table(collection: str) -> str:
    return f"{_quoted(_schema(collection))}.{_quoted(collection.rpartition('.')[2])}"


# What was granted to the account itself, to a role that it is in, or to everybody; an owner's own rights included.
_HELD: Final = """
WITH own AS (SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'),
acl AS (
  SELECT 'D' AS kind, datdba AS owner, datname AS schema, '' AS name, '' AS col,
    (aclexplode(COALESCE(datacl, acldefault('d', datdba)))).* FROM pg_database WHERE datname = current_database()
  UNION ALL SELECT 'S', nspowner, nspname, '', '', (aclexplode(COALESCE(nspacl, acldefault('n', nspowner)))).* FROM own
  UNION ALL SELECT 'T', c.relowner, n.nspname, c.relname, '',
    (aclexplode(COALESCE(c.relacl, acldefault('r', c.relowner)))).*
    FROM pg_class c JOIN own n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  UNION ALL SELECT 'T', c.relowner, n.nspname, c.relname, a.attname, (aclexplode(a.attacl)).*
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN own n ON n.oid = c.relnamespace
    WHERE a.attacl IS NOT NULL AND a.attnum > 0 AND NOT a.attisdropped)
SELECT kind, schema, name, col, privilege_type AS verb, CASE WHEN grantee = 0 THEN 'PUBLIC'
  WHEN r.rolname <> current_user THEN r.rolname WHEN owner = grantee THEN 'ownership' ELSE '' END AS by
FROM acl LEFT JOIN pg_roles r ON r.oid = acl.grantee
WHERE grantee = 0 OR pg_has_role(current_user, grantee, 'USAGE')
"""
_ATTRIBUTES: Final = """
SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = current_user
"""
# What a role of the server's own may do, such as reading every table, stands in no list of rights.
_SERVERS_ROLES: Final = """
SELECT rolname AS role, EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
    WHERE m.roleid = g.oid AND r.rolname = current_user) AS itself
FROM pg_roles g WHERE rolname LIKE 'pg\\_%' AND rolname <> 'pg_database_owner'
  AND pg_has_role(current_user, oid, 'MEMBER') ORDER BY rolname
"""
_EVERYTHING: Final = Right("everything", "SUPERUSER")


def held(connection: Connection) -> tuple[Held, ...]:
    """What the account of this connection may do in its database."""
    account = _quoted(str(connection.execute(text("SELECT current_user")).scalar_one()))
    attributes = connection.execute(text(_ATTRIBUTES)).one()
    if attributes.rolsuper:
        return (Held(right=_EVERYTHING, undo=f"ALTER ROLE {account} NOSUPERUSER"),)
    found = [
        Held(right=Right("the server", attribute), undo=f"ALTER ROLE {account} NO{attribute}")
        for attribute, has in (
            ("CREATEROLE", attributes.rolcreaterole),
            ("CREATEDB", attributes.rolcreatedb),
            ("REPLICATION", attributes.rolreplication),
        )
        if has
    ]
    for row in connection.execute(text(_SERVERS_ROLES)).fetchall():
        undo = f"REVOKE {row.role} FROM {account}" if row.itself else None
        found.append(Held(right=Right("the server", row.role), by="" if row.itself else "another role", undo=undo))
    for row in connection.execute(text(_HELD)).fetchall():
        on = {"D": f"DATABASE {_quoted(row.schema)}", "S": f"SCHEMA {_quoted(row.schema)}"}.get(
            row.kind, f"{_quoted(row.schema)}.{_quoted(row.name)}"
        )
        right = Right(on, row.verb, _quoted(row.col) if row.col else "")
        found.append(Held(right=right, by=row.by, undo=None if row.by else f"REVOKE {right} FROM {account}"))
    return tuple(found)


def wider(right: Right) -> tuple[Right, ...]:
    """The rights that this one is part of."""
    return _EVERYTHING, Right(right.on, right.verb)
