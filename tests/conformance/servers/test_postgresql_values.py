"""What only PostgreSQL has: its types, its locks, its sessions, and how each goes wrong."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from retention.candidate import Take
from retention.dataset import Day, Timestamp
from retention.disposition import Action
from retention.errors import StoreError, SweepRunning
from retention.record import UNREADABLE
from retention.relation import Join
from retention.stores.errors import LinkedDataError, LockedError, StoreDownError
from retention.stores.interface import Expiry
from retention.stores.registry import open_source, open_store
from retention.technique import AgeBand, Band, DateToYear, FixedText, IpPrefix
from tests.conformance.stores.suite import ZONE, cleared, dataset, dispose, everything, keys
from tests.postgresql import execute

psycopg = pytest.importorskip("psycopg")

WAIT = timedelta(seconds=0.3)
CLIENT = dataset("client", "id")
DOSSIER = dataset("dossier", "id")
BELOW = ((CLIENT, DOSSIER, Join((("client_id", "id"),))),)
TREE = (
    "CREATE TABLE client (id bigint PRIMARY KEY, naam text)",
    "CREATE TABLE dossier (id bigint PRIMARY KEY, client_id bigint REFERENCES client, status text)",
    "INSERT INTO client VALUES (1, 'Jansen'), (2, 'Geheimzinnig')",
    "INSERT INTO dossier VALUES (10, 1, 'dicht'), (20, 2, 'dicht')",
)


@pytest.fixture
def url(postgresql_url):
    return postgresql_url


@pytest.fixture
def opened(url):
    stores = []

    def again():
        stores.append(open_store("org", url, zone=ZONE, lock_timeout=WAIT))
        return stores[-1]

    yield again
    for store in stores:
        store.close()


@pytest.fixture
def store(opened):
    return opened()


@pytest.fixture
def tree(url, store):
    execute(url, *TREE)
    return store


# types


def test_native_types_are_read_as_canonical_values(url, store):
    of = dataset("soort", "u", dates={"d": Day(), "t": Timestamp(zone="Europe/Amsterdam"), "tz": Timestamp(zone="UTC")})
    execute(
        url,
        "CREATE TYPE stemming AS ENUM ('goed', 'slecht')",
        "CREATE DOMAIN bedrag AS numeric(10, 2)",
        """CREATE TABLE soort (u uuid PRIMARY KEY, d date, t timestamp(0), tz timestamptz, n bedrag, f real, b boolean,
           e stemming, y bytea, i inet, j jsonb, a int[], c char(4), w timestamp, p interval)""",
        """INSERT INTO soort VALUES ('00000000-0000-4000-8000-000000000001', '2026-07-01', '2026-07-01 12:00',
           '2026-07-01 12:00+02', 12.50, 0.1, true, 'goed', '\\xff00', '10.11.12.13', '{"b": 1}', '{1}', 'ab',
           '2026-07-01 12:00', '1 day')""",
        """INSERT INTO soort VALUES ('00000000-0000-4000-8000-000000000002', 'infinity', '-infinity', 'infinity', 'NaN',
           'NaN', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'infinity', NULL)""",
        """INSERT INTO soort VALUES ('00000000-0000-4000-8000-000000000003', '0044-03-15 BC', '10000-01-01',
           '10000-01-01 00:00+00')""",
    )
    columns = ("d", "t", "tz", "n", "f", "b", "e", "y", "i", "j", "a", "c", "w", "p")
    one, two, three = (dict(record.values) for record in everything(store, of, *columns))
    assert one == {
        "u": UUID(int=0x40008000000000000001), "d": date(2026, 7, 1), "t": datetime(2026, 7, 1, 10, tzinfo=UTC),
        "tz": datetime(2026, 7, 1, 10, tzinfo=UTC), "n": Decimal("12.50"), "f": 0.1, "b": True, "e": "goed",
        "y": b"\xff\0", "i": "10.11.12.13", "j": '{"b": 1}', "a": UNREADABLE, "c": "ab",
        "w": "2026-07-01 12:00:00", "p": UNREADABLE,
    }  # fmt: skip
    assert [two[name] for name in ("d", "t", "tz", "n", "f", "w")] == [UNREADABLE] * 3 + [None] * 2 + [UNREADABLE]
    assert [three[name] for name in ("d", "t", "tz")] == [UNREADABLE] * 3


@pytest.mark.parametrize(
    ("sql_type", "values", "declared"),
    [
        ("uuid", ["00000000-0000-4000-8000-000000000001", "ffffffff-0000-4000-8000-000000000002"], None),
        ("numeric", [1, Decimal("1.50"), -3], None),
        ("real", [0.1, 2.5], None),
        ("varchar(3)", ["abc", "ab"], None),
        ("timestamptz", ["2026-07-01 12:00:00.5+02", "2026-01-01 00:00+00"], Timestamp(zone="UTC")),
        ("timestamp", ["2026-10-25 02:30", "2026-10-25 01:30"], Timestamp(zone="Europe/Amsterdam")),
        ("timestamp", ["2026-10-25 02:30", "2026-10-25 01:30:00.25"], None),
        ("stemming", ["slecht", "goed"], None),
        ("inet", ["10.0.0.1", "10.0.0.2"], None),
        ("date", ["2026-07-01", "0001-01-01"], Day()),
    ],
)
def test_a_key_of_any_type_is_found_again_and_disposed_of(url, store, sql_type, values, declared):
    of = dataset("sleutel", "k", "l", dates={} if declared is None else {"k": declared})
    single = dataset("enkel", "k", dates=of.dates)
    execute(
        url,
        "CREATE TYPE stemming AS ENUM ('goed', 'slecht')",
        f"CREATE TABLE sleutel (k {sql_type}, l int, PRIMARY KEY (k, l))",
        f"CREATE TABLE enkel (k {sql_type} PRIMARY KEY)",
        *(f"INSERT INTO sleutel VALUES ('{value}', {n})" for value in values for n in (1, 2)),
        *(f"INSERT INTO enkel VALUES ('{value}')" for value in values),
    )
    for each in (of, single):
        every = keys(everything(store, each, size=1))
        assert len(every) == len(set(every)) == len(values) * len(each.key)
        assert sorted(map(str, keys(store.fetch(each, (), every)))) == sorted(map(str, every))
        dispose(store, cleared(each, every[::2]))
        assert keys(everything(store, each)) == every[1::2]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Amsterdam", "America/New_York", None])
@pytest.mark.parametrize("sql_type", ["timestamptz", "timestamp"])
def test_narrowing_by_a_native_timestamp_leaves_out_nothing_that_qualifies(url, store, sql_type, zone):
    of = dataset("log", "id", dates={"op": Timestamp(zone=zone)})
    first = datetime(2026, 3, 27, 11, 15, tzinfo=UTC)
    moments = [first + timedelta(minutes=30 * n) for n in range(200)]
    naive = ZoneInfo(zone or "UTC")
    raw = [at if sql_type == "timestamptz" else at.astimezone(naive).replace(tzinfo=None) for at in moments]
    execute(url, f"CREATE TABLE log (id int PRIMARY KEY, op {sql_type})")
    execute(url, *(f"INSERT INTO log VALUES ({n}, '{at.isoformat()}')" for n, at in enumerate(raw)))
    for last in (date(2026, 3, 28), date(2026, 3, 29), date(2020, 1, 1), date.max):
        placed = zone is not None or sql_type == "timestamptz"  # else nobody knows when it was
        due = {n for n, at in enumerate(moments) if placed and at.astimezone(ZONE).date() <= last}
        for size in (3, 1000):
            pages = store.pages(of, (), size=size, narrow=(Expiry("op", last),))
            assert due <= {record.key[0] for page in pages for record in page}


def test_techniques_leave_native_types_as_they_are(url, store):
    fields = {"d": DateToYear(), "g": AgeBand(5), "i": IpPrefix(), "n": Band(10), "s": Band(10), "v": FixedText("weg")}
    of = dataset("persoon", "id", fields=fields)
    execute(
        url,
        "CREATE TABLE persoon (id int PRIMARY KEY, d date, g date, i inet, n numeric, s smallint, v varchar(3))",
        "INSERT INTO persoon VALUES (1, '2019-05-06', '1987-06-30', '10.11.12.13', 47.5, -3, 'abc')",
        "INSERT INTO persoon VALUES (2, 'infinity', '-infinity', NULL, 'NaN', 32767, NULL)",
    )
    dispose(store, cleared(of, [(1,), (2,)], Action.ANONYMISE))
    found = execute(url, "SELECT d::text, g::text, i::text, n::text, s, v FROM persoon ORDER BY id")
    assert found[0] == ("2019-01-01", "1985-01-01", "10.11.12.0/32", "40", -10, "weg")
    assert found[1][:3] == (None, None, None)
    assert found[1][4:] == (32760, None)


def test_a_table_of_another_schema_is_found_by_its_full_name(url, store):
    execute(url, "CREATE SCHEMA zorg", 'CREATE TABLE zorg."Dossier 1" (id int PRIMARY KEY)')
    execute(url, 'INSERT INTO zorg."Dossier 1" VALUES (7)')
    of = dataset("dossier", "id", collection="zorg.Dossier 1")
    assert keys(everything(store, of)) == [(7,)]
    assert store.schema().tables["zorg.Dossier 1"].primary_key == ("id",)


def test_the_schema_says_what_the_checks_ask(url, store):
    execute(
        url,
        *TREE,
        "CREATE INDEX ON dossier (client_id)",
        "CREATE VIEW open_dossier AS SELECT * FROM dossier",
        "ALTER TABLE client ADD lang text GENERATED ALWAYS AS (naam || '!') STORED, ADD kort varchar(5) UNIQUE",
        "CREATE FUNCTION kopie() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "CREATE TRIGGER bewaar AFTER DELETE ON client FOR EACH ROW EXECUTE FUNCTION kopie()",
        "CREATE TRIGGER nieuw AFTER INSERT ON client FOR EACH ROW EXECUTE FUNCTION kopie()",
    )
    tables = store.schema().tables
    client, dossier = tables["client"], tables["dossier"]
    assert client.columns["lang"].generated
    assert (client.columns["kort"].length, client.columns["kort"].python_type) == (5, str)
    assert (client.primary_key, client.unique, client.triggers) == (("id",), (("kort",),), ("bewaar",))
    assert [(key.columns, key.to_table, key.to_columns, key.on_delete) for key in dossier.foreign_keys] == [
        (("client_id",), "client", ("id",), "NO ACTION")
    ]
    assert ("client_id",) in dossier.indexes
    assert tables["open_dossier"].is_view


# locks and sessions


def refused(url, statement):
    """What another program is told that will not wait."""
    try:
        execute(url, "SET lock_timeout = 100", statement)
    except psycopg.errors.LockNotAvailable:
        return True
    return False


def test_a_locked_batch_keeps_others_from_its_records_and_all_below_them(url, tree):
    with tree.session(), tree.batch() as batch:
        batch.lock(CLIENT, [(1,)], BELOW)
        assert refused(url, "UPDATE client SET naam = 'x' WHERE id = 1")
        assert refused(url, "UPDATE dossier SET status = 'open' WHERE id = 10")
        assert refused(url, "INSERT INTO dossier VALUES (11, 1, 'nieuw')")
        assert not refused(url, "UPDATE dossier SET status = 'open' WHERE id = 20")
        assert not refused(url, "INSERT INTO dossier VALUES (21, 2, 'nieuw')")


def test_what_is_read_after_the_lock_is_what_others_committed_before_it(url, opened):
    store = opened()
    execute(url, *TREE)
    with psycopg.connect(url) as other, store.session(), store.batch() as batch:
        batch.fetch(DOSSIER, ("status",), [(10,)])
        other.execute("UPDATE dossier SET status = 'heropend' WHERE id = 10")
        other.commit()
        batch.lock(CLIENT, [(1,)], BELOW)
        assert [one.values["status"] for one in batch.fetch(DOSSIER, ("status",), [(10,)])] == ["heropend"]


def test_a_record_that_another_program_keeps_locked_is_left_out_and_not_waited_for(url, tree):
    with psycopg.connect(url) as other:
        other.execute("UPDATE dossier SET status = 'open' WHERE id = 10")
        with tree.session(), tree.batch() as batch:
            locked = batch.lock(CLIENT, [(1,)], BELOW)
            assert locked.has(CLIENT, [(1,)])
            assert not locked.has(DOSSIER, [(10,)])


def test_a_locking_read_that_waits_says_when_it_waited_in_vain(url, tree):
    with psycopg.connect(url) as other:
        other.execute("UPDATE client SET naam = 'x' WHERE id = 1")
        with tree.session(), tree.batch() as batch, pytest.raises(LockedError, match="locked"):
            batch.lock(CLIENT, [(1,)], wait=True)


def test_a_session_of_another_role_is_not_ended(url, tree, opened):
    execute(url, "CREATE ROLE ander LOGIN SUPERUSER")
    try:
        other = open_store("org", url.replace("postgres@", "ander@"), zone=ZONE, lock_timeout=WAIT)
        with other.session(), pytest.raises(SweepRunning, match="session lock"), tree.session():
            pass
        other.close()
        with tree.session():
            pass
    finally:
        execute(url, "DROP ROLE ander")


def test_an_old_session_of_our_own_role_is_ended_and_can_do_nothing_more(tree, opened):
    late = opened()
    with suppress(StoreError), late.session(), late.batch() as batch:
        batch.lock(CLIENT, [(1,)], BELOW)
        with tree.session(), tree.batch() as now:
            now.lock(CLIENT, [(1,)], BELOW)
        with pytest.raises(StoreDownError):
            batch.dispose(cleared(CLIENT, {(1,): ((Take(1, DOSSIER, ((10,),)),), ())}))
        with pytest.raises(StoreError):
            batch.commit()
    assert tree.count(CLIENT) == 2


def test_a_session_whose_connection_is_gone_opens_no_batch_on_another(url, tree):
    with tree.session():
        execute(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'retention'")
        for _ in range(2):
            with pytest.raises(StoreDownError), tree.batch() as batch:
                batch.lock(CLIENT, [(1,)])


# what goes wrong


def test_a_record_that_other_data_refer_to_is_said_to_be_linked(tree):
    with pytest.raises(LinkedDataError) as caught:
        dispose(tree, cleared(CLIENT, [(2,)]))
    assert "Geheimzinnig" not in str(caught.value)
    assert tree.count(CLIENT) == 2


def test_an_error_holds_no_value(url, tree):
    execute(
        url,
        "CREATE FUNCTION nee() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION '%', OLD.naam; END$$",
        "CREATE TRIGGER nee BEFORE DELETE ON client FOR EACH ROW EXECUTE FUNCTION nee()",
    )
    with pytest.raises(StoreError, match="trigger") as caught:
        dispose(tree, cleared(CLIENT, [(2,)]))
    assert "Geheimzinnig" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_is_read_outside_a_batch_cannot_write(tree):
    with pytest.raises(StoreDownError, match="25006"), tree._read("trying") as connection:
        connection.exec_driver_sql("DELETE FROM client")


def test_rows_that_row_level_security_hides_are_refused_not_overlooked(url, tree):
    execute(
        url,
        "CREATE ROLE lezer LOGIN",
        "GRANT SELECT ON client TO lezer",
        "ALTER TABLE client ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY een ON client USING (id = 1)",
    )
    reader = open_source("org", url.replace("postgres@", "lezer@"), zone=ZONE)
    with pytest.raises(StoreError, match="42501"):
        reader.count(CLIENT)
    reader.close()
    execute(url, "DROP OWNED BY lezer", "DROP ROLE lezer")


@pytest.mark.parametrize(
    "url_of",
    [
        lambda _: "postgresql://u:geheim@127.0.0.1:1/d",
        lambda url: url.replace("/retention_test", "/weg").replace("postgres@", "postgres:geheim@"),
        lambda url: url.replace("postgres@", "niemand:geheim@"),
    ],
)
def test_a_server_or_database_that_is_not_there_is_said_in_a_line_without_the_password(url, url_of):
    store = open_source("org", url_of(url), zone=ZONE)
    with pytest.raises(StoreDownError, match="Store org") as caught:
        store.count(CLIENT)
    assert "geheim" not in str(caught.value) + store.identity
    assert "\n" not in str(caught.value)
