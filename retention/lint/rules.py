"""What can be wrong with rules: their fields, triggers and periods, alone and together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from retention.dataset import Dataset
from retention.disposition import Anonymise, Child
from retention.finding import Finding, Severity
from retention.lint.overlap import disjoint
from retention.period import longer
from retention.policy import Policy, Register, Rule
from retention.reads import datasets_read
from retention.text import Text
from retention.trigger import (
    Birth,
    Column,
    Earliest,
    EndOfYear,
    Ends,
    FollowedBy,
    Latest,
    LatestOf,
    OpenWhileEmpty,
    Trigger,
    Year,
)


def lint_rule(policy: Policy, rule: Rule) -> Iterator[Finding]:
    """What is wrong with one rule by itself."""
    where = f"{policy.purpose}: {rule.dataset.id}"
    for name in sorted((rule.needs or frozenset()) - rule.dataset.fields.keys()):
        yield _error(
            "FIELD_UNDECLARED",
            f"{rule.dataset.id}.{name}",
            Text(
                nl=f"{policy.purpose} heeft een veld nodig dat de gegevensset niet noemt",
                en=f"{policy.purpose} needs a field that the dataset does not declare",
            ),
            Text(
                nl="Zet het veld in fields, met hoe het gewist wordt, of herstel de naam.",
                en="Put the field in fields, with how it is erased, or mend its name.",
            ),
        )
    if rule.at_most is not None and longer(rule.keep_for, rule.at_most):
        yield _error(
            "LONGER_THAN_ALLOWED",
            where,
            Text(
                nl=f"{rule.keep_for.iso} kan langer duren dan het toegestane {rule.at_most.iso}",
                en=f"{rule.keep_for.iso} can last longer than the {rule.at_most.iso} that is allowed",
            ),
            Text(nl="Verkort keep_for.", en="Shorten keep_for."),
        )
    yield from _disposition(rule, where)
    if rule.starts_on is not None:
        yield from _trigger(rule.dataset, rule.starts_on, where)
    for other in datasets_read(rule):
        if other.store != rule.dataset.store:
            yield Finding(
                severity=Severity.NOTICE,
                code="READS_OTHER_STORE",
                where=where,
                text=Text(
                    nl=f"de regel leest {other.id} in een andere bron", en=f"the rule reads {other.id} in another store"
                ),
                hint=Text(
                    nl=f"Is {other.store} niet leesbaar, dan wordt {rule.dataset.id} die nacht overgeslagen.",
                    en=f"When {other.store} cannot be read, {rule.dataset.id} is left out that night.",
                ),
            )


def _disposition(rule: Rule, where: str) -> Iterator[Finding]:
    if rule.then is None:
        return
    if rule.then.children and _declared(rule.then.children) != _declared(rule.dataset.then.children):
        yield _error(
            "CHILDREN_DIFFER",
            where,
            Text(
                nl="de regel noemt andere onderliggende gegevens dan de gegevensset",
                en="the rule names other children than the dataset",
            ),
            Text(
                nl="Laat children weg in de regel: ze horen bij de gegevensset.",
                en="Leave children out of the rule: they belong to the dataset.",
            ),
        )
    if isinstance(rule.then, Anonymise) and not rule.dataset.fields:
        yield _error(
            "NOTHING_TO_ANONYMISE",
            where,
            Text(
                nl="de regel anonimiseert, maar er is geen persoonsveld",
                en="the rule anonymises, but no personal field is declared",
            ),
            Text(nl="Vul fields in, of kies Delete().", en="Fill in fields, or choose Delete()."),
        )


def _declared(children: tuple[Child, ...]) -> set[tuple[str, object]]:
    return {(child.dataset_id, child.on) for child in children}


def _trigger(own: Dataset, trigger: Trigger, where: str) -> Iterator[Finding]:
    match trigger:
        case Column() | Ends() | Birth():
            if trigger.name not in own.dates:
                yield date_undeclared(own, trigger.name)
        case Year():
            pass
        case Latest() | Earliest():
            if not trigger.parts:
                yield _error(
                    "TRIGGER_EMPTY",
                    where,
                    Text(nl="latest() of earliest() noemt niets", en="latest() or earliest() names nothing"),
                    Text(nl="Noem ten minste één datum.", en="Name at least one date."),
                )
            for part in trigger.parts:
                yield from _trigger(own, part, where)
        case EndOfYear():
            yield from _trigger(own, trigger.of, where)
        case OpenWhileEmpty():
            yield from _trigger(own, trigger.of, where)
            yield from _trigger(own, trigger.activity, where)
        case LatestOf():
            yield from _trigger(trigger.dataset, trigger.of, where)
            if trigger.if_none is not None:
                yield from _trigger(own, trigger.if_none, where)
        case FollowedBy():
            yield from _trigger(own, trigger.of, where)
            yield from _chain(trigger, where)


def _chain(trigger: FollowedBy, where: str) -> Iterator[Finding]:
    if trigger.at_most < 1:
        yield _error(
            "CHAIN_WITHOUT_STEPS",
            where,
            Text(nl="de keten mag geen enkele stap hebben", en="the chain may not have a single step"),
            Text(nl="Geef at_most de waarde 1 of meer.", en="Set at_most to 1 or more."),
        )
    if all(theirs == ours for theirs, ours in trigger.on.pairs):
        yield _error(
            "CHAIN_TO_ITSELF",
            where,
            Text(nl="elk record volgt hier op zichzelf", en="every record follows itself here"),
            Text(
                nl='Noem de kolom die naar de voorganger wijst: on={"voorganger_id": "id"}.',
                en='Name the column that points to the one before: on={"previous_id": "id"}.',
            ),
        )


def date_undeclared(dataset: Dataset, column: str) -> Finding:
    """A date that is read and of which nobody said how."""
    return _error(
        "DATE_UNDECLARED",
        f"{dataset.id}.{column}",
        Text(nl="deze datum wordt gelezen en staat niet in dates", en="this date is read and not declared in dates"),
        Text(
            nl="Zet de kolom in dates, als Day() of Timestamp(zone=...).",
            en="Put the column in dates, as Day() or Timestamp(zone=...).",
        ),
    )


def lint_overlaps(register: Register) -> Iterator[Finding]:
    """Rules of one purpose that need the same field of the same record: the longest wins (R1)."""
    for policy in register:
        for one, other in combinations(policy.rules, 2):
            shared = _shared(one, other)
            if one.dataset is other.dataset and shared is not None and not disjoint(one.where, other.where):
                yield Finding(
                    severity=Severity.WARNING,
                    code="RULES_OVERLAP",
                    where=f"{policy.purpose}: {one.dataset.id}",
                    text=Text(
                        nl=f"twee regels kunnen voor hetzelfde record gelden ({shared or 'alle velden'})",
                        en=f"two rules can apply to the same record ({shared or 'every field'})",
                    ),
                    hint=Text(
                        nl="De langste termijn wint. Laat hun voorwaarden elkaar uitsluiten als dat niet bedoeld is.",
                        en="The longest period wins. Make their conditions exclude each other if that is not meant.",
                    ),
                )


def _shared(one: Rule, other: Rule) -> str | None:
    """The fields that both need, for people; empty: every field; None: they share none."""
    if one.needs is None or other.needs is None:
        return ", ".join(sorted(one.needs or other.needs or ()))
    return ", ".join(sorted(one.needs & other.needs)) or None


def lint_references(register: Register) -> Iterator[Finding]:
    """Datasets that protect each other in a circle, so that nothing of them would ever go."""
    protects: dict[str, set[str]] = {}
    for policy in register:
        for rule in policy.rules:
            if rule.while_referenced_by is not None:
                protects.setdefault(rule.dataset.id, set()).add(rule.while_referenced_by.id)
    for name in circular(protects):
        yield _error(
            "REFERENCES_IN_A_CIRCLE",
            name,
            Text(
                nl="de gegevensset beschermt via while_referenced_by uiteindelijk zichzelf",
                en="the dataset protects itself in the end, through while_referenced_by",
            ),
            Text(nl="Haal één van de verwijzingen weg.", en="Take one of the references away."),
        )


def circular(graph: dict[str, set[str]]) -> list[str]:
    """The names that can be reached from themselves, sorted."""

    def beyond(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = list(graph.get(start, ()))
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead.extend(graph.get(name, ()))
        return seen

    return sorted(name for name in graph if name in beyond(name))


def _error(code: str, where: str, text: Text, hint: Text) -> Finding:
    return Finding(severity=Severity.ERROR, code=code, where=where, text=text, hint=hint)
