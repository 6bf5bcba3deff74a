"""Fingerprints: what exactly was approved, as canonical text and its SHA-256 (design.md P5).

A dataset's text holds every rule that names it, reads it or keeps what goes along with it, its own declaration with
children and techniques, those of every dataset that judging and holds look into, which databases these are in, and the
conventions by which days are counted. Any difference asks for a new approval.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Final

import rfc8785
from msgspec import Struct

from retention.condition import And, Or
from retention.dataset import Dataset
from retention.disposition import Child
from retention.policy import Policy, Register, Rule
from retention.reads import datasets_read, subject_datasets
from retention.relation import Join

_EXACT: Final = 2**53 - 1  # the largest number that every reader of JSON has
CONVENTIONS: Final = "event day excluded; whole period added once; month end; destructible from the next local day"


def policy_text(policy: Policy) -> bytes:
    """The canonical text of a policy: RFC 8785 JSON."""
    return rfc8785.dumps(_members(policy))


def dataset_text(
    register: Register, dataset: Dataset, *, store: str, zone: str, elsewhere: Mapping[str, str] | None = None
) -> bytes:
    """The canonical text of a dataset as it is governed.

    `store` is the identity of its database; `elsewhere` those of other stores by name, as far as they can be reached.
    """
    under = below(register, dataset)
    rules = [
        {"purpose": policy.purpose, "rule": described(rule)}
        for policy in register
        for rule in policy.rules
        if rule.dataset in (dataset, *under) or dataset in datasets_read(rule)
    ]
    around = _around(register, dataset, under)
    stores = {one.store for one in around} - {dataset.store}
    return rfc8785.dumps(
        {
            "conventions": CONVENTIONS,
            "dataset": _members(dataset),
            "below": [_members(one) for one in under],
            "around": [_members(one) for one in around],
            "rules": sorted(rules, key=rfc8785.dumps),
            "store": store,
            "elsewhere": {name: said for name, said in (elsewhere or {}).items() if name in stores},
            "zone": zone,
        }
    )


def _around(register: Register, dataset: Dataset, under: tuple[Dataset, ...]) -> list[Dataset]:
    """What else decides on its records, by id: those above and beside them, and all that rules and holds look into."""
    family = {dataset, *under}
    rising = [dataset, *under]
    while rising:
        above = [parent for one in rising for parent, _ in register.parents_of(one) if parent not in family]
        family |= {one for parent in above for one in (parent, *below(register, parent))}
        rising = above
    read = {one for each in (dataset, *under) for _, rule in register.rules_for(each) for one in datasets_read(rule)}
    read |= {one for each in family for one in subject_datasets(each)}
    return sorted((family | read) - {dataset, *under}, key=lambda one: one.id)


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
        case int() if not isinstance(value, bool) and abs(value) > _EXACT:
            return {"is": "int", "value": str(value)}
        case None | bool() | int() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return value.value
        case date():  # a text of the same letters is another constant
            return {"is": type(value).__name__, "value": value.isoformat()}
        case Decimal():
            return {"is": "Decimal", "value": str(value)}
        case Dataset():
            return value.id
        case Mapping():
            return {str(name): described(one) for name, one in value.items()}
        case frozenset():
            return sorted((described(one) for one in value), key=rfc8785.dumps)
        case tuple() | list():
            return [described(one) for one in value]
        case Join():  # its columns on either side stood in the text from the first
            return _members(value) | {"theirs": [*value.theirs], "ours": [*value.ours]}
        case Struct() | Rule() | Child() | And() | Or():
            return _members(value)
        case _:
            raise TypeError(f"{type(value).__name__} is not part of a declaration")


def _members(value: Struct | Rule | Child | And | Or) -> dict[str, Any]:
    names = value.__struct_fields__ if isinstance(value, Struct) else tuple(one.name for one in fields(value))
    later = Dataset.when_set if isinstance(value, Dataset) else ()
    found = {name: described(getattr(value, name)) for name in names}
    return {"is": type(value).__name__} | {name: one for name, one in found.items() if one or name not in later}
