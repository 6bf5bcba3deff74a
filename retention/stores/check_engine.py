"""What a database's own storage does to what is destroyed: it cannot be undone, or it stays in a history."""

from __future__ import annotations

from collections.abc import Iterator

from retention.finding import Finding
from retention.stores.check_tools import Checked, error, names
from retention.text import Text


def check_engine(checked: Checked) -> Iterator[Finding]:
    """Why nothing of a table may be disposed of, whatever is declared of it."""
    if not checked.written:
        return
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
    if checked.table.historised:
        yield error(
            "HISTORISED",
            checked.dataset.id,
            Text(
                nl="de database bewaart elke verwijderde of gewijzigde versie van een record",
                en="the database keeps every deleted or changed version of a record",
            ),
            Text(
                nl="Laat de beheerder WITH SYSTEM VERSIONING verwijderen, met de historie.",
                en="Have the table's owner drop WITH SYSTEM VERSIONING, and its history.",
            ),
        )
