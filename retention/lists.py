"""Full lists: what a plan would destroy, by key, for whoever must judge it; for a while, and for nobody else.

They are the one report with personal data. So they lie in one place, `lists/` of the state directory, readable by the
sweep account alone; each bears its last day in its name and on every line, and the job removes it when that has passed.
The keys come from the spool, where they rest encrypted until a record has its outcome: a record that was destroyed can
be on no list that is made afterwards (docs/adr/0020).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date
from pathlib import Path
from typing import Final

import structlog

from retention import events
from retention.errors import ConfigError, UsageError
from retention.installation import Installation
from retention.plan import PLAN_EXPIRES, Plan
from retention.reporting import planned_dataset
from retention.reports.files import OWN, replace
from retention.reports.sheets_destruction import full_list_heads
from retention.reports.table import Cell, csv_lines
from retention.reports.words import Words
from retention.summary import PlanSummary
from retention.text import Language
from retention.tidying import FOLDER

_log = structlog.get_logger()
_PAGE: Final = 5000  # records in memory at a time


def write_full_list(
    installation: Installation, plan: Plan, summary: PlanSummary, language: Language, *, until: date | None = None
) -> Path:
    """Write the full list of what a plan still has to do; the file's path.

    `until` is the last day on which the file may be there; None: the day on which the plan expires.

    Raises:
        UsageError: the day has passed or is later than the plan's, or nothing of the plan waits.
        ConfigError: this account holds no keys, or the file cannot be written.
    """
    if installation.keyring is None:
        raise ConfigError("A full list needs the key of the spool. Run this under the sweep account.")
    last = _last_day(plan, until, installation.today())
    with installation.ledger.control.reading() as tx:
        waiting = sum(tx.spooled_count(plan.digest, one.id) for one in plan.datasets)
    if not waiting:
        raise UsageError(
            f"Nothing of plan {plan.digest[:12]} waits any more: the keys of its records were erased with their "
            "outcome. `retention report list RUN` has what was destroyed, without keys."
        )
    folder = installation.state / FOLDER
    stem = {Language.NL: "volledig-tot", Language.EN: "full-until"}[language]
    path = folder / f"{stem}-{last.isoformat()}-{plan.digest[:12]}.csv"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        replace(path, csv_lines(_rows(installation, plan, summary, language, last), language), OWN)
    except OSError as error:
        raise ConfigError(f"{folder}: the list cannot be written there ({error.strerror}).") from error
    _log.info(events.LIST_WRITTEN, plan=plan.digest, records=waiting, until=last.isoformat())
    return path


def _last_day(plan: Plan, until: date | None, today: date) -> date:
    latest = (plan.made + PLAN_EXPIRES).astimezone(UTC).date()
    last = latest if until is None else until
    if not today <= last <= latest:
        raise UsageError(f"The last day of a full list is a day from {today} to {latest}, on which the plan expires.")
    return last


def _rows(
    installation: Installation, plan: Plan, summary: PlanSummary, language: Language, last: date
) -> Iterator[tuple[Cell, ...]]:
    words = Words(language)
    yield full_list_heads(words)
    for one in plan.datasets:
        planned = planned_dataset(one.id, summary)
        title = one.id if planned is None else words.text(planned.title)
        purposes = "" if planned is None else ", ".join(planned.purposes)
        for ref, key, action, fields in _records(installation, plan, one.id):
            yield last, one.id, title, key, action, ", ".join(fields), purposes, ref.hex(), ""


def _records(installation: Installation, plan: Plan, dataset: str) -> Iterator[tuple[bytes, str, str, tuple[str, ...]]]:
    assert installation.keyring is not None  # noqa: S101 - asked before
    vault, after = installation.keyring.vault, -1
    while True:
        with installation.ledger.control.reading() as tx:
            page = tx.spooled(plan.digest, dataset, after, _PAGE, vault)
        if not page:
            return
        for one in page:
            after = one.seq
            yield one.ref, ",".join(str(part) for part in one.key), one.action.value, one.fields
