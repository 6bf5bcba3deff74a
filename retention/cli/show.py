"""How answers are printed: tables and sentences for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, Final

import click
from msgspec import Struct

from retention.finding import Finding
from retention.text import Language

_WIDE: Final = 240  # columns, where no terminal says how wide it is: a table is then never folded


def print_json(value: object) -> None:
    """Print a value as JSON: sorted names, dates as ISO 8601, one object."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2, sort_keys=True))


def print_lines(lines: Iterable[str]) -> None:
    """Print sentences, one a line."""
    for line in lines:
        click.echo(line)


def print_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; numbers to the right."""
    from rich import box  # noqa: PLC0415 - what prints no table needs none of it
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    listed = [[_cell(value) for value in row] for row in rows]
    for index, header in enumerate(headers):
        numbers = bool(listed) and all(row[index].replace("-", "").isdigit() for row in listed if row[index])
        table.add_column(header, justify="right" if numbers else "left", overflow="fold")
    for row in listed:
        table.add_row(*row)
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDE, markup=False, highlight=False)
    console.print(table)


def finding_line(finding: Finding, language: Language) -> str:
    """A finding on one line: how grave, where, what, and what to do."""
    text, hint = finding.text[language].rstrip("."), finding.hint[language]
    count = "" if finding.count is None else f" ({finding.count})"
    return f"{finding.severity.value:7} {finding.where}: {text}{count}. {hint} [{finding.code}]"


def plain(value: object) -> Any:
    """A value of ours as JSON knows it."""
    match value:
        case Enum():
            return plain(value.value)
        case date():
            return value.isoformat()
        case Path():
            return str(value)
        case dict():
            return {str(key): plain(one) for key, one in value.items()}
        case frozenset() | set():
            return sorted(plain(one) for one in value)
        case list() | tuple():
            return [plain(one) for one in value]
        case bytes():
            return value.hex()
        case Struct():
            return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
        case _:
            return value


def _cell(value: object) -> str:
    return "" if value is None else str(value)
