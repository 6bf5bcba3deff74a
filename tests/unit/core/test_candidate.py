"""Clearing: every candidate is asked about, and ends on exactly one side."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from retention.candidate import Candidate, Candidates, OneByOne, Take, Unlink, clear
from retention.dataset import Dataset, NoSubject
from retention.disposition import Action
from retention.holds import Family, Member, Scope, Standing
from retention.text import Text
from tests.conformance.control.control_values import NOW, hold, released

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))
DOSSIER = Dataset(id="cvs.dossier", key=("id",), subjects=NOBODY)
DOCUMENT = Dataset(id="cvs.document", key=("id",), subjects=NOBODY)


def _candidate(number, client, **more):
    subjects = frozenset({("client", str(client))})
    member = Member("cvs.dossier", str(number), subjects, lambda: {"schuldhulp": ()})
    return Candidate(
        key=(number,), ref=number.to_bytes(32), **{"takes": (), "unlinks": (), "family": Family.of((member,)), **more}
    )


def _batch(*records):
    return Candidates(dataset=DOSSIER, action=Action.DELETE, fields=(), records=OneByOne(records))


def _on(client):
    return hold(client, scope=Scope(subjects=frozenset({("client", str(client))})))


def _clear(batch, holds, now=NOW):
    return clear(batch, Standing.of(holds, now).index, now)


@given(st.lists(st.integers(1, 4), max_size=12), st.sets(st.integers(1, 4)))
def test_nothing_covered_is_cleared_and_nothing_else_is_held(clients, held_clients):
    batch = _batch(*(_candidate(number, client) for number, client in enumerate(clients)))
    cleared, held = _clear(batch, [_on(client) for client in sorted(held_clients)])
    free = [number for number, client in enumerate(clients) if client not in held_clients]
    kept = [number for number, client in enumerate(clients) if client in held_clients]
    assert free == [key[0] for key in cleared.records.keys]
    assert kept == [record.candidate.key[0] for record in held.records]


def test_a_held_record_names_its_hold():
    _, held = _clear(_batch(_candidate(1, 17)), [_on(18), _on(17)])
    assert [record.gate.hold for record in held.records] == [_on(17)]


def test_a_hold_that_cools_off_holds_until_its_end():
    cooling = released(_on(17))
    for moment, cleared_records in ((cooling.cooling_until - timedelta(seconds=1), 0), (cooling.cooling_until, 1)):
        cleared, _ = _clear(_batch(_candidate(1, 17)), [cooling], moment)
        assert len(cleared.records) == cleared_records


def test_children_are_merged_the_deepest_first_and_each_once():
    one = _candidate(1, 1, takes=(Take(1, DOCUMENT, ((5,), (6,))), Take(2, DOSSIER, ((8,),))))
    other = _candidate(2, 1, takes=(Take(1, DOCUMENT, ((6,), (7,))),))
    cleared, _ = _clear(_batch(one, other), [])
    assert cleared.records.takes == (Take(2, DOSSIER, ((8,),)), Take(1, DOCUMENT, ((5,), (6,), (7,))))


def test_children_that_stay_are_those_of_the_cleared_only():
    unlink = Unlink(DOCUMENT, ("dossier_id",), ((5,),))
    cleared, _ = _clear(_batch(_candidate(1, 17, unlinks=(unlink,)), _candidate(2, 18)), [_on(17)])
    assert cleared.records.unlinks == ()


def test_a_hold_on_a_record_or_on_a_whole_dataset_holds_it_among_many():
    batch = _batch(_candidate(1, 17), _candidate(2, 18))
    for scope, kept in (
        (Scope(records=frozenset({("cvs.dossier", "2")})), [(2,)]),
        (Scope(datasets=frozenset({"cvs.dossier"})), [(1,), (2,)]),
        (Scope(records=frozenset({("cvs.dossier", "3")})), []),
    ):
        cleared, held = _clear(batch, [hold(9, scope=scope)])
        assert [one.candidate.key for one in held.records] == kept
        assert len(cleared.records) == 2 - len(kept)
