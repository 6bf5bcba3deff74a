"""Report values as JSON: what a program reads is the value itself, member by member."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from msgspec import Struct


def as_json(value: object) -> str:
    """A value as JSON with sorted names and ISO 8601 days, so that equal values are equal texts; ends in a newline."""
    return json.dumps(plain_value(value), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def plain_value(value: object) -> Any:
    """A value of ours as JSON knows it."""
    match value:
        case None | bool() | str() | int() | float() if not isinstance(value, Enum):
            return value
        case Enum():
            return plain_value(value.value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(name): plain_value(one) for name, one in value.items()}
        case tuple() | list():
            return [plain_value(one) for one in value]
        case Struct():
            return {name: plain_value(getattr(value, name)) for name in value.__struct_fields__}
        case _:
            raise TypeError(f"{type(value).__name__} is not part of a report")
