"""How the rights of an account are said: statements for an administrator, each with its undoing and its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct
from sqlalchemy import URL, Connection

from retention.grants import Kind, Needs, Privilege


class Purpose(StrEnum):
    """What an account is for."""

    DRY_RUN = "dry-run"
    SWEEP = "sweep"


class Right(Struct, frozen=True, order=True):
    """One right, as small as the engine can give it."""

    on: str  # what it is a right to, as the engine's statements write it
    verb: str
    column: str = ""  # as statements write it; empty: the whole

    def __str__(self) -> str:
        return said(self.verb, [self.column] if self.column else [], self.on)


class Statement(Struct, frozen=True, kw_only=True):
    """One statement for the administrator."""

    sql: str  # without its semicolon
    undo: str  # what takes it back
    why: str
    rights: tuple[Right, ...] = ()  # what it gives; empty: a setting


class Held(Struct, frozen=True, kw_only=True):
    """A right that an account has now."""

    right: Right
    by: str = ""  # by way of what: a role, PUBLIC, ownership; empty: it was granted to the account itself
    undo: str | None = None  # the statement that takes it away; None: `by` says why none does

    @property
    def everybodys(self) -> bool:
        """Whether it is not the account's, but everybody's."""
        return self.by == "PUBLIC"


class Script(Struct, frozen=True, kw_only=True):
    """What one account needs in one store."""

    purpose: Purpose
    account: str
    first: tuple[str, ...]  # said before: how the account is made, by hand; or all there is to say
    statements: tuple[Statement, ...]
    last: tuple[str, ...] = ()  # said after


class Granter(Protocol):
    """What knows the rights of one engine."""

    def script(self, url: URL, needs: Needs, purpose: Purpose, account: str) -> Script:
        """What an account needs, as its administrator says it."""
        ...

    def held(self, connection: Connection) -> tuple[Held, ...]:
        """What the account of a connection has."""
        ...

    def wider(self, right: Right) -> tuple[Right, ...]:
        """The rights that this one is part of."""
        ...


def said(verb: str, columns: Sequence[str], on: str) -> str:
    """The rights of one kind to one thing, as GRANT and REVOKE write them."""
    return f"{verb} ({', '.join(columns)}) ON {on}" if columns else f"{verb} ON {on}"


def granted(verb: str, columns: Sequence[str], on: str, account: str, why: str) -> Statement:
    """The statement that gives rights of one kind to one thing."""
    rights = said(verb, columns, on)
    return Statement(
        sql=f"GRANT {rights} TO {account}",
        undo=f"REVOKE {rights} FROM {account}",
        why=why,
        rights=tuple(Right(on, verb, column) for column in columns or ("",)),
    )


def on_tables(
    privileges: Iterable[Privilege],
    account: str,
    *,
    table: Callable[[str], str],
    quoted: Callable[[str], str],
    locks_by_writing: bool,
) -> Iterator[Statement]:
    """The statements for tables and columns, which SQL says alike everywhere.

    With `locks_by_writing` a record can only be locked by who may write some column of it.
    """
    verbs = {Kind.READ: "SELECT", Kind.DELETE: "DELETE", Kind.WRITE: "UPDATE", Kind.LOCK: "UPDATE"}
    for one in privileges:
        if one.kind is not Kind.LOCK or locks_by_writing:
            on = table(one.dataset.collection)
            why = f"{one.dataset.id}: {one.why}"
            yield granted(verbs[one.kind], [*map(quoted, one.columns)], on, account, why)


def left_out(needs: Needs, account: str, *, table: Callable[[str], str]) -> tuple[str, ...]:
    """What a plan would say more of, could it read columns that no policy names; for the administrator to decide."""
    if not needs.anonymised:
        return ()
    return (
        "Left out: columns that no policy names. Of records that are anonymised a plan counts how many are alike in",
        "all that remains of them; where it may not read that it says NOT_ANONYMOUS. To let it:",
        *(f"GRANT SELECT ON {table(one.collection)} TO {account};" for one in needs.anonymised),
    )


def missing(
    statements: Iterable[Statement], held: Iterable[Held], wider: Callable[[Right], Iterable[Right]]
) -> tuple[Right, ...]:
    """The rights that statements give and an account has not; `wider` are those that each is part of."""
    has = {one.right for one in held}
    wanted = sorted({right for statement in statements for right in statement.rights})
    return tuple(one for one in wanted if one not in has and has.isdisjoint(wider(one)))


def surplus(statements: Iterable[Statement], held: Iterable[Held]) -> tuple[Held, ...]:
    """What an account has and no statement gives."""
    wanted = {right for statement in statements for right in statement.rights}
    return tuple(sorted((one for one in held if one.right not in wanted), key=lambda one: (one.right, one.by)))
