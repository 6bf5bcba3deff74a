"""Holds from a file: every line is looked at before any hold is placed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Final

from msgspec import Struct

from retention.errors import UsageError
from retention.holding import Known, check_scope
from retention.holds import HoldKind, Scope

COLUMNS: Final = ("kind", "matter", "subject", "record", "dataset", "purpose", "from", "to", "review_on")
_REQUIRED: Final = {"kind", "matter"}
_MOST_BYTES: Final = 4 << 20
_MOST_LINES: Final = 10_000
_MOST_SHOWN: Final = 20  # bad lines named one by one


class HoldRequest(Struct, frozen=True, kw_only=True):
    """A hold that somebody asks for, one line of a file."""

    kind: HoldKind
    matter: str
    scope: Scope
    review_on: date | None = None  # None: not set


def from_csv(path: Path, names: Known) -> tuple[HoldRequest, ...]:
    """The holds of a CSV file: a header, comma or semicolon, one selector in each cell.

    Raises:
        UsageError: the file cannot be read, or a line is wrong; every wrong line is named by its number.

    """
    text = _text(path)
    header, _, _ = text.partition("\n")
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=";" if ";" in header else ",", strict=True)
    wrong: list[str] = []
    requests: list[HoldRequest] = []
    try:
        _check_header(path, reader.fieldnames or ())
        for row in islice(reader, _MOST_LINES + 1):
            try:
                requests.append(_request(row, names))
            except (UsageError, ValueError) as error:
                wrong.append(f"line {reader.line_num}: {error}")
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.line_num}, is no CSV: {error}. Nothing is placed.") from error
    if len(requests) + len(wrong) > _MOST_LINES:
        raise UsageError(f"{path} has more than {_MOST_LINES} lines. Split it. Nothing is placed.")
    if wrong:
        more = f"\n... and {len(wrong) - _MOST_SHOWN} more" if len(wrong) > _MOST_SHOWN else ""
        raise UsageError(f"{path}: nothing is placed.\n" + "\n".join(wrong[:_MOST_SHOWN]) + more)
    if not requests:
        raise UsageError(f"{path} has a header and no line: there is nothing to place.")
    return tuple(requests)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > _MOST_BYTES:
        raise UsageError(f"{path} is larger than {_MOST_BYTES >> 20} MB. Split it. Nothing is placed.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8. Save it as CSV UTF-8. Nothing is placed.") from error


def _check_header(path: Path, header: Sequence[str]) -> None:
    unknown, missing = set(header) - set(COLUMNS), _REQUIRED - set(header)
    if unknown or missing or len(header) != len(set(header)):
        raise UsageError(
            f"{path}: the first line must name the columns, each once: {', '.join(COLUMNS)}; kind and matter are "
            "required. Nothing is placed."
        )


def _request(row: Mapping[str | None, str | list[str] | None], names: Known) -> HoldRequest:
    if None in row:
        raise UsageError("more cells than the header has columns")
    cell: Callable[[str], str] = lambda name: str(row.get(name) or "").strip()  # noqa: E731 - used nine times below
    scope = Scope(
        subjects=_pair("subject", cell("subject"), "client=17"),
        records=_pair("record", cell("record"), "cvs.dossier=KEY"),
        datasets=frozenset({cell("dataset")} - {""}),
        purposes=frozenset({cell("purpose")} - {""}),
        starts_from=_day("from", cell("from")),
        starts_to=_day("to", cell("to")),
    )
    check_scope(scope, names)
    if not cell("matter"):
        raise UsageError("matter is empty: name the case it is placed for")
    return HoldRequest(
        kind=_kind(cell("kind")), matter=cell("matter"), scope=scope, review_on=_day("review_on", cell("review_on"))
    )


def _kind(text: str) -> HoldKind:
    try:
        return HoldKind(text)
    except ValueError:
        raise UsageError(f"kind is none of {', '.join(HoldKind)}") from None


def _pair(column: str, text: str, example: str) -> frozenset[tuple[str, str]]:
    if not text:
        return frozenset()
    name, found, value = text.partition("=")
    if not (name and found and value):
        raise UsageError(f"{column} is not written as {example}")
    return frozenset({(name, value)})


def _day(column: str, text: str) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise UsageError(f"{column} is no date YYYY-MM-DD")
    return found
