import random
import sqlite3
from contextlib import closing

import pytest

from retention.control.interface import ControlStore
from retention.control.sqlite import SqliteControlStore
from tests.conformance.control import control_values as v
from tests.conformance.control.control_suite import ControlSuite
from tests.conformance.control.standing_suite import on, place, standing


class TestSqliteControl(ControlSuite):
    @pytest.fixture
    def store(self, tmp_path):
        SqliteControlStore.create(tmp_path / "control.db").close()
        store: ControlStore = SqliteControlStore.open(tmp_path / "control.db", lock_wait=0.01)
        yield store
        store.close()

    @pytest.fixture
    def another(self, store, tmp_path):  # noqa: ARG002 - whose file it opens too
        opened: ControlStore = SqliteControlStore.open(tmp_path / "control.db", lock_wait=0.01)
        yield opened
        opened.close()

    def test_a_hold_of_another_connection_is_known_to_the_very_next_transaction(self, store, another):
        standing(store)
        place(another, on(17))
        assert len(standing(store).by_subject) == 1

    def test_a_batch_that_an_earlier_version_left_in_flight_is_read(self, store, tmp_path):
        with store.transaction() as control:
            control.register(v.flight())
        with closing(sqlite3.connect(tmp_path / "control.db")) as file, file:
            members = '[["cvs.dossier","a,b"],["cvs.dossier","c\\udcff"],["cvs.document","9"]]'
            file.execute("UPDATE flight SET members = ?, subjects = ?", (members, '[["client","17"]]'))
        with store.reading() as control:
            assert control.flights() == (v.flight(),)

    def test_no_order_of_writers_and_failures_hides_a_hold(self, store, another, pytestconfig):
        seed = pytestconfig.getoption("hypothesis_seed")
        chosen, kept = random.Random(seed), set()
        for number in range(40):
            gone = chosen.choice(sorted(kept)) if kept and chosen.random() < 0.3 else None
            try:
                with chosen.choice((store, another)).transaction() as control:
                    _change(control, chosen, number, gone)
            except _BrokenOffError:
                pass
            else:
                kept = kept | {number} if gone is None else kept - {gone}
            asked = standing(chosen.choice((store, another)))
            in_force = {int(client) for (_, client), [hold] in asked.by_subject.items() if hold.in_force}
            assert in_force == kept, f"seed {seed}"


class _BrokenOffError(Exception):
    pass


def _change(control, chosen, number, gone):
    """Place a hold or release one, asking before and after or not, and sometimes break off."""
    if chosen.random() < 0.5:
        control.standing(v.NOW)
    if gone is None:
        control.place(on(number))
    else:
        control.release(v.released(on(gone)))
    if chosen.random() < 0.5:
        control.standing(v.NOW)
    if chosen.random() < 0.3:
        raise _BrokenOffError
