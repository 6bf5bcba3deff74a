"""What a vendor's PostgreSQL can do to us: refused by `check`, by name, with what to do about it."""

import pytest
from sqlalchemy.engine import make_url

from retention.dataset import Day, Kept, Timestamp
from retention.disposition import Action, Child
from retention.erase import apply, done
from retention.errors import StoreError
from retention.period import years
from retention.policy import Rule
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
from tests import postgresql, servers
from tests.conformance.servers.declared import NOBODY, codes, found, register, table
from tests.conformance.stores.suite import PSEUDONYM_KEYS, ZONE, cleared, dispose, everything, keys

pytest.importorskip("psycopg")

KEPT = Kept(Text(nl="de leverancier bewaart mutaties", en="the vendor keeps mutations"))
LEAST = "retention_vendor_least"
TRAPS = (
    "CREATE TABLE schoon (id int PRIMARY KEY, op date, naam text)",
    "CREATE TABLE kopie (id int, naam text)",
    ("CREATE FUNCTION kopieer() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN INSERT INTO kopie VALUES (OLD.id, OLD.naam); RETURN OLD; END'"),
    "CREATE TABLE bij_wissen (LIKE schoon INCLUDING ALL)",
    "CREATE TRIGGER bewaar AFTER DELETE ON bij_wissen FOR EACH ROW EXECUTE FUNCTION kopieer()",
    "CREATE TABLE bij_wijzigen (LIKE schoon INCLUDING ALL)",
    "CREATE TRIGGER bewaar BEFORE UPDATE OF naam ON bij_wijzigen FOR EACH ROW EXECUTE FUNCTION kopieer()",
    "CREATE TABLE uitgezet (LIKE schoon INCLUDING ALL)",
    "CREATE TRIGGER bewaar AFTER DELETE ON uitgezet FOR EACH ROW EXECUTE FUNCTION kopieer()",
    "ALTER TABLE uitgezet DISABLE TRIGGER bewaar",
    "CREATE TABLE met_regel (LIKE schoon INCLUDING ALL)",
    "CREATE RULE ook AS ON DELETE TO met_regel DO ALSO INSERT INTO kopie VALUES (OLD.id, OLD.naam)",
    "CREATE TABLE met_andere_regel (LIKE schoon INCLUDING ALL)",
    "CREATE RULE anders AS ON DELETE TO met_andere_regel DO INSTEAD UPDATE kopie SET naam = NULL",
    "CREATE TABLE beveiligd (LIKE schoon INCLUDING ALL)",
    "ALTER TABLE beveiligd ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY alleen_eigen ON beveiligd USING (id < 10)",
    "CREATE TABLE gekopieerd (LIKE schoon INCLUDING ALL)",
    "CREATE VIEW tussen AS SELECT naam FROM gekopieerd",
    "CREATE MATERIALIZED VIEW stand AS SELECT * FROM tussen",
    "CREATE VIEW zicht AS SELECT * FROM schoon",
    "CREATE TABLE ouder (LIKE schoon INCLUDING ALL)",
    "CREATE TABLE erfgenaam () INHERITS (ouder)",
    "CREATE FOREIGN DATA WRAPPER elders",
    "CREATE SERVER archief FOREIGN DATA WRAPPER elders",
    "CREATE FOREIGN TABLE ver_weg (id int, op date, naam text) SERVER archief",
    "CREATE TABLE deel (id int, op date, naam text, PRIMARY KEY (id, op)) PARTITION BY RANGE (op)",
    "CREATE TABLE deel_oud PARTITION OF deel FOR VALUES FROM (MINVALUE) TO ('2020-01-01')",
    "CREATE TABLE deel_nieuw PARTITION OF deel FOR VALUES FROM ('2020-01-01') TO (MAXVALUE)",
    "CREATE TRIGGER bewaar AFTER DELETE ON deel_oud FOR EACH ROW EXECUTE FUNCTION kopieer()",
    ("CREATE TABLE deel_log (nr int PRIMARY KEY, id int, op date,"
    " FOREIGN KEY (id, op) REFERENCES deel_oud ON DELETE CASCADE)"),
    "CREATE SCHEMA dicht",
    "CREATE TABLE ver (id int PRIMARY KEY, op date)",
    "CREATE TABLE dicht.geheim (nr int PRIMARY KEY, ver_id int REFERENCES ver ON DELETE CASCADE)",
    "CREATE TYPE kleur AS ENUM ('rood', 'blauw')",
    ("CREATE TABLE bont (id int PRIMARY KEY, op date, k kleur, j jsonb, i inet, a int[], naam text,"
    " zoek text GENERATED ALWAYS AS (lower(naam)) STORED)"),
)  # fmt: skip


@pytest.fixture(scope="module")
def url():
    """One database with every trap, and an account that may do no more than it must."""
    with postgresql.database(servers.need("postgresql")) as url:
        postgresql.execute(
            url,
            *TRAPS,
            f"CREATE ROLE {LEAST} LOGIN",
            f"GRANT SELECT, DELETE, UPDATE (naam) ON schoon, bij_wissen, beveiligd, met_regel TO {LEAST}",
            f"GRANT SELECT, DELETE ON ver TO {LEAST}",
        )
        yield url
        postgresql.execute(url, f"DROP OWNED BY {LEAST}", f"DROP ROLE {LEAST}")


@pytest.fixture(scope="module")
def least_url(url):
    return make_url(url).set(username=LEAST).render_as_string(hide_password=False)


def schema_of(url):
    source = open_source("org", url, zone=ZONE)
    try:
        return source.schema()
    finally:
        source.close()


@pytest.fixture(scope="module")
def schema(url):
    return schema_of(url)


@pytest.fixture(scope="module")
def least(least_url):
    return schema_of(least_url)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("schoon", []),
        ("bij_wissen", ["DATABASE_TRIGGER"]),
        ("bij_wijzigen", []),  # nothing of it is ever changed: it is only deleted
        ("uitgezet", []),
        ("met_regel", ["DATABASE_TRIGGER"]),
        ("met_andere_regel", ["RULE_INSTEAD"]),
        ("gekopieerd", ["COPIED"]),
        ("zicht", ["VIEW_DISPOSED"]),
        ("stand", ["COLUMN_UNKNOWN", "COLUMN_UNKNOWN", "VIEW_DISPOSED"]),
        ("ouder", ["TABLE_INHERITED"]),
        ("ver_weg", ["TABLE_REMOTE"]),
        ("deel_oud", ["TABLE_MISSING"]),  # a partition is no table of its own
        ("ver", ["FOREIGN_KEY_UNDECLARED"]),
    ],
)
def test_what_the_database_does_by_itself_is_refused(schema, name, expected):
    assert codes(schema, table(name)) == expected


def test_a_trigger_on_updates_is_refused_where_fields_are_erased(schema):
    assert codes(schema, table("bij_wijzigen", fields={"naam": Nullify()})) == ["DATABASE_TRIGGER"]


def test_a_trigger_or_a_reference_of_one_partition_counts_for_the_table(schema):
    of = table("deel", key=("id", "op"))
    assert sorted(codes(schema, of)) == ["DATABASE_TRIGGER", "FOREIGN_KEY_UNDECLARED"]


def test_a_trigger_is_let_pass_by_its_name_and_no_other(schema):
    assert codes(schema, table("bij_wissen", triggers=("bewaar",))) == []
    assert codes(schema, table("bij_wissen", triggers=("iets",))) == ["DATABASE_TRIGGER", "TRIGGER_ABSENT"]


@pytest.mark.parametrize("name", ["bij_wissen", "met_regel", "gekopieerd"])
def test_what_keeps_a_copy_is_let_pass_when_the_declaration_owns_up_to_it(schema, name):
    assert codes(schema, table(name, history=KEPT)) == []


def test_a_rule_that_does_something_else_is_refused_whatever_is_declared(schema):
    assert codes(schema, table("met_andere_regel", history=KEPT, triggers=("anders",))) == ["RULE_INSTEAD"]


def test_a_foreign_table_is_not_even_read_for_another_dataset(schema):
    own = table("schoon")
    rule = Rule(own, starts_on="op", keep_for=years(5), while_referenced_by=table("ver_weg"), on={"id": "id"})
    declared = register(own, rules=(rule,))
    assert codes(schema, declared.dataset("org.ver_weg"), declared) == ["TABLE_REMOTE"]


def test_a_view_may_be_read_for_another_dataset(schema):
    own = table("schoon")
    rule = Rule(own, starts_on="op", keep_for=years(5), while_referenced_by=table("zicht"), on={"id": "id"})
    declared = register(own, rules=(rule,))
    assert codes(schema, declared.dataset("org.zicht"), declared) == []


def test_row_level_security_that_hides_records_is_named(least):
    (finding,) = found(least, table("beveiligd"))
    assert finding.code == "ROW_SECURITY"
    assert "alleen_eigen" in finding.text.en
    assert "BYPASSRLS" in finding.hint.en


def test_row_level_security_that_does_not_hide_from_this_account_is_none(schema):
    assert codes(schema, table("beveiligd")) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("schoon", []), ("bij_wissen", ["DATABASE_TRIGGER"]), ("met_regel", ["DATABASE_TRIGGER"]),
     ("ver", ["FOREIGN_KEY_UNDECLARED"])],
)  # fmt: skip
def test_an_account_with_no_more_than_it_needs_sees_the_same(least, name, expected):
    assert codes(least, table(name)) == expected


def test_a_reference_from_a_schema_that_is_closed_to_us_is_named(least):
    (finding,) = found(least, table("ver"))
    assert "dicht.geheim(ver_id)" in finding.text.en


def test_a_trigger_that_does_something_else_since_is_seen(url, schema):
    postgresql.execute(
        url, "CREATE OR REPLACE FUNCTION kopieer() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'"
    )
    before, after = (one.tables["bij_wissen"].acts[0] for one in (schema, schema_of(url)))
    assert (before.name, before.digest == after.digest) == (after.name, False)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"k": FixedText("rood")}, []),
        ({"k": FixedText("groen")}, ["TECHNIQUE_MISFIT"]),
        ({"k": Truncate(1)}, ["TECHNIQUE_MISFIT"]),
        ({"j": Nullify(), "a": Nullify()}, []),
        ({"a": Truncate(1)}, ["TECHNIQUE_MISFIT"]),
        ({"i": IpPrefix()}, []),
        ({"i": Truncate(3)}, ["TECHNIQUE_MISFIT"]),
        ({"zoek": Nullify()}, ["FIELD_GENERATED"]),
        ({"naam": Nullify()}, []),
    ],
)
def test_a_technique_fits_a_native_type_or_is_refused(schema, fields, expected):
    assert codes(schema, table("bont", fields=fields)) == expected


def test_a_rule_may_not_read_what_is_computed_from_a_field_that_is_erased(schema):
    of = table("bont", fields={"naam": Nullify()}, dates={"op": Day(), "zoek": Day()}, subjects=NOBODY)
    declared = register(of, rules=(Rule(of, starts_on="zoek", keep_for=years(5)),))
    assert codes(schema, of, declared) == ["FIELD_COMPUTES_READ"]


def on_every_session(setting):
    return f"DO $$BEGIN EXECUTE format('ALTER DATABASE %I {setting}', current_database()); END$$"


def test_a_name_without_a_schema_never_depends_on_the_search_path(url):
    postgresql.execute(
        url,
        "CREATE SCHEMA retention_vendor",
        "CREATE TABLE retention_vendor.schoon (id int PRIMARY KEY, op date, naam text)",
        "INSERT INTO retention_vendor.schoon VALUES (1, '2000-01-01', 'x')",
        on_every_session("SET search_path = retention_vendor"),
    )
    source = open_source("org", url, zone=ZONE)
    assert source.count(table("schoon")) == 0
    assert source.count(table("retention_vendor.schoon")) == 1
    source.close()
    postgresql.execute(url, on_every_session("RESET search_path"))


def test_what_row_level_security_would_hide_is_an_error_of_the_server_too(least_url):
    source = open_source("org", least_url, zone=ZONE)
    with pytest.raises(StoreError, match="42501"):
        source.count(table("beveiligd"))
    source.close()


def test_children_of_a_partitioned_table_can_be_declared(schema):
    log = table("deel_log", key=("nr",), dates={})
    of = table("deel", key=("id", "op"), children=(Child(log, on={"id": "id", "op": "op"}),), triggers=("bewaar",))
    assert codes(schema, of, register(of, log)) == []


NATIVE = {
    "d date": (DateToMonth(), ["2024-02-29", "infinity", "0044-03-15 BC", "9999-12-31"]),
    "g date": (AgeBand(5), ["1987-06-30", "1985-01-01"]),
    "z timestamptz": (DateToMonth(), ["2026-07-15 12:00+02", "-infinity", "2026-03-01 00:00+00"]),
    "w timestamp": (DateToYear(), ["2026-10-25 02:30", "2026-03-29 02:30", "infinity"]),
    "i inet": (IpPrefix(), ["10.11.12.13", "2001:db8:1:2::3", "::ffff:10.11.12.13", "10.11.12.13/24"]),
    "n numeric(20,3)": (Band(10), ["47.5", "-0.001", "NaN"]),
    "f real": (Band(10), ["47.5", "Infinity", "-0.5"]),
    "b bigint": (Band(10), [-(2**62), 47, 2**63 - 1]),
    "c char(6)": (Truncate(4), ["2101AB", "é😀ab", "a  b"]),
    "t citext": (Truncate(2), ["Jansen", "JA", "j"]),
    "v citext": (FixedText("weg"), ["WEG", "x"]),
    "k kleur": (FixedText("rood"), ["rood", "blauw"]),
    "p varchar(40)": (Pseudonymise("demo"), ["123456782", "é"]),
    "o jsonb": (Nullify(), ['{"naam": "x"}']),
    "a text[]": (Nullify(), ["{a,b}"]),
}


@pytest.mark.parametrize("column", NATIVE)
def test_a_technique_on_a_native_type_means_what_it_means_everywhere(url, column):
    technique, values = NATIVE[column]
    name = column.split()[0]
    kind = {"z": Timestamp(zone="UTC"), "w": Timestamp(zone="Europe/Amsterdam"), "d": Day(), "g": Day()}.get(name)
    of = table(f"native_{name}", fields={name: technique}, dates={} if kind is None else {name: kind})
    postgresql.execute(
        url,
        "CREATE EXTENSION IF NOT EXISTS citext",
        f"CREATE TABLE native_{name} (id int PRIMARY KEY, {column})",
        f"INSERT INTO native_{name} VALUES (0, NULL)",
        *(f"INSERT INTO native_{name} VALUES ({n}, '{value}')" for n, value in enumerate(values, 1)),
    )
    store = open_store("org", url, zone=ZONE, pseudonym_keys=PSEUDONYM_KEYS)
    before = [record.values[name] for record in everything(store, of, name)]
    dispose(store, cleared(of, [(n,) for n in range(len(values) + 1)], Action.ANONYMISE))
    after = [record.values[name] for record in everything(store, of, name)]
    assert after == [apply(technique, value, keys=PSEUDONYM_KEYS) for value in before]
    assert all(done(technique, value) for value in after)
    store.close()


def test_an_hstore_is_read_as_the_text_that_it_is(url):
    postgresql.execute(
        url,
        "CREATE EXTENSION IF NOT EXISTS hstore",
        "CREATE TABLE kenmerken (id int PRIMARY KEY, h hstore)",
        "INSERT INTO kenmerken VALUES (1, 'soort=>brief')",
    )
    store = open_store("org", url, zone=ZONE)
    [record] = everything(store, table("kenmerken", dates={}), "h")
    assert record.values["h"] == '"soort"=>"brief"'
    store.close()


@pytest.mark.parametrize(
    ("sql_type", "values"),
    [
        ("citext", ["Abc", "b", "C", "a"]),
        ('text COLLATE "los"', ["Abc", "b", "C", "ábd"]),
        ("char(4)", ["ab", "B", "a b"]),
        ("bit(3)", ["101", "000", "111"]),
        ("varbit(9)", ["1", "01", "101"]),
        ("bytea", ["a", "", "ab"]),
        ("cidr", ["10.0.0.0/8", "10.0.0.0/16", "2001:db8::/32"]),
        ("macaddr", ["08:00:2b:01:02:03", "08:00:2b:01:02:04"]),
        ("kleur", ["blauw", "rood"]),
    ],
)
def test_a_key_of_any_type_is_walked_whole_found_again_and_disposed_of(url, sql_type, values):
    name = "sleutel_" + "".join(filter(str.isalpha, sql_type)).lower()
    of = table(name, key=("k", "l"), dates={})
    postgresql.execute(
        url,
        "CREATE EXTENSION IF NOT EXISTS citext",
        "CREATE COLLATION IF NOT EXISTS los (provider = icu, locale = 'und-u-ks-level1', deterministic = false)",
        f"CREATE TABLE {name} (k {sql_type}, l int, PRIMARY KEY (k, l))",
        *(f"INSERT INTO {name} VALUES ('{value}', {n})" for value in values for n in (1, 2)),
    )
    store = open_store("org", url, zone=ZONE)
    every = keys(everything(store, of, size=1))
    assert len(every) == len(set(every)) == 2 * len(values)
    assert sorted(map(str, keys(store.fetch(of, (), every)))) == sorted(map(str, every))
    if sql_type.startswith(("citext", "text")):  # which take another spelling for the same
        with pytest.raises(StoreError, match="org"):
            dispose(store, cleared(of, [(every[0][0].swapcase(), every[0][1])]))
    dispose(store, cleared(of, every[::2]))
    assert keys(everything(store, of)) == every[1::2]
    store.close()


def test_a_partitioned_table_is_walked_locked_and_emptied_across_its_partitions(url):
    of = table("gedeeld", key=("id", "op"), fields={"naam": Nullify()})
    postgresql.execute(
        url,
        "CREATE TABLE gedeeld (id int, op date, naam text, PRIMARY KEY (id, op)) PARTITION BY RANGE (op)",
        "CREATE TABLE gedeeld_oud PARTITION OF gedeeld FOR VALUES FROM (MINVALUE) TO ('2020-01-01')",
        "CREATE TABLE gedeeld_nieuw PARTITION OF gedeeld FOR VALUES FROM ('2020-01-01') TO (MAXVALUE)",
        *(f"INSERT INTO gedeeld VALUES ({n}, '{2018 + n % 4}-01-01', 'x')" for n in range(8)),
    )
    store = open_store("org", url, zone=ZONE)
    every = keys(everything(store, of, size=3))
    assert len(every) == 8
    dispose(store, cleared(of, every[::2]))
    dispose(store, cleared(of, every[1::2], Action.ANONYMISE))
    assert postgresql.execute(url, "SELECT count(*), count(naam) FROM gedeeld") == [(4, 0)]
    store.close()


def test_erasing_computes_anew_what_is_computed(url):
    of = table("bont", fields={"naam": Nullify()})
    postgresql.execute(url, "INSERT INTO bont (id, naam) VALUES (1, 'Jansen')")
    store = open_store("org", url, zone=ZONE)
    dispose(store, cleared(of, [(1,)], Action.ANONYMISE))
    assert postgresql.execute(url, "SELECT naam, zoek FROM bont") == [(None, None)]
    store.close()


def test_a_scan_holds_no_transaction_between_its_pages(url):
    postgresql.execute(url, "CREATE TABLE lang (id int PRIMARY KEY)", "INSERT INTO lang SELECT generate_series(0, 5)")
    store, of, seen = open_store("org", url, zone=ZONE), table("lang", dates={}), []
    for page in store.pages(of, (), size=2):
        seen += keys(page)
        assert (
            postgresql.execute(
                url,
                "SELECT state, xact_start, backend_xmin FROM pg_stat_activity WHERE application_name = 'retention'"
                " AND datname = current_database() AND state <> 'idle'",
            )
            == []
        )
        postgresql.execute(url, "DELETE FROM lang WHERE id = 5")
    assert seen == [(n,) for n in range(5)]
    store.close()
