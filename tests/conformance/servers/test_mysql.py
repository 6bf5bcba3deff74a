"""What MySQL does otherwise than MariaDB: whom we refuse at its door, and triggers that it shows to few."""

from contextlib import contextmanager, nullcontext

import pytest
from sqlalchemy import make_url

from retention.candidate import Take
from retention.errors import StoreError
from retention.stores.check import check
from retention.stores.errors import StoreDownError
from retention.stores.registry import open_source, open_store
from retention.stores.sql_mysql_server import refuse
from retention.technique import Nullify
from tests import mariadb
from tests.conformance.servers.declared import codes, register, table
from tests.conformance.stores.suite import ZONE, cleared, dispose
from tests.servers import database, need

PLAIN = "(id INT PRIMARY KEY, op DATE, naam VARCHAR(99), KEY (op))"
TRAPS = (
    "CREATE TABLE kopie (id INT, naam VARCHAR(99))",
    f"CREATE TABLE bij_wissen {PLAIN}",
    "CREATE TRIGGER bewaar BEFORE DELETE ON bij_wissen FOR EACH ROW INSERT INTO kopie VALUES (OLD.id, OLD.naam)",
    f"CREATE TABLE bij_maken {PLAIN}",
    "CREATE TRIGGER merk BEFORE INSERT ON bij_maken FOR EACH ROW SET NEW.naam = upper(NEW.naam)",
    f"CREATE TABLE ouder {PLAIN}",
    "CREATE TABLE kind (nr INT PRIMARY KEY, o INT, FOREIGN KEY (o) REFERENCES ouder (id) ON DELETE CASCADE)",
    f"CREATE TABLE boven {PLAIN}",
    "CREATE TABLE onder (id INT PRIMARY KEY, naam TEXT, FOREIGN KEY (id) REFERENCES boven (id) ON DELETE CASCADE)",
    "CREATE TRIGGER bewaar_o BEFORE DELETE ON onder FOR EACH ROW INSERT INTO kopie VALUES (OLD.id, OLD.naam)",
)
ROW = "VALUES (1, '2000-01-01', 'x')"
TABLES = ("bij_wissen", "bij_maken", "ouder")


@pytest.fixture(scope="module")
def url():
    """One database with every trap."""
    need("mysql")
    with mariadb.database(of="mysql") as url:
        mariadb.sql(url, *TRAPS)
        yield url


@pytest.fixture(scope="module")
def least_url(url):
    """An account that may do no more than it must: it is shown no trigger."""
    parsed, who = make_url(url), "retention_least@'%'"
    grants = (f"GRANT SELECT, DELETE, UPDATE (naam) ON {parsed.database}.{name} TO {who}" for name in TABLES)
    mariadb.sql(url, f"CREATE USER {who} IDENTIFIED BY 'x'", *grants)
    yield parsed.set(username="retention_least", password="x").render_as_string(hide_password=False)  # noqa: S106
    mariadb.sql(url, f"DROP USER {who}")


@contextmanager
def opened(url):
    store = open_store("org", url, zone=ZONE)
    try:
        yield store
    finally:
        store.close()


def schema_of(url):
    with opened(url) as store:
        return store.schema()


@pytest.mark.parametrize(
    ("version", "counters"), [("8.0.46", 0), ("8.4.9", 2), ("9.6.0", 2), ("9.7.4", 0), ("8.0.11-TiDB-v8.5.0", 0)]
)
def test_a_server_on_which_nothing_was_proven_is_refused(version, counters):
    with pytest.raises(StoreDownError, match=r"older than MySQL 9\.7"):
        refuse("org", version, 64 << 20, counters)


@pytest.mark.parametrize("version", ["9.7.4-2", "10.1.0"])
def test_a_server_from_the_proven_version_on_is_let_in(version):
    refuse("org", version, 64 << 20, 2)


@pytest.mark.parametrize(("engine", "said"), [("mysql", "mariadb"), ("mariadb", "mysql")])
def test_a_url_that_names_the_other_engine_is_corrected(engine, said):
    with database(engine) as right:
        source = open_source("org", right.replace(f"{engine}://", f"{said}://", 1), zone=ZONE)
        with pytest.raises(StoreDownError, match=f"Write {engine}://"):
            source.schema()


def test_a_trigger_that_acts_is_refused_and_one_that_only_counts_until_it_is_declared(url):
    schema = schema_of(url)
    assert codes(schema, table("bij_wissen")) == ["DATABASE_TRIGGER"]
    assert codes(schema, table("bij_maken")) == ["TRIGGER_COUNTED"]
    assert codes(schema, table("bij_maken", triggers=("merk",))) == []
    assert codes(schema, table("bij_maken", triggers=("merk",), fields={"naam": Nullify()})) == []


@pytest.mark.parametrize("name", ["bij_wissen", "bij_maken"])
def test_a_table_with_a_trigger_that_nobody_declared_is_left_alone_by_an_account_that_cannot_see_it(
    url, least_url, name
):
    mariadb.sql(url, "DELETE FROM kopie", f"DELETE FROM {name}", "DELETE FROM kopie", f"INSERT INTO {name} {ROW}")
    with opened(least_url) as store:
        with pytest.raises(StoreError, match="trigger"):
            dispose(store, cleared(table(name), [(1,)]))
        assert store.count(table(name)) == 1
        assert mariadb.rows(url, "SELECT * FROM kopie") == ()
        dispose(store, cleared(table(name, triggers=("bewaar", "merk")), [(1,)]))
        assert store.count(table(name)) == 0


def test_a_table_without_triggers_is_disposed_of_though_another_of_the_session_has_some(url):
    mariadb.sql(url, f"INSERT INTO bij_maken {ROW}", f"INSERT INTO ouder {ROW}")
    with opened(url) as store, store.session():
        with pytest.raises(StoreError, match="trigger"):
            dispose(store, cleared(table("bij_maken"), [(1,)]))
        dispose(store, cleared(table("ouder"), [(1,)]))
        assert store.count(table("ouder")) == 0


def test_a_trigger_of_a_child_is_the_childs_to_declare_though_a_cascade_from_its_parent_counts_it_too(url):
    mariadb.sql(url, "DELETE FROM kopie", f"INSERT INTO boven {ROW}", "INSERT INTO onder VALUES (1, 'x')")
    with opened(url) as store:
        for above, below, refused in ((("iets",), (), True), ((), ("bewaar_o",), False)):
            top, goes = table("boven", triggers=above), table("onder", dates={}, triggers=below)
            batch = cleared(top, {(1,): ((Take(1, goes, ((1,),)),), ())})
            with pytest.raises(StoreError, match=r"^org\.onder: a trigger") if refused else nullcontext():
                dispose(store, batch)
            assert [store.count(top), store.count(goes)] == ([1, 1] if refused else [0, 0])


def test_an_account_that_is_shown_no_triggers_is_told_so_and_a_declared_one_is_not_called_absent(url, least_url):
    of = table("bij_wissen", triggers=("bewaar",))
    for who, unseen in ((least_url, True), (url, False)):
        found = {one.code for one in check(register(of), of, schema_of(who), ("id", "op"))}
        assert ("TRIGGERS_UNSEEN" in found) is unseen
        assert "TRIGGER_ABSENT" not in found


def test_references_on_the_database_shows_what_would_go_along(url, least_url):
    assert codes(schema_of(least_url), table("ouder")) == ["REFERENCES_UNSEEN"]
    mariadb.sql(url, f"GRANT REFERENCES ON {make_url(url).database}.* TO retention_least@'%'")
    assert codes(schema_of(least_url), table("ouder")) == ["FOREIGN_KEY_UNDECLARED"]
