"""A server is swept in two sessions at once, a file in one; no session outlives the next run."""

from contextlib import closing, suppress
from threading import Barrier, BrokenBarrierError, current_thread

import pytest

from retention.audit.entry import Outcome
from retention.audit.log import Log
from retention.errors import AuditError, StoreError
from retention.stores.errors import StoreDownError
from retention.stores.registry import open_store
from retention.stores.sql_batch import SqlBatch
from tests.conformance.stores.suite import ZONE, cleared
from tests.estate import reopened
from tests.integration.run.acts import of, planned
from tests.integration.run.world import declare
from tests.integration.run.worlds import SERVERS, database, on_engine

MEET = 30.0  # seconds that one batch waits for another to be as far


@pytest.fixture
def together(monkeypatch):
    """The first batches of both sessions dispose at the same time; the names of the threads that did."""
    barrier, seen, dispose = Barrier(2), set[str](), SqlBatch.dispose

    def disposed(self, cleared):
        if (name := current_thread().name).startswith("hand") and name not in seen:
            seen.add(name)
            barrier.wait(MEET)
        return dispose(self, cleared)

    monkeypatch.setattr(SqlBatch, "dispose", disposed)
    return seen


@pytest.mark.parametrize("engine", SERVERS)
def test_two_sessions_of_a_server_do_together_what_one_would(engine, place, evidence, together):
    with on_engine(engine, place / "org", 200) as world:
        estate, before = reopened(world.estate(), batch_records=10), world.look()
        run = estate.sweep(planned(estate))
        assert (run.exit_status, [one.late for one in run.datasets]) == (0, [0] * 4)
        assert all(one.destroyed == one.planned for one in run.datasets)
        assert evidence(world, estate, before) == world.due()
    assert together == {"hand_0", "hand_1"}


@pytest.mark.parametrize("engine", SERVERS)
def test_what_fails_in_one_session_leaves_the_other_ones_batch_settled(engine, place, evidence, monkeypatch):
    calls, dispose = [0], SqlBatch.dispose

    def disposed(self, cleared):
        calls[0] += cleared.dataset.id == "crm.aanmelding"
        if calls[0] == 3:
            calls[0] += 1
            raise StoreDownError("Store crm: gone.")
        return dispose(self, cleared)

    with on_engine(engine, place / "org", 200) as world:
        estate, before = reopened(world.estate(), batch_records=10), world.look()
        digest = planned(estate)
        monkeypatch.setattr(SqlBatch, "dispose", disposed)
        run = estate.sweep(digest)
        told = of(run, "crm.aanmelding")
        assert (run.exit_status, told.why and told.why.en) == (1, "Store crm: gone.")
        assert min(told.destroyed, sum(told.failed.values()) + (told.late or 0)) > 0
        evidence(world, estate, before)
        again = estate.sweep(digest)
        assert (again.exit_status, evidence(world, estate, before)) == (0, world.due())


@pytest.mark.parametrize("engine", SERVERS)
def test_where_proof_is_at_risk_in_one_session_the_run_ends_and_no_batch_is_begun_in_the_other(
    engine, place, evidence, together, monkeypatch
):
    append, disposed = Log.append, SqlBatch.dispose
    begun: list[str] = []

    def refused(self, tx, entries, *, time):
        if current_thread().name.startswith("hand") and any(isinstance(one, Outcome) for one in entries):
            raise AuditError("The log cannot be written.")
        return append(self, tx, entries, time=time)

    def counted(self, cleared):
        begun.append(current_thread().name)
        return disposed(self, cleared)

    with on_engine(engine, place / "org", 200) as world:
        estate, before = reopened(world.estate(), batch_records=10), world.look()
        digest = planned(estate)
        with monkeypatch.context() as broken:
            broken.setattr(Log, "append", refused)
            broken.setattr(SqlBatch, "dispose", counted)
            with pytest.raises(AuditError):
                estate.sweep(digest)
        assert sorted(begun) == sorted(together) == ["hand_0", "hand_1"]
        again = estate.sweep(digest)
        assert again.recovered == 2
        assert evidence(world, estate, before) == world.due()


@pytest.mark.parametrize("engine", SERVERS)
def test_with_a_rate_batches_go_one_by_one(engine, place, monkeypatch):
    barrier, dispose, met = Barrier(2), SqlBatch.dispose, list[bool]()

    def disposed(self, cleared):
        if not met and current_thread().name.startswith("hand"):
            try:
                barrier.wait(1)
                met.append(True)
            except BrokenBarrierError:
                met.append(False)
        return dispose(self, cleared)

    with on_engine(engine, place / "org", 200) as world:
        estate = reopened(world.estate(), batch_records=10)
        digest = planned(estate)
        monkeypatch.setattr(SqlBatch, "dispose", disposed)
        assert estate.sweep(digest, rate=1_000_000).exit_status == 0
    assert met == [False]


@pytest.mark.parametrize("engine", SERVERS)
def test_whoever_takes_the_first_session_ends_what_an_old_run_left_of_the_second(engine):
    signup = declare().signup
    with database(engine) as url:
        stores = [open_store("crm", url, zone=ZONE) for _ in range(2)]
        with closing(stores[0]) as late, closing(stores[1]) as now:
            with suppress(StoreError), late.session(1), late.batch() as batch:
                with now.session():
                    pass
                with pytest.raises(StoreDownError):
                    batch.dispose(cleared(signup, [(1,)]))
            assert (late.abreast, now.abreast) == (2, 2)


def test_a_file_is_swept_in_one_session(estate, monkeypatch):
    seen, dispose = set[str](), SqlBatch.dispose
    monkeypatch.setattr(
        SqlBatch, "dispose", lambda self, cleared: (seen.add(current_thread().name), dispose(self, cleared))[1]
    )
    reopened(estate, batch_records=4).sweep(planned(estate))
    assert seen == {"MainThread"}
