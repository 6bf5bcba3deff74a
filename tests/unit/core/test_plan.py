"""Plans: the digest that is approved, the limits, and whose word is the last."""

from datetime import date, timedelta

import msgspec
import pytest

from retention.dataset import Dataset, NoSubject
from retention.disposition import Action
from retention.plan import PLAN_EXPIRES, Limits, Spooled, in_force
from retention.text import Text
from tests.conformance.control.control_values import NOW, TODAY, approval, plan

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))


def _dataset(usual_daily=None):
    return Dataset(id="cvs.dossier", key=("id",), subjects=NOBODY, usual_daily=usual_daily)


def test_the_digest_is_the_one_written_down_when_the_format_was_decided():
    # SHA-256("retain-plan/v1\0" ‖ JCS), computed from the specification with another tool
    assert plan().digest == "3648b1a8a6243c23809d8216f67c3e8159fc092634ac725c21d2b094d62a002d"


def _with_first(**changes):
    first, *others = plan().datasets
    return plan(datasets=(msgspec.structs.replace(first, **changes), *others))


@pytest.mark.parametrize(
    "changed",
    [
        plan(second=1),
        plan(reference_date=date(2026, 7, 2)),
        plan(datasets=plan().datasets[:1]),
        _with_first(id="cvs.cliënt"),
        _with_first(count=1),
        _with_first(fingerprint="ce" * 32),
        _with_first(root="01" * 32),
    ],
    ids=["made", "reference date", "a dataset less", "id", "count", "fingerprint", "root"],
)
def test_the_digest_changes_with_everything_that_is_approved(changed):
    assert changed.digest != plan().digest


@pytest.mark.parametrize(
    "same",
    [plan(prepared_by="somebody.else"), _with_first(total=5), plan(datasets=plan().datasets[::-1])],
    ids=["preparer", "total", "order"],
)
def test_the_digest_stays_with_what_is_not_approved(same):
    assert same.digest == plan().digest


def test_a_leaf_commits_to_reference_action_and_fields():
    one = Spooled(0, b"r" * 32, Action.ERASE_FIELDS, ("naam",), b"", b"")
    others = [
        one._replace(ref=b"s" * 32),
        one._replace(action=Action.ANONYMISE),
        one._replace(fields=("naam", "postcode")),
    ]
    assert len({one.leaf, *(other.leaf for other in others)}) == 4


def test_a_plan_expires_after_thirty_days_and_not_before():
    made = plan().made
    assert (
        plan().expired(made + PLAN_EXPIRES),
        plan().expired(made + PLAN_EXPIRES + timedelta(seconds=1)),
    ) == (False, True)


@pytest.mark.parametrize(
    ("total", "limit"),
    [(0, 10), (5, 10), (199, 10), (200, 10), (220, 11), (19_999, 999), (20_000, 1000), (1_000_000, 1000)],
)
def test_the_limit_is_the_smaller_of_a_thousand_and_a_twentieth_but_at_least_ten(total, limit):
    assert Limits().of(_dataset(), total) == limit


@pytest.mark.parametrize("total", [0, 5, 1_000_000])
def test_a_limit_of_zero_means_none_at_all(total):
    assert Limits(records=0).of(_dataset(), total) == 0


def test_a_limit_below_ten_is_not_raised_to_ten():
    assert Limits(records=3).of(_dataset(), 1000) == 3


@pytest.mark.parametrize(("usual", "limit"), [(0, 0), (5000, 5000)])
def test_a_declared_daily_volume_is_the_limit(usual, limit):
    assert Limits().of(_dataset(usual), 100) == limit


def test_an_approval_holds_through_its_last_day():
    last = approval().expires
    assert approval().valid(NOW.replace(month=last.month, day=last.day, hour=23, minute=59))
    assert not approval().valid(NOW.replace(month=8, day=1, hour=0))


def test_the_last_word_counts():
    granted, withdrawn = approval(), approval(granted=False)
    assert in_force([granted, withdrawn], granted.of, NOW) is None
    assert in_force([withdrawn, granted], granted.of, NOW) == granted


def test_a_word_on_something_else_does_not_count():
    assert in_force([approval(of="99" * 32)], approval().of, NOW) is None


def test_an_expired_last_word_does_not_bring_back_an_earlier_one():
    assert in_force([approval(), approval(expires=TODAY - timedelta(days=1))], approval().of, NOW) is None
