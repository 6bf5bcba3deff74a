"""P1 and P2 hold in every interleaving of the sweep protocol, and every step of it is needed."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.model.protocol_search import Found, search, search_without, worlds
from tests.model.protocol_state import DOCUMENT, HELD, NONE, A, B, State, Step, gone

DOCUMENT_PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"
MISFORTUNES = 3  # a crash, a second one while settling the first, and another writer


@cache
def without(step: Step) -> Found:
    return search_without(step)


def test_the_protocol_keeps_every_promise_in_every_interleaving(capsys: pytest.CaptureFixture[str]) -> None:
    states = 0
    for world in worlds(MISFORTUNES):
        found = search(world)
        assert found.promise is None, "\n".join((found.promise, *found.way))
        states += len(found.states)
    with capsys.disabled():
        print(f" {states:,} states ", end="")  # noqa: T201 - the reader should see how far the search went
    assert f"{states:,} states" in DOCUMENT_PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("step", Step, ids=lambda step: step.value)
def test_leaving_out_a_step_breaks_a_promise(step: Step) -> None:
    assert without(step).promise is not None


def test_the_page_on_the_protocol_says_what_each_step_is_for() -> None:
    expected = [[step.value, without(step).promise] for step in Step]
    assert list(table_rows(DOCUMENT_PAGE.read_text(encoding="utf-8"))) == expected


def table_rows(page: str) -> Iterator[list[str]]:
    lines = (line for line in page.splitlines() if line.startswith("| "))
    next(lines)  # the heading
    yield from ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)


@pytest.fixture(scope="module")
def reached() -> frozenset[State]:
    """What two misfortunes can lead to: enough to see everything below."""
    return frozenset().union(*(search(world).states for world in worlds(2)))


def at(state: State, *steps: str) -> bool:
    return any(sweeper.at in steps for sweeper in state.sweepers)


def outcomes(state: State, key: str) -> list[bool]:
    """Whether key was destroyed, under each settled intent that names it."""
    return [key in done for intent in state.log if key in intent.records for done in intent.outcomes]


def ended(state: State) -> bool:
    return state.placer == "exited" and all(sweeper.at == "ended" for sweeper in state.sweepers)


SIGHTINGS: dict[str, Callable[[State], bool]] = {
    "everything due is destroyed": lambda s: ended(s) and gone(s, frozenset({A, B, DOCUMENT})) == {A, B, DOCUMENT},
    "the held record stays, the other goes": lambda s: ended(s) and gone(s, frozenset({A, B})) == {B},
    "a hold finds its record in flight": lambda s: s.placer == "wait" and at(s, "delete", "commit", "answer"),
    "a receipt lists what went before": lambda s: s.placer == "exited" and s.receipt == HELD,
    "a receipt lists nothing": lambda s: s.placer == "exited" and s.receipt == NONE,
    "a COMMIT is under way while its client is dead": lambda s: any(o.status == "committing" for o in s.orphans),
    "a sweeper wakes up to a lost session": lambda s: any(w.session.status == "lost" for w in s.sweepers),
    "settling finds the records gone": lambda s: any(
        w.at == "outcome" and w.batch < 0 and w.found_gone for w in s.sweepers
    ),
    "settling finds the records there": lambda s: any(
        w.at == "outcome" and w.batch < 0 and not w.found_gone for w in s.sweepers
    ),
    "a failed record is destroyed by a later run": lambda s: outcomes(s, A) == [False, True],
    "two runs are under way": lambda s: all(sweeper.at not in ("start", "ended") for sweeper in s.sweepers),
}
NEVER = {"two runs are under way"}  # the sweep lock


@pytest.mark.parametrize("sighting", SIGHTINGS)
def test_the_search_sees_what_the_protocol_allows_and_nothing_else(sighting: str, reached: frozenset[State]) -> None:
    assert any(map(SIGHTINGS[sighting], reached)) == (sighting not in NEVER)
