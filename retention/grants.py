"""What an account must be allowed to do in a store, exactly: derived from the policies and the data map.

Two accounts: one for dry runs, which only reads, and one for sweeps. What is not here, no statement of ours needs; how
an engine says it, and what it asks besides (to enter, to lock), is in `retention.stores`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from retention.dataset import Dataset
from retention.disposition import Delete
from retention.lint.effects import erased_while_kept
from retention.lint.harmless import anonymises, disposition_of, ending_rules
from retention.lint.unlink import emptied
from retention.period import Permanent, longer
from retention.policy import Register, Rule
from retention.reads import Reading, columns_read, datasets_read, nobodys, readings, readings_within, subject_datasets


class Kind(StrEnum):
    """What may be done."""

    READ = "read"
    DELETE = "delete"  # whole records
    WRITE = "write"  # the named columns
    LOCK = "lock"  # records that are deleted: some engines ask leave to write a column for that


class Privilege(Struct, frozen=True, kw_only=True):
    """One thing that an account must be allowed to do with one dataset's table."""

    dataset: Dataset
    kind: Kind
    columns: tuple[str, ...] = ()  # sorted; empty: whole records
    why: str  # which policies and datasets need it


class Needs(Struct, frozen=True, kw_only=True):
    """What both accounts of one store must be allowed to do, by dataset."""

    declared: tuple[str, ...]  # every collection of the data map: what a plan looks for
    dry_run: tuple[Privilege, ...]
    sweep: tuple[Privilege, ...]
    anonymised: tuple[Dataset, ...]  # whose records stay without their personal fields
    alone: bool  # whether the sweep's account plans as well, having no other to read with


def needs(register: Register, store: str, *, alone: bool) -> Needs:
    """What the accounts of one store need.

    With `alone` the configuration has no credentials of their own for reading, so the sweep's account does it all; else
    it reads no more than its batches do.
    """
    planned = [one for one in register.all_datasets if not nobodys(register, one)]
    swept = [one for one in register.all_datasets if acts(register, one)]
    reading = list(_of_store(store, _touched(register, planned)))
    batches = _of_store(store, _touched(register, (one for one in swept if one.store == store)))
    return Needs(
        declared=tuple(sorted(register.collections(store))),
        dry_run=tuple(_read(register, one) for one in reading),
        sweep=tuple(
            privilege for one in (reading if alone else batches) for privilege in _all_of(register, one, swept)
        ),
        anonymised=tuple(one for one in reading if _ends(register, one) and anonymises(register, one)),
        alone=alone,
    )


def acts(register: Register, dataset: Dataset) -> bool:
    """Whether a sweep can do anything by a dataset's own rules."""
    return bool(_ends(register, dataset) or _erased(register, dataset))


def _ends(register: Register, dataset: Dataset) -> bool:
    """Whether a record can be due as a whole: no rule keeps every one of them for ever."""
    rules = [rule for _, rule in register.rules_for(dataset)]
    for_ever = any(isinstance(rule.keep_for, Permanent) and rule.where is None for rule in rules)
    return bool(ending_rules(register, dataset)) and not for_ever


def _goes(register: Register, dataset: Dataset, seen: frozenset[Dataset] = frozenset()) -> bool:
    """Whether a record can be due as a whole, or go along with one that is."""
    return _ends(register, dataset) or any(
        parent not in seen and _goes(register, parent, seen | {dataset})
        for parent, _ in register.parents_of(dataset)
        if parent is not dataset
    )


def _of_store(store: str, datasets: Iterable[Dataset]) -> Iterator[Dataset]:
    return (one for one in sorted(datasets, key=lambda one: one.id) if one.store == store)


def _touched(register: Register, datasets: Iterable[Dataset]) -> set[Dataset]:
    """Whatever is read to judge records of these: their whole families, and what is looked up for each of them."""
    found: set[Dataset] = set()
    waiting = list(datasets)
    family: set[Dataset] = set()
    while waiting:
        one = waiting.pop()
        if one in family:
            continue
        family.add(one)
        waiting += [child for child, _ in register.children_of(one)]
        waiting += [parent for parent, _ in register.parents_of(one)]
        found |= {one, *_looked_up(readings(register, one))}
        for _, child in register.children_of(one):
            found |= set(_looked_up(readings_within(child.on)))
    return found


def _looked_up(found: Iterable[Reading]) -> Iterator[Dataset]:
    for reading in found:
        yield reading.dataset
        yield from _looked_up(reading.then)


def _all_of(register: Register, dataset: Dataset, swept: Iterable[Dataset]) -> Iterator[Privilege]:
    """What a sweep does with a dataset's records."""
    yield _read(register, dataset)
    if deleted := _deletes(register, dataset):
        yield Privilege(dataset=dataset, kind=Kind.DELETE, why=deleted)
    erased, unlinked = _erased(register, dataset), _unlinked(register, dataset)
    if erased:
        why = f"personal fields that are erased by {_purposes(register, dataset)}"
        yield Privilege(dataset=dataset, kind=Kind.WRITE, columns=erased, why=why)
    if columns := tuple(sorted(unlinked.keys() - set(erased))):
        why = f"emptied when one of {_listed(unlinked.values())} goes and another parent stays"
        yield Privilege(dataset=dataset, kind=Kind.WRITE, columns=columns, why=why)
    locked = any(dataset is one or dataset in _below(register, one) for one in swept)
    if locked and not (erased or unlinked):
        # Of all columns the one with which least could be done: personal data that goes anyway, else the key.
        column = min(dataset.fields, default=dataset.key[0])
        yield Privilege(dataset=dataset, kind=Kind.LOCK, columns=(column,), why="to lock a record; never written")


def _read(register: Register, dataset: Dataset) -> Privilege:
    own = _purposes(register, dataset)
    said = [f"judged by {own}"] if own else []
    if parents := {parent.id for parent, _ in register.parents_of(dataset)}:
        said.append(f"goes along with {_listed(parents)}")
    if readers := {one.id for one in register.all_datasets if one is not dataset and _asks(register, one, dataset)}:
        said.append(f"looked up for {_listed(readers)}")
    why = "; ".join(said) or "declared, governed by no policy: a plan counts it"
    return Privilege(dataset=dataset, kind=Kind.READ, columns=columns_read(register, dataset), why=why)


def _asks(register: Register, one: Dataset, asked: Dataset) -> bool:
    rules = (rule for _, rule in register.rules_for(one))
    return asked in subject_datasets(one) or any(asked in datasets_read(rule) for rule in rules)


def _deletes(register: Register, dataset: Dataset) -> str:
    """Why records of a dataset are deleted, in words; empty: they never are."""
    deletes = any(isinstance(disposition_of(rule), Delete) for rule in ending_rules(register, dataset))
    own = _purposes(register, dataset) if deletes and _ends(register, dataset) else ""
    parents = {parent.id for parent, _ in register.parents_of(dataset) if _goes(register, parent)}
    return "; ".join(
        [
            *([f"deleted by {own}"] if own else ()),
            *([f"goes along with {_listed(parents)}"] * bool(parents)),
        ]
    )


def _erased(register: Register, dataset: Dataset) -> tuple[str, ...]:
    """The fields that are erased of records that stay."""
    if anonymises(register, dataset) and _ends(register, dataset):
        return tuple(sorted(dataset.fields))
    kept_by_child = any(register.rules_for(child) for child in _below(register, dataset))
    some = sorted(erased_while_kept(register, dataset))
    return tuple(name for name in some if kept_by_child or _unneeded_first(register, dataset, name))


def _unneeded_first(register: Register, dataset: Dataset, name: str) -> bool:
    """Whether some rule that does not need a field can keep a record for longer than all that do."""
    rules = [rule for _, rule in register.rules_for(dataset)]
    needing = [rule for rule in rules if rule.needs is None or name in rule.needs]
    return any(not any(_outlasts(one, other) for one in needing) for other in rules if other not in needing)


def _outlasts(one: Rule, other: Rule) -> bool:
    """Whether a rule applies wherever another does, and never ends before it."""
    everywhere = one.where in {None, other.where}
    alike = one.starts_on == other.starts_on and other.while_referenced_by is None
    return everywhere and alike and not longer(other.keep_for, one.keep_for)


def _unlinked(register: Register, dataset: Dataset) -> dict[str, str]:
    """The columns by which a record is taken from a parent that goes, each with that parent."""
    several = emptied(register, dataset)
    return {
        column: parent.id
        for parent, child in register.parents_of(dataset)
        if _goes(register, parent)
        for column in child.on.theirs
        if column in several
    }


def _below(register: Register, dataset: Dataset) -> set[Dataset]:
    return {child for _, child, _ in register.below(dataset)}


def _purposes(register: Register, dataset: Dataset) -> str:
    return _listed(policy.purpose for policy, _ in register.rules_for(dataset))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names)))
