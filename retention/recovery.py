"""Recovery: settle what an earlier run left open, before anything new is begun (audit-format.md 4.3, P2).

The keys of a batch in flight are looked up with a locking read, which waits for a commit still under way: gone means
destroyed, there means failed. A store that cannot be reached keeps its intent open and its dataset waiting.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Final

import structlog
from msgspec import Struct, field
from msgspec.structs import replace

from retention import events
from retention.audit.entry import RunEnd, Totals
from retention.control.interface import Control, Flight, RunStatus
from retention.disposition import Action
from retention.errors import AuditError, ControlError, PolicyError, RetentionError
from retention.installation import Installation, Keyring
from retention.settling import book, outcome_of, remaining, take_off, whereabouts
from retention.vault import Parcel

_log = structlog.get_logger()
_CHUNK: Final = 1000  # entries read at a time
_RESULTS: Final = ("destroyed", "kept", "failed", "absent")


class Settled(Struct):
    """What was found of batches that a run left in flight."""

    batches: int = 0
    open: dict[int, str] = field(default_factory=dict)  # intent: dataset, where the store cannot be reached
    why: dict[str, RetentionError] = field(default_factory=dict)  # dataset: why


def settle(installation: Installation, keyring: Keyring, run: str) -> Settled:
    """Settle every batch in flight, as outcomes of `run`, which must be open in the log."""
    settled = Settled()
    with installation.ledger.control.reading() as tx:
        flights = tx.flights()
    for flight in flights:
        try:
            _settle(installation, keyring, run, flight, settled)
        except (AuditError, ControlError):
            raise
        except RetentionError as error:  # out of reach, or not configured any more: it waits, the others go on
            settled.open[flight.intent] = flight.dataset
            settled.why[flight.dataset] = error
    return settled


def end_broken_run(installation: Installation, keyring: Keyring) -> Settled | None:
    """Settle and end the run that a crash left open; None when the last run ended by itself."""
    with installation.ledger.control.reading() as tx:
        broken = next((run for run in tx.runs() if run.status is None), None)
    if broken is None:
        return None
    settled = settle(installation, keyring, broken.id)
    with installation.ledger.transaction() as tx:
        totals = logged_totals(tx, broken.id)
        entry = RunEnd(
            run=broken.id, status=RunStatus.ABORTED.value, totals=totals_of(totals), open=sorted(settled.open)
        )
        ended = installation.clock()
        installation.ledger.append(tx, [entry], now=ended)
        report = json.dumps({"totals": dict(totals)}, sort_keys=True)
        tx.end_run(replace(broken, status=RunStatus.ABORTED, ended=ended), report)
    return settled


def logged_totals(tx: Control, run: str) -> Counter[str]:
    """The sums of a run's outcomes, from the entries themselves: the last ones of the log, back to its start."""
    totals: Counter[str] = Counter()
    stop = tx.size()
    while stop > 0:
        start = max(0, stop - _CHUNK)
        for leaf in reversed(tx.leaves(start, stop)):
            entry = json.loads(leaf)
            if entry["type"] == "outcome" and entry["run"] == run:
                totals.update({name: entry[name]["count"] for name in _RESULTS if name in entry})
            if entry["type"] == "run-start" and entry["run"] == run:
                return totals
        stop = start
    return totals


def totals_of(counted: Mapping[str, int]) -> Totals:
    """The sums of outcomes as an entry has them."""
    return Totals(
        destroyed=counted.get("destroyed", 0),
        kept=counted.get("kept", 0),
        failed=counted.get("failed", 0),
        absent=counted.get("absent", 0),
    )


def _settle(installation: Installation, keyring: Keyring, run: str, flight: Flight, settled: Settled) -> None:
    dataset = installation.register.dataset(flight.dataset)
    whole = Parcel.unpacked(keyring.vault.open(flight.records, f"batch {flight.intent}"))
    records = dict(zip(whole.keys, zip(whole.seqs, whole.refs, strict=True), strict=True))
    store = installation.opener.store(dataset.store)
    try:
        if whole.whereabouts not in {None, whereabouts(dataset, flight.fields, store.identity)}:
            raise PolicyError(
                f"{dataset.id}: a run broke off, and since then its key, collection or fields are declared otherwise, "
                "or its store is another database. Nobody can say so what became of its batch: put them back for one "
                "sweep, the url's host and name of the database too, then change them again."
            )
        with store.session(), store.batch() as batch:
            batch.lock(dataset, list(records), wait=True)
            still = remaining(batch, dataset, Action(flight.action), flight.fields, list(records))
    finally:
        store.close()
    gone = [found for key, found in records.items() if key not in still]
    ledger = installation.ledger
    with ledger.transaction() as tx:
        plan = tx.plan(flight.plan)
        if plan is None:
            raise ControlError(f"Batch {flight.intent} belongs to a plan that is gone. Nothing more is destroyed.")
        planned = plan.dataset(dataset.id)
        outcome = outcome_of(
            run,
            flight,
            destroyed=ledger.log.write_manifest([ref for _, ref in gone]),
            failed=ledger.log.write_manifest([ref for key, (_, ref) in records.items() if key in still]),
            children={},
            policies=(),
            recovered=True,
        )
        ledger.append(tx, [outcome], now=installation.clock())
        book(tx, flight, plan, [seq for seq, _ in gone], keyring.vault)
        if planned is not None and whole.allowed_on is not None:
            take_off(tx, planned, len(gone), whole.allowed_on)
    settled.batches += 1
    _log.warning(events.BATCH_RECOVERED, dataset=flight.dataset, batch=flight.intent, destroyed=len(gone))
