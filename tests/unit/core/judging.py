"""Hand-made records, judged at peildatum 2026-07-01 in Amsterdam."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from retention.audit.reference import ReferenceKey
from retention.dataset import Dataset, DateKind, Day, NoSubject, Timestamp
from retention.holds import Hold, HoldKind, Scope
from retention.judge import Judge, Judgement
from retention.period import years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.record import Aggregate, Facts, Record, Value
from retention.relation import Join
from retention.scan import Judged, Scanner
from retention.sifting import Sifter
from retention.start import Day as Today
from retention.start import Start, read_start
from retention.stores.memory import MemoryStore
from retention.text import Text
from retention.trigger import Trigger

TODAY: Final = Today(date(2026, 7, 1), ZoneInfo("Europe/Amsterdam"))
DATES: Final[Mapping[str, DateKind]] = {
    **{name: Day() for name in ("af", "op", "tot", "geboren")},
    "om": Timestamp(zone="UTC"),
    "bounded": Day(not_before="op"),
}
NOBODY: Final = NoSubject(Text(nl="niemand", en="nobody"))


def dataset(name: str = "dossier", **more: Any) -> Dataset:
    """A dataset with a key `id` and the dates above."""
    return Dataset(id=f"cvs.{name}", **{"key": ("id",), "subjects": NOBODY, "dates": DATES} | more)


def rule(of: Dataset, **more: Any) -> Rule:
    """Five years from `af`, unless told otherwise."""
    return Rule(of, **{"starts_on": "af", "keep_for": years(5)} | more)


def register(*rules: Rule, datasets: tuple[Dataset, ...] = ()) -> Register:
    """Every rule in a purpose of its own: doel0, doel1 …"""
    return Register(policies=tuple(policy(f"doel{n}", one) for n, one in enumerate(rules)), datasets=datasets)


def policy(purpose: str, *rules: Rule) -> Policy:
    """One purpose."""
    return Policy(
        purpose=purpose,
        title=Text(nl="Hulp", en="Help"),
        legal_basis=LegalBasis.CONTRACT,
        sources=(Source(status=SourceStatus.LAW, title="Wmo 2015"),),
        owner="team",
        prepared_by="jan",
        rules=rules,
    )


def record(of: Dataset, **values: Value) -> Record:
    """A record; every column that is not given is empty."""
    names = {*of.key, *of.dates, *of.fields, *values}
    whole = {"id": 1, **{name: None for name in sorted(names - values.keys()) if name != "id"}, **values}
    return Record(of, tuple(whole[name] for name in of.key), whole)


def judge(one: Record, *rules: Rule) -> Judgement:
    """What becomes of a record that has no others around it."""
    return Judge(register(*rules, datasets=(one.dataset,)), TODAY).judge(Aggregate(one), Facts())


def start(trigger: Trigger, facts: Facts | None = None, **values: Value) -> Start:
    """How a trigger reads."""
    return read_start(trigger, record(dataset(), **values), facts or Facts(), TODAY)


def related(of: Dataset, on: Join, value: Value, *found: Record) -> Facts:
    """Facts that hold one look-up."""
    return Facts({(of.id, on.theirs): {(value,): found}})


def held(*records: tuple[str, str]) -> Hold:
    """A legal hold on records, by dataset id and key."""
    return Hold(
        id="H-20260601-00000000",
        kind=HoldKind.LEGAL_HOLD,
        scope=Scope(records=frozenset(records)),
        matter="zaak",
        placed_at=utc("2026-06-01T12:00:00"),
        placed_by="jurist",
        salt=b"s" * 32,
    )


def utc(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def scan(
    of: Dataset, reg: Register, holds: tuple[Hold, ...] = (), **tables: list[dict[str, Value]]
) -> dict[Value, Judged]:
    """Every record of a dataset in memory, judged among the others, by its id; a plan says the same of each."""
    padded = {
        name: [{column: row.get(column) for column in {*DATES, *(c for r in rows for c in r)}} for row in rows]
        for name, rows in tables.items()
    }
    store = MemoryStore("cvs", padded)
    keys = {one.id: ReferenceKey("k", b"k" * 32) for one in reg.all_datasets}
    scanner = Scanner(reg, TODAY, holds, utc("2026-07-01T12:00:00"), keys)
    found = {one.record.key[0]: one for page in scanner.scan(of, {"cvs": store}) for one in page}
    assert planned(Sifter(scanner, of, {"cvs": store})) == {key: _told(one) for key, one in found.items()}
    return found


def planned(sifter: Sifter) -> dict[Value, tuple[object, ...]]:
    """What a plan says of each record."""
    pages = list(sifter.pages())
    alike = {key[0]: _told(one) for page in pages for one, keys in page.alike for key in keys}
    return alike | {one.record.key[0]: _told(one) for page in pages for one in page.each}


def _told(one: Judged) -> tuple[object, ...]:
    return one.reason, one.judgement, one.gate, one.seal, one.candidate and one.candidate[:4]
