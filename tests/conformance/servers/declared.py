"""What the tests of a vendor's traps declare: one table, with what may stand below it, under one rule."""

from __future__ import annotations

from retention.dataset import Dataset, Day, NoSubject
from retention.disposition import Child, Delete
from retention.finding import Finding, Severity
from retention.period import years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.reads import columns_read
from retention.stores.check import check
from retention.stores.schema import Schema
from retention.text import Text

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))


def table(name: str, *, children: tuple[Child, ...] = (), **more: object) -> Dataset:
    """A table with a key `id` and a date `op`, unless it says otherwise."""
    said: dict[str, object] = {"key": ("id",), "dates": {"op": Day()}, "subjects": NOBODY, **more}
    last = name.partition(".")[2] or name
    return Dataset(id=f"org.{last}", collection=name, then=Delete(children=children), **said)  # type: ignore[arg-type]


def register(*datasets: Dataset, rules: tuple[Rule, ...] = ()) -> Register:
    """A rule of five years for the first, unless there are others."""
    policy = Policy(
        purpose="proef",
        title=Text(nl="Proef", en="Trial"),
        legal_basis=LegalBasis.PUBLIC_TASK,
        sources=(Source(list="lijst", version="2020", entry="8.1.9", status=SourceStatus.SELECTION_LIST),),
        owner="team",
        prepared_by="iemand",
        rules=rules or (Rule(datasets[0], starts_on="op", keep_for=years(5)),),
    )
    return Register(policies=(policy,), datasets=datasets)


def found(schema: Schema, of: Dataset, declared: Register | None = None) -> list[Finding]:
    """Everything that refuses a dataset, or that somebody should mend, but an index."""
    declared = declared or register(of)
    every = check(declared, of, schema, columns_read(declared, of))
    return [one for one in every if one.severity is not Severity.NOTICE and one.code != "INDEX_MISSING"]


def codes(schema: Schema, of: Dataset, declared: Register | None = None) -> list[str]:
    """Their codes."""
    return [one.code for one in found(schema, of, declared)]
