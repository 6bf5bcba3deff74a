"""Where the records really are, and who may see them: what makes a table one that cannot be disposed of, or judged."""

from __future__ import annotations

from collections.abc import Iterator

from retention.finding import Finding
from retention.stores.check_tools import Checked, error, names, warning
from retention.text import Text


def check_engine(checked: Checked) -> Iterator[Finding]:
    """Why nothing of a table may be judged or disposed of, whatever is declared of it."""
    yield from _out_of_sight(checked)
    if checked.written:
        yield from _not_a_table(checked)
        yield from _undone(checked)


def _out_of_sight(checked: Checked) -> Iterator[Finding]:
    """What would be judged without its server being asked, or without every row of it being seen."""
    table = checked.table
    if table.remote is not None:
        yield error(
            "TABLE_REMOTE",
            checked.dataset.id,
            Text(
                nl=f"de records staan niet hier maar elders ({table.remote})",
                en=f"the records are not here but elsewhere ({table.remote})",
            ),
            Text(
                nl="Declareer de database waarin zij staan als eigen bron.",
                en="Declare the database that holds them as a store of its own.",
            ),
        )
    if table.filtered is not None:
        policies = names(table.filtered)
        yield error(
            "ROW_SECURITY",
            checked.dataset.id,
            Text(
                nl=f"rijbeveiliging (policy: {policies}) verbergt records voor dit account",
                en=f"row-level security (policy: {policies}) hides records from this account",
            ),
            Text(
                nl="Laat de beheerder het account BYPASSRLS geven: wat het niet ziet, kan het niet beoordelen.",
                en="Have the administrator give the account BYPASSRLS: what it cannot see, it cannot judge.",
            ),
        )


def _not_a_table(checked: Checked) -> Iterator[Finding]:
    table = checked.table
    if table.is_view and table.remote is None:
        yield error(
            "VIEW_DISPOSED",
            checked.dataset.id,
            Text(nl="uit een view kan niets worden vernietigd", en="nothing can be disposed of in a view"),
            Text(
                nl="Declareer de tabel zelf; een view kan alleen worden gelezen.",
                en="Declare the table itself; a view can only be read.",
            ),
        )
    if table.inheritors:
        yield error(
            "TABLE_INHERITED",
            checked.dataset.id,
            Text(
                nl=f"records van andere tabellen tellen hierin mee, zonder gedeelde sleutel: {names(table.inheritors)}",
                en=f"records of other tables show in it, and no key spans them: {names(table.inheritors)}",
            ),
            Text(
                nl="Declareer een tabel waarvan geen andere erft.",
                en="Declare a table that no other inherits from.",
            ),
        )


def _undone(checked: Checked) -> Iterator[Finding]:
    engine = checked.table.without_transactions
    if engine is not None:
        yield error(
            "NO_TRANSACTIONS",
            checked.dataset.id,
            Text(nl=f"{engine} kent geen transacties", en=f"{engine} has no transactions"),
            Text(
                nl="Laat de beheerder de tabel omzetten naar InnoDB.", en="Have the table's owner convert it to InnoDB."
            ),
        )
    restamped = [name for name in checked.read if (live := checked.table.columns.get(name)) and live.restamped]
    if restamped and checked.dataset.fields:
        yield error(
            "COLUMN_RESTAMPED",
            checked.dataset.id,
            Text(
                nl=f"de database zet bij elke wijziging een nieuwe tijd in: {names(restamped)}",
                en=f"the database sets a new time on every change in: {names(restamped)}",
            ),
            Text(
                nl="Wissen zou de termijn opnieuw laten beginnen: reken met een andere kolom.",
                en="Erasing a field would start the period again: count from another column.",
            ),
        )
    if checked.deleted and not checked.table.references_seen:
        yield warning(
            "REFERENCES_UNSEEN",
            checked.dataset.id,
            Text(
                nl="dit account ziet niet elke tabel, dus ook niet wat er met records meegaat (ON DELETE CASCADE)",
                en="this account does not see every table, nor what goes along with records (ON DELETE CASCADE)",
            ),
            Text(
                nl="Geef het REFERENCES op de hele database (`retention grants`): dat toont opbouw, en geen record.",
                en="Grant it REFERENCES on the whole database (`retention grants`): that shows structure, no record.",
            ),
        )
