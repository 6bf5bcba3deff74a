"""What a database does by itself with what is destroyed or changed: triggers, rules, histories, copies.

None of it stops a statement, so none of it would show: it is refused until a person has looked, and said so in the
declaration. `triggers=` names what leaves no copy behind; `history=Kept(reason)` owns up to what does.
"""

from __future__ import annotations

from collections.abc import Iterator

from retention.finding import Finding
from retention.stores.check_tools import Checked, error, names, notice, warning
from retention.stores.schema import SchemaTrigger
from retention.text import Text

_OWN_UP = Text(
    nl="Laat de beheerder de historie opheffen, of declareer history=Kept(reden).",
    en="Have its administrator end the history, or declare history=Kept(reason).",
)


def check_acts(checked: Checked) -> Iterator[Finding]:
    """What acts on deletes and updates, and what keeps what they take away."""
    if not checked.written:
        return
    yield from _instead(checked)
    if checked.dataset.history is None:
        yield from _undeclared(checked)
        yield from _counted(checked)
        yield from _kept(checked)
    else:
        reason = checked.dataset.history.reason
        yield notice(
            "HISTORY_KEPT",
            checked.dataset.id,
            Text(
                nl=f"de database zelf kan bewaren wat hier verdwijnt of verandert: {reason.nl}",
                en=f"the database itself may keep what goes or changes here: {reason.en}",
            ),
            Text(
                nl="Zo gedeclareerd; elk verslag zegt het erbij. Ruim ook de historie op.",
                en="Declared so; every report says it too. Clear the history as well.",
            ),
        )
    if not checked.table.acts_seen:
        yield from _unseen(checked)
        return
    absent = sorted(set(checked.dataset.triggers) - set(checked.table.triggers))
    if absent:
        yield warning(
            "TRIGGER_ABSENT",
            checked.dataset.id,
            Text(
                nl=f"gedeclareerde databasetriggers die er niet zijn: {names(absent)}",
                en=f"declared database triggers that are not there: {names(absent)}",
            ),
            Text(nl="Haal ze uit de declaratie.", en="Take them out of the declaration."),
        )


def _acting(checked: Checked) -> Iterator[SchemaTrigger]:
    """What fires on what can happen to these records."""
    for one in checked.table.acts:
        if (one.on_delete and checked.deleted) or (one.on_update and checked.updated):
            yield one


def _instead(checked: Checked) -> Iterator[Finding]:
    rules = dict.fromkeys(one.name for one in _acting(checked) if one.instead)
    if rules:
        yield error(
            "RULE_INSTEAD",
            checked.dataset.id,
            Text(
                nl=f"een regel van de database doet iets anders dan wat gevraagd wordt: {names(rules)}",
                en=f"a rule of the database does something else than it is asked: {names(rules)}",
            ),
            Text(
                nl="Laat de beheerder de regel verwijderen, of declareer de tabel die zij bedient.",
                en="Have its administrator drop the rule, or declare the table that it serves.",
            ),
        )


def _undeclared(checked: Checked) -> Iterator[Finding]:
    acting = dict.fromkeys(one.name for one in _acting(checked) if not one.instead)
    unknown = [name for name in acting if name not in checked.dataset.triggers]
    if unknown:
        quoted = ", ".join(f'"{name}"' for name in unknown)
        yield error(
            "DATABASE_TRIGGER",
            checked.dataset.id,
            Text(
                nl=f"de database doet zelf iets bij verwijderen of wijzigen: {names(unknown)}",
                en=f"the database acts on deletes or updates itself: {names(unknown)}",
            ),
            Text(
                nl=f"Ga na of een kopie achterblijft. Zo niet: triggers=({quoted},); zo ja: history=Kept(reden).",
                en=f"See whether a copy stays behind. If not: triggers=({quoted},); if so: history=Kept(reason).",
            ),
        )


def _counted(checked: Checked) -> Iterator[Finding]:
    """What does nothing here, and yet makes the server count a change of the table as if something ran."""
    beside = {one.name for one in checked.table.acts if one.counted} - {one.name for one in _acting(checked)}
    unknown = sorted(beside - set(checked.dataset.triggers))
    if unknown:
        quoted = ", ".join(f'"{name}"' for name in unknown)
        yield error(
            "TRIGGER_COUNTED",
            checked.dataset.id,
            Text(
                nl=f"de server zegt niet of een databasetrigger werkte, alleen dat die er is: {names(unknown)}",
                en=f"the server does not tell whether a database trigger acted, but that it is there: {names(unknown)}",
            ),
            Text(
                nl=f"Zolang zij niet gedeclareerd zijn, gaat geen groep door: triggers=({quoted},).",
                en=f"Until they are declared no batch goes through: triggers=({quoted},).",
            ),
        )


def _unseen(checked: Checked) -> Iterator[Finding]:
    """Nothing to mend: what would show triggers to an account would let it make some."""
    yield notice(
        "TRIGGERS_UNSEEN",
        checked.dataset.id,
        Text(
            nl="dit account ziet geen databasetriggers; heeft de tabel er, dan gaat geen groep door",
            en="this account is shown no database triggers; where the table has some, no batch goes through",
        ),
        Text(
            nl="Vraag de beheerder om SHOW TRIGGERS; declareer wat er is met triggers= of history=.",
            en="Ask its administrator for SHOW TRIGGERS; declare what is there with triggers= or history=.",
        ),
    )


def _kept(checked: Checked) -> Iterator[Finding]:
    if checked.table.historised:
        yield error(
            "HISTORISED",
            checked.dataset.id,
            Text(
                nl="de database bewaart elke verwijderde of gewijzigde versie van een record (SYSTEM VERSIONING)",
                en="the database keeps every deleted or changed version of a record (SYSTEM VERSIONING)",
            ),
            _OWN_UP,
        )
    if checked.table.copies:
        yield error(
            "COPIED",
            checked.dataset.id,
            Text(
                nl=f"materialized views houden de records vast tot zij worden ververst: {names(checked.table.copies)}",
                en=f"materialised views hold the records until they are refreshed: {names(checked.table.copies)}",
            ),
            Text(
                nl="Declareer history=Kept(reden): wanneer wordt ververst?",
                en="Declare history=Kept(reason): when are they refreshed?",
            ),
        )
