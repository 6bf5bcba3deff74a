"""What the protocol must keep in every state, and the search that visits them all."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from tests.model.protocol_state import (
    ABSENT,
    CHANGED,
    DOCUMENT,
    DUE,
    GONE,
    HELD,
    WRONGLY_GONE,
    A,
    B,
    State,
    Step,
    World,
    gone,
    initial,
)
from tests.model.protocol_steps import moves


def broken(state: State) -> str | None:
    """Name the promise that this state breaks; None if it breaks none."""
    values = dict(state.rows)
    records = gone(state, frozenset({A, B}))
    intended = frozenset().union(*(intent.records for intent in state.log))
    destroyed = [key for intent in state.log for keys in intent.outcomes for key in keys]
    returned = state.placer == "exited"
    promises = (
        ("P1: held, yet destroyed after the hold returned", returned and gone(state, HELD) != state.gone_before),
        ("P1: the receipt is wrong on what was gone before", returned and state.receipt != state.gone_before),
        ("P2: gone without a signed intent", not records <= intended),
        ("P2: an intent has two outcomes", any(len(intent.outcomes) > 1 for intent in state.log)),
        ("P2: called destroyed twice", len(destroyed) != len(set(destroyed))),
        ("P2: called destroyed, yet there", not records.issuperset(destroyed)),
        ("changed since it was planned, yet destroyed", WRONGLY_GONE in values.values()),
        ("a child vanished without its parent", values[DOCUMENT] == GONE and A not in records),
        ("a parent vanished without its child", values[DOCUMENT] in (DUE, CHANGED) and A in records),
    )
    return next((promise for promise, is_broken in promises if is_broken), None)


def unfinished(state: State) -> str | None:
    """Name what is missing where nobody can take a step any more; None if nothing is."""
    if any(sweeper.at != "ended" for sweeper in state.sweepers) or state.placer != "exited":
        return "somebody waits for ever"
    if any(len(intent.outcomes) != 1 for intent in state.log):
        return "P2: an intent has no outcome"
    destroyed = {key for intent in state.log for keys in intent.outcomes for key in keys}
    if destroyed != gone(state, frozenset({A, B})):
        return "P2: gone, yet called failed"
    return None


class Found(NamedTuple):
    """The result of one search: a broken promise with the shortest way to it, or None and every state reached."""

    promise: str | None
    way: tuple[str, ...]
    states: frozenset[State]


def search(world: World) -> Found:
    """Visit every state that can be reached, breadth first, until one breaks a promise."""
    first = initial(world)
    came: dict[State, tuple[State, str] | None] = {first: None}
    queue = deque([first])
    while queue:
        state = queue.popleft()
        quiet = True
        for what, after in moves(state, world):
            quiet = quiet and what.startswith("bad luck")  # nobody may need bad luck to go on
            if after not in came:
                came[after] = (state, what)
                queue.append(after)
        promise = broken(state) or (unfinished(state) if quiet else None)
        if promise:
            return Found(promise, way_to(state, came), frozenset())
    return Found(None, (), frozenset(came))


def way_to(state: State, came: dict[State, tuple[State, str] | None]) -> tuple[str, ...]:
    way: list[str] = []
    step = came[state]
    while step is not None:
        state, what = step
        way.append(what)
        step = came[state]
    return tuple(reversed(way))


def worlds(misfortunes: int, without: Step | None = None) -> Iterator[World]:
    """Both shapes of a batch, both kinds of target, with and without a child at the start."""
    for batches in ((frozenset({A, B}),), (frozenset({B}), frozenset({A}))):
        for document in (DUE, ABSENT):
            for session_lock in (True, False):
                yield World(batches, document, session_lock, misfortunes, without)


def search_without(step: Step) -> Found:
    """Search with one step left out, and with as few misfortunes as it takes to break a promise, at most three."""
    searches = (search(world) for misfortunes in range(4) for world in worlds(misfortunes, step))
    nothing = Found(None, (), frozenset())
    return next((found for found in searches if found.promise), nothing)
