"""Breaks that an adversarial reading found, each as the sequence of events that showed it."""

import pytest

from retention.condition import Equals
from retention.dataset import Dataset, Day, via
from retention.disposition import Child, Delete
from retention.holds import Scope
from retention.period import years
from retention.policy import Register, Rule
from retention.relation import join
from tests import estate as estates
from tests.integration.review.organisation import NEW, NOBODY, OLD, estate, policy, rows


def _dataset(name, key="id", **more):
    return Dataset(id=f"cvs.{name}", **{"key": (key,), "subjects": NOBODY, "dates": {"op": Day()}} | more)


def _due(of, **more):
    return Rule(of, **{"starts_on": "op", "keep_for": years(5)} | more)


class _Dies:
    """A store whose process dies when its commit has come through."""

    def __init__(self, opener):
        self._opener = opener

    def source(self, name):
        return self._opener.source(name)

    def replicas(self, name):
        return self._opener.replicas(name)

    def store(self, name):
        store = self._opener.store(name)
        opened = store.batch

        def batch():
            manager = opened()
            entered = manager.__enter__

            class Entering:
                def __enter__(self):
                    found = entered()
                    commit = found.commit

                    def dying():
                        commit()
                        raise SystemExit(137)

                    found.commit = dying
                    return found

                def __exit__(self, *args):
                    return manager.__exit__(*args)

            return Entering()

        store.batch = batch
        return store


def test_a_batch_within_the_limits_is_settled_after_a_crash(tmp_path):
    clients = _dataset("client")
    register = Register(policies=(policy("hulp", _due(clients)),))
    made = estate(
        tmp_path,
        register,
        {
            "cvs": f"CREATE TABLE client(id INTEGER PRIMARY KEY NOT NULL, op TEXT);"
            f"INSERT INTO client VALUES (1, '{OLD}'), (2, '{NEW}');"
        },
    )
    summary = made.plan()
    made.approve(summary.digest)
    dying = estates.reopened(made, opener=_Dies(made.installation.opener))
    with pytest.raises(SystemExit):
        dying.sweep(summary.digest)
    assert rows(tmp_path, "cvs", "SELECT id FROM client") == [(2,)]
    again = made.sweep(summary.digest)
    assert (again.recovered, again.exit_status) == (1, 0)


def test_a_child_of_two_parents_that_go_in_one_batch_is_not_left_behind_without_any(tmp_path):
    between = _dataset("relatie")
    client = _dataset(
        "client", then=Delete(children=(Child(between, on={"van": "id"}), Child(between, on={"naar": "id"})))
    )
    register = Register(policies=(policy("hulp", _due(client)),))
    made = estate(
        tmp_path,
        register,
        {
            "cvs": f"""CREATE TABLE client(id INTEGER PRIMARY KEY NOT NULL, op TEXT);
        CREATE TABLE relatie(id INTEGER PRIMARY KEY NOT NULL, van INTEGER, naar INTEGER, op TEXT);
        INSERT INTO client VALUES (1, '{OLD}'), (2, '{OLD}');
        INSERT INTO relatie VALUES (7, 1, 2, '{OLD}');"""
        },
    )
    made.run()
    left = rows(tmp_path, "cvs", "SELECT van, naar FROM relatie")
    assert left in ([], [(1, None)], [(None, 2)])


CASCADE = """PRAGMA foreign_keys=ON; CREATE TABLE client(id INTEGER PRIMARY KEY NOT NULL, op TEXT, soort TEXT);
    CREATE TABLE dossier(
        id INTEGER PRIMARY KEY NOT NULL, client_id INTEGER REFERENCES client(id) ON DELETE CASCADE,
        soort TEXT, op TEXT);
    CREATE INDEX ix ON dossier(client_id);
    INSERT INTO client VALUES (1, '2010-01-01', 'a');
    INSERT INTO dossier VALUES (9, 1, 'b', '2026-01-01');"""


def test_a_cascade_is_not_declared_by_a_rule_that_protects_some_records_only(tmp_path):
    client, dossier = _dataset("client"), _dataset("dossier")
    register = Register(
        policies=(
            policy(
                "hulp", _due(client, where=Equals("soort", "b"), while_referenced_by=dossier, on={"client_id": "id"})
            ),
            policy("zorg", _due(client, where=Equals("soort", "a"))),
            policy("dossiers", _due(dossier)),
        )
    )
    made = estate(tmp_path, register, {"cvs": CASCADE})
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM dossier") == [(9,)]


def test_a_cascade_is_not_declared_by_a_child_of_one_kind_only(tmp_path):
    dossier = _dataset("dossier")
    client = _dataset(
        "client", then=Delete(children=(Child(dossier, on=join({"client_id": "id"}, where=Equals("soort", "a"))),))
    )
    register = Register(policies=(policy("zorg", _due(client)), policy("dossiers", _due(dossier))))
    made = estate(tmp_path, register, {"cvs": CASCADE})
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM dossier") == [(9,)]


def test_a_reference_that_can_never_join_protects_nobody_and_so_stops_the_dataset(tmp_path):
    client, dossier = _dataset("client"), _dataset("dossier")
    register = Register(
        policies=(
            policy("hulp", _due(client, while_referenced_by=dossier, on={"client_id": "id"})),
            policy("dossiers", _due(dossier)),
        )
    )
    made = estate(
        tmp_path,
        register,
        {
            "cvs": f"""CREATE TABLE client(id INTEGER PRIMARY KEY NOT NULL, op TEXT);
        CREATE TABLE dossier(id INTEGER PRIMARY KEY NOT NULL, client_id TEXT, op TEXT);
        INSERT INTO client VALUES (1, '{OLD}'); INSERT INTO dossier VALUES (9, '1', '{NEW}');"""
        },
    )
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM client") == [(1,)]


def test_a_reference_from_another_store_that_can_never_join_stops_the_dataset(tmp_path):
    client = _dataset("client")
    factuur = Dataset(id="fin.factuur", key=("id",), subjects=NOBODY, dates={"op": Day()})
    register = Register(
        policies=(
            policy("hulp", _due(client, while_referenced_by=factuur, on={"client_ref": "id"})),
            policy("facturen", _due(factuur)),
        )
    )
    made = estate(
        tmp_path,
        register,
        {
            "cvs": f"""CREATE TABLE client(id INTEGER PRIMARY KEY NOT NULL, op TEXT);
                INSERT INTO client VALUES (1, '{OLD}');""",
            "fin": f"""CREATE TABLE factuur(id INTEGER PRIMARY KEY NOT NULL, client_ref TEXT, op TEXT);
                INSERT INTO factuur VALUES (9, '1', '{NEW}');""",
        },
    )
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM client") == [(1,)]


def test_a_hold_on_a_person_reached_by_columns_that_can_never_join_is_not_missed(tmp_path):
    client = _dataset("client", subjects={"bsn": "bsn"})
    dossier = _dataset("dossier", subjects={"bsn": via({"id": "client_id"}, client, "bsn")})
    register = Register(
        policies=(
            policy("dossiers", _due(dossier)),
            policy("clienten", _due(client, while_referenced_by=dossier, on={"client_id": "id"})),
        )
    )
    made = estate(
        tmp_path,
        register,
        {
            "cvs": f"""CREATE TABLE client(id INTEGER PRIMARY KEY NOT NULL, bsn TEXT, op TEXT);
        CREATE TABLE dossier(id INTEGER PRIMARY KEY NOT NULL, client_id TEXT, op TEXT);
        INSERT INTO client VALUES (1, '123', '{NEW}'); INSERT INTO dossier VALUES (9, '1', '{OLD}');"""
        },
    )
    made.hold(Scope(subjects=frozenset({("bsn", "123")})))
    made.run()
    assert rows(tmp_path, "cvs", "SELECT id FROM dossier") == [(9,)]
