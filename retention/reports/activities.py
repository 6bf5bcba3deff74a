"""The register of processing activities (GDPR art. 30) and the public retention table, as values.

Both are read from the declarations: nothing is looked up in a store, and what nobody declared is None, never invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field

from retention.dataset import Dataset, NoSubject
from retention.errors import ConfigError
from retention.policy import Policy, Register, Rule
from retention.reports.conditions import condition_words
from retention.reports.sentences import disposition_words, rule_sentence, trigger_words
from retention.reports.sources import source_summary
from retention.summary import SourceSummary
from retention.text import Text


class Declared(Struct, frozen=True, kw_only=True):
    """What article 30 asks for and no policy says; None: not declared."""

    recipients: str | None = None
    transfers: str | None = None
    security: str | None = None


class Controller(Struct, frozen=True, kw_only=True):
    """Whose register it is; None: not declared."""

    name: str
    address: str | None = None
    contact: str | None = None
    privacy_officer: str | None = None
    everywhere: Declared = field(default_factory=Declared)
    of: Mapping[str, Declared] = field(default_factory=dict)  # by purpose, where it differs

    def of_purpose(self, purpose: str) -> Declared:
        """What is declared of one activity, or else of all."""
        own = self.of.get(purpose, Declared())
        return Declared(
            recipients=own.recipients or self.everywhere.recipients,
            transfers=own.transfers or self.everywhere.transfers,
            security=own.security or self.everywhere.security,
        )


class Category(Struct, frozen=True, kw_only=True):
    """A category of personal data: records of one dataset."""

    dataset: str
    title: Text
    fields: tuple[str, ...]  # personal fields, as the data map names them; empty: the record as a whole
    along: bool  # it has no rule of this purpose, and goes with a record that has


class TimeLimit(Struct, frozen=True, kw_only=True):
    """One envisaged time limit for erasure (art. 30(1)(f))."""

    dataset: str
    title: Text
    condition: Text | None  # which of its records; None: all
    period: str  # ISO 8601, "P0D" or "permanent"
    trigger: Text
    action: Text
    minimum: bool  # a statutory duty to keep
    shown: Text | None  # how its start is explained to people; None: it is not
    sentence: Text  # all of it


class Activity(Struct, frozen=True, kw_only=True):
    """One processing activity: a purpose."""

    purpose: str
    list_entry: str
    title: Text
    description: Text | None
    legal_basis: str  # LegalBasis
    owner: str
    version: str
    sources: tuple[SourceSummary, ...]
    subjects: tuple[str, ...]  # categories of data subjects, as the data map names them; empty: about nobody by name
    data: tuple[Category, ...]
    limits: tuple[TimeLimit, ...]
    declared: Declared


class ProcessingRegister(Struct, frozen=True, kw_only=True):
    """The processing activities of an organisation, as far as retention knows them."""

    organisation: str
    address: str | None
    contact: str | None
    privacy_officer: str | None
    tool: str
    made: date
    activities: tuple[Activity, ...]
    titles: Mapping[str, Text]  # of the datasets that stand in it

    @property
    def undeclared(self) -> int:
        """How many answers that article 30 asks for nobody has given."""
        own = (self.address, self.contact, self.privacy_officer)
        each = (
            answer
            for one in self.activities
            for answer in (one.declared.recipients, one.declared.transfers, one.declared.security)
        )
        return sum(answer is None for answer in (*own, *each))


def processing_register(register: Register, controller: Controller, *, tool: str, made: date) -> ProcessingRegister:
    """The register of processing activities.

    Raises:
        ConfigError: something is declared of a purpose that there is not.
    """
    known = {policy.purpose for policy in register}
    if strange := sorted(set(controller.of) - known):
        raise ConfigError(
            f"[organisation.activities.{strange[0]}]: there is no such purpose. Known: {', '.join(sorted(known))}."
        )
    activities = tuple(_activity(register, policy, controller.of_purpose(policy.purpose)) for policy in register)
    return ProcessingRegister(
        organisation=controller.name,
        address=controller.address,
        contact=controller.contact,
        privacy_officer=controller.privacy_officer,
        tool=tool,
        made=made,
        activities=activities,
        titles={one.dataset: one.title for activity in activities for one in activity.data},
    )


def _activity(register: Register, policy: Policy, declared: Declared) -> Activity:
    rules, along = _datasets(register, policy)
    return Activity(
        purpose=policy.purpose,
        list_entry=policy.list_entry,
        title=policy.title,
        description=policy.description,
        legal_basis=policy.legal_basis.value,
        owner=policy.owner,
        version=policy.version,
        sources=tuple(source_summary(source) for source in policy.sources),
        subjects=tuple(sorted({name for one in (*rules, *along) for name, _ in one.subject_paths})),
        data=(
            *(_category(one, _needed(one, of), along=False) for one, of in rules.items()),
            *(_category(one, tuple(sorted(one.fields)), along=True) for one in along if _about_somebody(one)),
        ),
        limits=tuple(_limit(rule) for rule in policy.rules),
        declared=declared,
    )


def _datasets(register: Register, policy: Policy) -> tuple[Mapping[Dataset, list[Rule]], tuple[Dataset, ...]]:
    """The datasets that a purpose has rules for, and those whose records go along with theirs."""
    rules: dict[Dataset, list[Rule]] = {}
    for rule in policy.rules:
        rules.setdefault(rule.dataset, []).append(rule)
    along = dict.fromkeys(child for one in rules for _, child, _ in register.below(one) if child not in rules)
    return rules, tuple(along)


def _needed(dataset: Dataset, rules: list[Rule]) -> tuple[str, ...]:
    """The personal fields that a purpose needs of a dataset."""
    return tuple(sorted({name for rule in rules for name in (dataset.fields if rule.needs is None else rule.needs)}))


def _about_somebody(dataset: Dataset) -> bool:
    return bool(dataset.fields) or not isinstance(dataset.subjects, NoSubject)


def _category(dataset: Dataset, fields: tuple[str, ...], *, along: bool) -> Category:
    return Category(dataset=dataset.id, title=title_of(dataset), fields=fields, along=along)


def _limit(rule: Rule) -> TimeLimit:
    return TimeLimit(
        dataset=rule.dataset.id,
        title=title_of(rule.dataset),
        condition=None if rule.where is None else condition_words(rule.where),
        period=rule.keep_for.iso,
        trigger=trigger_words(rule.starts_on),
        action=disposition_words(rule.then or rule.dataset.then, rule.dataset),
        minimum=rule.minimum,
        shown=rule.shown,
        sentence=rule_sentence(rule),
    )


def title_of(dataset: Dataset) -> Text:
    """What people call a dataset; its id where nobody said."""
    return dataset.title or Text(nl=dataset.id, en=dataset.id)
