"""What a run's report says is what the stores show, recounted, and what the log says, to the last outcome."""

import json
import shutil
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from retention.audit.trust import parse_trust
from retention.audit.verify import verify_directory
from retention.errors import UsageError
from retention.holds import Scope
from retention.reporting import run_report
from retention.reports.render import files
from tests.integration.run.acts import planned, sql
from tests.integration.run.processes import heard, running
from tests.integration.run.world import declare, done


def by_dataset(report):
    """What a report says was done, in the words of `World.due`."""
    found = {one.id: one for one in report.datasets}
    return {
        "cvs.dossier": found["cvs.dossier"].deleted,
        "cvs.dossier erased": found["cvs.dossier"].fields_erased,
        "cvs.contact": found["cvs.contact"].deleted,
        "crm.client": found["crm.client"].deleted,
        "crm.aanmelding": found["crm.aanmelding"].anonymised,
    }


def counted(happened):
    return {name: len(keys) for name, keys in happened.items()}


def logged(estate, run, kind):
    """The entries of a run, of one kind, as the control store has them."""
    with estate.control.reading() as tx:
        entries = [json.loads(leaf) for leaf in tx.leaves(0, tx.size())]
    return [one for one in entries if one["type"] == kind and one["run"] == run]


FAILING = "CREATE TRIGGER vast BEFORE DELETE ON pagina WHEN old.pagina_id IN (0, 4) BEGIN SELECT RAISE(ABORT, 'x'); END"
"""Two dossiers whose page the database does not let go: page n is of dossier n."""


def test_a_report_counts_what_is_gone_from_the_stores_with_everything_that_went_along(world, estate):
    before = world.look()
    digest = planned(estate)
    estate.hold(Scope(subjects=frozenset({("client", "C3")})))
    sql(world.cvs, "UPDATE dossier SET afgesloten_op = '2015-03-02' WHERE dossier_id = 0")
    summary = estate.sweep(digest)
    report, after = run_report(estate.installation, summary.run), world.look()
    happened = done(before, after)
    assert by_dataset(report) == counted(happened)
    dossier = next(one for one in report.datasets if one.id == "cvs.dossier")
    gone = {name: len(getattr(before, name)) - len(getattr(after, name)) for name in ("document", "page")}
    contacts = len(before.contact) - len(after.contact) - len(happened["cvs.contact"])
    assert dossier.children == {"cvs.contact": contacts, "cvs.document": gone["document"], "cvs.pagina": gone["page"]}
    assert (dossier.held, dossier.changed, dossier.failed, dossier.late) == (2, 1, 0, 0)
    assert [(one.kind, one.placed) for one in report.holds] == [("legal-hold", True)]


def test_a_record_that_failed_and_then_went_is_counted_once_by_its_last_outcome(world):
    estate = world.estate(declared=declare(triggers=("vast",)))
    sql(world.cvs, FAILING)
    before = world.look()
    summary = estate.sweep(planned(estate))
    report = run_report(estate.installation, summary.run)
    totals = Counter()
    for outcome in logged(estate, summary.run, "outcome"):
        totals.update({name: outcome[name]["count"] for name in ("destroyed", "failed") if name in outcome})
    assert totals["failed"] > 2  # halves failed too, before the culprits stood alone
    assert sum(one.failed for one in report.datasets) == 2
    assert sum(one.destroyed for one in report.datasets) == totals["destroyed"]
    assert by_dataset(report) == counted(done(before, world.look()))


def test_the_numbers_in_the_log_the_run_and_its_report_agree(world):
    estate = world.estate(declared=declare(triggers=("vast",)))
    sql(world.cvs, FAILING)
    summary = estate.sweep(planned(estate))
    report = run_report(estate.installation, summary.run)
    [end] = logged(estate, summary.run, "run-end")
    assert report.destroyed == summary.destroyed == end["totals"]["destroyed"]
    for one, told in zip(report.datasets, sorted(summary.datasets, key=lambda d: d.id), strict=True):
        assert (one.destroyed, one.failed) == (told.destroyed, sum(told.failed.values()))
        assert one.children == told.children
        parts = (one.destroyed, one.failed, one.held, one.postponed, one.changed, one.gone, one.refused, one.waiting)
        assert sum(parts) + one.late == told.planned


def test_a_second_run_reports_its_own_and_nothing_of_the_first(world):
    estate = world.estate(declared=declare(triggers=("vast",)))
    sql(world.cvs, FAILING)
    digest = planned(estate)
    first = estate.sweep(digest)
    sql(world.cvs, "DROP TRIGGER vast")
    second = estate.sweep(estate.plan().digest)  # not approved: nothing goes
    reports = [run_report(estate.installation, one.run) for one in (first, second)]
    assert [one.destroyed for one in reports] == [first.destroyed, 0]
    assert run_report(estate.installation, "last").run == second.run


def test_the_report_of_a_run_that_was_killed_says_what_is_certain_and_what_is_not(world):
    before = world.look()
    estate = world.estate()
    digest = planned(estate)
    with running(world, "sweep", "cvs.dossier committed") as sweeper:
        assert [heard(sweeper), heard(sweeper)] == ["ready", "cvs.dossier committed"]
        sweeper.kill()
    report = run_report(estate.installation, "last")
    assert (report.ended, report.status, report.told, report.finished) == (None, None, False, False)
    assert len(report.open_intents) == 1
    dossier = next(one for one in report.datasets if one.id == "cvs.dossier")
    assert (dossier.deleted, dossier.held, dossier.late) == (0, None, None)
    assert dossier.open > 0
    assert len(report.checkpoint) == 3
    page = files(report)["uitvoering.html"].decode()
    assert page.index("Deze uitvoering is niet klaar") < page.index("In één oogopslag")

    estate.sweep(digest)
    mended = run_report(estate.installation, report.run)
    assert (mended.status, mended.told, mended.open_intents) == ("aborted", False, ())
    gone = {one.id: one.deleted for one in mended.datasets}
    last = {one.id: one.deleted for one in run_report(estate.installation, "last").datasets}
    assert gone["cvs.dossier"] == dossier.open
    happened = counted(done(before, world.look()))
    assert gone["cvs.dossier"] + last["cvs.dossier"] == happened["cvs.dossier"]


def test_a_batch_that_a_later_run_settles_is_reported_by_the_run_that_took_it(world):
    estate = world.estate()
    digest = planned(estate)
    with running(world, "sweep", "cvs.dossier committed") as sweeper:
        assert [heard(sweeper), heard(sweeper)] == ["ready", "cvs.dossier committed"]
        sweeper.kill()
    first = run_report(estate.installation, "last").run
    away = world.cvs.with_suffix(".away")
    shutil.move(world.cvs, away)
    estate.sweep(digest)  # cannot look: the first run is ended with its intent open
    assert run_report(estate.installation, first).open_intents
    shutil.move(away, world.cvs)
    third = estate.sweep(digest)
    report, own = (run_report(estate.installation, run) for run in (third.run, first))
    dossier = next(one for one in own.datasets if one.id == "cvs.dossier")
    assert (own.open_intents, [*report.settled.values()]) == ((), [dossier.deleted])
    assert dossier.deleted > 0
    [end] = logged(estate, third.run, "run-end")
    assert report.destroyed + dossier.deleted == end["totals"]["destroyed"]


def test_the_three_lines_of_any_report_are_a_checkpoint_that_the_log_is_held_to_later(world, estate):
    digest = planned(estate)
    runs = [estate.sweep(digest).run, estate.sweep(digest).run]
    for run in runs:
        pasted = "\r\n".join(f"  {line}" for line in run_report(estate.installation, run).checkpoint)
        found = verify_directory(estate.log, parse_trust(estate.trust.read_text()), since=[pasted.encode()])
        assert len(found.kept) == 1


def test_a_run_that_there_is_not_is_refused(estate):
    with pytest.raises(UsageError, match="There has been none yet"):
        run_report(estate.installation, "last")
    estate.run()
    for name in ("20200101T000000Z-00000000", "2", "", "%"):
        with pytest.raises(UsageError, match="There is no run"):
            run_report(estate.installation, name)


def test_a_beginning_that_several_runs_share_names_none_of_them(world, estate):
    digest = planned(estate)
    first, second = estate.sweep(digest).run, estate.sweep(digest).run
    assert first[:8] == second[:8]
    with pytest.raises(UsageError, match="Several runs begin with"):
        run_report(estate.installation, first[:8])


def test_a_report_opens_no_store(world, estate):
    summary = estate.sweep(planned(estate))
    for path in (world.cvs, world.crm):
        path.unlink()
    assert run_report(estate.installation, summary.run).destroyed == summary.destroyed


def test_a_report_changes_nothing(world, estate):
    summary = estate.sweep(planned(estate))
    with closing(sqlite3.connect(estate.root / "state" / "control.db")) as db:
        before = list(db.iterdump())
        files(run_report(estate.installation, summary.run))
        assert list(db.iterdump()) == before
