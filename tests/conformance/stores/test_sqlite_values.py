"""What SQLite holds, read exactly: the declared form and nothing else, and never an exception."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from retention.dataset import Dataset, Day, NoSubject, Timestamp, TimeText
from retention.disposition import Action
from retention.errors import PolicyError, StoreError
from retention.record import UNREADABLE
from retention.stores.registry import open_source, open_store
from retention.technique import Nullify, Truncate
from retention.text import Text
from tests.conformance.stores import files
from tests.conformance.stores.suite import cleared, dispose, everything, keys

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "org.db"


def read(path, sql_type: str, stored: str, kind=None) -> object:
    """How one value, written as a SQL expression into a column of this type, is read."""
    path.unlink(missing_ok=True)
    files.sql(path, f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {sql_type}); INSERT INTO t VALUES (1, {stored});")
    of = Dataset(id="org.t", key=("id",), subjects=NOBODY, dates={} if kind is None else {"v": kind})
    source = open_source("org", f"sqlite:///{path}", zone=AMSTERDAM)
    (record,) = source.fetch(of, ("v",), [(1,)])
    source.close()
    return record.values["v"]


@pytest.mark.parametrize("sql_type", ["DATE", "TEXT", "", "BLOB", "NUMERIC"])
def test_a_day_is_read_from_its_one_form(path, sql_type):
    assert read(path, sql_type, "'2026-07-01'", Day()) == date(2026, 7, 1)
    assert read(path, sql_type, "NULL", Day()) is None


@pytest.mark.parametrize(
    "stored",
    [
        "''", "' '", "'2026-7-1'", "'2026-07-01 '", "'20260701'", "'2026-W27-3'", "'01-07-2026'", "'2026-02-30'",
        "'0000-00-00'", "'0000-01-01'", "'10000-01-01'", "'infinity'", "'-infinity'", "'2026-07-01 00:00:00'",
        "20260701", "2461222.5", "x'323032362d30372d3031'", "9e999", "CAST(x'ff' AS TEXT)", "'2026-07-01' || char(0)",
        "'2026-07-0' || char(0x661)",
    ],
)  # fmt: skip
def test_anything_else_is_no_day(path, stored):
    assert read(path, "DATE", stored, Day()) is UNREADABLE


@pytest.mark.parametrize(
    ("kind", "stored", "expected"),
    [
        (Timestamp(zone="UTC"), "'2026-07-01 12:30:00'", at(2026, 7, 1, 12, 30)),
        (Timestamp(zone="UTC"), "'2026-07-01 12:30:00.5'", at(2026, 7, 1, 12, 30, 0, 500000)),
        (Timestamp(zone="UTC"), "'2026-07-01 12:30:00.000001'", at(2026, 7, 1, 12, 30, 0, 1)),
        (Timestamp(zone="Europe/Amsterdam"), "'2026-07-01 12:30:00'", at(2026, 7, 1, 10, 30)),
        (Timestamp(zone="Europe/Amsterdam"), "'2026-01-01 00:30:00'", at(2025, 12, 31, 23, 30)),
        (Timestamp(zone="Europe/Amsterdam", text=TimeText.T), "'2026-01-01T00:30:00'", at(2025, 12, 31, 23, 30)),
        (Timestamp(zone=None, text=TimeText.T), "'2018-12-31T23:30:00Z'", at(2018, 12, 31, 23, 30)),
        (Timestamp(zone=None, text=TimeText.T), "'2019-01-01T00:30:00.250+01:00'", at(2018, 12, 31, 23, 30, 0, 250000)),
        (Timestamp(zone=None), "'2019-01-01 00:30:00-05:30'", at(2019, 1, 1, 6)),
        (Timestamp(zone="UTC", text=TimeText.EPOCH), "0", at(1970, 1, 1)),
        (Timestamp(zone="UTC", text=TimeText.EPOCH), "-1", at(1969, 12, 31, 23, 59, 59)),
        (Timestamp(zone="UTC"), "NULL", None),
        (Timestamp(zone="UTC", text=TimeText.EPOCH), "NULL", None),
    ],
)
def test_a_timestamp_is_read_in_its_declared_form_and_zone(path, kind, stored, expected):
    assert read(path, "INTEGER" if kind.text is TimeText.EPOCH else "DATETIME", stored, kind) == expected


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        (Timestamp(zone="UTC"), "'2026-07-01T12:30:00'"),
        (Timestamp(zone="UTC", text=TimeText.T), "'2026-07-01 12:30:00'"),
        (Timestamp(zone="UTC"), "'2026-07-01 12:30:00Z'"),
        (Timestamp(zone="UTC"), "'2026-07-01 12:30:00+02:00'"),
        (Timestamp(zone=None), "'2026-07-01 12:30:00'"),
        (Timestamp(zone=None), "'2026-07-01 12:30:00+24:00'"),
        (Timestamp(zone=None), "'2026-07-01 12:30:00+0200'"),
        (Timestamp(zone=None), "'0001-01-01 00:00:00+01:00'"),
        (Timestamp(zone="UTC"), "'2026-07-01'"),
        (Timestamp(zone="UTC"), "'2026-07-01 12:30'"),
        (Timestamp(zone="UTC"), "'2026-07-01 24:00:00'"),
        (Timestamp(zone="UTC"), "'2026-07-01 12:30:60'"),
        (Timestamp(zone="UTC"), "'2026-07-01 12:30:00.'"),
        (Timestamp(zone="UTC"), "'2026-07-01 12:30:00.1234567'"),
        (Timestamp(zone="UTC"), "'0000-00-00 00:00:00'"),
        (Timestamp(zone="Europe/Amsterdam"), "'0001-01-01 00:00:00'"),
        (Timestamp(zone="America/New_York"), "'9999-12-31 23:59:59'"),
        (Timestamp(zone="UTC"), "''"),
        (Timestamp(zone="UTC"), "'infinity'"),
        (Timestamp(zone="UTC"), "1751373000"),
        (Timestamp(zone="UTC", text=TimeText.EPOCH), "1751373000.5"),
        (Timestamp(zone="UTC", text=TimeText.EPOCH), "'morgen'"),
        (Timestamp(zone="UTC", text=TimeText.EPOCH), "9223372036854775807"),
    ],
)
def test_any_other_form_is_unreadable(path, kind, stored):
    assert read(path, "", stored, kind) is UNREADABLE


def test_an_hour_that_comes_twice_or_never_is_read_as_the_later_instant(path):
    local = Timestamp(zone="Europe/Amsterdam")
    assert read(path, "TEXT", "'2026-10-25 02:30:00'", local) == at(2026, 10, 25, 1, 30)
    assert read(path, "TEXT", "'2026-10-25 01:59:59'", local) == at(2026, 10, 24, 23, 59, 59)
    assert read(path, "TEXT", "'2026-10-25 03:00:00'", local) == at(2026, 10, 25, 2)
    assert read(path, "TEXT", "'2026-03-29 02:30:00'", local) == at(2026, 3, 29, 1, 30)
    assert read(path, "TEXT", "'2026-03-29 03:30:00'", local) == at(2026, 3, 29, 1, 30)
    assert read(path, "TEXT", "'2026-03-29 01:59:59'", local) == at(2026, 3, 29, 0, 59, 59)


@pytest.mark.parametrize(
    ("sql_type", "stored", "expected"),
    [
        ("REAL", "9e999 - 9e999", None),
        ("REAL", "1.5", 1.5),
        ("DECIMAL(10,2)", "0.1", Decimal("0.1")),
        ("NUMERIC", "7", Decimal(7)),
        ("DECIMAL", "'geen getal'", "geen getal"),
        ("BOOLEAN", "1", True),
        ("BOOLEAN", "0", False),
        ("BOOLEAN", "2", 2),
        ("BLOB", "x'00ff'", b"\x00\xff"),
        ("BLOB", "'tekst'", "tekst"),
        ("TEXT", "'a' || char(0) || 'b'", "a\0b"),
        ("TEXT", "CAST(x'61ff62' AS TEXT)", "a\udcffb"),
        ("INTEGER", "'twaalf'", "twaalf"),
        ("VARCHAR(2)", "'langer'", "langer"),
    ],
)
def test_everything_else_is_what_is_stored(path, sql_type, stored, expected):
    found = read(path, sql_type, stored)
    assert found == expected
    assert type(found) is type(expected)


def test_an_unknown_zone_is_an_error_of_the_policy(path):
    with pytest.raises(PolicyError, match="Mars/Olympus"):
        read(path, "TEXT", "'2026-07-01 12:30:00'", Timestamp(zone="Mars/Olympus"))


# looking values up


def opened(path, script: str, **declared):
    files.sql(path, script)
    of = Dataset(id="org.t", subjects=NOBODY, **{"key": ("k",), **declared})
    return open_store("org", f"sqlite:///{path}", zone=AMSTERDAM), of


def test_one_instant_written_in_several_ways_is_found_every_time(path):
    store, of = opened(
        path,
        "CREATE TABLE t (k INTEGER PRIMARY KEY, op TEXT); INSERT INTO t VALUES (1, '2026-07-01 12:30:00'),"
        " (2, '2026-07-01 12:30:00.000'), (3, '2026-07-01 12:30:00.0000'), (4, '2026-07-01T12:30:00'),"
        " (5, '2026-07-01 12:30:00.100');",
        dates={"op": Timestamp(zone="UTC")},
    )
    assert sorted(keys(store.related(of, (), ("op",), [(at(2026, 7, 1, 12, 30),)]))) == [(1,), (2,), (3,)]
    assert keys(store.related(of, (), ("op",), [(at(2026, 7, 1, 12, 30, 0, 100000),)])) == [(5,)]
    assert keys(store.related(of, (), ("op",), [(date(2026, 7, 1),), ("2026-07-01 12:30:00",)])) == []
    store.close()


@pytest.mark.parametrize(
    "wall", ["2026-10-25 02:30:00", "2026-10-25 02:59:59.5", "2026-03-29 02:30:00", "2026-07-01 00:00:00"]
)
def test_a_timestamp_key_at_the_turn_of_the_clock_is_found_and_disposed_of(path, wall):
    store, of = opened(
        path,
        f"CREATE TABLE t (k TEXT PRIMARY KEY); INSERT INTO t VALUES ('{wall}');",
        dates={"k": Timestamp(zone="Europe/Amsterdam")},
    )
    (record,) = everything(store, of)
    assert store.fetch(of, (), [record.key]).records == (record,)
    dispose(store, cleared(of, [record.key]))
    assert store.count(of) == 0
    store.close()


def test_a_key_with_its_own_offset_cannot_be_looked_up(path):
    store, of = opened(
        path,
        "CREATE TABLE t (k TEXT PRIMARY KEY); INSERT INTO t VALUES ('2026-07-01 12:30:00Z');",
        dates={"k": Timestamp(zone=None)},
    )
    (record,) = everything(store, of)
    with pytest.raises(StoreError, match="offset"):
        store.fetch(of, (), [record.key])
    store.close()


def test_text_that_is_no_unicode_is_paged_found_erased_and_disposed_of(path):
    store, of = opened(
        path,
        "CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT); INSERT INTO t SELECT CAST(column1 AS TEXT), CAST(column1 AS TEXT)"
        " FROM (VALUES (x'61'), (x'61ff'), (x'c328'), (x'80'), (x'f09f98'));",
        fields={"v": Truncate(1)},
    )
    every = keys(everything(store, of, size=1))
    assert len(every) == 5
    assert every == keys(everything(store, of, size=2))
    assert sorted(keys(store.fetch(of, (), every))) == sorted(every)
    dispose(store, cleared(of, every, Action.ANONYMISE))
    assert [record.values["v"] for record in everything(store, of, "v")] == [key[0][:1] for key in every]
    dispose(store, cleared(of, every))
    assert store.count(of) == 0
    store.close()


def test_a_column_that_ignores_case_or_blanks_still_joins_by_code_point(path):
    store, of = opened(
        path,
        "CREATE TABLE t (k INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b TEXT COLLATE RTRIM);"
        " INSERT INTO t VALUES (1, 'Abc', 'x '), (2, 'abc', 'x'), (3, 'ABC', 'x  ');",
    )
    assert keys(store.related(of, (), ("a",), [("abc",)])) == [(2,)]
    assert keys(store.related(of, (), ("b",), [("x",)])) == [(2,)]
    assert sorted(keys(store.related(of, (), ("a", "b"), [("Abc", "x "), ("ABC", "x")]))) == [(1,)]
    store.close()


def test_a_key_that_ignores_case_is_paged_whole(path):
    store, of = opened(
        path, "CREATE TABLE t (k TEXT COLLATE NOCASE PRIMARY KEY); INSERT INTO t VALUES ('b'), ('A'), ('C'), ('a1');"
    )
    assert keys(everything(store, of, size=1)) == [("A",), ("a1",), ("b",), ("C",)]
    assert keys(store.fetch(of, (), [("a",), ("B",), ("b",)])) == [("b",)]
    store.close()


def test_a_number_never_joins_a_text(path):
    store, of = opened(
        path,
        "CREATE TABLE t (k INTEGER PRIMARY KEY, n INTEGER, s TEXT); INSERT INTO t VALUES (1, 17, '17'), (2, 18, 'x');",
    )
    assert keys(store.related(of, (), ("n",), [("17",)])) == []
    assert keys(store.related(of, (), ("s",), [(17,)])) == []
    assert sorted(keys(store.related(of, (), ("n",), [(17.0,), (Decimal(18),)]))) == [(1,), (2,)]
    store.close()


@pytest.mark.parametrize("of", ["main.t", 'Vreemd."e naam', "select", "Tabel"])
def test_tables_of_any_name_and_views_are_read(path, of):
    quoted = '"' + of.removeprefix("main.").replace('"', '""') + '"'
    script = f"""
        CREATE TABLE {quoted} (k INTEGER PRIMARY KEY, "Na am" TEXT, "order" TEXT);
        INSERT INTO {quoted} VALUES (1, 'x', 'y');
        CREATE VIEW overzicht AS SELECT * FROM {quoted};
    """
    store, table = opened(path, script, collection=of)
    view = Dataset(id="org.overzicht", key=("k",), subjects=NOBODY)
    for each in (table, view):
        (record,) = everything(store, each, "Na am", "order")
        assert dict(record.values) == {"k": 1, "Na am": "x", "order": "y"}
        assert store.count(each) == 1
    store.close()


def test_a_column_that_vanished_is_an_error_and_not_its_own_name(path):
    store, of = opened(path, "CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'x');")
    assert len(everything(store, of, "v")) == 1
    files.sql(path, "ALTER TABLE t DROP COLUMN v;")
    with pytest.raises(StoreError):
        everything(store, of, "v")
    store.close()


def test_a_missing_value_stays_missing_when_erased(path):
    store, of = opened(
        path, "CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, NULL);", fields={"v": Nullify()}
    )
    dispose(store, cleared(of, [(1,)], Action.ANONYMISE))
    assert everything(store, of, "v")[0].values["v"] is None
    store.close()
