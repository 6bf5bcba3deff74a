"""What a plan tells besides its sums, recounted from the databases without the code under test."""

from datetime import UTC, date, datetime, timedelta

import pytest

from retention.details import Remains
from retention.holding import release
from retention.holds import Scope
from retention.reports.figures import figures
from retention.summary import PlanSummary
from tests.estate import PLANNED, SWEPT, reopened
from tests.integration.run.world import declare


@pytest.fixture
def engine() -> str:
    return "sqlite"


def of(summary, dataset):
    return next(one for one in summary.datasets if one.id == dataset)


def change(summary, dataset):
    return next(one for one in summary.since.datasets if one.dataset == dataset)


def codes(summary):
    return {(one.code, one.where) for one in summary.findings}


def planned(estate, today=PLANNED):
    """A plan, as it is kept with it."""
    summary = estate.plan(today)
    with estate.control.reading() as tx:
        assert PlanSummary.from_json(tx.plan_report(summary.digest)) == summary
    return summary


def test_late_is_counted_from_the_first_day_destructible(world, estate):
    [(due,)] = world.rows("cvs", "SELECT count(*) FROM dossier WHERE afgesloten_op = '2015-03-01'")
    world.sql("cvs", "UPDATE dossier SET afgesloten_op = '2021-06-24' WHERE dossier_id = 0")  # first on 25 June 2026
    dossiers = of(planned(estate), "cvs.dossier")
    assert dossiers.overdue == {"0": 1, "1827": due - 1}
    assert dossiers.longest_overdue == (PLANNED - date(2020, 3, 2)).days


def test_what_stays_is_told_with_who_decides_and_until_when(world, estate):
    [(running,)] = world.rows("cvs", "SELECT count(*) FROM dossier WHERE afgesloten_op = '2025-11-01'")
    dossiers = of(planned(estate), "cvs.dossier")
    told = {(one.reason, one.purpose): (one.records, one.first, one.last) for one in dossiers.kept}
    assert told["KEEP_RUNNING", "schuldhulp"] == (running, date(2030, 11, 2), date(2030, 11, 2))
    assert told["PARTIAL_PURPOSE", "wmo-kern"] == (10, date(2040, 3, 2), date(2040, 3, 2))
    assert told["REVIEW_NO_TRIGGER", "schuldhulp"] == (10, None, None)


def test_every_record_that_does_not_go_is_kept_by_somebody(world, estate):
    estate.hold(Scope(records=frozenset({("cvs.dossier", "4")})))
    for dataset in planned(estate).datasets:
        stay = {one.reason: one.records for one in dataset.kept}
        goes = dataset.reasons.get("DUE_EXPIRED", 0) + dataset.reasons.get("GOES_WITH_PARENT", 0)
        assert sum(one.records for one in dataset.kept) == dataset.judged - goes
        assert stay.keys() <= dataset.reasons.keys()


def test_the_coming_year_is_told_by_month(world, estate):
    world.sql(
        "cvs",
        "UPDATE contact SET op = '2023-09-15' WHERE contact_id = 2",  # first day on 16 September 2026
        "UPDATE contact SET op = '2024-06-29' WHERE contact_id = 3",  # 30 June 2027, the last day of the coming year
        "UPDATE contact SET op = '2024-06-30' WHERE contact_id = 6",  # 1 July 2027, no longer in it
    )
    assert of(planned(estate), "cvs.contact").coming == {"2026-09": 1, "2027-06": 1}


def test_every_purpose_counts_the_records_that_it_applies_to(world, estate):
    told = {one.purpose: one.reasons for one in planned(estate).policies}
    counted = dict(world.rows("cvs", "SELECT regime, count(*) FROM dossier GROUP BY regime"))
    assert sum(told["schuldhulp"]["cvs.dossier"].values()) == counted["schuldhulp"]
    assert told["wmo-inhoud"]["cvs.dossier"] == {"PARTIAL_PURPOSE": counted["wmo"]}


def test_records_that_stay_alike_in_tens_are_anonymous(world, estate):
    remains = of(planned(estate), "crm.aanmelding").remains
    assert remains == Remains(columns=("op", "ip"), key=("aanmelding_id",), records=10, smallest=10)
    assert not {one for one in codes(estate.plan()) if one[0] == "NOT_ANONYMOUS"}


def test_a_record_that_is_like_fewer_than_five_others_is_still_singled_out(world, estate):
    world.sql("crm", "UPDATE aanmelding SET op = '2014-01-01' WHERE aanmelding_id IN (0, 4, 8, 12)")
    summary = planned(estate)
    assert of(summary, "crm.aanmelding").remains.smallest == "<5"
    assert ("NOT_ANONYMOUS", "crm.aanmelding") in codes(summary)


def test_what_is_made_coarser_is_compared_as_it_will_be(world, estate):
    world.sql("crm", "UPDATE aanmelding SET ip = '10.11.12.' || aanmelding_id")
    assert of(planned(estate), "crm.aanmelding").remains.smallest == 10


def test_what_is_anonymised_already_counts_for_what_still_will_be(world, estate):
    estate.run()
    world.sql("crm", "UPDATE aanmelding SET op = '2015-03-01' WHERE aanmelding_id = 1")
    assert of(planned(estate, SWEPT), "crm.aanmelding").remains.smallest == 11


def test_the_first_plan_has_nothing_to_compare_with(estate):
    assert planned(estate).since is None


def test_a_plan_tells_what_joined_the_list_and_why(world, estate):
    estate.plan()
    world.sql(
        "cvs",
        "INSERT INTO dossier VALUES (900, 'C1', 'schuldhulp', '2015-03-01', 'x', '2101AB')",  # new, and late
        "UPDATE dossier SET afgesloten_op = '2021-07-01' WHERE dossier_id = 1",  # period ends on 1 July 2026
        "UPDATE dossier SET afgesloten_op = '2025-11-01' WHERE dossier_id = 0",  # corrected: not due after all
    )
    dossiers = change(planned(estate, SWEPT), "cvs.dossier")
    assert (dossiers.before, dossiers.done, dossiers.left, dossiers.joined) == (20, 0, 1, 2)
    assert (dossiers.now, dossiers.ended, dossiers.other) == (21, 1, 1)


def test_what_went_since_is_no_longer_expected(estate):
    estate.run()
    dossiers = change(planned(estate, SWEPT), "cvs.dossier")
    assert (dossiers.before, dossiers.done, dossiers.left, dossiers.joined, dossiers.now) == (20, 20, 0, 0, 0)


def test_a_new_hold_and_a_lifted_one_are_told(estate):
    estate.plan()
    hold = estate.hold(Scope(records=frozenset({("cvs.dossier", "4")})))
    held = change(planned(estate), "cvs.dossier")
    assert (held.placed, held.left, held.joined) == ({hold.id: 1}, 1, 0)
    now = datetime.now(UTC)
    release(estate.control, estate.journal, hold.id, by="jurist", reason="klaar", now=now, cooling_off=timedelta(0))
    lifted = change(planned(estate), "cvs.dossier")
    assert (lifted.released, lifted.left, lifted.joined) == ({hold.id: 1}, 0, 1)


def test_a_policy_that_is_gone_is_named(estate):
    estate.plan()
    summary = planned(reopened(estate, register=declare().without("aanmeldingen")))
    assert summary.since.policies == ("aanmeldingen",)


def test_a_changed_declaration_is_told(estate):
    estate.plan()
    summary = planned(reopened(estate, register=declare(notice=2).register))
    assert {one.dataset for one in summary.since.datasets if one.rules_changed} >= {"cvs.dossier", "crm.client"}


def test_a_table_that_nobody_governs_comes_first_and_is_a_finding(world, estate):
    world.sql("crm", "CREATE TABLE kopie (kopie_id INTEGER PRIMARY KEY, achternaam TEXT, bedrag INTEGER)")
    summary = planned(estate)
    first, *others = summary.coverage
    assert (first.store, first.table, first.governed, first.unnamed) == ("crm", "kopie", "no", ("achternaam",))
    assert {(one.store, one.table, one.governed) for one in others} == {
        ("crm", "aanmelding", "by rules"),
        ("crm", "client", "by rules"),
        ("crm", "regeling", "declared"),
        ("cvs", "contact", "by rules"),
        ("cvs", "document", "by parent"),
        ("cvs", "dossier", "by rules"),
        ("cvs", "pagina", "by parent"),
    }
    assert ("TABLES_UNGOVERNED", "crm") in codes(summary)


def test_what_already_went_that_day_is_told(estate):
    first = planned(estate)
    estate.approve(first.digest)
    estate.sweep(first.digest)
    again = planned(estate)
    assert of(again, "cvs.dossier").gone_today == of(first, "cvs.dossier").planned


def test_the_numbers_of_the_datasets_are_those_of_the_sums(estate):
    total = figures(planned(estate).datasets)
    assert total.along == 20  # contacts of dossiers that are due
    assert total.judged == total.goes + total.along + total.stays + total.held + total.review + total.settled
