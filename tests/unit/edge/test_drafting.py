"""A draft from a schema: what it guesses, and that it is code which says so."""

import random
from datetime import date, datetime

import pytest

from retention.drafting import names
from retention.drafting.guess import Guess
from retention.drafting.levels import levels
from retention.drafting.names import Kind
from retention.drafting.write import data_map, draft
from retention.stores.schema import ForeignKey, Schema, SchemaColumn, SchemaTable, SchemaTrigger
from retention.technique import FixedText, Nullify, Truncate


def column(name: str, kind: type | None = str, *, nullable: bool = True, length: int | None = None) -> SchemaColumn:
    return SchemaColumn(name=name, sql_type="TEXT", python_type=kind, nullable=nullable, length=length)


def table(
    name: str, *columns: SchemaColumn, refers: dict[str, tuple[str, str]] | None = None, key: str | None = None
) -> SchemaTable:
    """A table whose first column is its key; `refers` is column: (table, column)."""
    keys = (
        ForeignKey(table=name, columns=(ours,), to_table=to, to_columns=(theirs,))
        for ours, (to, theirs) in (refers or {}).items()
    )
    return SchemaTable(
        name=name,
        columns={one.name: one for one in columns},
        primary_key=(columns[0].name if key is None else key,),
        foreign_keys=tuple(keys),
    )


CLIENT = table(
    "client", column("client_id", int), column("naam"), column("postcode", length=6), column("bsn", nullable=False)
)
DOSSIER = table(
    "dossier", column("id", int), column("client_id", int), column("geopend_op", date), column("afgesloten_op", date),
    refers={"client_id": ("client", "client_id")},
)  # fmt: skip
CONTACT = table(
    "contact", column("id", int), column("dossier_id", int), column("client_id", int), column("tijd_utc", datetime),
    refers={"dossier_id": ("dossier", "id"), "client_id": ("client", "client_id")},
)  # fmt: skip
SORT = table("soort", column("id", int), column("omschrijving"))
LINE = table("order line", column("id", int), column("contact_id", int), refers={"contact_id": ("contact", "id")})


def guess(*tables: SchemaTable) -> Guess:
    return Guess("cvs", Schema(tables={one.name: one for one in tables}))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("achternaam", Kind.NAME),
        ("lastName", Kind.NAME),
        ("Post Code", Kind.POSTCODE),
        ("geboortedatum", Kind.BIRTH),
        ("date_of_birth", Kind.BIRTH),
        ("client_email", Kind.CONTACT),
        ("IP", Kind.NETWORK),
        ("iban", Kind.NUMBER),
        ("notitie", Kind.FREE_TEXT),
        ("regime", None),
        ("filename_suffix", None),
        ("description_id", None),
        ("shipment", None),
    ],
)
def test_a_column_is_personal_by_its_name_in_dutch_or_english(name: str, kind: Kind | None):
    assert names.personal_kind(name) is kind


def test_a_record_is_reached_through_its_person():
    found = guess(CLIENT, DOSSIER, LINE, CONTACT)
    assert [(path.namespace, len(path.hops), path.column) for path in found.paths("client")] == [
        ("client", 0, "client_id")
    ]
    assert [(path.namespace, len(path.hops), path.column) for path in found.paths("dossier")] == [
        ("client", 0, "client_id")
    ]
    assert [(path.namespace, len(path.hops), path.column) for path in found.paths("order line")] == [
        ("client", 1, "client_id")
    ]


def test_a_record_goes_with_its_farthest_owner():
    found = guess(CLIENT, DOSSIER, CONTACT)
    assert {key.table for key in found.children("dossier")} == {"contact"}
    assert {key.table for key in found.children("client")} == {"dossier"}


def test_a_table_about_nobody_takes_nothing_along_and_has_no_personal_fields():
    referring = table("zaak", column("id", int), column("soort_id", int), refers={"soort_id": ("soort", "id")})
    found = guess(SORT, referring)
    assert (found.paths("soort"), found.children("soort")) == ((), ())
    assert "fields=" not in data_map(found, "UTC")


def test_the_technique_fits_its_column():
    found = {one.column: one.technique for one in guess(CLIENT).personal("client")}
    assert found == {"naam": Nullify(), "postcode": Truncate(4), "bsn": FixedText("verwijderd")}


def test_keys_that_bite_their_tail_are_drafted_all_the_same():
    one = table("one", column("id", int), column("two_id", int), refers={"two_id": ("two", "id")})
    two = table("two", column("id", int), column("one_id", int), refers={"one_id": ("one", "id")})
    text = data_map(guess(one, two, CLIENT), "UTC")
    compile(text, "data_map.py", "exec")
    assert "ONE = Dataset(" in text


def test_the_example_is_about_what_ends_and_destroys_nothing_yet():
    drafted = draft(guess(CLIENT, DOSSIER, CONTACT), zone="Europe/Amsterdam", prepared_by="ann")
    assert drafted.example == "cvs.dossier"
    text = drafted.files["policies/dossier_policy.py"]
    assert 'starts_on="afgesloten_op"' in text
    assert "years(100)" in text


def test_a_database_without_dates_gets_a_policy_that_keeps():
    assert (
        "keep_for=PERMANENT" in draft(guess(CLIENT), zone="UTC", prepared_by="ann").files["policies/client_policy.py"]
    )


def test_an_empty_database_gets_a_register_that_compiles():
    drafted = draft(guess(), zone="UTC", prepared_by="ann")
    for name, text in drafted.files.items():
        compile(text, name, "exec")


def test_every_suggestion_is_a_comment_to_confirm():
    drafted = draft(guess(CLIENT, DOSSIER, CONTACT, SORT), zone="UTC", prepared_by="ann")
    text = drafted.files["policies/data_map.py"]
    suggesting = ("Nullify()", "Truncate(", "FixedText(", "Day()", "Timestamp(", "Child(", "subjects=")
    lines = [line for line in text.splitlines() if any(word in line for word in suggesting) and "import" not in line]
    assert lines
    assert [line for line in lines if "# confirm:" not in line] == []
    assert drafted.suggestions == sum(one.count("# confirm:") for one in drafted.files.values())


def test_two_tables_whose_names_are_alike_stay_two():
    one, other = table("Order Lines", column("id", int)), table("order_lines", column("id", int))
    text = data_map(guess(one, other), "UTC")
    assert text.count(" = Dataset(") == len({line.split(" ")[0] for line in text.splitlines() if " = Dataset(" in line})


@pytest.mark.parametrize(
    ("name", "namespace"), [("2023_klanten", "t-2023-klanten"), ("Cliënten", "clienten"), ("Straßen", "strassen")]
)
def test_a_namespace_is_spelled_as_the_check_wants_it_whatever_the_table_is_called(name: str, namespace: str):
    person = table(name, column("id", int), column("naam"), column("postcode"))
    assert [path.namespace for path in guess(person).paths(name)] == [namespace]


def test_a_table_that_reaches_no_person_and_looks_personal_is_not_called_about_nobody():
    written = data_map(guess(table("order", column("id", int), column("e-mail adres"))), "UTC")
    assert "no path to a person was found; e-mail adres looks personal" in written


def drafted(text: str, constant: str) -> str:
    """The declaration of one dataset."""
    return text[text.index(f"{constant} = Dataset(") :].partition("\n)\n")[0]


BRANCH = table("branch", column("id", int), column("manager_id", int), refers={"manager_id": ("worker", "id")})
WORKER = table(
    "worker", column("id", int), column("first_name"), column("email"), column("branch_id", int),
    refers={"branch_id": ("branch", "id")},
)  # fmt: skip
STOCK = table("stock", column("id", int), column("branch_id", int), refers={"branch_id": ("branch", "id")})


def test_what_hangs_below_a_branch_is_not_about_its_manager():
    found = guess(BRANCH, WORKER, STOCK)
    assert (found.paths("stock"), found.owner("stock"), found.owner("branch")) == ((), None, None)
    assert [path.namespace for path in found.paths("branch")] == ["worker"]


def test_what_persons_refer_to_and_looks_personal_is_reached_from_them():
    address = table("address", column("id", int), column("street"))
    person = table("client", column("id", int), column("naam"), column("bsn"), column("address_id", int),
                   refers={"address_id": ("address", "id")})  # fmt: skip
    found = guess(address, person)
    assert found.owner("client") is None
    written = data_map(found, "UTC")
    assert '"client": via({"address_id": "id"}, CLIENT, "id"),' in drafted(written, "ADDRESS")
    assert written.index("CLIENT = Dataset(") < written.index("ADDRESS = Dataset(")


def test_a_persons_own_record_goes_with_no_employee():
    employee = table("employee", column("id", int), column("last_name"))
    client = table("client", column("id", int), column("naam"), column("bsn"), column("rep", int),
                   refers={"rep": ("employee", "id")})  # fmt: skip
    assert guess(employee, client).children("employee") == ()


def test_a_view_and_a_table_without_a_key_are_left_out_and_said():
    view = SchemaTable(name="lijst", columns={"naam": column("naam")}, primary_key=(), is_view=True)
    remote = SchemaTable(name="ver", columns={"id": column("id", int)}, primary_key=("id",), remote="archief")
    heap = SchemaTable(name="hoop", columns={"naam": column("naam")}, primary_key=())
    elsewhere = SchemaTable(name="ander.tabel", columns={}, primary_key=())
    written = data_map(guess(view, heap, remote, elsewhere), "UTC")
    assert " = Dataset(" not in written
    for said in (
        "'lijst' is left out: a view",
        "'hoop' is left out: no primary key",
        "'ver' is left out: its records",
        "'ander.tabel' is left out",
    ):
        assert f"# confirm: {said}" in written


def test_a_column_that_the_database_computes_is_not_erased():
    full = SchemaColumn(name="full_name", sql_type="TEXT", python_type=str, nullable=True, generated=True)
    client = table("client", column("id", int), column("first_name"), column("bsn"), full)
    written = drafted(data_map(guess(client), "UTC"), "CLIENT")
    assert '"full_name":' not in written
    assert "full_name is computed by the database" in written


def typed(name: str, sql_type: str, kind: type, **more: bool) -> SchemaColumn:
    return SchemaColumn(name=name, sql_type=sql_type, python_type=kind, nullable=True, **more)


@pytest.mark.parametrize(
    ("engine", "sql_type", "zone"),
    [
        ("postgresql", "timestamp with time zone", "UTC"),
        ("postgresql", "timestamp without time zone", "Europe/Amsterdam"),
        ("mariadb", "timestamp", "UTC"),
        ("mariadb", "datetime", "Europe/Amsterdam"),
        ("sqlite", "timestamp", "Europe/Amsterdam"),
    ],
)
def test_an_instant_is_declared_in_utc_and_a_clocks_time_in_the_organisations_zone(engine, sql_type, zone):
    log = table("log", column("id", int), typed("op", sql_type, datetime))
    found = Guess("cvs", Schema(tables={"log": log}), engine)
    assert f'"op": Timestamp(zone="{zone}")' in data_map(found, "Europe/Amsterdam")


def test_a_column_of_few_values_is_emptied_or_left_to_a_person():
    few = SchemaColumn(name="taal_naam", sql_type="text", python_type=str, nullable=False, among=("nl", "en"))
    closed = [typed("gender", "gender", str), typed("remote_addr", "inet4", str), few]
    client = table("client", column("id", int), column("naam"), column("bsn"), *closed)
    for engine in ("postgresql", "mariadb"):
        found = Guess("cvs", Schema(tables={"client": client}), engine)
        assert {one.column: one.technique for one in found.personal("client")} | {"naam": None, "bsn": None} == {
            "naam": None, "bsn": None, "gender": Nullify(), "remote_addr": Nullify(), "taal_naam": None,
        }  # fmt: skip


def test_a_period_never_starts_when_a_record_was_last_changed():
    stamps = [
        column("created", date),
        column("last_update", date),
        typed("seen", "timestamp", datetime, restamped=True),
    ]
    assert guess(table("log", column("id", int), *stamps)).trigger("log") == "created"


def test_what_the_database_does_by_itself_is_said():
    acting = SchemaTable(
        name="dossier", columns={"id": column("id", int)}, primary_key=("id",), acts=(SchemaTrigger(name="copy_it"),),
        historised=True, copies=("dossier_report",),
        without_transactions="MyISAM",
    )  # fmt: skip
    written = data_map(guess(acting), "UTC")
    assert '\n    # triggers=("copy_it",),\n' in written
    assert "keeps its records (every version, dossier_report): history=Kept(" in written
    assert "MyISAM has no transactions" in written


def test_names_in_a_circle_are_on_one_level_and_what_hangs_below_is_lower():
    above = {"person": [], "a": ["b", "person"], "b": ["c"], "c": ["a"], "below": ["c", "person"], "alone": []}
    assert levels(above) == {"person": 1, "a": 2, "b": 2, "c": 2, "below": 3, "alone": 1}


def test_a_vendors_five_hundred_tables_with_references_every_way_are_drafted(seed: int):
    chance, tables = random.Random(seed), []
    for number in range(500):
        refers = {f"f{n}": (f"t{chance.randrange(500)}", "id") for n in range(4)}
        personal = [column("first_name"), column("email")] if number % 40 == 0 else []
        tables.append(table(f"t{number}", column("id", int), *personal, *map(column, refers), refers=refers))
    drafted = data_map(guess(*tables), "UTC")  # every path upward would take for ever
    compile(drafted, "data_map.py", "exec")
    assert drafted.count(" = Dataset(") == 500
