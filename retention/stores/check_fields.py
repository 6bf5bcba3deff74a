"""What is written: techniques that do not fit, columns that cannot be written, personal columns forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from retention.finding import Finding
from retention.personal_names import looks_personal, personal_first
from retention.stores.check_tools import Checked, canonical_type, error, names, notice, warning
from retention.stores.schema import SchemaColumn
from retention.technique import FixedText, IpPrefix, Nullify, Technique, fits
from retention.text import Text

_ADDRESSES: Final = {"inet", "inet4", "inet6"}


def check_fields(checked: Checked) -> Iterator[Finding]:
    """What stands in the way of erasing the personal fields."""
    yield from _techniques(checked)
    yield from _computed(checked)
    yield from _uncovered(checked)


def _techniques(checked: Checked) -> Iterator[Finding]:
    for name, technique in checked.dataset.fields.items():
        column = checked.table.columns.get(name)
        if column is None:
            continue
        if column.generated:
            yield error(
                "FIELD_GENERATED",
                checked.at(name),
                Text(nl="de database berekent deze kolom zelf", en="the database computes this column itself"),
                Text(
                    nl="Wis de kolommen waaruit zij wordt berekend.", en="Erase the columns that it is computed from."
                ),
            )
        kind = canonical_type(checked.dataset, name, checked.schema)
        misfit = fits(technique, nullable=column.nullable, python_type=kind, length=column.length)
        misfit = misfit or _misfit_of_type(technique, column)
        if misfit is not None:
            yield error(
                "TECHNIQUE_MISFIT",
                checked.at(name),
                Text(nl=f"{technique!r} past niet: {misfit}", en=f"{technique!r} does not fit: {misfit}"),
                Text(nl="Kies een techniek die bij de kolom past.", en="Choose a technique that fits the column."),
            )
        if name in checked.dataset.key:
            yield error(
                "FIELD_IN_KEY",
                checked.at(name),
                Text(nl="een sleutelkolom kan niet worden gewist", en="a key column cannot be erased"),
                Text(nl="Kies een andere sleutel.", en="Choose another key."),
            )


def _misfit_of_type(technique: Technique, column: SchemaColumn) -> str | None:
    """Why a column that takes certain texts only cannot take a result; None when it can, or takes any."""
    if isinstance(technique, Nullify):
        return None
    if column.sql_type.lower() in _ADDRESSES and not isinstance(technique, IpPrefix):
        return "the column takes only IP addresses"
    if column.among is None or (isinstance(technique, FixedText) and technique.text in column.among):
        return None
    return f"the column takes only {names(column.among)}"


def _computed(checked: Checked) -> Iterator[Finding]:
    """A column that judging reads, which the database computes from a field that is erased: erasing changes it."""
    for name in dict.fromkeys((*checked.dataset.key, *checked.read)):
        column = checked.table.columns.get(name)
        erased = sorted(column.computed_from & checked.dataset.fields.keys()) if column is not None else []
        if erased and name not in checked.dataset.fields:
            yield error(
                "FIELD_COMPUTES_READ",
                checked.at(name),
                Text(
                    nl=f"de database berekent wat een regel leest uit een veld dat wordt gewist: {names(erased)}",
                    en=f"the database computes what a rule reads from a field that is erased: {names(erased)}",
                ),
                Text(
                    nl="Reken met een andere kolom, of wis dat veld niet.",
                    en="Read another column, or do not erase that field.",
                ),
            )


def _uncovered(checked: Checked) -> Iterator[Finding]:
    covered = set(checked.declared)
    left = personal_first([name for name in checked.table.columns if name not in covered])
    personal = [name for name in left if looks_personal(name)]
    if personal and checked.anonymised:
        yield warning(
            "PERSONAL_LEFT",
            checked.dataset.id,
            Text(
                nl=f"na anonimiseren blijft staan wat persoonlijk lijkt: {names(personal)}",
                en=f"anonymising leaves what looks personal: {names(personal)}",
            ),
            Text(nl="Zet ze bij fields, met een techniek.", en="Add them to fields, with a technique."),
        )
    if left:
        yield notice(
            "COLUMNS_UNCOVERED",
            checked.dataset.id,
            Text(
                nl=f"geen sleutel, veld, datum of betrokkene: {names(left)}",
                en=f"no key, field, date or subject: {names(left)}",
            ),
            Text(
                nl="Declareer wat persoonlijk is; de rest gaat mee met het record.",
                en="Declare what is personal; the rest goes with its record.",
            ),
        )
