"""Whether the job's own work could change another judgement (P12).

Two ways it could: erasing a field that a rule reads of a record that stays, and destroying a record from which a rule
of another reads. Either is refused unless it provably cannot matter. A relation that only protects may go: that is what
`while_referenced_by` means.
"""

from __future__ import annotations

from collections.abc import Iterator

from retention.dataset import Dataset
from retention.disposition import Delete
from retention.finding import Finding, Severity
from retention.lint.harmless import anonymises, disposition_of, ending_rules, harmless, outlived, settles
from retention.lint.lookup import look_ups
from retention.lint.overlap import disjoint
from retention.period import Permanent
from retention.policy import Policy, Register, Rule
from retention.reads import reads, subject_columns
from retention.text import Text


def lint_effects(register: Register) -> Iterator[Finding]:
    """Every way in which disposing of one thing could change what is judged of another."""
    for dataset in register.all_datasets:
        some = erased_while_kept(register, dataset)
        every = frozenset(dataset.fields) if anonymises(register, dataset) else frozenset[str]()
        for name in sorted(some | every):
            yield from _erased(register, dataset, name, stays=name in some)
    for policy, rule in _rules(register):
        for look_up in look_ups(rule):
            if _may_vanish(register, look_up.dataset) and not harmless(register, rule, look_up):
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
        namespaces = {namespace for namespace, _ in other.subject_paths}
        lost = sorted(one for one in namespaces if (dataset.id, name) in subject_columns(other, one))
        if lost:
            yield _unreachable(where, other, ", ".join(lost))


def _unreachable(where: str, other: Dataset, names: str) -> Finding:
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
    """Whether a rule may lose a column that it reads: of its own record, which is settled, and of those it looks up."""
    if stays or (rule.dataset is dataset and not settles(register, dataset)):
        return False
    return all(outlived(register, rule, look_up) for look_up in look_ups(rule) if look_up.dataset is dataset)


def _destroyed(policy: Policy, rule: Rule, dataset: Dataset) -> Finding:
    return _error(
        "DESTROYS_WHAT_A_RULE_READS",
        f"{policy.purpose}: {rule.dataset.id}",
        Text(
            nl=f"de regel leest {dataset.id}, waarvan records eerder vernietigd kunnen worden",
            en=f"the rule reads {dataset.id}, whose records may be destroyed before",
        ),
        Text(
            nl=f"Bescherm {dataset.id} met while_referenced_by, of bewaar het vanaf dezelfde datum even lang.",
            en=f"Protect {dataset.id} by while_referenced_by, or keep it as long from the same date.",
        ),
    )


def _may_vanish(register: Register, dataset: Dataset, seen: frozenset[Dataset] = frozenset()) -> bool:
    """Whether records of a dataset can be destroyed: by its own rules, or with a parent that is disposed of."""
    if any(isinstance(disposition_of(rule), Delete) for rule in ending_rules(register, dataset)):
        return True
    return any(
        ending_rules(register, parent)  # also where it is the dataset itself: what is anonymised takes what is below
        or (parent not in seen and parent is not dataset and _may_vanish(register, parent, seen | {dataset}))
        for parent, _ in register.parents_of(dataset)
    )


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


def _rules(register: Register) -> Iterator[tuple[Policy, Rule]]:
    return ((policy, rule) for policy in register for rule in policy.rules)


def _error(code: str, where: str, text: Text, hint: Text) -> Finding:
    return Finding(severity=Severity.ERROR, code=code, where=where, text=text, hint=hint)
