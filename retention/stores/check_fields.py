"""What is written: techniques that do not fit, columns that cannot be written, personal columns forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from retention.finding import Finding
from retention.personal_names import looks_personal, personal_first
from retention.stores.check_tools import Checked, canonical_type, error, names, notice, warning
from retention.technique import fits
from retention.text import Text


def check_fields(checked: Checked) -> Iterator[Finding]:
    """What stands in the way of erasing the personal fields, or of disposing at all."""
    yield from _views(checked)
    yield from _techniques(checked)
    yield from _uncovered(checked)
    if checked.written and checked.table.triggers:
        yield warning(
            "DATABASE_TRIGGER",
            checked.dataset.id,
            Text(
                nl=f"de database doet zelf iets bij verwijderen of wijzigen: {names(checked.table.triggers)}",
                en=f"the database acts on deletes or updates itself: {names(checked.table.triggers)}",
            ),
            Text(
                nl="Ga na of een kopie achterblijft, en declareer die tabel dan ook.",
                en="See whether a copy stays behind, and declare that table too.",
            ),
        )


def _views(checked: Checked) -> Iterator[Finding]:
    if checked.table.is_view and checked.written:
        yield error(
            "VIEW_DISPOSED",
            checked.dataset.id,
            Text(nl="uit een view kan niets worden vernietigd", en="nothing can be disposed of in a view"),
            Text(
                nl="Declareer de tabel zelf; een view kan alleen worden gelezen.",
                en="Declare the table itself; a view can only be read.",
            ),
        )


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
