"""Whether the job's own work could change another judgement (P12).

Two ways it could: erasing a field that a rule reads of a record that stays, and destroying a record from which a rule
of another reads. Either is refused unless it provably cannot matter. A relation that only protects may go: that is what
`while_referenced_by` means.
"""

from __future__ import annotations

from collections.abc import Iterator

from retention.dataset import Dataset
from retention.disposition import Anonymise, Delete
from retention.finding import Finding, Severity
from retention.lookup import LookUp, look_ups
from retention.overlap import disjoint
from retention.period import Permanent, longer
from retention.policy import Policy, Register, Rule
from retention.reads import reads, subject_columns
from retention.text import Text
from retention.trigger import EndOfYear, Latest, Trigger


def lint_effects(register: Register) -> Iterator[Finding]:
    """Every way in which disposing of one thing could change what is judged of another."""
    for dataset in register.all_datasets:
        some = erased_while_kept(register, dataset)
        every = frozenset(dataset.fields) if _anonymises(register, dataset) else frozenset[str]()
        for name in sorted(some | every):
            yield from _erased(register, dataset, name, stays=name in some)
    for policy, rule in _rules(register):
        for look_up in look_ups(rule):
            if _may_vanish(register, look_up.dataset) and not _harmless(register, rule, look_up):
                yield _destroyed(policy, rule, look_up.dataset)


def erased_while_kept(register: Register, dataset: Dataset) -> frozenset[str]:
    """The fields that may be erased of a record that stays (R2)."""
    rules = [rule for _, rule in register.rules_for(dataset)]
    kept_by_child = _has_governed_child(register, dataset)
    return frozenset(
        name
        for name in dataset.fields
        for one in rules
        if _needs(one, name) and not isinstance(one.keep_for, Permanent)
        if kept_by_child or any(not _needs(other, name) and not disjoint(one.where, other.where) for other in rules)
    )


def _erased(register: Register, dataset: Dataset, name: str, *, stays: bool) -> Iterator[Finding]:
    """What erasing a field would break; `stays`: the record may be judged again after it."""
    where = f"{dataset.id}.{name}"
    if name in dataset.key:
        yield _error(
            "ERASES_KEY",
            where,
            Text(nl="een kolom van de sleutel kan niet gewist worden", en="a column of the key cannot be erased"),
            Text(nl="Wijs een andere sleutel aan, of verwijder het record.", en="Name another key, or use Delete()."),
        )
        return
    if name in _relating(register, dataset, stays=stays):
        yield _error(
            "ERASES_RELATION",
            where,
            Text(
                nl="dit veld verbindt een record met wat eronder hoort, en kan gewist worden",
                en="this field joins a record with its children, and may be erased",
            ),
            Text(nl="Verbind ze met een kolom die blijft.", en="Join them by a column that stays."),
        )
    for policy, rule in _rules(register):
        if (dataset.id, name) in reads(rule, references=False) and not _may_erase(register, rule, dataset, stays=stays):
            yield _error(
                "ERASES_WHAT_A_RULE_READS",
                where,
                Text(
                    nl=f"dit veld kan gewist worden terwijl {policy.purpose} het voor {rule.dataset.id} nog leest",
                    en=f"this field may be erased while {policy.purpose} still reads it for {rule.dataset.id}",
                ),
                Text(
                    nl="Laat de regel een kolom lezen die blijft, of noem het veld in needs van elke regel.",
                    en="Let the rule read a column that stays, or name the field in every rule's needs.",
                ),
            )
    for other in register.all_datasets:
        if (dataset.id, name) in subject_columns(other):
            yield _unreachable(where, other)


def _unreachable(where: str, other: Dataset) -> Finding:
    names = ", ".join(sorted({namespace for namespace, _ in other.subject_paths}))
    return Finding(
        severity=Severity.NOTICE,
        code="SUBJECT_ERASED",
        where=where,
        text=Text(
            nl=f"na het wissen vindt een bewaarblokkade op persoon ({names}) de records van {other.id} niet meer",
            en=f"once erased, a hold on a person ({names}) no longer finds the records of {other.id}",
        ),
        hint=Text(
            nl="Een blokkade op record of gegevensset vindt ze wel.",
            en="A hold on the record or the dataset still finds them.",
        ),
    )


def _may_erase(register: Register, rule: Rule, dataset: Dataset, *, stays: bool) -> bool:
    """Whether a rule may lose a column that it reads: its record is settled, or it no longer matters to it."""
    if stays:
        return False
    if rule.dataset is dataset:
        return _settles(register, dataset)
    return all(_outlived(register, rule, look_up) for look_up in look_ups(rule) if look_up.dataset is dataset)


def _destroyed(policy: Policy, rule: Rule, dataset: Dataset) -> Finding:
    return _error(
        "DESTROYS_WHAT_A_RULE_READS",
        f"{policy.purpose}: {rule.dataset.id}",
        Text(
            nl=f"de regel leest {dataset.id}, waarvan records eerder vernietigd kunnen worden",
            en=f"the rule reads {dataset.id}, whose records may be destroyed before",
        ),
        Text(
            nl=f"Laat {dataset.id} met {rule.dataset.id} meegaan, of bewaar het vanaf dezelfde datum even lang.",
            en=f"Let {dataset.id} go with {rule.dataset.id}, or keep it at least as long from the same date.",
        ),
    )


def _harmless(register: Register, rule: Rule, look_up: LookUp) -> bool:
    """Whether what a rule looks up goes only with the record it is looked up for, or when it no longer counts."""
    alone = bool(register.rules_for(look_up.dataset))
    if not alone and _goes_along(register, look_up):
        return True
    return _outlived(register, rule, look_up)


def _goes_along(register: Register, look_up: LookUp) -> bool:
    """Whether no related record goes before the one that it is looked up for."""
    for parent, child in register.parents_of(look_up.dataset):
        if parent is look_up.own and set(child.on.pairs) == set(look_up.on.pairs):
            return _settles(register, parent) or not _anonymises(register, parent)
        for other, sibling in register.parents_of(look_up.own):
            theirs, ours = dict(child.on.pairs), dict(sibling.on.pairs)
            joined = {(theirs.get(a), ours.get(b)) for a, b in look_up.on.pairs}
            if other is parent and joined == {(column, column) for column in child.on.ours}:
                return True
    return False


def _outlived(register: Register, rule: Rule, look_up: LookUp) -> bool:
    """Whether a related record that its own rules let go was no longer counted by the rule that reads it.

    Only of a child, since gates on its parent reach it too, and where no other rule keeps the parent.
    """
    alone = all(one is rule or disjoint(one.where, rule.where) for _, one in register.rules_for(rule.dataset))
    near = look_up.dataset is rule.dataset or any(
        parent is rule.dataset and set(child.on.pairs) == set(look_up.on.pairs)
        for parent, child in register.parents_of(look_up.dataset)
    )
    return alone and near and _kept_as_long(register, look_up.dataset, rule, look_up.of, frozenset())


def _kept_as_long(
    register: Register, dataset: Dataset, rule: Rule, of: Trigger | None, seen: frozenset[Dataset]
) -> bool:
    """Whether every record of a dataset is kept as long, from the same date, as a rule that reads it asks."""

    def as_long(one: Rule) -> bool:
        if isinstance(one.keep_for, Permanent):
            return True
        return (
            of is not None
            and one.starts_on is not None
            and _no_earlier(one.starts_on, of)
            and not longer(rule.keep_for, one.keep_for)
        )

    rules = [one for _, one in register.rules_for(dataset)]
    if any(one.where is None and as_long(one) for one in rules):
        return True  # it always applies, so nothing goes before it has expired
    parents = [parent for parent, _ in register.parents_of(dataset) if parent is not dataset and parent not in seen]
    return all(map(as_long, rules)) and all(
        _kept_as_long(register, parent, rule, None, seen | {dataset}) for parent in parents
    )


def _no_earlier(trigger: Trigger, than: Trigger) -> bool:
    """Whether a trigger provably never falls before another on the same record."""
    match trigger:
        case Latest():
            return trigger == than or any(_no_earlier(part, than) for part in trigger.parts)
        case EndOfYear():
            return trigger == than or _no_earlier(trigger.of, than)
        case _:
            return trigger == than


def _may_vanish(register: Register, dataset: Dataset, seen: frozenset[Dataset] = frozenset()) -> bool:
    """Whether records of a dataset can be destroyed: by its own rules, or with a parent that is disposed of."""
    if any(isinstance(_then(rule), Delete) for rule in _ending(register, dataset)):
        return True
    return any(
        _ending(register, parent) or _may_vanish(register, parent, seen | {dataset})
        for parent, _ in register.parents_of(dataset)
        if parent is not dataset and parent not in seen
    )


def _ending(register: Register, dataset: Dataset) -> list[Rule]:
    return [rule for _, rule in register.rules_for(dataset) if not isinstance(rule.keep_for, Permanent)]


def _anonymises(register: Register, dataset: Dataset) -> bool:
    return any(isinstance(_then(rule), Anonymise) for rule in _ending(register, dataset))


def _settles(register: Register, dataset: Dataset) -> bool:
    """Whether an anonymised record is known as such from its values alone, and not judged again."""
    rules = [rule for _, rule in register.rules_for(dataset)]
    return isinstance(dataset.then, Anonymise) and not any(isinstance(rule.then, Delete) for rule in rules)


def _has_governed_child(register: Register, dataset: Dataset, seen: frozenset[str] = frozenset()) -> bool:
    ids = {child.dataset_id for child in dataset.then.children} - seen
    below = [one for one in register.all_datasets if one.id in ids]
    return any(register.rules_for(one) or _has_governed_child(register, one, seen | ids) for one in below)


def _relating(register: Register, dataset: Dataset, *, stays: bool) -> set[str]:
    """The columns that join a dataset to those above it and, where the record may stay, to those below it."""
    above = {column for _, child in register.parents_of(dataset) for column in child.on.theirs}
    return above | {column for child in dataset.then.children if stays for column in child.on.ours}


def _needs(rule: Rule, name: str) -> bool:
    return rule.needs is None or name in rule.needs


def _then(rule: Rule) -> Delete | Anonymise:
    return rule.then or rule.dataset.then


def _rules(register: Register) -> Iterator[tuple[Policy, Rule]]:
    return ((policy, rule) for policy in register for rule in policy.rules)


def _error(code: str, where: str, text: Text, hint: Text) -> Finding:
    return Finding(severity=Severity.ERROR, code=code, where=where, text=text, hint=hint)
