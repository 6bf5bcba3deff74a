"""The same worlds as servers hold them: what a strict type refuses becomes nothing, and dates get native types.

A world is fitted first, so that memory is given what the server is given; half of the date columns, drawn by the
world's label, are native, with what is unreadable there: infinity, a zero date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite
from random import Random
from typing import Any, Final

from retention.dataset import DateKind, Day, Timestamp, TimeText
from retention.record import UNREADABLE
from tests.conformance.generated import Shape, World
from tests.conformance.generated_cells import NULL, Cell

EXACT: Final = "VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
INSTANTS: Final = (datetime(1970, 1, 2, tzinfo=UTC), datetime(2038, 1, 18, tzinfo=UTC))  # what a TIMESTAMP can hold

Fit = tuple[str, Callable[[Cell], Cell]]
"""A column's type on the server, and what a cell is there."""


@dataclass(frozen=True, slots=True)
class Engine:
    """How one kind of server holds columns."""

    name: str
    quote: str
    native: Callable[[DateKind], Fit | None]  # None: as text, or as a number
    plain: Mapping[str, Fit]  # by the first word of SQLite's type
    key_text: str

    def fitted(self, world: World) -> World:
        """The world as this server can hold it."""
        return replace(world, shapes={key: self._fitted(shape, world.label) for key, shape in world.shapes.items()})

    def _fitted(self, shape: Shape, label: str) -> Shape:
        random = Random(f"{label} {shape.id} {self.name}")
        fits = {name: self._fit(random, shape, name, sql) for name, (sql, _) in shape.columns.items()}
        return replace(
            shape,
            columns={name: (fits[name][0], draw) for name, (_, draw) in shape.columns.items()},
            rows=[{name: fits[name][1](cell) for name, cell in row.items()} for row in shape.rows],
        )

    def _fit(self, random: Random, shape: Shape, column: str, sql: str) -> Fit:
        kind = shape.dates.get(column)
        if kind is not None and random.random() < 0.5 and (native := self.native(kind)):
            return native
        declared, fit = self.plain[sql.partition(" ")[0].partition("(")[0]]
        return (self.key_text if column in shape.key and sql == "TEXT" else declared), fit

    def statement(self, shape: Shape) -> str:
        """What makes its table."""
        named = {name: f"{self.quote}{name}{self.quote}" for name in (*shape.columns, shape.name)}
        columns = ", ".join(f"{named[name]} {sql}" for name, (sql, _) in shape.columns.items())
        key = ", ".join(named[name] for name in shape.key)
        return f"CREATE TABLE {named[shape.name]} ({columns}, PRIMARY KEY ({key}))"

    def rows(self, shape: Shape, label: str) -> tuple[str, list[tuple[Any, ...]]]:
        """What fills it: a statement, and rows in another order than memory's."""
        marks = ", ".join(["%s"] * len(shape.columns))
        rows = [tuple(row[name].raw for name in shape.columns) for row in shape.rows]
        Random(label).shuffle(rows)
        return f"INSERT INTO {self.quote}{shape.name}{self.quote} VALUES ({marks})", rows


def by_store(world: World) -> dict[str, list[Shape]]:
    """The tables of each store."""
    found: dict[str, list[Shape]] = {"a": [], "b": []}
    for shape in world.shapes.values():
        found[shape.store].append(shape)
    return found


def fill_postgresql(world: World, urls: Mapping[str, str]) -> None:
    """Replace what the databases hold by the world's tables."""
    import psycopg  # noqa: PLC0415 - skipped where it is missing

    for store, shapes in by_store(world).items():
        with closing(psycopg.connect(urls[store])) as connection, connection, connection.cursor() as cursor:
            cursor.execute("SET client_min_messages = warning")
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
            for shape in shapes:
                cursor.execute(POSTGRESQL.statement(shape))
                cursor.executemany(*POSTGRESQL.rows(shape, world.label))


def fill_mariadb(world: World, urls: Mapping[str, str]) -> None:
    """As above; on MySQL too, for which the world was fitted."""
    from tests import mariadb  # noqa: PLC0415 - its driver is not needed otherwise

    for store, shapes in by_store(world).items():
        with closing(mariadb.connect(urls[store])) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW TABLES")
            if found := ", ".join(f"`{table}`" for (table,) in cursor.fetchall()):
                cursor.execute(f"DROP TABLE {found}")
            for shape in shapes:
                cursor.execute(MARIADB.statement(shape))
                if shape.rows:
                    cursor.executemany(*MARIADB.rows(shape, world.label))


def _only(*kinds: type) -> Callable[[Cell], Cell]:
    return lambda cell: cell if isinstance(cell.raw, kinds) else NULL


def _text(cell: Cell) -> Cell:
    """A text column takes texts; what is no text and no date is another that is no date."""
    return cell if cell.raw is None or isinstance(cell.raw, str) else Cell("n/a", cell.value)


def _exact(cell: Cell) -> Cell:
    """What a DECIMAL(10,2) holds, with its two places, which a seal covers."""
    if not isinstance(cell.value, Decimal):
        return NULL
    exact = cell.value.quantize(Decimal("0.01"))
    return Cell(str(exact), exact)


def _finite(cell: Cell) -> Cell:
    return cell if isinstance(cell.raw, int | float) and isfinite(cell.raw) else NULL


def _truth(cell: Cell) -> Cell:
    return Cell(cell.value, cell.value) if isinstance(cell.value, bool) else NULL


def _or(unreadable: str, cell: Cell) -> Cell:
    return Cell(unreadable, UNREADABLE) if cell.value is UNREADABLE else cell


def _instant(unreadable: str, cell: Cell) -> Cell:
    """An instant as UTC's clock shows it."""
    if cell.value is UNREADABLE:
        return Cell(unreadable, UNREADABLE)
    return NULL if cell.value is None else Cell(f"{cell.value.replace(tzinfo=None)}", cell.value)  # type: ignore[union-attr]


def _stamp(unreadable: str, cell: Cell) -> Cell:
    """A TIMESTAMP knows the years 1970 to 2038 only."""
    inside = isinstance(cell.value, datetime) and INSTANTS[0] < cell.value < INSTANTS[1]
    return _instant(unreadable, cell if inside or cell.value is None else Cell(cell.raw, UNREADABLE))


def _native_postgresql(kind: DateKind) -> Fit | None:
    match kind:
        case Day():
            return "date", lambda cell: _or("infinity", cell)
        case Timestamp(text=TimeText.EPOCH):
            return None
        case Timestamp(zone=None):
            return "timestamptz", lambda cell: _or("infinity", cell)
        case Timestamp():
            return "timestamp", lambda cell: _or("-infinity", cell)


def _native_mariadb(kind: DateKind) -> Fit | None:
    match kind:
        case Day():
            return "DATE", lambda cell: _or("0000-00-00", cell)
        case Timestamp(text=TimeText.EPOCH):
            return None
        case Timestamp(zone=None):
            return "TIMESTAMP(6) NULL", lambda cell: _stamp("0000-00-00 00:00:00", cell)
        case Timestamp():
            return "DATETIME(6)", lambda cell: _or("2019-00-00 00:00:00", cell)


POSTGRESQL: Final = Engine(
    name="postgresql",
    quote='"',
    native=_native_postgresql,
    plain={
        "INTEGER": ("bigint", _only(int)),
        "TEXT": ("text", _text),
        "VARCHAR": ("varchar(191)", _text),
        "REAL": ("double precision", _only(int, float)),
        "DECIMAL": ("numeric(10,2)", _exact),
        "BOOLEAN": ("boolean", _truth),
    },
    key_text="text",
)
MARIADB: Final = Engine(
    name="mariadb",
    quote="`",
    native=_native_mariadb,
    plain={
        "INTEGER": ("BIGINT", _only(int)),
        "TEXT": ("VARCHAR(191)", _text),
        "VARCHAR": ("VARCHAR(191)", _text),
        "REAL": ("DOUBLE", _finite),
        "DECIMAL": ("DECIMAL(10,2)", _exact),
        "BOOLEAN": ("BOOLEAN", _only(int)),
    },
    key_text=EXACT,
)
MYSQL: Final = replace(MARIADB, name="mysql", key_text="VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin")
