"""What there is to say: the newest of each kind, out of our own memory, and no more often than once a day."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from retention.control.interface import RunStatus
from retention.notice import Channel, Delivery, NoticeKind, Trouble, undelivered
from retention.notices.due import JobEnd, Seen, due, unsaid
from retention.notices.facts import Ended, Failed, Late, Planned, Refused, Reviews, kind_of
from retention.run_summary import DatasetRun
from retention.text import Text
from tests.conformance.control.control_values import hold, released
from tests.notices import NIGHT, TODAY, held, run, seen, told
from tests.summaries import BUSY, EMPTY

YESTERDAY = TODAY - timedelta(days=1)
WHY = Text(nl="weg", en="gone")


def kinds(found: Seen) -> list[NoticeKind | None]:
    return [kind_of(one) for one in due(found)]


def sent(kind: NoticeKind, day: date = TODAY, trouble: Trouble | None = None, **changes: object) -> Delivery:
    """What became of a notice: delivered, unless there was trouble."""
    at = datetime.combine(day, NIGHT.time(), NIGHT.tzinfo)
    made = Delivery(
        kind=kind, day=day, channel=Channel.MAIL, attempts=1, tried_at=at,
        delivered_at=at if trouble is None else None, trouble=trouble,
    )  # fmt: skip
    return replace(made, **changes)


def said(found: Seen, channel: Channel = Channel.MAIL) -> list[NoticeKind | None]:
    return [kind_of(one) for one in unsaid(found, channel, NoticeKind)]


def test_a_good_night_says_nothing():
    assert kinds(seen(told(run(), 0, DatasetRun(id="cvs.dossier", planned=9, destroyed=9)))) == []


def test_a_refused_dataset_is_said_with_its_number_and_a_small_number_is_not():
    one = told(run(), 3, DatasetRun(id="a.b", planned=40, refused=40), DatasetRun(id="a.c", planned=2, refused=2))
    [refused] = due(seen(one))
    assert refused == Refused(of=TODAY, runs=(one[0].id,), datasets={"a.b": 40, "a.c": "<5"})


@pytest.mark.parametrize(
    ("exit_status", "ended"), [(1, Ended.FAILED), (2, Ended.NOT_STARTED), (4, Ended.AT_RISK)], ids=str
)
def test_a_job_that_failed_without_a_run_is_said(exit_status: int, ended: Ended):
    [failed] = due(seen(ended=JobEnd(job="plan", exit_status=exit_status)))
    assert isinstance(failed, Failed)
    assert (failed.ended, failed.job, failed.runs) == (ended, "plan", ())


@pytest.mark.parametrize("exit_status", [0, 5])
def test_a_job_that_ended_well_or_waits_for_a_person_is_no_failure(exit_status: int):
    assert kinds(seen(ended=JobEnd(job="sweep", exit_status=exit_status))) == []


def test_a_run_that_broke_off_and_told_nothing_is_a_failure():
    assert kinds(seen((run(status=RunStatus.ABORTED), None), told(run(2)))) == [NoticeKind.FAILURE]


def test_what_failed_is_said_per_dataset():
    of = run(status=RunStatus.FAILED)
    lost = DatasetRun(id="a.b", planned=9, failed={"FAILED_LOCKED": 9}, why=WHY)
    gone = DatasetRun(id="a.c", planned=0, late=None, why=WHY)
    waits = DatasetRun(id="a.d", planned=9, waiting=9, why=WHY)
    failed = due(seen(told(of, 1, lost, gone, waits), told(run(2))))[0]
    assert isinstance(failed, Failed)
    assert failed.datasets == {"a.b": 9, "a.c": 0}


@pytest.mark.parametrize(("hours", "expected"), [(29, []), (31, [NoticeKind.LATENESS])])
def test_nights_that_did_not_happen_are_late(hours: int, expected: list[NoticeKind]):
    old = NIGHT - timedelta(hours=hours)
    assert kinds(seen(told(run(started=old, ended=old)))) == expected


def test_a_nights_second_run_alone_is_no_night():
    old = NIGHT - timedelta(hours=31)
    _, second = told(run(2))
    same_day = (run(2), replace(second, same_day=True))
    assert kinds(seen(same_day, told(run(started=old, ended=old)))) == [NoticeKind.LATENESS]


def test_an_installation_without_a_run_is_late_once_its_first_plan_is_old():
    bare = seen(planned_since=NIGHT - timedelta(hours=31))
    assert kinds(replace(bare, runs=())) == [NoticeKind.LATENESS]
    assert kinds(replace(bare, runs=(), planned_since=NIGHT)) == []
    assert kinds(replace(bare, runs=(), planned_since=None)) == []


def test_records_that_are_late_or_cannot_be_counted_are_said():
    one = told(run(), 0, DatasetRun(id="a.b", planned=9, late=7), DatasetRun(id="a.c", planned=0, late=None))
    [late] = due(seen(one))
    assert isinstance(late, Late)
    assert (late.overdue, late.datasets) == (False, {"a.b": 7, "a.c": None})


def planned(**changes: object) -> Seen:
    plan = replace(BUSY, made=NIGHT - timedelta(minutes=30), **changes)
    return seen(told(run(plan=None, started=NIGHT - timedelta(hours=1))), plan=plan)


def test_a_new_plan_is_said_with_what_it_lists():
    [plan] = due(planned())
    assert isinstance(plan, Planned)
    assert {one.id for one in plan.datasets} >= {one.id for one in BUSY.datasets if one.planned}
    assert (plan.digest, plan.waits, plan.over_limit) == (BUSY.digest, True, True)


def test_a_plan_that_lists_nothing_is_not_said():
    assert kinds(seen(told(run(started=NIGHT - timedelta(hours=1))), plan=replace(EMPTY, made=NIGHT))) == []


def test_a_plan_is_not_said_once_a_run_has_started_since_or_has_executed_it():
    found = planned()
    assert found.plan is not None
    assert kinds(replace(found, runs=(told(run(plan=None)),))) == []
    assert kinds(replace(found, runs=(told(run(plan=found.plan.digest, started=found.plan.made)),))) == []


def test_a_plan_of_the_very_second_in_which_the_night_ended_is_said():
    found = planned()
    assert found.plan is not None
    begun = run(plan=None, started=found.plan.made + timedelta(milliseconds=900))
    assert kinds(replace(found, runs=(told(begun),))) == [NoticeKind.PLAN]


def test_a_hold_is_said_from_its_day_on_and_not_once_it_is_released():
    due_today, later = held(hold(1), TODAY), held(hold(2), TODAY + timedelta(days=1))
    [reviews] = due(seen(holds=(due_today, later, released(held(hold(3), TODAY)), held(hold(4), None))))
    assert isinstance(reviews, Reviews)
    assert [one.id for one in reviews.holds] == [due_today.id]


def failing(**changes: object) -> Seen:
    return seen(ended=JobEnd(job="sweep", exit_status=1), **changes)


def test_what_went_out_today_is_not_said_again_on_that_channel():
    found = failing(deliveries=(sent(NoticeKind.FAILURE),))
    assert said(found) == []
    assert said(found, Channel.WEBHOOK) == [NoticeKind.FAILURE]


def test_what_did_not_arrive_is_said_again():
    assert said(failing(deliveries=(sent(NoticeKind.FAILURE, trouble=Trouble.UNREACHABLE),))) == [NoticeKind.FAILURE]


@pytest.mark.parametrize("trouble", [None, Trouble.UNCONFIRMED], ids=["its job died", "the connection broke off"])
def test_what_may_have_arrived_is_not_said_again(trouble: Trouble | None):
    assert said(failing(deliveries=(sent(NoticeKind.FAILURE, trouble=trouble, delivered_at=None),))) == []


def test_what_went_out_yesterday_is_said_today_when_it_happened_again():
    assert said(failing(deliveries=(sent(NoticeKind.FAILURE, YESTERDAY),))) == [NoticeKind.FAILURE]


def yesterday() -> Seen:
    then = NIGHT - timedelta(hours=20)
    return seen(told(run()), told(run(2, status=RunStatus.FAILED, started=then, ended=then), 1))


def test_a_failure_of_yesterday_that_did_not_arrive_is_said_today_and_one_that_did_is_not():
    assert said(yesterday()) == [NoticeKind.FAILURE]
    arrived = sent(NoticeKind.FAILURE, YESTERDAY, tried_at=NIGHT - timedelta(hours=19))
    assert said(replace(yesterday(), deliveries=(arrived,))) == []


def test_a_failure_after_the_days_notice_is_not_said_that_day_and_is_said_the_next():
    then = NIGHT - timedelta(hours=6)
    evening = told(run(2, status=RunStatus.FAILED, started=then, ended=then), 1)
    morning = sent(NoticeKind.FAILURE, YESTERDAY, tried_at=then - timedelta(hours=12))
    good = told(run(started=then - timedelta(hours=20), ended=then - timedelta(hours=20)))
    assert said(seen(evening, good, now=then, deliveries=(morning,))) == []
    found = seen(evening, good, deliveries=(morning,))
    assert said(found) == [NoticeKind.FAILURE]
    assert said(replace(found, deliveries=(morning, sent(NoticeKind.FAILURE)))) == []


def test_a_second_plan_of_a_day_is_said_the_next():
    plan = replace(BUSY, made=NIGHT - timedelta(hours=6))
    first = sent(NoticeKind.PLAN, YESTERDAY, tried_at=NIGHT - timedelta(hours=7))
    found = seen(told(run(plan=None, started=NIGHT - timedelta(hours=20))), plan=plan, deliveries=(first,))
    assert said(found) == [NoticeKind.PLAN]


def test_a_newer_failure_takes_the_place_of_yesterdays():
    of = run(3, status=RunStatus.FAILED)
    [failed] = due(replace(yesterday(), runs=(told(of, 1), *yesterday().runs)))
    assert isinstance(failed, Failed)
    assert failed.runs == (of.id,)


def test_a_failed_job_of_which_only_the_undelivered_notice_is_left_is_still_said():
    [failed] = due(seen(deliveries=(sent(NoticeKind.FAILURE, trouble=Trouble.TIMEOUT),)))
    assert isinstance(failed, Failed)
    assert (failed.job, failed.runs) == (None, ())


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, []), (1, []), (6, []), (7, [NoticeKind.HOLD_REVIEW])],
    ids=["today", "yesterday", "6 days ago", "a week ago"],
)
def test_a_forgotten_hold_is_said_every_week(days: int, expected: list[NoticeKind]):
    forgotten = held(hold(), TODAY - timedelta(days=30))
    found = seen(holds=(forgotten,), deliveries=(sent(NoticeKind.HOLD_REVIEW, TODAY - timedelta(days=days)),))
    assert said(found) == expected


def test_another_hold_whose_day_comes_is_said_at_once():
    holds = (held(hold(1), TODAY - timedelta(days=30)), held(hold(2), TODAY))
    assert said(seen(holds=holds, deliveries=(sent(NoticeKind.HOLD_REVIEW, YESTERDAY),))) == [NoticeKind.HOLD_REVIEW]


def test_a_kind_that_nobody_wants_is_not_said():
    assert unsaid(failing(), Channel.MAIL, [NoticeKind.PLAN]) == ()


def test_undelivered_is_what_nothing_later_on_its_channel_has_made_good():
    lost = sent(NoticeKind.FAILURE, YESTERDAY, Trouble.UNREACHABLE)
    assert undelivered((lost,)) == (lost,)
    assert undelivered((sent(NoticeKind.PLAN), lost)) == ()
    assert undelivered((sent(NoticeKind.PLAN, channel=Channel.WEBHOOK), lost)) == (lost,)
    partly = sent(NoticeKind.PLAN, refused=1)
    assert undelivered((partly, lost)) == (partly,)


def test_nights_that_have_no_time_for_anything_are_late():
    old = NIGHT - timedelta(hours=31)
    shut = told(run(2, status=RunStatus.WAITING), 5, DatasetRun(id="a.b", planned=9, postponed=9))
    assert kinds(seen(shut, told(run(started=old, ended=old)))) == [NoticeKind.LATENESS]


def test_a_night_that_ended_in_the_future_does_not_hide_lateness():
    old, later = NIGHT - timedelta(hours=31), NIGHT + timedelta(days=300)
    ahead = told(run(2, started=later, ended=later))
    assert kinds(seen(ahead, told(run(started=old, ended=old)))) == [NoticeKind.LATENESS]
