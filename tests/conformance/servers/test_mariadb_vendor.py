"""What a vendor's MariaDB can do to us: refused by `check`, by name, with what to do about it."""

import pytest
from sqlalchemy import make_url

from retention.candidate import Take, Unlink
from retention.dataset import Day, Kept
from retention.disposition import Child
from retention.errors import StoreError
from retention.period import years
from retention.policy import Rule
from retention.stores.registry import open_source, open_store
from retention.technique import FixedText, IpPrefix, Nullify, Truncate
from retention.text import Text
from tests import mariadb
from tests.conformance.servers.declared import codes, found, register, table
from tests.conformance.stores.suite import ZONE, cleared, dispose
from tests.servers import need

KEPT = Kept(Text(nl="de leverancier bewaart mutaties", en="the vendor keeps mutations"))
PLAIN = "(id INT PRIMARY KEY, op DATE, naam VARCHAR(99), KEY (op))"
TRAPS = (
    f"CREATE TABLE schoon {PLAIN}",
    "CREATE TABLE kopie (id INT, naam VARCHAR(99))",
    f"CREATE TABLE bij_wissen {PLAIN}",
    "CREATE TRIGGER bewaar_w BEFORE DELETE ON bij_wissen FOR EACH ROW INSERT INTO kopie VALUES (OLD.id, OLD.naam)",
    f"CREATE TABLE keten {PLAIN}",
    "CREATE TRIGGER sleept_mee AFTER DELETE ON keten FOR EACH ROW DELETE FROM bij_wissen WHERE id = OLD.id + 1",
    f"CREATE TABLE bij_wijzigen {PLAIN}",
    "CREATE TRIGGER bewaar_u AFTER UPDATE ON bij_wijzigen FOR EACH ROW INSERT INTO kopie VALUES (OLD.id, OLD.naam)",
    f"CREATE TABLE myisam {PLAIN} ENGINE=MyISAM",
    f"CREATE TABLE aria {PLAIN} ENGINE=Aria",
    f"CREATE TABLE historie {PLAIN} WITH SYSTEM VERSIONING",
    "CREATE VIEW zicht AS SELECT * FROM schoon",
    f"CREATE TABLE ver {PLAIN}",
    "CREATE TABLE ver_kind (nr INT PRIMARY KEY, v INT, FOREIGN KEY (v) REFERENCES ver (id) ON DELETE CASCADE)",
    f"CREATE TABLE leeg {PLAIN}",
    "CREATE TABLE leeg_kind (nr INT PRIMARY KEY, l INT, FOREIGN KEY (l) REFERENCES leeg (id) ON DELETE SET NULL)",
    ("CREATE TABLE deel (id INT, op DATE, naam VARCHAR(99), PRIMARY KEY (id, op), KEY (op)) PARTITION BY HASH (id)"
    " PARTITIONS 3"),
    ("CREATE TABLE bont (id INT PRIMARY KEY, op DATE, k ENUM('rood','b''lauw'), j JSON, i INET6, t TIME,"
    " naam VARCHAR(99), zoek VARCHAR(99) AS (lower(naam)) STORED, KEY (op))"),
)  # fmt: skip


@pytest.fixture(scope="module")
def url():
    """One database with every trap."""
    need("mariadb")
    with mariadb.database() as url:
        mariadb.sql(url, *TRAPS)
        yield url


@pytest.fixture(scope="module")
def least_url(url):
    """An account that may do no more than it must."""
    parsed, who = make_url(url), "retention_least@'%'"
    mariadb.sql(url, f"CREATE USER {who} IDENTIFIED BY 'x'", *(
        f"GRANT SELECT, DELETE, UPDATE (naam) ON {parsed.database}.{name} TO {who}"
        for name in ("schoon", "bij_wissen", "historie", "ver", "bont")
    ))  # fmt: skip
    yield parsed.set(username="retention_least", password="x").render_as_string(hide_password=False)  # noqa: S106
    mariadb.sql(url, f"DROP USER {who}")


def schema_of(url, named=()):
    source = open_source("org", url, zone=ZONE)
    try:
        return source.schema(named)
    finally:
        source.close()


@pytest.fixture(scope="module")
def schema(url):
    return schema_of(url)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("schoon", []),
        ("bij_wissen", ["DATABASE_TRIGGER"]),
        ("bij_wijzigen", []),  # nothing of it is ever changed: it is only deleted
        ("myisam", ["NO_TRANSACTIONS"]),
        ("aria", ["NO_TRANSACTIONS"]),
        ("historie", ["HISTORISED"]),
        ("zicht", ["VIEW_DISPOSED"]),
        ("ver", ["FOREIGN_KEY_UNDECLARED"]),
        ("leeg", ["FOREIGN_KEY_UNDECLARED"]),
    ],
)
def test_what_the_database_does_by_itself_is_refused(schema, name, expected):
    assert codes(schema, table(name)) == expected


def test_a_trigger_on_updates_is_refused_where_fields_are_erased(schema):
    assert codes(schema, table("bij_wijzigen", fields={"naam": Nullify()})) == ["DATABASE_TRIGGER"]
    assert codes(schema, table("bij_wijzigen", fields={"naam": Nullify()}, triggers=("bewaar_u",))) == []


@pytest.mark.parametrize("name", ["bij_wissen", "historie"])
def test_what_keeps_a_copy_is_let_pass_when_the_declaration_owns_up_to_it(schema, name):
    assert codes(schema, table(name, history=KEPT)) == []


def test_a_partitioned_table_is_a_table_like_any_other(schema):
    assert codes(schema, table("deel", key=("id", "op"))) == []


def test_a_cascade_of_a_declared_child_is_none(schema):
    child = table("ver_kind", key=("nr",), dates={})
    of = table("ver", children=(Child(child, on={"v": "id"}),))
    assert codes(schema, of, register(of, child)) == []


def test_a_table_that_is_on_another_server_is_refused(url):
    parsed = make_url(url)
    ((port,),) = mariadb.rows(url, "SELECT @@port")  # in a container it is not the one that we see
    try:
        mariadb.sql(url, "INSTALL SONAME 'ha_federatedx'")
    except mariadb.pymysql.MySQLError:
        pytest.skip("this server has no FEDERATED engine")
    # An account of its own: who runs the tests may not be let in from the server's own side.
    who = "retention_weg@'%'"
    try:
        mariadb.sql(
            url,
            f"CREATE USER {who} IDENTIFIED BY 'x'",
            f"GRANT SELECT ON {parsed.database}.* TO {who}",
            f"CREATE TABLE ver_weg {PLAIN} ENGINE=FEDERATED CONNECTION='mysql://retention_weg:x@127.0.0.1:{port}"
            f"/{parsed.database}/schoon'",
        )
        assert codes(schema_of(url), table("ver_weg")) == ["TABLE_REMOTE"]
    finally:
        mariadb.sql(
            url, "DROP TABLE IF EXISTS ver_weg", f"DROP USER IF EXISTS {who}", "UNINSTALL SONAME 'ha_federatedx'"
        )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("schoon", ["REFERENCES_UNSEEN"]),
        ("bij_wissen", ["REFERENCES_UNSEEN", "DATABASE_TRIGGER"]),
        ("historie", ["REFERENCES_UNSEEN", "HISTORISED"]),
        ("ver", ["REFERENCES_UNSEEN"]),
    ],
)
def test_an_account_with_no_more_than_it_needs_is_told_what_it_cannot_see(least_url, name, expected):
    assert codes(schema_of(least_url), table(name)) == expected


def test_an_account_that_may_read_the_whole_database_sees_what_refers(url, least_url):
    mariadb.sql(url, f"GRANT SELECT ON {make_url(url).database}.* TO retention_least@'%'")
    try:
        assert codes(schema_of(least_url), table("ver")) == ["FOREIGN_KEY_UNDECLARED"]
    finally:
        mariadb.sql(url, f"REVOKE SELECT ON {make_url(url).database}.* FROM retention_least@'%'")


def test_a_trigger_that_nobody_declared_stops_the_batch_even_when_check_has_not_seen_it(url, least_url):
    mariadb.sql(url, "DELETE FROM kopie", "INSERT INTO bij_wissen VALUES (1, '2000-01-01', 'x')")
    store = open_store("org", least_url, zone=ZONE)
    with pytest.raises(StoreError, match="trigger"):
        dispose(store, cleared(table("bij_wissen"), [(1,)]))
    assert store.count(table("bij_wissen")) == 1
    assert mariadb.rows(url, "SELECT * FROM kopie") == ()
    dispose(store, cleared(table("bij_wissen", history=KEPT), [(1,)]))
    assert mariadb.rows(url, "SELECT * FROM kopie") == ((1, "x"),)
    store.close()


ACTING = {"bij_wissen": "bewaar_w", "keten": "sleept_mee", "bij_wijzigen": "bewaar_u"}


def acting(url, declares):
    """A batch of a record, a child that goes and one that stays; on each a trigger acts, and these declare theirs."""
    top, goes, stays = (table(name, triggers=(ACTING[name],) if name in declares else ()) for name in ACTING)
    mariadb.sql(
        url,
        *(f"DELETE FROM {name}" for name in (*ACTING, "kopie")),
        *(f"INSERT INTO {name} VALUES ({n}, '2000-01-01', 'x')" for name in ACTING for n in (1, 2)),
        "DELETE FROM kopie",
    )
    return (top, goes, stays), cleared(top, {(1,): ((Take(1, goes, ((1,),)),), (Unlink(stays, ("naam",), ((1,),)),))})


@pytest.mark.parametrize("silent", ACTING)
def test_a_trigger_that_nobody_declared_stops_a_batch_whose_other_datasets_declare_theirs(url, silent):
    datasets, batch = acting(url, ACTING.keys() - {silent})
    store = open_store("org", url, zone=ZONE)
    with pytest.raises(StoreError, match=rf"^org\.{silent}: a trigger .*declare triggers="):
        dispose(store, batch)
    assert [store.count(of) for of in datasets] == [2, 2, 2]
    assert mariadb.rows(url, "SELECT * FROM kopie") == ()
    store.close()


def test_what_a_declared_trigger_sets_off_elsewhere_is_declared_with_it(url):
    """The child's deletes a record of a third table, whose own trigger keeps a copy; the record's has none."""
    goes, top = table("keten", triggers=("sleept_mee",)), table("schoon")
    acting(url, ())
    mariadb.sql(url, "INSERT INTO schoon VALUES (1, '2000-01-01', 'x')")
    store = open_store("org", url, zone=ZONE)
    dispose(store, cleared(top, {(1,): ((Take(1, goes, ((1,),)),), ())}))
    assert store.count(top) == 0
    assert mariadb.rows(url, "SELECT * FROM kopie") == ((2, "x"),)
    store.close()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"k": FixedText("b'lauw")}, []),
        ({"k": FixedText("groen")}, ["TECHNIQUE_MISFIT"]),
        ({"k": Truncate(1)}, ["TECHNIQUE_MISFIT"]),
        ({"j": Nullify(), "t": Nullify()}, []),
        ({"t": Truncate(2)}, ["TECHNIQUE_MISFIT"]),
        ({"i": IpPrefix()}, []),
        ({"i": Truncate(3)}, ["TECHNIQUE_MISFIT"]),
        ({"zoek": Nullify()}, ["FIELD_GENERATED"]),
        ({"naam": Nullify()}, []),
    ],
)
def test_a_technique_fits_a_native_type_or_is_refused(schema, fields, expected):
    assert codes(schema, table("bont", fields=fields)) == expected


def test_a_rule_may_not_read_what_is_computed_from_a_field_that_is_erased(schema):
    of = table("bont", fields={"naam": Nullify()}, dates={"op": Day(), "zoek": Day()})
    declared = register(of, rules=(Rule(of, starts_on="zoek", keep_for=years(5)),))
    assert codes(schema, of, declared) == ["FIELD_COMPUTES_READ"]


def test_a_table_of_another_database_is_checked_and_swept_by_its_full_name(url):
    with mariadb.database() as other:
        name = f"{make_url(other).database}.dossier"
        mariadb.sql(
            other,
            f"CREATE TABLE dossier {PLAIN}",
            "INSERT INTO dossier VALUES (7, '2000-01-01', 'x')",
            "CREATE TABLE brief (nr INT PRIMARY KEY, d INT, FOREIGN KEY (d) REFERENCES dossier (id) ON DELETE CASCADE)",
        )
        of = table(name)
        (finding,) = found(schema_of(url, [name]), of)
        assert finding.code == "FOREIGN_KEY_UNDECLARED"
        assert "brief(d)" in finding.text.en
        mariadb.sql(other, "DROP TABLE brief")
        assert codes(schema_of(url, [name]), of) == []
        store = open_store("org", url, zone=ZONE)
        dispose(store, cleared(of, [(7,)]))
        assert store.count(of) == 0
        store.close()


def test_a_table_of_this_database_may_be_written_with_its_name(url, schema):
    assert codes(schema, table(f"{make_url(url).database}.schoon")) == []


@pytest.mark.parametrize(
    ("collation", "expected"), [("utf8mb4_general_ci", ["FOREIGN_KEY_UNDECLARED"]), ("utf8mb4_nopad_bin", [])]
)
def test_a_reference_that_cascades_protects_only_where_another_spelling_is_another_key(url, collation, expected):
    text = f"VARCHAR(9) CHARACTER SET utf8mb4 COLLATE {collation}"
    mariadb.sql(
        url,
        f"CREATE TABLE klant (id {text} PRIMARY KEY, op DATE, KEY (op))",
        f"CREATE TABLE bon (nr INT PRIMARY KEY, k {text}, FOREIGN KEY (k) REFERENCES klant (id) ON DELETE CASCADE)",
    )
    try:
        own, slip = table("klant"), table("bon", key=("nr",), dates={})
        rule = Rule(own, starts_on="op", keep_for=years(5), while_referenced_by=slip, on={"k": "id"})
        assert codes(schema_of(url), own, register(own, slip, rules=(rule,))) == expected
    finally:
        mariadb.sql(url, "DROP TABLE bon, klant")
