"""What can be wrong with datasets: their children, dates, subjects, and what no rule governs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from retention.dataset import Dataset, NoSubject, Timestamp
from retention.disposition import Anonymise
from retention.finding import Finding, Severity
from retention.lint.rules import circular, date_undeclared
from retention.policy import Register
from retention.text import Text

_NAMESPACE: Final = re.compile(r"[a-z][a-z0-9_-]*")


def lint_dataset(register: Register, dataset: Dataset) -> Iterator[Finding]:
    """What is wrong with one dataset."""
    yield from _children(register, dataset)
    yield from _dates(dataset)
    yield from _subjects(dataset)
    yield from _fields(register, dataset)


def _children(register: Register, dataset: Dataset) -> Iterator[Finding]:
    known = {one.id for one in register.all_datasets}
    for child in dataset.then.children:
        where = f"{dataset.id} > {child.dataset_id}"
        if child.dataset_id not in known:
            yield _error(
                "CHILD_UNKNOWN",
                where,
                Text(
                    nl="deze onderliggende gegevensset staat niet in het register",
                    en="this child is not in the register",
                ),
                Text(
                    nl="Herstel de naam, of neem de gegevensset op in Register(datasets=...).",
                    en="Mend the name, or list the dataset in Register(datasets=...).",
                ),
            )
        elif child.dataset_id.partition(".")[0] != dataset.store:
            yield _error(
                "CHILD_IN_OTHER_STORE",
                where,
                Text(
                    nl="een onderliggende gegevensset kan niet in een andere bron staan",
                    en="a child cannot be in another store",
                ),
                Text(
                    nl="Geef hem een eigen regel met while_referenced_by of LatestOf.",
                    en="Give it a rule of its own, with while_referenced_by or LatestOf.",
                ),
            )
    if dataset.id in circular(_below(register)):
        yield _error(
            "CHILDREN_IN_A_CIRCLE",
            dataset.id,
            Text(
                nl="de gegevensset is via anderen onderliggend aan zichzelf",
                en="the dataset is a child of itself, through others",
            ),
            Text(nl="Haal één van de kinderen weg.", en="Take one of the children away."),
        )


def _below(register: Register) -> dict[str, set[str]]:
    """Who has which children; a tree within one dataset is no circle."""
    return {
        one.id: {child.dataset_id for child in one.then.children if child.dataset_id != one.id}
        for one in register.all_datasets
    }


def _dates(dataset: Dataset) -> Iterator[Finding]:
    for name, kind in dataset.dates.items():
        if kind.not_before is not None and kind.not_before not in dataset.dates:
            yield date_undeclared(dataset, kind.not_before)
        if isinstance(kind, Timestamp) and kind.zone is not None and not _is_zone(kind.zone):
            yield _error(
                "ZONE_UNKNOWN",
                f"{dataset.id}.{name}",
                Text(nl=f"tijdzone {kind.zone!r} bestaat niet", en=f"there is no time zone {kind.zone!r}"),
                Text(
                    nl="Schrijf een IANA-naam: UTC, Europe/Amsterdam.", en="Write an IANA name: UTC, Europe/Amsterdam."
                ),
            )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, a folder of names
        return False
    return True


def _subjects(dataset: Dataset) -> Iterator[Finding]:
    if isinstance(dataset.subjects, NoSubject):
        return
    if not dataset.subject_paths:
        yield _error(
            "SUBJECTS_MISSING",
            dataset.id,
            Text(nl="nergens staat over wie dit gaat", en="nothing says whom this is about"),
            Text(
                nl="Vul subjects in, of NoSubject(reden) als het over niemand gaat.",
                en="Fill in subjects, or NoSubject(reason) when it is about nobody.",
            ),
        )
    for namespace in dataset.subjects:
        if not _NAMESPACE.fullmatch(namespace):
            yield _error(
                "NAMESPACE_SPELLING",
                dataset.id,
                Text(
                    nl=f"naamruimte {namespace!r} is niet geldig gespeld",
                    en=f"namespace {namespace!r} is not spelled as an id",
                ),
                Text(
                    nl="Gebruik kleine letters, cijfers en streepjes: client.",
                    en="Use small letters, digits and hyphens: client.",
                ),
            )


def _fields(register: Register, dataset: Dataset) -> Iterator[Finding]:
    rules = [rule for _, rule in register.rules_for(dataset)]
    if isinstance(dataset.then, Anonymise) and not dataset.fields:
        yield _error(
            "NOTHING_TO_ANONYMISE",
            dataset.id,
            Text(
                nl="de gegevensset wordt geanonimiseerd, maar er is geen persoonsveld",
                en="the dataset is anonymised, but no personal field is declared",
            ),
            Text(nl="Vul fields in, of kies Delete().", en="Fill in fields, or choose Delete()."),
        )
    if not rules and not register.parents_of(dataset) and not isinstance(dataset.subjects, NoSubject):
        yield _notice(
            "DATASET_UNGOVERNED",
            dataset.id,
            Text(nl="geen regel gaat over deze gegevens", en="no rule is about these data"),
            Text(nl="Geef ze een regel; tot dan blijft alles staan.", en="Give them a rule; until then all stays."),
        )
    if rules and all(rule.needs is not None for rule in rules):
        needed = frozenset[str]().union(*(rule.needs or () for rule in rules))
        for name in sorted(dataset.fields.keys() - needed):
            yield _notice(
                "FIELD_UNGOVERNED",
                f"{dataset.id}.{name}",
                Text(
                    nl="geen regel heeft dit veld nodig; het gaat pas met het record",
                    en="no rule needs this field; it goes only with its record",
                ),
                Text(nl="Noem het in needs van een regel.", en="Name it in a rule's needs."),
            )


def _error(code: str, where: str, text: Text, hint: Text) -> Finding:
    return Finding(severity=Severity.ERROR, code=code, where=where, text=text, hint=hint)


def _notice(code: str, where: str, text: Text, hint: Text) -> Finding:
    return Finding(severity=Severity.NOTICE, code=code, where=where, text=text, hint=hint)
