"""What MariaDB holds, read exactly by the type of its column; and what it says when something is wrong."""

import traceback
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pymysql
import pytest

from retention.dataset import Dataset, Day, NoSubject, Timestamp
from retention.disposition import Action
from retention.erase import apply, done
from retention.errors import ConfigError, PolicyError, StoreError
from retention.finding import Severity
from retention.period import years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.record import UNREADABLE
from retention.stores.check import check
from retention.stores.errors import LinkedDataError, LockedError, StoreDownError
from retention.stores.registry import open_source, open_store
from retention.technique import (
    AgeBand,
    Band,
    DateToMonth,
    DateToYear,
    FixedText,
    IpPrefix,
    Nullify,
    Pseudonymise,
    Truncate,
)
from retention.text import Text
from tests import mariadb
from tests.conformance.stores.suite import PSEUDONYM_KEYS, cleared, dispose, everything, keys

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SECRET = "Jansen-123456782"  # noqa: S105 - a name and a number that must not appear
UUID_TEXT = "123e4567-e89b-42d3-a456-426614174000"


@pytest.fixture
def url(mariadb_url):
    return mariadb_url


@pytest.fixture
def opened(url):
    made = []

    def open_it(*script: str, **declared):
        mariadb.sql(url, *script)
        made.append(open_store("org", url, zone=AMSTERDAM, lock_timeout=timedelta(seconds=1)))
        return made[-1], Dataset(id="org.t", subjects=NOBODY, **{"key": ("k",), **declared})

    yield open_it
    for store in made:
        store.close()


CASES = [
    ("DATE", "'2026-07-01'", Day(), date(2026, 7, 1)),
    ("DATE", "'2026-07-01'", None, date(2026, 7, 1)),
    ("DATE", "'0000-00-00'", Day(), UNREADABLE),
    ("DATE", "'2026-00-00'", Day(), UNREADABLE),
    ("DATE", "'2026-02-31'", None, UNREADABLE),
    ("DATETIME", "'2026-07-01 12:30:00'", Timestamp(zone="Europe/Amsterdam"), datetime(2026, 7, 1, 10, 30, tzinfo=UTC)),
    ("DATETIME(6)", "'2026-07-01 12:30:00.25'", Timestamp(zone="UTC"), datetime(2026, 7, 1, 12, 30, 0, 250000, UTC)),
    ("DATETIME", "'0000-00-00 00:00:00'", Timestamp(zone="UTC"), UNREADABLE),
    ("DATETIME", "'2026-07-01 12:30:00'", Timestamp(zone=None), UNREADABLE),
    ("TIMESTAMP NULL", "'2026-07-01 12:30:00'", Timestamp(zone=None), datetime(2026, 7, 1, 12, 30, tzinfo=UTC)),
    ("TIMESTAMP NULL", "'0000-00-00 00:00:00'", Timestamp(zone="UTC"), UNREADABLE),
    ("DECIMAL(40,2)", "'12345678901234567890123456789012345678.90'", None,
     Decimal("12345678901234567890123456789012345678.90")),
    ("BIGINT UNSIGNED", "18446744073709551615", None, 2**64 - 1),
    ("TINYINT(1)", "1", None, True),
    ("TINYINT(1)", "2", None, 2),
    ("BIT(1)", "b'1'", None, True),
    ("BIT(10)", "b'1000000001'", None, 513),
    ("BINARY(3)", "x'61'", None, b"a\0\0"),
    ("UUID", f"'{UUID_TEXT}'", None, UUID(UUID_TEXT)),
    ("ENUM('a','b')", "'b'", None, "b"),
    ("CHAR(3) CHARACTER SET latin1", "'é'", None, "é"),
    ("YEAR", "2026", None, 2026),
    ("DOUBLE", "0.1", None, 0.1),
    ("JSON", "'[1]'", None, "[1]"),
    ("DATE", "NULL", Day(), None),
]  # fmt: skip


@pytest.mark.parametrize(("sql_type", "stored", "kind", "expected"), CASES)
def test_a_value_is_read_by_its_type_and_found_by_what_was_read(opened, sql_type, stored, kind, expected):
    store, of = opened(
        f"CREATE TABLE t (k INT PRIMARY KEY, v {sql_type})",
        f"INSERT INTO t VALUES (1, {stored})",
        dates={} if kind is None else {"v": kind},
    )
    (record,) = store.fetch(of, ("v",), [(1,)])
    found = record.values["v"]
    assert found == expected
    assert type(found) is type(expected)
    joins = [] if found is None or found is UNREADABLE else [(1,)]
    assert keys(store.related(of, (), ("v",), [(found,)])) == joins


def test_an_instant_declared_in_a_zone_is_refused(opened):
    store, of = opened(
        "CREATE TABLE t (k INT PRIMARY KEY, v TIMESTAMP NULL)",
        "INSERT INTO t VALUES (1, NULL)",
        dates={"v": Timestamp(zone="Asia/Tokyo")},
    )
    with pytest.raises(PolicyError, match="instant"):
        everything(store, of, "v")


@pytest.mark.parametrize(
    ("sql_type", "values", "declared"),
    [
        ("UUID", [UUID_TEXT, "ffffffff-0000-4000-8000-000000000002", "00000000-0000-4000-8000-00000000000f"], None),
        ("ENUM('z','a','m')", ["a", "z", "m"], None),
        ("INET6", ["2001:db8::1", "::ffff:10.0.0.1", "::1"], None),
        ("BIGINT UNSIGNED", [0, 2**64 - 1, 2**63], None),
        ("DECIMAL(30,10)", ["1.5000000000", "-3", "12345678901234567890.0000000001"], None),
        ("BIT(10)", [1, 513, 2], None),
        ("BINARY(3)", ["a", "b", "ab"], None),
        ("VARBINARY(9)", ["", "a", "ab"], None),
        ("YEAR", [2026, 1999, 2155], None),
        ("DATE", ["2026-07-01", "1000-01-01", "9999-12-31"], Day()),
        ("DATETIME(6)", ["2026-10-25 02:30:00", "2026-10-25 01:30:00.25", "2026-01-01"], Timestamp(zone="UTC")),
        ("TIMESTAMP(3) NOT NULL DEFAULT NOW(3)", ["2026-07-01 12:00:00.5", "2026-01-01"], Timestamp(zone="UTC")),
        ("CHAR(4)", ["ab", "B", "c d"], None),
        ("VARCHAR(9) COLLATE utf8mb4_unicode_ci", ["straat", "École", "zz"], None),
        ("TINYINT(1)", [0, 1, 2], None),
        ("TIME", ["12:30:00", "-838:59:59", "00:00:01"], None),
    ],
)
def test_a_key_of_any_type_is_found_again_and_disposed_of(opened, sql_type, values, declared):
    dates = {} if declared is None else {"k": declared}
    store, of = opened(
        f"CREATE TABLE t (k {sql_type}, l INT, PRIMARY KEY (k, l))",
        f"CREATE TABLE enkel (k {sql_type} PRIMARY KEY)",
        *(f"INSERT INTO t VALUES ('{value}', {n})" for value in values for n in (1, 2)),
        *(f"INSERT INTO enkel VALUES ('{value}')" for value in values),
        key=("k", "l"),
        dates=dates,
    )
    for each in (of, Dataset(id="org.enkel", key=("k",), subjects=NOBODY, dates=dates)):
        every = keys(everything(store, each, size=1))
        assert len(every) == len(set(every)) == len(values) * len(each.key)
        assert sorted(map(str, keys(store.fetch(each, (), every)))) == sorted(map(str, every))
        dispose(store, cleared(each, every[::2]))
        assert keys(everything(store, each)) == every[1::2]


def test_a_collation_that_ignores_case_and_blanks_still_joins_by_code_point(opened):
    store, of = opened(
        "CREATE TABLE t (k INT PRIMARY KEY, a VARCHAR(9) COLLATE utf8mb4_general_ci)",
        "INSERT INTO t VALUES (1, 'Abc'), (2, 'abc'), (3, 'abc '), (4, 'ábc')",
    )
    assert keys(store.related(of, (), ("a",), [("abc",)])) == [(2,)]
    assert sorted(keys(store.related(of, (), ("a",), [("Abc",), ("abc",), ("ÁBC",)]))) == [(1,), (2,)]


def test_a_key_that_ignores_case_is_paged_whole_and_never_disposed_of_by_another_spelling(opened):
    store, of = opened(
        "CREATE TABLE t (k VARCHAR(9) COLLATE utf8mb4_general_ci PRIMARY KEY)",
        "INSERT INTO t VALUES ('b'), ('A'), ('C'), ('a1')",
    )
    assert keys(everything(store, of, size=1)) == [("A",), ("a1",), ("b",), ("C",)]
    with pytest.raises(StoreError, match=r"org\.t"):
        dispose(store, cleared(of, [("a",)]))
    assert store.count(of) == 4


def test_a_number_never_joins_a_text(opened):
    store, of = opened(
        "CREATE TABLE t (k INT PRIMARY KEY, n INT, s VARCHAR(9))", "INSERT INTO t VALUES (1, 17, '17'), (2, 0, 'x')"
    )
    assert keys(store.related(of, (), ("n",), [("17",), ("x",)])) == []
    assert keys(store.related(of, (), ("s",), [(17,), (0,)])) == []
    assert keys(store.related(of, (), ("n",), [(17.0,), (Decimal(0),)])) == [(1,), (2,)]


def test_techniques_said_by_the_server_are_what_they_are_in_python(opened):
    fields = {
        "naam": Truncate(2),
        "vast": FixedText("x"),
        "band": Band(10),
        "jaar": DateToYear(),
        "maand": DateToMonth(),
    }
    store, of = opened(
        "CREATE TABLE t (k INT PRIMARY KEY, naam VARCHAR(9), vast TEXT, band INT, jaar DATE, maand DATE)",
        "INSERT INTO t VALUES (1, '😀éa', 'y', -3, '1987-06-30', '2024-02-29'), (2, 'a', '', 40, '0000-00-00',"
        " '2026-02-31'), (3, NULL, NULL, NULL, NULL, NULL)",
        fields=fields,
    )
    dispose(store, cleared(of, [(1,), (2,), (3,)], Action.ANONYMISE))
    assert [tuple(record.values[name] for name in fields) for record in everything(store, of, *fields)] == [
        ("😀é", "x", -10, date(1987, 1, 1), date(2024, 2, 1)),
        ("a", "x", 40, None, None),
        (None, None, None, None, None),
    ]


NATIVE = {
    "d DATE": (DateToMonth(), ["2024-02-29", "0001-01-01", "9999-12-31", "0000-00-00", "2026-00-10"]),
    "j DATE": (DateToYear(), ["1987-06-30", "2026-02-31"]),
    "g DATE": (AgeBand(5), ["1987-06-30", "1985-01-01", "0003-05-05"]),
    "z DATETIME(6)": (DateToMonth(), ["2026-10-25 02:30:00.25", "2026-03-29 02:30:00", "0000-00-00 00:00:00"]),
    "i INET6": (IpPrefix(), ["2001:db8:1:2::3", "::ffff:10.11.12.13", "fe80::1"]),
    "b BIGINT UNSIGNED": (Band(10), [0, 47, 2**64 - 1, 2**63]),
    "s SMALLINT": (Band(7), [-30000, -1, 32767]),
    "n DECIMAL(20,3)": (Band(10), ["47.500", "-0.001", "12345678901234567.999"]),
    "f DOUBLE": (Band(10), ["47.5", "1e300", "-0.5"]),
    "k ENUM('open','dicht','')": (FixedText("dicht"), ["open", "dicht"]),
    "t CHAR(6)": (Truncate(4), ["2101AB", "é😀ab", "a b c"]),
    "v VARCHAR(9) COLLATE utf8mb4_unicode_ci": (FixedText("weg"), ["WEG", "weg ", "x"]),
    "p VARCHAR(40) CHARACTER SET latin1": (Pseudonymise("demo"), ["123456782", "é"]),
    "y YEAR": (Nullify(), [2026]),
    "o JSON": (Nullify(), ['{"naam": "x"}']),
}


@pytest.mark.parametrize("column", NATIVE)
def test_a_technique_on_a_native_type_means_what_it_means_everywhere(url, column):
    technique, values = NATIVE[column]
    name = column.split()[0]
    dates = {"z": {"z": Timestamp(zone="Europe/Amsterdam")}}.get(name, {})
    of = Dataset(id="org.t", key=("id",), subjects=NOBODY, fields={name: technique}, dates=dates)
    mariadb.sql(url, f"CREATE TABLE t (id INT PRIMARY KEY, {column} NULL)", "INSERT INTO t VALUES (0, NULL)")
    mariadb.sql(url, *(f"INSERT INTO t VALUES ({n}, '{value}')" for n, value in enumerate(values, 1)))
    store = open_store("org", url, zone=AMSTERDAM, pseudonym_keys=PSEUDONYM_KEYS)
    before = [record.values[name] for record in everything(store, of, name)]
    dispose(store, cleared(of, [(n,) for n in range(len(values) + 1)], Action.ANONYMISE))
    after = [record.values[name] for record in everything(store, of, name)]
    expected = [apply(technique, value, keys=PSEUDONYM_KEYS) for value in before]
    if "CHAR(6)" in column:  # such a column has no blanks at its end
        expected = [value.rstrip() if isinstance(value, str) else value for value in expected]
    assert after == expected
    assert all(done(technique, value) for value in after)
    store.close()


def test_erasing_leaves_a_zero_date_beside_it_and_computes_anew_what_is_computed(opened, url):
    store, of = opened(
        "CREATE TABLE t (k INT PRIMARY KEY, naam VARCHAR(9), op DATE NOT NULL, zoek VARCHAR(9) AS (lower(naam)) STORED,"
        " kort VARCHAR(9) AS (left(naam, 1)) VIRTUAL)",
        "INSERT INTO t (k, naam, op) VALUES (1, 'Jansen', '0000-00-00')",
        fields={"naam": Nullify()},
    )
    dispose(store, cleared(of, [(1,)], Action.ANONYMISE))
    assert mariadb.rows(url, "SELECT naam, CAST(op AS CHAR), zoek, kort FROM t") == ((None, "0000-00-00", None, None),)


def test_a_partitioned_table_is_walked_locked_and_emptied_across_its_partitions(opened, url):
    store, of = opened(
        "CREATE TABLE t (k INT, jaar INT, naam VARCHAR(9), PRIMARY KEY (k, jaar)) PARTITION BY RANGE (jaar)"
        " (PARTITION oud VALUES LESS THAN (2020), PARTITION nieuw VALUES LESS THAN MAXVALUE)",
        *(f"INSERT INTO t VALUES ({n}, {2018 + n % 4}, 'x')" for n in range(8)),
        key=("k", "jaar"),
        fields={"naam": Nullify()},
    )
    every = keys(everything(store, of, size=3))
    assert len(every) == 8
    dispose(store, cleared(of, every[::2]))
    dispose(store, cleared(of, every[1::2], Action.ANONYMISE))
    assert mariadb.rows(url, "SELECT count(*), count(naam) FROM t") == ((4, 0),)


def test_a_scan_holds_no_transaction_between_its_pages(opened, url):
    store, of = opened("CREATE TABLE t (k INT PRIMARY KEY)", *(f"INSERT INTO t VALUES ({n})" for n in range(6)))
    seen = []
    for page in store.pages(of, (), size=2):
        seen += keys(page)
        assert mariadb.rows(url, "SELECT count(*) FROM information_schema.innodb_trx") == ((0,),)
        mariadb.sql(url, "DELETE FROM t WHERE k = 5")
    assert seen == [(n,) for n in range(5)]


@pytest.mark.parametrize("script", ["DELETE FROM t", "UPDATE t SET naam = 'y'", "CREATE TABLE x (y INT)"])
def test_what_is_only_read_cannot_be_written_even_by_raw_sql(opened, url, script):
    store, _ = opened("CREATE TABLE t (k INT PRIMARY KEY, naam TEXT)", "INSERT INTO t VALUES (1, 'x')")
    with pytest.raises(StoreError, match="cannot be written"), store._read("trying") as connection:
        connection.exec_driver_sql(script)
    assert mariadb.rows(url, "SELECT * FROM t") == ((1, "x"),)


def test_a_batch_keeps_other_writers_from_its_records_alone_and_reads_what_was_committed_last(opened, url):
    store, of = opened("CREATE TABLE t (k INT PRIMARY KEY, naam TEXT)", "INSERT INTO t VALUES (1, 'x'), (2, 'x')")
    with closing(mariadb.connect(url)) as other, other.cursor() as cursor, store.session(), store.batch() as batch:
        cursor.execute("SET innodb_lock_wait_timeout = 0")
        batch.lock(of, [(1,)])
        with pytest.raises(pymysql.OperationalError, match="1205"):
            cursor.execute("UPDATE t SET naam = 'z' WHERE k = 1")
        cursor.execute("UPDATE t SET naam = 'z' WHERE k = 2")
        assert [record.values["naam"] for record in batch.fetch(of, ("naam",), [(2,)])] == ["z"]


def test_a_record_that_another_program_keeps_is_an_error_of_its_own(opened, url):
    store, of = opened("CREATE TABLE t (k INT PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    with closing(mariadb.connect(url)) as other, other.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.execute("SELECT * FROM t FOR UPDATE")
        with pytest.raises(LockedError, match="locked"):
            dispose(store, cleared(of, [(1,)]))


def test_linked_data_stop_the_batch_whole_and_no_message_holds_a_key(opened, url):
    store, of = opened(
        "CREATE TABLE t (k INT PRIMARY KEY)",
        "CREATE TABLE brief (id INT PRIMARY KEY, t_id INT, FOREIGN KEY (t_id) REFERENCES t (k))",
        "INSERT INTO t VALUES (987654), (18)",
        "INSERT INTO brief VALUES (1, 987654)",
    )
    key = 900_000 + 87_654  # not written whole in this file, whose lines a traceback shows
    with pytest.raises(LinkedDataError, match="other data refer") as caught:
        dispose(store, cleared(of, [(18,), (key,)]))
    assert str(key) not in "".join(traceback.format_exception(caught.value))
    assert store.count(of) == 2


def test_a_column_that_cannot_be_emptied_stops_the_batch_without_saying_whose(opened, url):
    store, of = opened(
        "CREATE TABLE t (k INT PRIMARY KEY, naam VARCHAR(99) NOT NULL)",
        f"INSERT INTO t VALUES (1, '{SECRET}')",
        fields={"naam": Nullify()},
    )
    with pytest.raises(StoreError, match="constraint") as caught:
        dispose(store, cleared(of, [(1,)], Action.ANONYMISE))
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert mariadb.rows(url, "SELECT naam FROM t") == ((SECRET,),)


@pytest.mark.parametrize("change", [{"password": "geheim"}, {"database": "retention_weg"}, {"port": 1}])
def test_a_server_that_cannot_be_entered_is_down_and_its_password_is_not_said(url, change):
    wrong = mariadb.make_url(url).set(**change)
    source = open_source("org", wrong.render_as_string(hide_password=False), zone=AMSTERDAM)
    with pytest.raises(StoreDownError, match="Store org") as caught:
        source.schema()
    assert str(wrong.password) not in "".join(traceback.format_exception(caught.value))


def test_a_url_without_a_database_is_refused(url):
    with pytest.raises(ConfigError, match="names no database"):
        open_source("org", "mariadb://u:geheim@h", zone=AMSTERDAM)


TABLES = {
    "MyISAM": ("CREATE TABLE t (k INT PRIMARY KEY, op DATE, KEY (op)) ENGINE=MyISAM", ["NO_TRANSACTIONS"]),
    "a history": ("CREATE TABLE t (k INT PRIMARY KEY, op DATE, KEY (op)) WITH SYSTEM VERSIONING", ["HISTORISED"]),
    "the start of a text": ("CREATE TABLE t (k VARCHAR(99) NOT NULL, op DATE, UNIQUE (k(3)))", ["KEY_NOT_UNIQUE"]),
    "its own time": (
        "CREATE TABLE t (k INT PRIMARY KEY, naam TEXT, op TIMESTAMP NULL ON UPDATE CURRENT_TIMESTAMP, KEY (op))",
        ["COLUMN_RESTAMPED"],
    ),
    "nothing wrong": ("CREATE TABLE t (k INT PRIMARY KEY, op DATE, KEY (op))", []),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_that_cannot_be_disposed_of_safely_is_refused(opened, kind):
    script, expected = TABLES[kind]
    own = "naam" in script
    fields, kind_of = ({"naam": Nullify()}, Timestamp(zone="UTC")) if own else ({}, Day())
    store, of = opened(script, dates={"op": kind_of}, fields=fields)
    policy = Policy(
        purpose="proef",
        title=Text(nl="Proef", en="Trial"),
        legal_basis=LegalBasis.PUBLIC_TASK,
        sources=(Source(list="lijst", version="2020", entry="8.1.9", status=SourceStatus.SELECTION_LIST),),
        owner="team",
        prepared_by="iemand",
        rules=(Rule(of, starts_on="op", keep_for=years(5)),),
    )
    found = check(Register(policies=(policy,)), of, store.schema(), ("k", "op"))
    assert [each.code for each in found if each.severity is Severity.ERROR] == expected


def test_the_schema_says_what_refers_what_fires_and_what_is_computed(opened):
    store, _ = opened(
        "CREATE TABLE t (k INT PRIMARY KEY, a VARCHAR(9), b INT AS (k + 1) STORED, UNIQUE (a, b))",
        "CREATE TABLE kind (id INT PRIMARY KEY, t_id INT, FOREIGN KEY (t_id) REFERENCES t (k) ON DELETE CASCADE)",
        "CREATE TRIGGER kopie AFTER DELETE ON t FOR EACH ROW DELETE FROM kind WHERE id = OLD.k",
        "CREATE VIEW overzicht AS SELECT k FROM t",
    )
    tables = store.schema().tables
    assert tables["t"].primary_key == ("k",)
    assert set(tables["t"].unique) == {("k",), ("a", "b")}
    assert tables["t"].triggers == ("kopie",)
    assert tables["t"].columns["b"].generated
    assert tables["t"].columns["a"].length == 9
    assert [(key.columns, key.to_table, key.on_delete) for key in tables["kind"].foreign_keys] == [
        (("t_id",), "t", "CASCADE")
    ]
    assert tables["overzicht"].is_view
