"""Worlds: policy sets drawn at random, with the records they are about, as a database holds them and as they are meant.

Deterministic: the same seed draws the same world. What people write down wrongly is drawn on purpose; what no lint
would let pass is drawn again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

from retention.dataset import Dataset, DateKind, Day, NoSubject, SubjectPath, Timestamp, TimeText, via
from retention.disposition import Anonymise, Child, Delete
from retention.finding import Severity
from retention.lint import lint
from retention.period import Period, days, months, weeks, years
from retention.policy import Register
from retention.reads import columns_read
from retention.record import Value
from retention.relation import Join, join
from retention.stores.memory import MemoryStore
from retention.technique import (
    AgeBand,
    Band,
    DateToYear,
    FixedText,
    IpPrefix,
    Nullify,
    Pseudonymise,
    Technique,
    Truncate,
)
from retention.text import Text
from tests.conformance import generated_cells as cells
from tests.conformance.generated_cells import Cell
from tests.conformance.generated_rules import Drafter

PSEUDONYM_KEYS: Final = {"k": b"0123456789abcdef"}
RECORDS: Final = 200  # in a world, over all its datasets
_EFFECTS: Final = frozenset({"ERASES_KEY", "ERASES_RELATION", "ERASES_WHAT_A_RULE_READS", "DESTROYS_WHAT_A_RULE_READS"})
_PERIODS: Final = (
    years(5),
    years(2),
    years(15),
    months(6),
    months(13),
    weeks(6),
    days(28),
    Period(years=1, months=1, days=1),
)
_FORMS: Final = (
    Day(),
    Day(),
    Timestamp(zone="UTC"),
    Timestamp(zone="Europe/Amsterdam"),
    Timestamp(zone="Europe/Amsterdam", text=TimeText.T),
    Timestamp(zone="America/New_York", text=TimeText.T),
    Timestamp(zone=None, text=TimeText.T),
    Timestamp(zone=None, text=TimeText.SPACE),
    Timestamp(zone="UTC", text=TimeText.EPOCH),
)
_KEYS: Final = (("id",), ("id",), ("code",), ("jaar_nr", "code"))
_DATES: Final = ("op", "gesloten", "tot", "geboren", "laatst")
_NOBODY: Final = NoSubject(Text(nl="een lijst", en="a list"))
_SQL: Final = {  # what plain columns are declared as, and how their values are drawn
    "id": ("INTEGER", cells.whole),
    "jaar_nr": ("INTEGER", cells.whole),
    "code": ("TEXT", cells.word),
    "ref": ("INTEGER", cells.whole),
    "merk": ("TEXT COLLATE NOCASE", cells.word),
    "vorige": ("INTEGER", cells.whole),
    "soort": ("VARCHAR(20)", cells.word),
    "jaar": ("INTEGER", cells.year),
    "bedrag": ("REAL", cells.real),
    "geld": ("DECIMAL(10,2)", cells.money),
    "vlag": ("BOOLEAN", cells.flag),
    "naam": ("TEXT", cells.word),
    "ip": ("TEXT", cells.network),
}

Row = dict[str, Cell]


@dataclass(slots=True)
class Shape:
    """One table while it is drawn."""

    name: str
    store: str
    key: tuple[str, ...]
    dates: dict[str, DateKind]
    columns: dict[str, tuple[str, Callable[[Random], Cell]]]
    links: list[tuple[Shape, Join]] = field(default_factory=list)  # its parents, and how it refers to them
    rows: list[Row] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The dataset's id."""
        return f"{self.store}.{self.name}"


@dataclass(frozen=True, slots=True)
class World:
    """A register and its records."""

    label: str  # what draws it again
    register: Register
    shapes: Mapping[str, Shape]  # by dataset id
    accepted: bool  # whether lint has no objection at all; else P12 has some

    def memory(self) -> dict[str, MemoryStore]:
        """What the records mean, by store."""
        return {
            store: MemoryStore(store, {s.name: self._meant(s) for s in shapes}, pseudonym_keys=PSEUDONYM_KEYS)
            for store, shapes in self._by_store().items()
        }

    def sqlite(self, folder: Path) -> dict[str, Path]:
        """What a database holds of the same records, in another order, by store."""
        found = {}
        for store, shapes in self._by_store().items():
            found[store] = folder / f"{store}.db"
            found[store].unlink(missing_ok=True)
            connection = sqlite3.connect(found[store], isolation_level=None)
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("BEGIN")
            for shape in shapes:
                _create(connection, shape, Random(self.label))
            connection.execute("COMMIT")
            connection.close()
        return found

    def _by_store(self) -> dict[str, list[Shape]]:
        found: dict[str, list[Shape]] = {}
        for shape in self.shapes.values():
            found.setdefault(shape.store, []).append(shape)
        return found

    def _meant(self, shape: Shape) -> list[dict[str, Value]]:
        return [{name: cell.value for name, cell in row.items()} for row in shape.rows]


def worlds(seed: int, wanted: int, records: int = RECORDS, *, part: int = 0, parts: int = 1) -> Iterator[World]:
    """As many worlds as wanted, of which lint refuses none for anything but P12; parts have no world in common."""
    found = 0
    for number in count(part, parts):
        world = draw(f"{seed}-{number}", records)
        if world is None:
            continue
        yield world
        found += 1
        if found == wanted:
            return


def draw(label: str, records: int = RECORDS) -> World | None:
    """The world of a label; None: lint refuses it for something that is not about P12."""
    random = Random(label)
    periods = tuple(random.sample(_PERIODS, 3))
    shapes = _shapes(random, periods)
    datasets = _datasets(random, shapes)
    register = Drafter(random, periods, {shape.id: shape for shape in shapes}, datasets).register()
    errors = {finding.code for finding in lint(register) if finding.severity is Severity.ERROR}
    if errors - _EFFECTS:
        return None
    for shape in shapes:
        _only_what_is_read(shape, register)
        _fill(random, shape, records // len(shapes))
    return World(label, register, {shape.id: shape for shape in shapes}, not errors)


def _shapes(random: Random, periods: tuple[Period, ...]) -> list[Shape]:
    shapes: list[Shape] = []
    for number in range(random.randint(1, 4)):
        key = random.choice(_KEYS)
        dates = {name: random.choice(_FORMS) for name in _DATES}
        if random.random() < 0.3:
            dates["gesloten"] = Timestamp(zone="UTC", not_before="op")
        names = [name for name in _SQL if name not in {"id", "jaar_nr", "code"} or name in key]
        columns = {name: _SQL[name] for name in names}
        for name, kind in dates.items():
            integral = isinstance(kind, Timestamp) and kind.text is TimeText.EPOCH
            columns[name] = (
                "INTEGER" if integral else random.choice(("TEXT", "VARCHAR(40)")),
                cells.dated(kind, periods),
            )
        shape = Shape(f"t{number}", random.choice(("a", "a", "b")), key, dates, columns)
        _link(random, shape, [one for one in shapes if one.store == shape.store])
        shapes.append(shape)
    return shapes


def _link(random: Random, shape: Shape, others: list[Shape]) -> None:
    """Make a table refer to some of those before it, and perhaps to itself."""
    parents = [one for one in others if random.random() < 0.6]
    if random.random() < 0.12:
        parents.append(shape)
    for parent in parents:
        ours = ("merk",) if random.random() < 0.08 and parent is not shape else parent.key
        pairs = tuple((f"{parent.name}_{column}", column) for column in ours)
        for name, column in pairs:
            shape.columns[name] = ({"merk": "TEXT"}.get(column, _SQL[column][0]), _SQL[column][1])
        shape.links.append((parent, Join(pairs)))


def _datasets(random: Random, shapes: list[Shape]) -> dict[str, Dataset]:
    found: dict[str, Dataset] = {}
    for shape in shapes:
        children = tuple(
            Child(one.id, _some_kind(random, on)) for one in shapes for parent, on in one.links if parent is shape
        )
        fields = _fields(random)
        kind = Anonymise if fields and random.random() < 0.25 else Delete
        found[shape.id] = Dataset(
            id=shape.id,
            key=shape.key,
            subjects=_subjects(random, found),
            then=kind(children=children),
            fields=fields,
            dates=shape.dates,
        )
    return found


def _some_kind(random: Random, on: Join) -> Join:
    return join(dict(on.pairs), random.choice((Drafter.KIND_IS, Drafter.KIND_IN))) if random.random() < 0.1 else on


def _subjects(random: Random, others: Mapping[str, Dataset]) -> Mapping[str, SubjectPath] | NoSubject:
    chance = random.random()
    if chance < 0.5 or not others:
        return {"client": "ref"}
    if chance < 0.7:
        return _NOBODY
    return {"client": via("merk", random.choice(list(others.values())), "ref")}


def _fields(random: Random) -> dict[str, Technique]:
    known: tuple[tuple[str, tuple[Technique, ...]], ...] = (
        ("naam", (Nullify(), FixedText("-"), Truncate(1), Pseudonymise("k"))),
        ("ip", (IpPrefix(), Nullify())),
        ("geboren", (DateToYear(), AgeBand(5))),
        ("geld", (Band(10),)),
    )
    return {name: random.choice(techniques) for name, techniques in known if random.random() < 0.4}


def _only_what_is_read(shape: Shape, register: Register) -> None:
    """Leave out the columns that nothing reads, since drawing them takes time and shows nothing."""
    read = {*columns_read(register, register.dataset(shape.id)), *(name for _, on in shape.links for name in on.theirs)}
    shape.columns = {name: drawn for name, drawn in shape.columns.items() if name in read}


def _fill(random: Random, shape: Shape, wanted: int) -> None:
    keys: set[tuple[object, ...]] = set()
    for number in range(1, wanted + 1):
        row = {name: draw_cell(random) for name, (_, draw_cell) in shape.columns.items()}
        for name in shape.key:
            row[name] = _key_cell(random, name, number)
        if (key := tuple(row[name].raw for name in shape.key)) in keys:
            continue
        keys.add(key)
        if random.random() < 0.7 and "vorige" in row:
            row["vorige"] = Cell(*[random.randint(1, wanted)] * 2)
        for parent, on in shape.links:
            before = shape.rows if parent is shape else parent.rows
            if before and random.random() < 0.85:
                one = random.choice(before)
                row |= {theirs: one[ours] for theirs, ours in on.pairs}
            elif parent is shape:
                row |= dict.fromkeys(on.theirs, cells.NULL)
        shape.rows.append(row)
    for parent, on in shape.links:
        if parent is shape and shape.rows and random.random() < 0.3:  # somebody moved a record below one of its own
            random.choice(shape.rows).update({theirs: random.choice(shape.rows)[ours] for theirs, ours in on.pairs})


def _key_cell(random: Random, name: str, number: int) -> Cell:
    if name == "id":
        return Cell(number, number)
    if name == "jaar_nr":
        return Cell(*[random.choice((2019, 2020, 2021))] * 2)
    text = (
        f"{random.choice(cells.WORDS)}{number // 2 if random.random() < 0.5 else number}{random.choice(('', ' ', 'A'))}"
    )
    return Cell(text, text)


def _create(connection: sqlite3.Connection, shape: Shape, random: Random) -> None:
    declared = ", ".join(f'"{name}" {sql}' for name, (sql, _) in shape.columns.items())
    key = ", ".join(f'"{name}"' for name in shape.key)
    connection.execute(f'CREATE TABLE "{shape.name}" ({declared}, PRIMARY KEY ({key}))')
    for _, on in shape.links:
        connection.execute(f'CREATE INDEX "{shape.name}_{on.theirs[0]}" ON "{shape.name}" ("{on.theirs[0]}")')
    marks = ", ".join("?" * len(shape.columns))
    rows = [tuple(row[name].raw for name in shape.columns) for row in shape.rows]
    random.shuffle(rows)
    connection.executemany(f'INSERT INTO "{shape.name}" VALUES ({marks})', rows)
