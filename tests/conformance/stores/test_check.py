"""`policies check` names every mistake between the declarations and the live schema, each by its code."""

from zoneinfo import ZoneInfo

import pytest

from retention.condition import Equals
from retention.dataset import Dataset, Day, NoSubject, Timestamp, TimeText, via
from retention.disposition import Anonymise, Child, Delete
from retention.finding import Severity
from retention.period import years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.reads import columns_read
from retention.stores.check import check
from retention.stores.coverage import Governed, Role, coverage
from retention.stores.drift import drift, schema_fingerprint
from retention.stores.registry import open_source
from retention.technique import DateToYear, FixedText, Nullify, Truncate
from retention.text import Text
from retention.trigger import latest_of, year
from tests.conformance.stores import files

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))
SOURCE = Source(status=SourceStatus.LAW, title="Wet")
SCHEMA = """
CREATE TABLE dossier (
    dossier_id INTEGER PRIMARY KEY, client_id INTEGER, status TEXT, gesloten DATE, bijgewerkt DATETIME, jaar INTEGER,
    naam TEXT, achternaam TEXT NOT NULL, gewicht REAL, bestand BLOB, kleur TEXT, email TEXT,
    zoeknaam TEXT GENERATED ALWAYS AS (lower(naam)) VIRTUAL
);
CREATE INDEX dossier_gesloten ON dossier (gesloten);
CREATE TABLE document (
    document_id INTEGER PRIMARY KEY, dossier_id INTEGER NOT NULL REFERENCES dossier (dossier_id), ontvangen DATE
);
CREATE INDEX document_dossier ON document (dossier_id);
CREATE VIEW open_dossier AS SELECT dossier_id, gesloten FROM dossier;
"""


def dataset(name: str = "dossier", *, key=("dossier_id",), **more) -> Dataset:
    more.setdefault("subjects", NOBODY)
    return Dataset(id=f"org.{name}", key=key, **more)


def policy(*rules: Rule) -> Policy:
    return Policy(
        purpose="proef", title=Text(nl="Proef", en="Trial"), legal_basis=LegalBasis.PUBLIC_TASK, sources=(SOURCE,),
        owner="team", prepared_by="iemand", rules=rules,
    )  # fmt: skip


DOCUMENT = dataset("document", key=("document_id",), dates={"ontvangen": Day()})
WITH_DOCUMENTS = Delete(children=(Child(DOCUMENT, on="dossier_id"),))


def dossier(**more) -> Dataset:
    more.setdefault("then", WITH_DOCUMENTS)
    more.setdefault("dates", {"gesloten": Day()})
    return dataset(**more)


def rule(of: Dataset, **more) -> Rule:
    more.setdefault("starts_on", "gesloten")
    return Rule(of, keep_for=years(5), **more)


@pytest.fixture
def schema_of(tmp_path):
    def read(extra: str = "", instead: str = SCHEMA):
        path = tmp_path / "org.db"
        path.unlink(missing_ok=True)
        files.sql(path, instead + extra)
        return open_source("org", f"sqlite:///{path}", zone=ZoneInfo("Europe/Amsterdam")).schema()

    return read


def found(register: Register, of: Dataset, schema, severity=(Severity.ERROR, Severity.WARNING)) -> list:
    columns = columns_read(register, of)
    return [(each.code, each.where) for each in check(register, of, schema, columns) if each.severity in severity]


def mistakes(schema, *rules: Rule) -> list:
    return found(Register(policies=(policy(*rules),)), rules[0].dataset, schema)


def test_a_right_declaration_has_no_mistakes(schema_of):
    assert mistakes(schema_of(), rule(dossier(fields={"naam": Nullify(), "email": FixedText("weg")}))) == []


def test_a_missing_table_is_named_with_the_one_it_looks_like(schema_of):
    of = dossier(collection="dosier")
    (finding,) = check(Register(policies=(policy(rule(of)),)), of, schema_of(), ())
    assert finding.code == "TABLE_MISSING"
    assert "'dossier'" in finding.hint.en


def test_every_unknown_column_is_named_at_once(schema_of):
    of = dossier(
        subjects={"client": "clientid"}, fields={"naaam": Nullify()}, dates={"gesloten": Day(not_before="geopend")}
    )
    assert mistakes(schema_of(), rule(of, where=Equals("statuss", "x"))) == [
        ("COLUMN_UNKNOWN", "org.dossier.clientid"),
        ("COLUMN_UNKNOWN", "org.dossier.naaam"),
        ("COLUMN_UNKNOWN", "org.dossier.geopend"),
        ("COLUMN_UNKNOWN", "org.dossier.statuss"),
    ]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("status",), ["KEY_NULLABLE", "KEY_NOT_UNIQUE"]),
        (("achternaam",), ["KEY_NOT_UNIQUE"]),
        (("gewicht",), ["KEY_NULLABLE", "KEY_FLOAT", "KEY_NOT_UNIQUE"]),
        (("dossier_id", "achternaam"), []),
    ],
    ids=["nullable", "not unique", "float", "unique with more"],
)
def test_a_key_that_does_not_identify_is_refused(schema_of, key, expected):
    assert [code for code, _ in mistakes(schema_of(), rule(dossier(key=key)))] == expected


def test_a_partial_unique_index_does_not_make_a_key(schema_of):
    schema = schema_of("CREATE UNIQUE INDEX open_naam ON dossier (achternaam) WHERE status = 'open';")
    assert mistakes(schema, rule(dossier(key=("achternaam",)))) == [("KEY_NOT_UNIQUE", "org.dossier")]


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("bestand", Day()),
        ("gewicht", Day()),
        ("jaar", Day()),
        ("jaar", Timestamp(zone="UTC")),
        ("bijgewerkt", Timestamp(zone="UTC", text=TimeText.EPOCH)),
    ],
)
def test_a_declared_date_that_the_column_cannot_hold_is_refused(schema_of, column, kind):
    of = dossier(dates={"gesloten": Day(), column: kind})
    assert mistakes(schema_of(), rule(of)) == [("TRIGGER_NO_DATE", f"org.dossier.{column}")]


def test_a_trigger_that_is_not_declared_as_a_date_is_refused(schema_of):
    assert mistakes(schema_of(), rule(dossier(dates={}))) == [("TRIGGER_NO_DATE", "org.dossier.gesloten")]


def test_a_trigger_over_related_records_is_checked_where_they_are(schema_of):
    documents = dataset("document", key=("document_id",))
    of = dossier(then=Delete(children=(Child(documents, on="dossier_id"),)))
    register = Register(policies=(policy(rule(of, starts_on=latest_of(documents, "ontvangen", on="dossier_id"))),))
    assert found(register, documents, schema_of()) == [("TRIGGER_NO_DATE", "org.document.ontvangen")]


def test_a_year_that_is_no_integer_is_refused(schema_of):
    assert mistakes(schema_of(), rule(dossier(), starts_on=year("status"))) == [
        ("TRIGGER_NO_YEAR", "org.dossier.status")
    ]
    assert mistakes(schema_of(), rule(dossier(), starts_on=year("jaar"))) == []


def test_an_unknown_time_zone_is_refused(schema_of):
    of = dossier(dates={"gesloten": Day(), "bijgewerkt": Timestamp(zone="Europe/Amstredam")})
    assert mistakes(schema_of(), rule(of)) == [("TIME_ZONE_UNKNOWN", "org.dossier.bijgewerkt")]


@pytest.mark.parametrize("action", ["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"])
def test_an_undeclared_foreign_key_is_refused_whatever_it_does(schema_of, action):
    schema = schema_of(f"CREATE TABLE brief (id INTEGER PRIMARY KEY, d INTEGER REFERENCES Dossier ON DELETE {action});")
    of = dossier()
    register = Register(policies=(policy(rule(of)),))
    (finding,) = [each for each in check(register, of, schema, ()) if each.severity is Severity.ERROR]
    assert finding.code == "FOREIGN_KEY_UNDECLARED"
    assert f"brief(d) refers to it (ON DELETE {action})" in finding.text.en


def test_a_child_on_other_columns_does_not_declare_a_foreign_key(schema_of):
    schema = schema_of("ALTER TABLE document ADD COLUMN bron_id INTEGER REFERENCES dossier;")
    assert mistakes(schema, rule(dossier())) == [("FOREIGN_KEY_UNDECLARED", "org.dossier")]


def test_an_undeclared_reference_to_a_child_is_refused_too(schema_of):
    schema = schema_of("CREATE TABLE bijlage (id INTEGER PRIMARY KEY, d INTEGER REFERENCES document);")
    register = Register(policies=(policy(rule(dossier())),))
    assert found(register, DOCUMENT, schema) == [("FOREIGN_KEY_UNDECLARED", "org.document")]


def test_a_rule_that_is_protected_by_the_referring_records_declares_the_foreign_key(schema_of):
    of = dossier(then=Delete())
    assert mistakes(schema_of(), rule(of, while_referenced_by=DOCUMENT, on="dossier_id")) == []


def test_a_self_reference_must_be_declared(schema_of):
    schema = schema_of("ALTER TABLE dossier ADD COLUMN vorige INTEGER REFERENCES dossier;")
    assert mistakes(schema, rule(dossier())) == [("FOREIGN_KEY_UNDECLARED", "org.dossier")]
    with_itself = Delete(children=(Child(DOCUMENT, on="dossier_id"), Child("org.dossier", on={"vorige": "dossier_id"})))
    codes = [code for code, _ in mistakes(schema, rule(dossier(then=with_itself)))]
    assert codes == ["INDEX_MISSING"]


@pytest.mark.parametrize(
    ("field", "technique"),
    [("achternaam", Nullify()), ("gewicht", Truncate(2)), ("bestand", FixedText("x")), ("jaar", DateToYear())],
)
def test_a_technique_that_does_not_fit_is_refused(schema_of, field, technique):
    assert mistakes(schema_of(), rule(dossier(fields={field: technique}))) == [
        ("TECHNIQUE_MISFIT", f"org.dossier.{field}")
    ]


def test_a_generated_column_cannot_be_erased(schema_of):
    assert mistakes(schema_of(), rule(dossier(fields={"zoeknaam": Nullify()}))) == [
        ("FIELD_GENERATED", "org.dossier.zoeknaam")
    ]


def test_a_key_column_cannot_be_erased(schema_of):
    schema = schema_of(instead=SCHEMA.replace("achternaam TEXT NOT NULL", "achternaam TEXT NOT NULL UNIQUE"))
    of = dossier(key=("achternaam",), fields={"achternaam": FixedText("x")})
    assert mistakes(schema, rule(of)) == [("FIELD_IN_KEY", "org.dossier.achternaam")]


def test_a_child_of_several_parents_must_be_able_to_lose_one(schema_of):
    schema = schema_of("CREATE TABLE zaak (zaak_id INTEGER PRIMARY KEY, gesloten DATE, dossier_id INTEGER);")
    zaak = dataset(
        "zaak", key=("zaak_id",), dates={"gesloten": Day()}, then=Delete(children=(Child(DOCUMENT, on="dossier_id"),))
    )
    register = Register(policies=(policy(rule(dossier()), rule(zaak)),))
    assert found(register, DOCUMENT, schema) == [("UNLINK_NOT_NULLABLE", "org.document.dossier_id")]


def test_a_missing_index_comes_with_its_statement(schema_of):
    schema = schema_of("DROP INDEX dossier_gesloten; DROP INDEX document_dossier;")
    register = Register(policies=(policy(rule(of := dossier())),))
    (trigger,) = [each for each in check(register, of, schema, ()) if each.code == "INDEX_MISSING"]
    (child,) = [each for each in check(register, DOCUMENT, schema, ()) if each.code == "INDEX_MISSING"]
    assert trigger.severity is Severity.WARNING
    assert trigger.hint.en == 'CREATE INDEX "ix_dossier_gesloten" ON "dossier" ("gesloten");'
    files_statement = child.hint.en
    assert found(register, DOCUMENT, schema_of("DROP INDEX document_dossier;" + files_statement)) == []


def test_names_in_statements_are_quoted_as_the_engine_does(schema_of):
    schema = schema_of('CREATE TABLE "Order ""x" (id INTEGER PRIMARY KEY, "op`dag" DATE);')
    of = dataset("order", key=("id",), collection='Order "x', dates={"op`dag": Day()})
    register = Register(policies=(policy(rule(of, starts_on="op`dag")),))
    hints = [
        each.hint.en
        for quote in '"`'
        for each in check(register, of, schema, (), quote=quote)
        if each.code == "INDEX_MISSING"
    ]
    assert hints == [
        'CREATE INDEX "ix_Order ""x_op`dag" ON "Order ""x" ("op`dag");',
        'CREATE INDEX `ix_Order "x_op``dag` ON `Order "x` (`op``dag`);',
    ]


def test_a_view_can_be_read_but_not_disposed_of(schema_of):
    of = dataset("open_dossier", dates={"gesloten": Day()})
    assert mistakes(schema_of(), rule(of)) == [("VIEW_DISPOSED", "org.open_dossier")]
    register = Register(policies=(policy(rule(dossier())),), datasets=(of,))
    assert found(register, of, schema_of()) == []


@pytest.mark.parametrize("zone", ["UTC", None])
def test_a_relation_by_a_timestamp_needs_a_zone(schema_of, zone):
    schema = schema_of("CREATE TABLE meting (id INTEGER PRIMARY KEY, op DATETIME); CREATE INDEX m ON meting (op);")
    meting = dataset("meting", key=("id",), dates={"op": Timestamp(zone=zone)})
    of = dossier(
        dates={"gesloten": Day(), "bijgewerkt": Timestamp(zone="UTC")},
        subjects={"x": via({"op": "bijgewerkt"}, meting, "id")},
    )
    register = Register(policies=(policy(rule(of)),))
    expected = [] if zone else [("RELATION_OFFSET", "org.meting.op")]
    assert found(register, meting, schema) == expected


def test_a_relation_between_types_that_never_are_equal_is_refused(schema_of):
    schema = schema_of(
        "CREATE TABLE brief (id INTEGER PRIMARY KEY, dossier_nr TEXT); CREATE INDEX b ON brief (dossier_nr);"
    )
    brief = dataset("brief", key=("id",))
    of = dossier(
        then=Delete(children=(Child(DOCUMENT, on="dossier_id"), Child(brief, on={"dossier_nr": "dossier_id"})))
    )
    register = Register(policies=(policy(rule(of)),))
    assert found(register, brief, schema) == [("RELATION_TYPE", "org.brief.dossier_nr")]


def test_triggers_of_the_database_are_shown(schema_of):
    schema = schema_of(
        "CREATE TABLE historie (x); CREATE TRIGGER bewaar AFTER DELETE ON dossier"
        " BEGIN INSERT INTO historie VALUES (old.naam); END;"
    )
    assert mistakes(schema, rule(dossier())) == [("DATABASE_TRIGGER", "org.dossier")]


def test_uncovered_columns_are_listed_those_that_look_personal_first(schema_of):
    of = dossier(subjects={"client": "client_id"}, fields={"email": Nullify()})
    register = Register(policies=(policy(rule(of, where=Equals("status", "x"))),))
    (finding,) = [
        each
        for each in check(register, of, schema_of(), columns_read(register, of))
        if each.code == "COLUMNS_UNCOVERED"
    ]
    assert finding.severity is Severity.NOTICE
    assert finding.text.en.endswith(": naam, achternaam, zoeknaam, bijgewerkt, jaar, gewicht, bestand, kleur")


def test_anonymising_that_leaves_what_looks_personal_is_a_warning(schema_of):
    of = dossier(then=Anonymise(children=WITH_DOCUMENTS.children), fields={"naam": Nullify()})
    assert mistakes(schema_of(), rule(of)) == [("PERSONAL_LEFT", "org.dossier")]


# drift


def fingerprints(schema_of, change: str) -> list[str]:
    of = dossier()
    register = Register(policies=(policy(rule(of, where=Equals("status", "x"))),))
    columns = columns_read(register, of)
    before, after = (schema_fingerprint(of, schema_of(extra), columns) for extra in ("", change))
    return [(each.severity.value, each.code) for each in drift(of, before, after)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("", []),
        ("CREATE TABLE los (id INTEGER PRIMARY KEY, tekst TEXT);", []),
        ("ALTER TABLE dossier ADD COLUMN bijnaam TEXT;", [("notice", "COLUMN_NEW")]),
        ("CREATE TABLE b (d INTEGER REFERENCES dossier ON DELETE CASCADE);", [("error", "REFERENCE_NEW")]),
        (
            "ALTER TABLE dossier RENAME COLUMN status TO toestand;",
            [("error", "COLUMN_CHANGED"), ("notice", "COLUMN_NEW")],
        ),
        ("DROP INDEX dossier_gesloten; ALTER TABLE dossier DROP COLUMN gesloten;", None),
        ("CREATE TRIGGER t AFTER DELETE ON dossier BEGIN SELECT 1; END;", [("error", "DATABASE_TRIGGER_CHANGED")]),
        ("DROP VIEW open_dossier; ALTER TABLE dossier RENAME TO oud;", [("error", "TABLE_CHANGED")]),
    ],
    ids=["nothing", "another table", "new column", "new reference", "renamed", "dropped", "trigger", "table gone"],
)
def test_drift_refuses_what_safety_rests_on(schema_of, change, expected):
    if expected is None:
        change, expected = "DROP VIEW open_dossier;" + change, [("error", "COLUMN_CHANGED")]
    assert fingerprints(schema_of, change) == expected


def test_a_key_of_another_type_is_drift(schema_of):
    of, register = dossier(), Register(policies=(policy(rule(dossier())),))
    columns = columns_read(register, of)
    before = schema_fingerprint(of, schema_of(), columns)
    after = schema_fingerprint(
        of, schema_of(instead=SCHEMA.replace("dossier_id INTEGER PRIMARY", "dossier_id TEXT PRIMARY")), columns
    )
    assert [each.code for each in drift(of, before, after)] == ["KEY_CHANGED"]


def test_coverage_lists_every_table_and_column(schema_of):
    of = dossier(subjects={"client": "client_id"}, fields={"naam": Nullify()})
    register = Register(policies=(policy(rule(of)),))
    tables = {each.table: each for each in coverage(register, {"org": schema_of("CREATE TABLE schaduw (email TEXT);")})}
    assert {name: each.governed for name, each in tables.items()} == {
        "dossier": Governed.BY_RULES,
        "document": Governed.BY_PARENT,
        "open_dossier": Governed.NO,
        "schaduw": Governed.NO,
    }
    roles = {each.name: each.role for each in tables["dossier"].columns}
    assert (roles["dossier_id"], roles["client_id"], roles["naam"]) == (Role.KEY, Role.SUBJECT, Role.FIELD)
    assert (roles["gesloten"], roles["kleur"]) == (Role.DATE, Role.NONE)
    assert tables["schaduw"].columns[0].looks_personal
