"""How far each table is from the persons above it, also where references run in a circle."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def levels(above: Mapping[str, Collection[str]]) -> Mapping[str, int]:
    """The most steps upward from each name, its own included; names in one circle are on one level."""
    reached = {name: _reached(name, above) for name in above}
    found: dict[str, int] = {}
    # What lies above a name, and in no circle with it, reaches less than it does.
    for name in sorted(above, key=lambda one: len(reached[one] | {one})):
        circle = {name, *(one for one in reached[name] if name in reached[one])}
        onward = {other for one in circle for other in above[one]} - circle
        found[name] = 1 + max((found[other] for other in onward), default=0)
    return found


def _reached(name: str, above: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Everything above a name, itself only where a circle leads back."""
    found: set[str] = set()
    waiting = list(above[name])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += above[one]
    return frozenset(found)
