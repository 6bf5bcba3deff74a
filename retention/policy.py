"""Policies: why data is needed, for how long, by whose decision.

A policy is one purpose; a rule is its line for one dataset. Several policies may have rules for one dataset: a record
is due when every rule that applies to it has expired (R1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import force_setattr

from retention.condition import Condition
from retention.dataset import Dataset
from retention.disposition import Child, Disposition
from retention.errors import PolicyError
from retention.period import AT_ONCE, KeepFor, Period
from retention.reads import datasets_read, subject_datasets
from retention.relation import Join, On, join
from retention.text import Text
from retention.trigger import StartsOn, Trigger, trigger


class LegalBasis(StrEnum):
    """GDPR article 6(1), a to f."""

    CONSENT = "consent"  # a
    CONTRACT = "contract"  # b
    LEGAL_OBLIGATION = "legal_obligation"  # c
    VITAL_INTERESTS = "vital_interests"  # d
    PUBLIC_TASK = "public_task"  # e
    LEGITIMATE_INTERESTS = "legitimate_interests"  # f


class SourceStatus(StrEnum):
    """How a period's source was established (domain.md, "Source status")."""

    LAW = "law"  # WET: read in the text of the law
    SELECTION_LIST = "selection_list"  # SL: read in the Selectielijst gemeenten 2020
    SECONDARY = "secondary"  # SEC: a secondary source
    PEER = "peer"  # PEER: what a comparable organisation publishes as its own choice
    UNCHECKED = "unchecked"  # MEM: from memory; never presented as law
    OWN_CHOICE = "own_choice"  # OWN: the organisation's own, reasoned choice


class Source(Struct, frozen=True, kw_only=True):
    """Where a period comes from, as data: never report text."""

    status: SourceStatus
    title: str = ""  # the law or publication: "Wmo 2015"
    article: str = ""  # "art. 5.3.4 lid 1"
    list: str = ""  # the selection list: "Selectielijst gemeenten en intergemeentelijke organen"
    version: str = ""  # of the list: "2020"
    entry: str = ""  # the class in it: "8.1.9"
    reasoning: Text | None = None  # required for an own choice
    valid_from: date | None = None  # None: not known
    valid_to: date | None = None  # None: in force

    def __post_init__(self) -> None:
        if self.status is SourceStatus.OWN_CHOICE and self.reasoning is None:
            raise PolicyError("A source of status OWN_CHOICE needs its reasoning, in Dutch and English.")
        if self.status is not SourceStatus.OWN_CHOICE and not (self.title or self.list):
            raise PolicyError(f"A source of status {self.status.name} needs a title or a selection list.")


_RULE: Final[Mapping[str, tuple[Any, str]]] = {  # what a rule is made of, and how it is written
    "dataset": (Dataset, "a dataset of the data map, such as DOSSIER"),
    "where": (Condition, 'a condition, such as Equals("regime", "schuldhulp")'),
    "starts_on": (Trigger, 'a column, such as "afgesloten_op", or another trigger'),
    "keep_for": (KeepFor, "a period, such as years(5)"),
    "at_most": (Period, "a period, such as years(20)"),
    "while_referenced_by": (Dataset, "a dataset of the data map, such as DOSSIER"),
    "then": (Disposition, "a disposition, such as Delete()"),
    "shown": (Text, 'a text, such as Text(nl="...", en="...")'),
}
_POLICY: Final[Mapping[str, tuple[Any, str]]] = {
    "purpose": (str, 'an id, such as "schuldhulp"'),
    "title": (Text, 'a text, such as Text(nl="Schuldhulpverlening", en="Debt help")'),
    "sources": (tuple, "a tuple of sources: (Source(...),)"),
    "owner": (str, 'a team, such as "team schuldhulp"'),
    "prepared_by": (str, "the id of a person in the configuration"),
    "rules": (tuple, "a tuple of rules: (Rule(...),), with a comma after a single one"),
}


def _must_be(where: str, name: str, value: object, kind: Any, example: str) -> None:
    """Refuse what cannot be meant where it is written: a policy file is read without a type checker."""
    if not isinstance(value, kind):
        raise PolicyError(f"{where}: {name} cannot be of type {type(value).__name__}. Write {example}.")


@dataclass(frozen=True, slots=True, kw_only=True, init=False, eq=False)
class Rule:
    """A policy's line for one dataset: which records, from when, for how long, which fields."""

    dataset: Dataset
    where: Condition | None  # None: every record
    starts_on: Trigger | None  # None only with keep_for=AT_ONCE (or PERMANENT)
    keep_for: KeepFor
    needs: frozenset[str] | None  # the personal fields the purpose needs; None: every field
    minimum: bool  # statutory: a ground to refuse an erasure request
    at_most: Period | None  # the longest period the law allows; None: none known
    while_referenced_by: Dataset | None  # records there protect ours; it only protects
    on: Join | None  # how they refer: (their column, our column)
    then: Disposition | None  # None: the dataset's own
    shown: Text | None  # a sentence on the choice of trigger, for reports; None: none

    def __init__(  # noqa: PLR0913 - one keyword for each thing a rule says
        self,
        dataset: Dataset,
        *,
        keep_for: KeepFor | None = None,
        where: Condition | None = None,
        starts_on: StartsOn | None = None,
        needs: tuple[str, ...] | None = None,
        minimum: bool = False,
        at_most: Period | None = None,
        while_referenced_by: Dataset | None = None,
        on: On | None = None,
        then: Disposition | None = None,
        shown: Text | None = None,
    ) -> None:
        values = {
            "dataset": dataset,
            "where": where,
            "starts_on": None if starts_on is None else trigger(starts_on),
            "keep_for": _keep_for(dataset, keep_for, while_referenced_by),
            "needs": None if needs is None else frozenset(needs),
            "minimum": minimum,
            "at_most": at_most,
            "while_referenced_by": while_referenced_by,
            "on": None if on is None else join(on),
            "then": then,
            "shown": shown,
        }
        for name, (kind, example) in _RULE.items():
            if values[name] is not None:
                _must_be(f"Rule for {getattr(dataset, 'id', dataset)}", name, values[name], kind, example)
        for name, value in values.items():
            object.__setattr__(self, name, value)
        if starts_on is None and isinstance(self.keep_for, Period):
            raise PolicyError(f"Rule for {dataset.id}: a period needs starts_on, the trigger that starts it.")
        if (while_referenced_by is None) != (on is None):
            raise PolicyError(f"Rule for {dataset.id}: while_referenced_by and on belong together.")
        if needs is not None and not needs:
            raise PolicyError(f"Rule for {dataset.id}: needs=() would need nothing. Leave it out to need every field.")


def _keep_for(dataset: Dataset, keep_for: KeepFor | None, referenced: Dataset | None) -> KeepFor:
    if keep_for is not None:
        return keep_for
    hint = (
        " while_referenced_by only protects: say how long a record is kept once nothing refers to it."
        if referenced is not None
        else f" Write a period, {AT_ONCE!r} or PERMANENT."
    )
    raise PolicyError(f"Rule for {dataset.id} has no keep_for.{hint}")


class Policy(Struct, frozen=True, kw_only=True, eq=False):
    """One purpose, one decision: its legal basis, its sources, its owner, its rules."""

    purpose: str  # the policy's id, in the log and everywhere
    title: Text
    legal_basis: LegalBasis
    sources: tuple[Source, ...]
    owner: str  # the role or team that decides
    prepared_by: str  # the configured id of who wrote it down; never approves it
    rules: tuple[Rule, ...]
    version: str = "1"
    description: Text | None = None  # what the activity is; None: the title says it
    list_entry: str = ""  # the purpose's number in the organisation's own catalogue: "P05"

    def __post_init__(self) -> None:
        for name, (kind, example) in _POLICY.items():
            _must_be(f"Policy {self.purpose}", name, getattr(self, name), kind, example)
        for source in self.sources:
            _must_be(f"Policy {self.purpose}", "sources", source, Source, _POLICY["sources"][1])
        for rule in self.rules:
            _must_be(f"Policy {self.purpose}", "rules", rule, Rule, _POLICY["rules"][1])


class Register(Struct, frozen=True, kw_only=True, eq=False):
    """Everything an organisation has decided: its data map and its policies.

    Datasets named by rules belong to it without being listed; a dataset without rules (a child governed by its
    parent, a related dataset) is listed, or reached through the others.
    """

    policies: tuple[Policy, ...]
    datasets: tuple[Dataset, ...] = ()
    _by_id: dict[str, Dataset] = field(default_factory=dict)
    _rules: dict[Dataset, tuple[tuple[Policy, Rule], ...]] = field(default_factory=dict)
    _children: dict[Dataset, tuple[Child, ...]] = field(default_factory=dict)
    _parents: dict[str, tuple[tuple[Dataset, Child], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("_by_id", "_rules", "_children", "_parents"):  # its own, also where it is made out of another
            force_setattr(self, name, {})
        for dataset in self.datasets:
            self._add(dataset)
        for rule in (rule for policy in self.policies for rule in policy.rules):
            for dataset in (rule.dataset, *datasets_read(rule)):
                self._add(dataset)
            for child in rule.then.children if rule.then is not None else ():
                self._add_child(child)
        self._index()

    def _add(self, dataset: Dataset) -> None:
        """Take up a dataset with its children, however deep, and those through which its subjects are reached."""
        known = self._by_id.get(dataset.id)
        if known is dataset:
            return
        if known is not None:
            raise PolicyError(f"Dataset {dataset.id} is declared twice. Declare it once, in the data map.")
        self._by_id[dataset.id] = dataset
        for related in subject_datasets(dataset):
            self._add(related)
        for child in dataset.then.children:
            self._add_child(child)

    def _add_child(self, child: Child) -> None:
        if not isinstance(child.dataset, str):
            self._add(child.dataset)

    def _index(self) -> None:
        """What is asked for every record, looked up once."""
        for policy in self.policies:
            for rule in policy.rules:
                self._rules[rule.dataset] = (*self._rules.get(rule.dataset, ()), (policy, rule))
        for parent in self.all_datasets:
            # A rule that names other children than its dataset is refused, but what it names would go along.
            named = (rule.then.children for _, rule in self.rules_for(parent) if rule.then is not None)
            declared = {(one.dataset_id, one.on): one for one in chain(parent.then.children, *named)}
            self._children[parent] = tuple(declared.values())
            for child in self._children[parent]:
                self._parents[child.dataset_id] = (*self._parents.get(child.dataset_id, ()), (parent, child))

    def __iter__(self) -> Iterator[Policy]:
        return iter(self.policies)

    def __repr__(self) -> str:
        return f"Register(policies={self.policies!r}, datasets={self.datasets!r})"

    def dataset(self, dataset_id: str) -> Dataset:
        """The dataset of that id.

        Raises:
            PolicyError: it is not in the register; the message lists those that are.

        """
        try:
            return self._by_id[dataset_id]
        except KeyError:
            known = ", ".join(sorted(self._by_id))
            raise PolicyError(f"No dataset {dataset_id!r} in the register. Known: {known}.") from None

    @property
    def all_datasets(self) -> tuple[Dataset, ...]:
        """Every dataset, by id."""
        return tuple(self._by_id[name] for name in sorted(self._by_id))

    def collections(self, store: str) -> tuple[str, ...]:
        """What a store holds of it, by the names that tables have there."""
        return tuple(one.collection for one in self.all_datasets if one.store == store)

    def rules_for(self, dataset: Dataset) -> tuple[tuple[Policy, Rule], ...]:
        """The rules of every policy for one dataset, in the register's order."""
        return self._rules.get(dataset, ())

    def children_of(self, dataset: Dataset) -> tuple[tuple[Dataset, Child], ...]:
        """The declared children of a dataset, each with its declaration."""
        try:
            return tuple((self.dataset(child.dataset_id), child) for child in self._children.get(dataset, ()))
        except PolicyError as error:
            raise PolicyError(f"{dataset.id}, children: {error}") from error

    def below(self, dataset: Dataset) -> tuple[tuple[Dataset, Dataset, Join], ...]:
        """Every declared relation below a dataset, at any depth, each once: parent, child, how they join."""
        found: dict[tuple[str, str, Join], tuple[Dataset, Dataset, Join]] = {}
        waiting = [dataset]
        while waiting:
            parent = waiting.pop()
            for child_dataset, child in self.children_of(parent):
                which = (parent.id, child_dataset.id, child.on)
                if which not in found:
                    found[which] = (parent, child_dataset, child.on)
                    waiting.append(child_dataset)
        return tuple(found.values())

    def parents_of(self, dataset: Dataset) -> tuple[tuple[Dataset, Child], ...]:
        """The datasets that declare this one as their child, each with that declaration."""
        return self._parents.get(dataset.id, ())
