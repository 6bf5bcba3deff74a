"""What cannot be read, or cannot be told, never makes a record due and never lets a hold miss it."""

import pytest

from retention.condition import Equals, exists
from retention.dataset import Dataset, Day, via
from retention.disposition import Child, Delete
from retention.holds import Scope
from retention.period import years
from retention.policy import Register, Rule
from retention.relation import join
from retention.trigger import latest_of
from tests.integration.review.organisation import NEW, NOBODY, OLD, estate, policy, rows


def _dataset(name, key="id", **more):
    return Dataset(id=f"cvs.{name}", **{"key": (key,), "subjects": NOBODY, "dates": {"op": Day()}} | more)


def _due(of, **more):
    return Rule(of, **{"starts_on": "op", "keep_for": years(5)} | more)


TWO = f"""CREATE TABLE peil(id INTEGER PRIMARY KEY NOT NULL, dag TEXT, wie TEXT, op TEXT);
    CREATE TABLE meting(id INTEGER PRIMARY KEY NOT NULL, dag TEXT, op TEXT);
    INSERT INTO peil VALUES (1, '2026-01-01', 'x', '{NEW}');
    INSERT INTO meting VALUES (7, '1 jan 2026', '{OLD}');"""
DATES = {"op": Day(), "dag": Day()}


def test_a_person_reached_by_a_column_that_cannot_be_read_may_be_anybody(tmp_path):
    peil = _dataset("peil", dates=DATES)
    meting = _dataset("meting", dates=DATES, subjects={"wie": via("dag", peil, "wie")})
    made = estate(tmp_path, Register(policies=(policy("meten", _due(meting)),)), {"cvs": TWO})
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM meting") == [(7,)]


def test_a_related_date_behind_a_column_that_cannot_be_read_is_not_said_to_be_absent(tmp_path):
    peil = _dataset("peil", dates=DATES)
    meting = _dataset("meting", dates=DATES)
    register = Register(
        policies=(policy("meten", _due(meting, starts_on=latest_of(peil, "op", on="dag", if_none="op"))),)
    )
    made = estate(tmp_path, register, {"cvs": TWO})
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM meting") == [(7,)]


def test_a_reference_by_a_column_that_cannot_be_read_protects(tmp_path):
    peil = _dataset("peil", dates=DATES)
    meting = _dataset("meting", dates=DATES)
    register = Register(
        policies=(policy("meten", _due(meting, while_referenced_by=peil, on="dag")), policy("peilen", _due(peil)))
    )
    made = estate(tmp_path, register, {"cvs": TWO})
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM meting") == [(7,)]


def test_a_child_whose_parent_cannot_be_read_does_not_go_alone(tmp_path):
    meting = _dataset("meting", dates=DATES)
    peil = _dataset("peil", dates=DATES, then=Delete(children=(Child(meting, on="dag"),)))
    made = estate(tmp_path, Register(policies=(policy("meten", _due(meting), _due(peil)),)), {"cvs": TWO})
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM meting") == [(7,)]


def test_a_child_of_which_nobody_can_tell_whose_it_is_does_not_go_alone(tmp_path):
    nota = _dataset("nota")
    dossier = _dataset(
        "dossier",
        subjects={"client": "client"},
        then=Delete(children=(Child(nota, on=join({"bij": "id"}, where=Equals("soort", "dossier"))),)),
    )
    register = Register(policies=(policy("dossiers", _due(dossier)), policy("notas", _due(nota))))
    made = estate(
        tmp_path,
        register,
        {
            "cvs": f"""CREATE TABLE dossier(id INTEGER PRIMARY KEY NOT NULL, client TEXT, op TEXT);
        CREATE TABLE nota(id INTEGER PRIMARY KEY NOT NULL, bij INTEGER, soort TEXT, op TEXT);
        INSERT INTO dossier VALUES (1, '17', '{NEW}'); INSERT INTO nota VALUES (7, 1, NULL, '{OLD}');"""
        },
    )
    made.hold(Scope(subjects=frozenset({("client", "17")})))
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM nota") == [(7,)]


def test_a_key_without_canonical_form_stops_that_record_and_nothing_else(tmp_path):
    client = _dataset("client")
    made = estate(
        tmp_path,
        Register(policies=(policy("hulp", _due(client)),)),
        {
            "cvs": f"""CREATE TABLE client(id NOT NULL PRIMARY KEY, op TEXT);
        INSERT INTO client VALUES (1.5, '{OLD}'), ('a', '{OLD}');"""
        },
    )
    summary = made.plan()
    assert {one.id: (one.planned, one.reasons.get("REVIEW_UNREADABLE")) for one in summary.datasets} == {
        "cvs.client": (1, 1)
    }


def test_a_record_below_whose_key_cannot_be_read_keeps_what_is_above_it(tmp_path):
    dag = _dataset("dag", key="dag", dates=DATES)
    client = _dataset("client", then=Delete(children=(Child(dag, on={"client": "id"}),)))
    made = estate(
        tmp_path,
        Register(policies=(policy("hulp", _due(client)),)),
        {
            "cvs": f"""CREATE TABLE client(id INTEGER PRIMARY KEY NOT NULL, op TEXT);
        CREATE TABLE dag(dag TEXT PRIMARY KEY NOT NULL, client INTEGER, op TEXT);
        INSERT INTO client VALUES (1, '{OLD}'); INSERT INTO dag VALUES ('gisteren', 1, '{OLD}');"""
        },
    )
    summary = made.plan()
    assert {one.id: one.planned for one in summary.datasets}["cvs.client"] == 0


def test_a_record_that_is_its_own_parent_stops_no_other_record(tmp_path):
    client = _dataset("client", then=Delete(children=(Child("cvs.client", on={"hoofd": "id"}),)))
    made = estate(
        tmp_path,
        Register(policies=(policy("hulp", _due(client)),)),
        {
            "cvs": f"""CREATE TABLE client(id INTEGER PRIMARY KEY NOT NULL, hoofd INTEGER, op TEXT);
        INSERT INTO client VALUES (1, 1, '{OLD}'), (2, NULL, '{OLD}');"""
        },
    )
    made.run()
    assert (2,) not in rows(tmp_path, "cvs", "SELECT id FROM client")


@pytest.mark.parametrize("value", ["17", "17.0"])
def test_a_person_whose_number_is_kept_as_a_fraction_is_found(tmp_path, value):
    client = _dataset("client", subjects={"client": "nummer"})
    made = estate(
        tmp_path,
        Register(policies=(policy("hulp", _due(client)),)),
        {
            "cvs": f"""CREATE TABLE client(id INTEGER PRIMARY KEY NOT NULL, nummer REAL, op TEXT);
        INSERT INTO client VALUES (1, 17, '{OLD}');"""
        },
    )
    made.hold(Scope(subjects=frozenset({("client", "17")})))
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM client") == [(1,)]


def test_a_constant_that_no_value_can_equal_leaves_the_purpose_unknown(tmp_path):
    client = _dataset("client")
    register = Register(
        policies=(
            policy("kort", _due(client)),
            policy("lang", _due(client, where=Equals("soort", 5), keep_for=years(50))),
        )
    )
    made = estate(
        tmp_path,
        register,
        {
            "cvs": f"""CREATE TABLE client(id INTEGER PRIMARY KEY NOT NULL, soort TEXT, op TEXT);
        INSERT INTO client VALUES (1, '5', '{OLD}');"""
        },
    )
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM client") == [(1,)]


def test_a_condition_within_the_relation_to_a_child_may_look_further(tmp_path):
    soort = _dataset("soort")
    nota = _dataset("nota")
    dossier = _dataset(
        "dossier", then=Delete(children=(Child(nota, on=join({"bij": "id"}, where=exists(soort, on={"id": "soort"}))),))
    )
    made = estate(
        tmp_path,
        Register(policies=(policy("dossiers", _due(dossier)),), datasets=(soort,)),
        {
            "cvs": f"""CREATE TABLE dossier(id INTEGER PRIMARY KEY NOT NULL, op TEXT);
        CREATE TABLE soort(id INTEGER PRIMARY KEY NOT NULL, op TEXT);
        CREATE TABLE nota(id INTEGER PRIMARY KEY NOT NULL, bij INTEGER, soort INTEGER, op TEXT);
        INSERT INTO dossier VALUES (1, '{OLD}'); INSERT INTO soort VALUES (3, '{OLD}');
        INSERT INTO nota VALUES (7, 1, 3, '{OLD}');"""
        },
    )
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM nota") == []
