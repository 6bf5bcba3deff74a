"""How options are written: days, NAME=VALUE pairs, and DATASET=NUMBER."""

from __future__ import annotations

from datetime import date
from typing import Any

import click


class _Day(click.ParamType[date]):
    """A day, as 2026-07-01."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day that was written."""
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is None or day.isoformat() != value:
            self.fail(f"{value!r} is no day. Write 2026-07-01.", param, ctx)
        return day


class _Pair(click.ParamType[tuple[str, str]]):
    """A name and a value, as client=17."""

    name = "NAME=VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """The name and the value that were written."""
        if isinstance(value, tuple):
            return value
        name, found, rest = str(value).partition("=")
        if not (found and name and rest):
            self.fail(f"{value!r} is no NAME=VALUE. Write client=17, or cvs.dossier=KEY.", param, ctx)
        return name, rest


class _Numbered(click.ParamType[tuple[str, int]]):
    """A dataset and a number of records, as cvs.dossier=14012."""

    name = "DATASET=N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """The dataset and the number that were written."""
        if isinstance(value, tuple):
            return value
        name, _, number = str(value).partition("=")
        if not (name and number.isascii() and number.isdigit()):
            self.fail(f"{value!r} is no DATASET=N. Write cvs.dossier=14012.", param, ctx)
        return name, int(number)


DAY = _Day()
PAIR = _Pair()
NUMBERED = _Numbered()
