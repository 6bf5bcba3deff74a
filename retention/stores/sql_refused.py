"""What an account may not do, by the statement of ours that was refused: the server's own text may hold values."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy.exc import SQLAlchemyError, StatementError

_NAME: Final = r'(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|\w+)'
_TABLE: Final = re.compile(rf"\b(?:FROM|UPDATE)\s+({_NAME}(?:\.{_NAME})?)")
_COLUMN: Final = re.compile(r"for column '(\w+)' in table")  # as MariaDB says it
_QUOTES: Final = re.compile('["`]')


def lacks(error: SQLAlchemyError, store: str) -> str:
    """What an account lacks, and what to do; only words of our own statement are repeated."""
    ask = f"`retention grants --live --store {store}` prints what it lacks; its administrator grants it"
    said = refused(error)
    return f"this account may not {said}: {ask}" if said else f"this account lacks a privilege that it needs: {ask}"


def refused(error: SQLAlchemyError) -> str:
    """The act and the table of the statement that failed; empty: there is none."""
    statement = error.statement if isinstance(error, StatementError) else None
    found = _TABLE.search(statement or "")
    if statement is None or found is None:
        return ""
    table = _QUOTES.sub("", found[1])
    verb = statement.split(None, 1)[0].upper()
    column = _COLUMN.search(str(getattr(error, "orig", "")))
    named = f" {column[1]}" if column and re.search(rf"\b{re.escape(column[1])}\b", statement) else ""
    match verb:
        case "DELETE":
            return f"DELETE in {table}"
        case "UPDATE":
            return f"UPDATE{named or ' what is erased'} in {table}"
        case _ if "FOR UPDATE" in statement:
            return f"SELECT{named} FOR UPDATE in {table}"
        case _:
            return f"SELECT{named or ' all that is read'} from {table}"
