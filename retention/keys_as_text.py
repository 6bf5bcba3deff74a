"""Keys as people write them, read back into values: 17, 2026-07-01, or several parts with commas.

What a text may mean depends on the column: every reading that its type allows is tried, and what exists is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Final
from uuid import UUID

from retention.dataset import Dataset
from retention.errors import UsageError
from retention.record import Key, Value, key_text
from retention.stores.schema import SchemaColumn

_PARTS: Final = re.compile(r"(?:[^,\\]|\\.)+")
_ESCAPED: Final = re.compile(r"\\(.)")
_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]*)")


def possible_keys(dataset: Dataset, text: str, columns: dict[str, SchemaColumn]) -> tuple[Key, ...]:
    """The keys that a text may mean, as `record.key_text` writes them.

    Raises:
        UsageError: it has another number of parts than the key.
    """
    parts = [_ESCAPED.sub(r"\1", part) for part in _PARTS.findall(text)]
    if len(parts) != len(dataset.key):
        raise UsageError(
            f"{dataset.id} has a key of {len(dataset.key)} part(s), {', '.join(dataset.key)}; "
            "write them in that order with commas between them."
        )
    readings = (tuple(possible_values(part, columns.get(name))) for part, name in zip(parts, dataset.key, strict=True))
    return tuple(key for key in product(*readings) if key_text(key) == text)


def possible_values(text: str, column: SchemaColumn | None) -> Iterator[Value]:
    """Every value that a text may mean in a column; None: nothing is known of the column."""
    kind = None if column is None else column.python_type
    if _INTEGER.fullmatch(text) and kind not in {bytes, date, datetime}:
        yield int(text)
    if text.startswith("hex:"):
        with suppress(ValueError):
            yield bytes.fromhex(text.removeprefix("hex:"))
    with suppress(ValueError):
        yield date.fromisoformat(text)
    with suppress(ValueError):
        yield datetime.fromisoformat(text)
    if kind is UUID or kind is None:
        with suppress(ValueError):
            yield UUID(text)
    if kind is Decimal:
        with suppress(InvalidOperation):
            yield Decimal(text)
    yield text
