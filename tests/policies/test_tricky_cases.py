"""The tricky cases by number, each judged by the real judge on real databases of every engine."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from policies import REGISTER
from policies.demo_data import CASES, REFERENCE_DATE, Expected, HoldToPlace
from retention.holds import Hold, HoldKind, Scope
from retention.reads import columns_read
from retention.reason import Reason
from retention.record import key_text
from retention.scan import Judged, Scanner
from retention.start import Day
from retention.stores.check import check
from retention.stores.interface import Source
from retention.stores.registry import open_source
from tests.organisation import ENGINES, organisation

REQUIRED = (
    *("K01", "K02", "K03", "K04", "K07", "K09", "K11", "K12", "K13", "K14"),
    *("K21", "K23", "K24", "K25", "K26", "K27", "K28", "K30", "K37"),
)
ZONE = ZoneInfo("Europe/Amsterdam")
DATASETS = sorted({expected.dataset for case in CASES.values() for expected in case.expected})
EXPECTED = [pytest.param(number, one, id=f"{number}-{one.dataset}-{key_text(one.key)}")
            for number, case in CASES.items() for one in case.expected]  # fmt: skip

Verdicts = Mapping[tuple[str, tuple[object, ...]], Judged]


@pytest.fixture(scope="module", params=ENGINES)
def sources(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Source]]:
    with organisation(request.param, tmp_path_factory.mktemp("tiny")) as urls, ExitStack() as stack:
        yield {store: stack.enter_context(closing(open_source(store, url, zone=ZONE))) for store, url in urls.items()}


def _hold(place: HoldToPlace, number: str) -> Hold:
    return Hold(
        id=f"H-{place.placed_on:%Y%m%d}-{number}",
        kind=HoldKind(place.kind),
        scope=Scope(
            subjects=frozenset(place.subjects),
            records=frozenset((dataset, key_text(key)) for dataset, key in place.records),  # type: ignore[arg-type]
        ),
        matter=place.matter.en,
        placed_at=datetime.combine(place.placed_on, time(12), UTC),
        placed_by="jurist",
        salt=bytes(32),
        review_on=place.review_on,
    )


def _judged(sources: Mapping[str, Source], *, late: bool) -> Verdicts:
    holds = tuple(
        _hold(place, number)
        for number, case in CASES.items()
        for place in case.holds
        if late or not place.after_approval
    )
    now = datetime.combine(REFERENCE_DATE, time(2), UTC)
    scanner = Scanner(REGISTER, Day(REFERENCE_DATE, ZONE), holds, now, {})
    return {
        (dataset, judged.record.key): judged
        for dataset in DATASETS
        for page in scanner.scan(REGISTER.dataset(dataset), sources)
        for judged in page
    }


@pytest.fixture(scope="module")
def planned(sources: Mapping[str, Source]) -> Verdicts:
    """What the plan says, with the holds that were there when it was made."""
    return _judged(sources, late=False)


@pytest.fixture(scope="module")
def swept(sources: Mapping[str, Source]) -> Verdicts:
    """What the sweep finds, with the holds placed after the approval."""
    return _judged(sources, late=True)


@pytest.mark.parametrize("number", REQUIRED)
def test_every_required_case_is_there_and_expects_something(number: str) -> None:
    case = CASES[number]
    assert case.number == number
    assert case.expected
    assert {(one.dataset, one.key) for one in case.expected} <= set(case.rows)


@pytest.mark.parametrize(("number", "expected"), EXPECTED)
def test_a_tricky_case_is_judged_as_expected(
    number: str, expected: Expected, planned: Verdicts, swept: Verdicts
) -> None:
    found = planned[expected.dataset, expected.key]
    if expected.code == "SKIP_HOLD_LATE":
        assert any(place.after_approval for place in CASES[number].holds)
        assert found.judgement.due
        assert swept[expected.dataset, expected.key].reason is Reason.KEEP_HOLD
    else:
        assert str(found.reason) == expected.code
    said = found.judgement
    if expected.last_day is not None:
        assert said.decider is not None
        assert said.decider.last_day == expected.last_day
    if expected.erases:
        assert said.fields == expected.erases
    if expected.stays:
        assert str(said.stays) == expected.stays


def test_a_hold_across_systems_is_the_only_thing_that_keeps_what_it_covers(sources: Mapping[str, Source]) -> None:
    scanner = Scanner(REGISTER, Day(REFERENCE_DATE, ZONE), (), datetime.combine(REFERENCE_DATE, time(2), UTC), {})
    for one in CASES["K12"].expected:
        pages = scanner.scan(REGISTER.dataset(one.dataset), sources)
        (found,) = [judged for page in pages for judged in page if judged.record.key == one.key]
        assert found.reason in {Reason.DUE_EXPIRED, Reason.GOES_WITH_PARENT}


def test_the_register_fits_the_databases(sources: Mapping[str, Source]) -> None:
    schemas = {store: source.schema() for store, source in sources.items()}
    for dataset in REGISTER.all_datasets:
        found = check(REGISTER, dataset, schemas[dataset.store], columns_read(REGISTER, dataset))
        assert [one for one in found if one.severity == "error"] == [], dataset.id
