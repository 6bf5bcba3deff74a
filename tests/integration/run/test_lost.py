"""What a sweeper never hears, or hears too late: commits without an answer, sessions that others ended (P2)."""

from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from tests.integration.run.acts import planned
from tests.integration.run.processes import go_on, heard, running
from tests.integration.run.test_meanwhile import wait_for
from tests.integration.run.worlds import SERVERS, killable, on_engine, opened
from tests.postgresql import execute
from tests.proxy import proxied

NOBODY = "nobody"  # a standby that never answers
RELOAD = "SELECT pg_reload_conf()"
END = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@pytest.fixture(params=SERVERS)
def engine(request):
    return request.param


@pytest.fixture
def world(place, engine):
    with on_engine(engine, place / "org", 40) as found:
        yield found


@pytest.fixture
def line(world):
    with proxied(world.urls["cvs"]) as found:
        yield found


def by_way_of(world, line):
    return opened({**world.spec, "cvs": line.url})


@pytest.mark.parametrize("dies", [False, True], ids=["and it lives", "and it dies"])
def test_a_commit_that_succeeded_and_that_the_sweeper_never_heard_of(world, line, evidence, dies):
    """The server has committed, the answer is lost: nothing is said of the batch until the next run has looked."""
    world = by_way_of(world, line)
    estate = world.estate()
    before, digest = world.look(), planned(estate)
    with running(world, "sweep", "cvs.dossier signed", "disposed") as sweeper:
        assert [heard(sweeper), heard(sweeper)] == ["ready", "cvs.dossier signed"]
        go_on(sweeper)
        assert heard(sweeper) == "disposed"
        line.swallow(b"COMMIT", then_cut=not dies)
        go_on(sweeper)
        assert line.swallowed.wait(20)
        if dies:
            sweeper.kill()
        else:
            assert heard(sweeper) == "exit status 1"
    assert before.dossier.keys() - world.look().dossier.keys(), "it was never committed"
    line.mend()
    run = estate.sweep(digest)
    assert (run.exit_status, run.recovered, run.open_intents) == (0, 1, ())
    assert evidence(world, estate, before) == world.due()


@pytest.fixture
def at_its_commit(world, line):
    """A sweeper whose commit waits for a standby that never answers; nobody sees yet what it will do."""
    world = by_way_of(world, line)
    estate = world.estate()
    before = world.look()
    planned(estate)
    with running(world, "sweep", "cvs.dossier signed", "disposed") as sweeper:
        assert [heard(sweeper), heard(sweeper)] == ["ready", "cvs.dossier signed"]
        go_on(sweeper)
        assert heard(sweeper) == "disposed"
        with waiting_for_a_standby(world):
            go_on(sweeper)
            wait_for(lambda: waiting_for_it(world) == 1)
            assert world.look().dossier == before.dossier, "others see it already"
            yield world, estate, before, sweeper


@pytest.mark.parametrize("engine", ["postgresql"])
def test_a_commit_that_outlives_the_line_to_the_sweeper_is_left_for_the_next_run_to_tell(at_its_commit, line, evidence):
    """A glance would call the records there, and then they go. The sweeper goes on with the next dataset."""
    world, estate, before, sweeper = at_its_commit
    line.cut()
    line.mend()
    wait_for(lambda: {one.dataset for one in flights(estate)} == {"cvs.dossier", "cvs.contact"})
    wait_for_no_standby(world)
    assert heard(sweeper) == "exit status 1"
    assert estate.sweep(newest(estate)).exit_status == 0
    assert evidence(world, estate, before) == world.due()


@pytest.mark.parametrize("engine", ["postgresql"])
def test_a_commit_that_outlives_the_sweeper_is_waited_for_by_the_next(at_its_commit, evidence):
    world, estate, before, sweeper = at_its_commit
    sweeper.kill()
    with running(world, "sweep", "after") as following:
        assert [heard(following), heard(following)] == ["ready", "after"]  # of the batch that it looked up
        assert world.look().dossier != before.dossier
        wait_for_no_standby(world)
        go_on(following)
        assert heard(following) == "done"
    assert evidence(world, estate, before) == world.due()


@contextmanager
def waiting_for_a_standby(world):
    execute(killable(world.ENGINE).url, f"ALTER SYSTEM SET synchronous_standby_names = '{NOBODY}'", RELOAD)
    try:
        until_commits_wait(world)
        yield
    finally:
        wait_for_no_standby(world)


def until_commits_wait(world):
    """A setting that was read anew holds some time later: try, until a commit of our own is one that waits."""
    for _ in range(1000):
        trial = Thread(target=commit_in_vain, args=[world])
        trial.start()
        wait_for(lambda trial=trial: waiting_for_it(world) or not trial.is_alive())
        if trial.is_alive():
            execute(world.urls["crm"], END)
            trial.join(20)
            return
    pytest.fail("no commit waits for the standby")


def commit_in_vain(world):
    with suppress(world.REFUSED):
        execute(world.urls["crm"], "UPDATE regeling SET soort = soort")


def wait_for_no_standby(world):
    execute(killable(world.ENGINE).url, "ALTER SYSTEM RESET synchronous_standby_names", RELOAD)


def waiting_for_it(world):
    [(found,)] = world.rows("cvs", WAITING)
    return found


def flights(estate):
    with estate.control.reading() as tx:
        return tx.flights()


def newest(estate):
    with estate.control.reading() as tx:
        return tx.plans()[0].digest


@pytest.mark.parametrize("point", ["locked", "signed", "disposed", "committed"])
def test_a_sweeper_that_wakes_up_after_another_took_over_destroys_nothing_more(world, evidence, point):
    """Somebody removed its lock file while it stood still. The other ends its session, settles its batch, goes on."""
    estate = world.estate()
    before, digest = world.look(), planned(estate)
    with running(world, "sweep", "cvs.dossier signed" if point == "signed" else point) as sweeper:
        assert heard(sweeper) == "ready"
        assert point in heard(sweeper)
        sweeper.stop()
        (estate.installation.state / "sweep.lock").unlink()
        run = estate.sweep(digest)
        assert (run.exit_status, run.recovered) == (0, int(point != "locked"))
        after = world.look()
        sweeper.awake()
        go_on(sweeper)
        assert heard(sweeper) != "done"
    assert world.look() == after
    assert evidence(world, estate, before) == world.due()
