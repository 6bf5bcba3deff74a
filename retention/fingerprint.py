"""Fingerprints: what exactly was approved, as canonical text and its SHA-256 (design.md P5).

A dataset's text holds every rule that names it, reads it or keeps what goes along with it, its own declaration with
children and techniques, which database it is in, and the conventions by which days are counted. Any difference asks for
a new approval.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Final

import rfc8785

from retention.dataset import Dataset
from retention.policy import Policy, Register, Rule
from retention.reads import datasets_read

CONVENTIONS: Final = "event day excluded; whole period added once; month end; destructible from the next local day"


def policy_text(policy: Policy) -> bytes:
    """The canonical text of a policy: RFC 8785 JSON."""
    return rfc8785.dumps(_members(policy))


def dataset_text(register: Register, dataset: Dataset, *, store: str, zone: str) -> bytes:
    """The canonical text of a dataset as it is governed; `store` is the identity of its database."""
    under = below(register, dataset)
    rules = [
        {"purpose": policy.purpose, "rule": described(rule)}
        for policy in register
        for rule in policy.rules
        if rule.dataset in (dataset, *under) or dataset in datasets_read(rule)
    ]
    return rfc8785.dumps(
        {
            "conventions": CONVENTIONS,
            "dataset": _members(dataset),
            "below": [_members(one) for one in under],
            "rules": sorted(rules, key=rfc8785.dumps),
            "store": store,
            "zone": zone,
        }
    )


def below(register: Register, dataset: Dataset) -> tuple[Dataset, ...]:
    """Every dataset whose records may go along, at any depth, by id; not itself."""
    found: dict[str, Dataset] = {}
    asking = [dataset]
    while asking:
        children = [child for one in asking for child, _ in register.children_of(one) if child.id not in found]
        found |= {child.id: child for child in children}
        asking = children
    return tuple(found[name] for name in sorted(found) if name != dataset.id)


def sha256(text: bytes) -> str:
    """64 lower-case hex."""
    return hashlib.sha256(text).hexdigest()


def described(value: object) -> Any:
    """A declaration as JSON: each class by name with its members; another dataset by its id."""
    match value:
        case None | bool() | int() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Dataset():
            return value.id
        case Rule() | Policy():
            return _members(value)
        case Mapping():
            return {str(name): described(one) for name, one in value.items()}
        case frozenset():
            return sorted((described(one) for one in value), key=rfc8785.dumps)
        case tuple() | list():
            return [described(one) for one in value]
        case _ if is_dataclass(value):
            return _members(value)
        case _:
            raise TypeError(f"{type(value).__name__} is not part of a declaration")


def _members(value: object) -> dict[str, Any]:
    assert is_dataclass(value)  # noqa: S101 - the callers pass nothing else
    found = {one.name: described(getattr(value, one.name)) for one in fields(value)}
    return {"is": type(value).__name__, **found}
