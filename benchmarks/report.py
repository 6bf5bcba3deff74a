"""How long the report of a very large plan takes, from the spool to the page: `python -m benchmarks.report`.

Two plans over many datasets lie in a control store, as a night leaves them. Measured is what comes after judging: what
changed since the plan before, keeping the report, reading it back, and every form of it in both languages.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from msgspec.structs import replace

from retention.changes import New, compared, plans_before
from retention.control.sqlite import SqliteControlStore
from retention.details import OVERDUE_FROM, ColumnSummary, Kept, TableSummary
from retention.disposition import Action
from retention.finding import Finding, Severity
from retention.plan import Plan, PlannedDataset, Spooled
from retention.policy import LegalBasis, SourceStatus
from retention.reports.render import files
from retention.summary import DatasetSummary, HoldSummary, PlanSummary, PolicySummary, RuleSummary, SourceSummary
from retention.text import Text
from retention.vault import Vault

MADE = datetime(2026, 7, 1, 4, tzinfo=UTC)
TODAY = date(2026, 7, 1)
_REASONS = ("KEEP_RUNNING", "KEEP_MINIMUM", "KEEP_OTHER_PURPOSE", "KEEP_HOLD", "REVIEW_NO_TRIGGER", "REVIEW_ORPHAN")
_COLUMNS = 25  # of a table


def names(datasets: int) -> list[str]:
    """The datasets, spread over ten stores."""
    return [f"bron{n % 10}.gegevens_{n:03}" for n in range(datasets)]


def told(records: int, datasets: int, digest: str) -> PlanSummary:
    """What judging tells of such a plan: every dataset has something of everything."""
    each = records // datasets
    every = names(datasets)
    return PlanSummary(
        digest=digest,
        made=MADE,
        reference_date=TODAY,
        zone="Europe/Amsterdam",
        expires=TODAY + timedelta(days=30),
        prepared_by="nacht",
        organisation="Gemeente Voorbeeld",
        tool="retention",
        policies=tuple(_policy(name, number, each) for number, name in enumerate(every)),
        datasets=tuple(_dataset(name, each) for name in every),
        holds=tuple(_hold(number, every) for number in range(50)),
        findings=tuple(finding for name in every for finding in _findings(name)),
        approve_command=f"retention approve {digest}",
        coverage=tuple(_table(name, governed=True) for name in every)
        + tuple(_table(f"bron{n % 10}.los_{n:03}", governed=False) for n in range(datasets)),
    )


def _policy(dataset: str, number: int, each: int) -> PolicySummary:
    words = Text(nl="de laatste van afgesloten_op en ontvangen_op", en="the latest of afgesloten_op and ontvangen_op")
    rule = RuleSummary(
        purpose=f"doel-{number}",
        dataset=dataset,
        period="P5Y",
        trigger=words,
        minimum=True,
        needs=("naam", "bsn"),
        applies=9 * each,
        expired=each,
        oldest_start=date(2011, 2, 3),
    )
    source = SourceSummary(
        status=SourceStatus.OWN_CHOICE.value, citation="beleid", reasoning=Text(nl="Omdat het zo is.", en="It is so.")
    )
    return PolicySummary(
        purpose=f"doel-{number}",
        title=Text(nl=f"Doel {number}", en=f"Purpose {number}"),
        legal_basis=LegalBasis.LEGAL_OBLIGATION.value,
        owner="team",
        list_entry=f"P{number}",
        sources=(source,),
        rules=(rule, rule),
        sha256="ab" * 32,
        reasons={dataset: {"DUE_EXPIRED": each, **dict.fromkeys(_REASONS, each)}},
    )


def _dataset(name: str, each: int) -> DatasetSummary:
    return DatasetSummary(
        id=name,
        title=Text(nl=f"Gegevens {name}", en=f"Data {name}"),
        fingerprint="cd" * 32,
        purposes=("doel",),
        judged=7 * each,
        planned=each,
        delete=each,
        reasons={"DUE_EXPIRED": each, **dict.fromkeys(_REASONS, each)},
        children={f"{name}_bijlage": 3 * each, f"{name}_notitie": each},
        limit=each // 2,
        refused=True,
        techniques={f"veld_{n}": Text(nl="wordt leeggemaakt", en="is emptied") for n in range(10)},
        longest_overdue=900,
        oldest_start=date(2011, 2, 3),
        next_due=date(2026, 7, 2),
        overdue={str(start): each // len(OVERDUE_FROM) for start in OVERDUE_FROM},
        coming={f"2026-{month:02}": each for month in range(7, 13)},
        kept=tuple(
            Kept(reason=code, purpose="doel-1", records=each, first=TODAY, last=date(2031, 1, 1)) for code in _REASONS
        ),
    )


def _hold(number: int, every: list[str]) -> HoldSummary:
    counts = dict.fromkeys(every[number : number + 20], 3)
    return HoldSummary(
        id=f"H-20260101-{number:08x}",
        kind="legal-hold",
        since=date(2026, 1, 1),
        review_on=None,
        cooling_until=None,
        stops=counts,
        covers=counts,
    )


def _findings(name: str) -> Iterator[Finding]:
    for code in ("REVIEW_NO_TRIGGER", "REVIEW_ORPHAN"):
        text = Text(nl="hier moet iemand naar kijken", en="somebody should look at this")
        yield Finding(severity=Severity.WARNING, code=code, where=name, text=text, hint=text, count=12)


def _table(name: str, *, governed: bool) -> TableSummary:
    store, table = name.split(".")
    columns = (ColumnSummary(name=f"kolom_{n}", role="none", personal=n % 7 == 0) for n in range(_COLUMNS))
    return TableSummary(
        store=store,
        table=table,
        dataset=name if governed else None,
        governed="by rules" if governed else "no",
        columns=tuple(columns),
        rows=100_000,
    )


def spool(store: SqliteControlStore, records: int, datasets: int, made: datetime, *, first: int) -> tuple[int, Plan]:
    """A draft with so many records from number `first` on, and the plan that it is to become."""
    each = records // datasets
    with store.transaction() as tx:
        draft = tx.open_draft()
        for name in names(datasets):
            tx.spool(draft, name, (_spooled(name, n, first + n) for n in range(each)), Vault(bytes(32)))
    parts = tuple(PlannedDataset(id=n, fingerprint="cd" * 32, count=each, root="0" * 64) for n in names(datasets))
    return draft, Plan(made=made, reference_date=made.date(), prepared_by="nacht", datasets=parts)


def _spooled(name: str, seq: int, number: int) -> Spooled:
    ref = hashlib.sha256(f"{name}/{number}".encode()).digest()
    return Spooled(seq, ref, Action.DELETE, (), ref, (number,))


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long something took."""
    began = perf_counter()
    yield
    print(f"{what:<44}{perf_counter() - began:8.2f} s")


def main(arguments: list[str] | None = None) -> None:
    """Make the two plans and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--datasets", type=int, default=200)
    parser.add_argument("--spooled", type=int, help="records in the spool; else as many as planned")
    asked = parser.parse_args(arguments)
    in_spool = asked.records if asked.spooled is None else asked.spooled
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteControlStore.create(Path(folder) / "control.db")
        draft, plan = spool(store, in_spool, asked.datasets, MADE - timedelta(days=1), first=0)
        summary = told(asked.records, asked.datasets, plan.digest)
        with store.transaction() as tx:
            tx.seal_draft(draft, plan, replace(summary, reference_date=plan.reference_date).to_json())
        draft, plan = spool(store, in_spool, asked.datasets, MADE, first=max(1, in_spool // asked.datasets // 10))
        _measure(store, draft, plan, replace(summary, digest=plan.digest))
        store.close()


def _measure(store: SqliteControlStore, draft: int, plan: Plan, summary: PlanSummary) -> None:
    began = perf_counter()
    with timed("what changed since the plan before"), store.reading() as tx:
        new = [New(part=part, ended=part.count // 20) for part in plan.datasets]
        since = compared(tx, draft, TODAY, new, plans_before(tx, MADE), summary)
    with timed("keep the plan with its report"), store.transaction() as tx:
        tx.seal_draft(draft, plan, replace(summary, since=since).to_json())
    with timed("read the report back"), store.reading() as tx:
        kept = PlanSummary.from_json(tx.plan_report(plan.digest) or "")
    with timed("pages, tables and JSON in both languages"):
        written = files(kept)
    largest = max(len(text) for name, text in written.items() if name.endswith(".html"))
    print(f"{'from spool to page':<44}{perf_counter() - began:8.2f} s")
    print(f"{'largest page':<44}{largest / 1e6:8.2f} MB")
    print(f"{'memory at most, making the plans included':<44}{_most_megabytes():8.0f} MB")


def _most_megabytes() -> float:
    """The most that this process kept in memory; on Linux `ru_maxrss` counts what the one that began it had by then."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000_000
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
