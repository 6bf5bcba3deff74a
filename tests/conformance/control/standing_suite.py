"""The holds that stand, known in the transaction that signs: those that it would read, whoever changed them (P1)."""

from datetime import timedelta

import pytest

from retention.holds import Scope, Standing
from tests.conformance.control import control_values as v


def on(client):
    """A hold on one person."""
    return v.hold(client, scope=Scope(subjects=frozenset({("client", str(client))})))


def standing(store, now=v.NOW):
    """What the next transaction knows; it must be what that same transaction reads."""
    with store.transaction() as control:
        known = control.standing(now)
        assert known == Standing.of(control.holds(), now).index
    return known


def place(store, *holds):
    """Place holds in one transaction."""
    with store.transaction() as control:
        for hold in holds:
            control.place(hold)


class StandingSuite:
    def test_a_hold_placed_between_two_batches_is_known_to_the_very_next_transaction(self, store):
        assert standing(store).by_subject == {}
        place(store, on(17))
        assert standing(store).by_subject == {("client", "17"): [on(17)]}

    def test_a_release_between_two_batches_is_known_to_the_very_next_transaction(self, store):
        place(store, on(17))
        standing(store)
        with store.transaction() as control:
            control.release(v.released(on(17)))
        assert standing(store).by_subject == {("client", "17"): [v.released(on(17))]}

    def test_a_transaction_knows_the_holds_that_it_placed_itself(self, store):
        with store.transaction() as control:
            control.standing(v.NOW)
            control.place(on(17))
            assert control.standing(v.NOW).by_subject == {("client", "17"): [on(17)]}

    def test_a_hold_that_was_rolled_back_is_known_to_nobody(self, store):
        def placing_then_failing():
            with store.transaction() as control:
                control.standing(v.NOW)
                control.place(on(17))
                control.standing(v.NOW)
                raise KeyError("something else went wrong")

        with pytest.raises(KeyError):
            placing_then_failing()
        assert standing(store).by_subject == {}

    def test_a_release_that_was_rolled_back_leaves_the_hold_in_force(self, store):
        def releasing_then_failing():
            with store.transaction() as control:
                control.release(v.released(on(17)))
                control.standing(v.NOW)
                raise KeyError("something else went wrong")

        place(store, on(17))
        with pytest.raises(KeyError):
            releasing_then_failing()
        assert standing(store).by_subject == {("client", "17"): [on(17)]}

    def test_a_hold_that_cools_off_stands_until_its_end_whenever_it_was_read(self, store):
        cooling = v.released(on(17))
        place(store, on(17), on(18))
        with store.transaction() as control:
            control.release(cooling)
        end, moment = cooling.cooling_until, timedelta(seconds=1)
        counts = [len(standing(store, now).by_subject) for now in (end - moment, end, end + moment, end - moment)]
        assert counts == [2, 1, 1, 2]

    def test_every_reader_knows_what_was_committed_before_it_began(self, store):
        with store.reading() as one, store.reading() as other:
            assert one.standing(v.NOW) == other.standing(v.NOW)
        place(store, on(17))
        with store.reading() as one, store.reading() as other:
            assert len(one.standing(v.NOW).by_subject) == len(other.standing(v.NOW).by_subject) == 1

    def test_holds_that_nobody_changed_are_read_once(self, store):
        place(store, on(17))
        first = standing(store)
        with store.transaction() as control:
            control.start_run(v.run())
        assert standing(store) is first
