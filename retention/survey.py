"""Survey the stores before anything is judged: declarations against each other, and against the live schemas.

Every plan and every sweep begins with it. An error refuses its dataset; the others go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from retention.dataset import Dataset
from retention.errors import PolicyError, RetentionError
from retention.finding import Finding, Severity
from retention.installation import Installation, Reached
from retention.lint import lint
from retention.policy import Register
from retention.reads import columns_read, datasets_read, subject_datasets
from retention.stores.check import check
from retention.stores.drift import schema_fingerprint
from retention.stores.schema import Schema
from retention.text import Text


class Survey(Struct, frozen=True):
    """What the declarations and the live schemas say of each other."""

    findings: tuple[Finding, ...]
    refused: dict[str, Text]  # dataset id: why it can be neither judged nor disposed of
    schemas: dict[str, str]  # dataset id: fingerprint of the schema it depends on
    live: Mapping[str, Schema]  # store: what it holds, as far as it could be read


def survey(installation: Installation, reached: Reached) -> Survey:
    """Check the register and every dataset whose store can be reached.

    Raises:
        PolicyError: the register itself is wrong; the message names every mistake.
    """
    register = installation.register
    declared = lint(register)
    refuse_errors(declared)
    findings, refused, fingerprints = [*declared], dict[str, Text](), dict[str, str]()
    schemas = _schemas(register, reached)
    for dataset in register.all_datasets:
        why = reached.unreachable.get(dataset.store)
        if why is not None:
            refused[dataset.id] = _unreachable(dataset, why)
            continue
        schema, columns = schemas[dataset.store], columns_read(register, dataset)
        found = check(register, dataset, schema, columns, elsewhere=schemas)
        findings += found
        fingerprints[dataset.id] = schema_fingerprint(dataset, schema, columns)
        if errors := [one for one in found if one.severity is Severity.ERROR]:
            refused[dataset.id] = Text(
                nl="; ".join(one.text.nl for one in errors), en="; ".join(one.text.en for one in errors)
            )
    return Survey(tuple(findings), _with_readers(register, refused), fingerprints, schemas)


def _schemas(register: Register, reached: Reached) -> dict[str, Schema]:
    """The live schema of every store; one that does not answer after all counts as unreachable."""
    schemas: dict[str, Schema] = {}
    for name, source in reached.sources.items():
        try:
            schemas[name] = source.schema(register.collections(name))
        except RetentionError as error:
            reached.unreachable[name] = error
    return schemas


def refuse_errors(findings: Iterable[Finding]) -> None:
    """Raise one PolicyError that names every error among the findings."""
    errors = [one for one in findings if one.severity is Severity.ERROR]
    if errors:
        lines = (f"{one.where}: {one.text.en.rstrip('.')}. {one.hint.en}" for one in errors)
        raise PolicyError("The register cannot be enforced. " + " | ".join(lines))


def _unreachable(dataset: Dataset, why: RetentionError) -> Text:
    return Text(nl=f"bron {dataset.store} niet bereikbaar: {why}", en=f"store {dataset.store} unreachable: {why}")


def _with_readers(register: Register, refused: dict[str, Text]) -> dict[str, Text]:
    """With what is refused, whatever takes it along or reads it: what is not found there would protect nobody."""
    found = dict(refused)
    changed = True
    while changed:
        changed = False
        for dataset in register.all_datasets:
            why = next((one for one in _rests_on(register, dataset) if one.id in found), None)
            if why is not None and dataset.id not in found:
                found[dataset.id] = Text(nl=f"{why.id}: {found[why.id].nl}", en=f"{why.id}: {found[why.id].en}")
                changed = True
    return found


def _rests_on(register: Register, dataset: Dataset) -> Iterator[Dataset]:
    """The datasets that judging and clearing a dataset's records look into: children, what rules and persons ask."""
    yield from (child for child, _ in register.children_of(dataset))
    yield from (parent for parent, _ in register.parents_of(dataset))
    yield from (read for _, rule in register.rules_for(dataset) for read in datasets_read(rule))
    yield from subject_datasets(dataset)
