"""Holds: what a scope covers, and which hold a record shows."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from retention.errors import UsageError
from retention.holds import Family, HoldIndex, HoldKind, Member, Scope, covers, gate
from retention.reason import Reason
from tests.conformance.control.control_values import NOW, hold

MEMBER = Member("cvs.dossier", "7", frozenset({("client", "17")}), lambda: {"schuldhulp": (date(2020, 6, 1),)})
COVERING = {
    "subjects": frozenset({("client", "17"), ("client", "99")}),
    "records": frozenset({("cvs.dossier", "7")}),
    "datasets": frozenset({"cvs.dossier"}),
    "purposes": frozenset({"schuldhulp"}),
    "starts_from": date(2020, 1, 1),
    "starts_to": date(2020, 12, 31),
}
MISSING = {
    "subjects": frozenset({("client", "18"), ("employee", "17")}),
    "records": frozenset({("cvs.dossier", "8"), ("cvs.client", "7")}),
    "datasets": frozenset({"cvs.client"}),
    "purposes": frozenset({"wmo"}),
    "starts_from": date(2020, 6, 2),
    "starts_to": date(2020, 5, 31),
}
EVERYTHING = Scope(datasets=frozenset({"cvs.dossier"}))


def test_a_scope_without_a_selector_is_refused():
    with pytest.raises(UsageError, match="without a selector"):
        Scope()


def test_a_scope_covers_what_every_selector_matches():
    assert covers(Scope(**COVERING), MEMBER)


@pytest.mark.parametrize("selector", COVERING)
def test_one_selector_that_does_not_match_is_enough_to_cover_nothing(selector):
    assert not covers(Scope(**COVERING | {selector: MISSING[selector]}), MEMBER)


@pytest.mark.parametrize("selector", COVERING)
def test_a_selector_that_is_not_given_asks_nothing(selector):
    asked = {name: value for name, value in COVERING.items() if name != selector}
    assert covers(Scope(**asked), MEMBER)


@pytest.mark.parametrize("starts", [(), (None,), (date(2001, 1, 1), None)], ids=["no rule", "unknown", "one unknown"])
def test_a_start_that_cannot_be_told_counts_as_covered(starts):
    assert covers(Scope(starts_from=date(2020, 1, 1)), replace(MEMBER, rules=lambda: {"schuldhulp": starts}))


def test_both_ends_of_a_range_belong_to_it():
    assert covers(Scope(starts_from=date(2020, 6, 1), starts_to=date(2020, 6, 1)), MEMBER)


def test_a_hold_on_any_member_of_a_family_stops_it():
    other = replace(MEMBER, dataset="cvs.document", key="1", subjects=frozenset())
    assert gate([other, MEMBER], [hold(scope=Scope(subjects=frozenset({("client", "17")})))], NOW) is not None


def test_no_two_members_cover_a_conjunction_together():
    other = replace(MEMBER, dataset="cvs.document", subjects=frozenset({("client", "99")}))
    scope = Scope(subjects=frozenset({("client", "99")}), datasets=frozenset({"cvs.dossier"}))
    assert gate([MEMBER, other], [hold(scope=scope)], NOW) is None


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (HoldKind.RESTRICTION, Reason.KEEP_RESTRICTED),
        (HoldKind.LEGAL_HOLD, Reason.KEEP_HOLD),
        (HoldKind.EXEMPTION, Reason.KEEP_HOLD),
        (HoldKind.OPEN_REQUEST, Reason.KEEP_OPEN_REQUEST),
    ],
)
def test_a_kind_of_hold_is_shown_by_its_own_reason(kind, reason):
    found = gate([MEMBER], [hold(kind=kind, scope=EVERYTHING)], NOW)
    assert found is not None
    assert found.reason is reason


def test_the_gravest_kind_is_shown_whatever_the_order_of_placing():
    kinds = (HoldKind.OPEN_REQUEST, HoldKind.EXEMPTION, HoldKind.LEGAL_HOLD, HoldKind.RESTRICTION)
    holds = [
        hold(number, kind=kind, scope=EVERYTHING, placed_at=NOW + timedelta(days=number))
        for number, kind in enumerate(kinds)
    ]
    shown = []
    while holds:
        found = gate([MEMBER], holds, NOW)
        shown.append(found.hold.kind)
        holds.remove(found.hold)
    assert shown == [HoldKind.RESTRICTION, HoldKind.LEGAL_HOLD, HoldKind.EXEMPTION, HoldKind.OPEN_REQUEST]


def test_of_one_kind_the_first_placed_is_shown():
    first, second = hold(2, scope=EVERYTHING), hold(1, scope=EVERYTHING, placed_at=NOW + timedelta(hours=1))
    assert gate([MEMBER], [second, first], NOW).hold == first


def _released(cooling_until):
    return hold(scope=EVERYTHING, released_at=NOW, cooling_until=cooling_until)


def test_a_released_hold_still_stops_what_it_covered_until_it_has_cooled_off():
    assert gate([MEMBER], [_released(NOW + timedelta(seconds=1))], NOW).reason is Reason.KEEP_COOLING_OFF


@pytest.mark.parametrize("until", [NOW, None], ids=["cooled off", "released immediately"])
def test_a_hold_that_has_cooled_off_stops_nothing(until):
    assert gate([MEMBER], [_released(until)], NOW) is None


def test_any_hold_in_force_is_shown_before_one_that_cools_off():
    cooling = replace(_released(NOW + timedelta(days=7)), kind=HoldKind.RESTRICTION)
    request = hold(9, kind=HoldKind.OPEN_REQUEST, scope=EVERYTHING)
    assert gate([MEMBER], [cooling, request], NOW).reason is Reason.KEEP_OPEN_REQUEST


_SUBJECTS = st.frozensets(st.tuples(st.just("client"), st.sampled_from("123")), max_size=2)
_RECORDS = st.tuples(st.sampled_from(("cvs.dossier", "cvs.client")), st.sampled_from("12"))
_SCOPES = st.builds(
    dict,
    subjects=_SUBJECTS,
    records=st.frozensets(_RECORDS, max_size=2),
    datasets=st.frozensets(st.sampled_from(("cvs.dossier", "cvs.client")), max_size=1),
    purposes=st.frozensets(st.sampled_from(("schuldhulp", "wmo")), max_size=1),
).filter(lambda scope: any(scope.values()))
_MEMBERS = st.builds(
    lambda record, subjects: Member(*record, subjects, lambda: {"schuldhulp": ()}), _RECORDS, _SUBJECTS
)


@given(scopes=st.lists(_SCOPES, max_size=6), family=st.lists(_MEMBERS, min_size=1, max_size=4))
def test_asking_the_index_misses_no_hold_that_covers_a_family(scopes, family):
    holds = [hold(number, scope=Scope(**scope)) for number, scope in enumerate(scopes)]
    assert HoldIndex.of(holds).gate(Family.of(family), NOW) == gate(family, holds, NOW)
