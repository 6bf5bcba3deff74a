"""What unlinking would break: a child of several parents stays with one, and its columns to the other become NULL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from retention.dataset import Dataset
from retention.finding import Finding, Severity
from retention.lint.harmless import anonymises, settles
from retention.policy import Register, Rule
from retention.reads import reads
from retention.text import Text


def lint_unlink(register: Register) -> Iterator[Finding]:
    """Every column that unlinking may empty while a rule reads it, or while another parent is reached by it too."""
    for dataset in register.all_datasets:
        for name, parents in sorted(emptied(register, dataset).items()):
            if parents > 1:
                yield _shared(dataset, name)
            for policy in register:
                for rule in policy.rules:
                    read = (dataset.id, name) in reads(rule, references=False)
                    if read and not _goes_first(register, rule, dataset, name):
                        yield _read(dataset, name, policy.purpose, rule.dataset)


def emptied(register: Register, dataset: Dataset) -> Counter[str]:
    """The columns of a dataset that unlinking may set to NULL, each with the number of relations that use it.

    Relations over the same columns, told apart by a condition, name one parent at a time: nothing is unlinked there.
    """
    relations = {child.on.theirs for _, child in register.parents_of(dataset)}
    if len(relations) < 2:  # noqa: PLR2004 - several
        return Counter()
    return Counter(name for relation in relations for name in relation)


def _goes_first(register: Register, rule: Rule, dataset: Dataset, name: str) -> bool:
    """Whether a rule of a parent reads a column only to find its children: that parent goes as they are unlinked."""
    stays = anonymises(register, rule.dataset) and not settles(register, rule.dataset)
    declared = [child.on for parent, child in register.parents_of(dataset) if parent is rule.dataset]
    return not stays and any(
        (dataset.id, name) not in reads(rule, references=False, but=(dataset, on)) for on in declared
    )


def _shared(dataset: Dataset, name: str) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        code="UNLINK_SHARED_COLUMN",
        where=f"{dataset.id}.{name}",
        text=Text(
            nl="deze kolom verbindt met meer ouders: losmaken van de een maakt ook los van de ander",
            en="this column joins several parents: unlinking one would unlink the other too",
        ),
        hint=Text(
            nl="Verbind elke ouder met eigen kolommen, of declareer één ouder.",
            en="Join each parent by columns of its own, or declare one parent.",
        ),
    )


def _read(dataset: Dataset, name: str, purpose: str, reader: Dataset) -> Finding:
    return Finding(
        severity=Severity.ERROR,
        code="UNLINKS_WHAT_A_RULE_READS",
        where=f"{dataset.id}.{name}",
        text=Text(
            nl=f"losmaken van een ouder maakt deze kolom leeg, terwijl {purpose} haar voor {reader.id} nog leest",
            en=f"unlinking from a parent empties this column, while {purpose} still reads it for {reader.id}",
        ),
        hint=Text(
            nl="Laat de regel een kolom lezen die blijft, of declareer één ouder.",
            en="Let the rule read a column that stays, or declare one parent.",
        ),
    )
