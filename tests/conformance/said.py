"""What judging says of records, as plain values that two stores can be compared by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from retention.audit.reference import ReferenceKey
from retention.candidate import Candidate, Several
from retention.dataset import Dataset
from retention.holds import Hold, Member
from retention.judge import Judgement, RuleReading
from retention.plan import Spooled
from retention.policy import Register
from retention.record import Key
from retention.scan import Judged, Scanner
from retention.sifting import Sifter
from retention.start import Day
from retention.stores.interface import Expiry, Source
from tests.conformance.generated_cells import AMSTERDAM, TODAY

KEY: Final = ReferenceKey("k-2026", b"k" * 32)
NOW: Final = datetime(2026, 7, 1, 12, tzinfo=UTC)


def scanner(register: Register, holds: tuple[Hold, ...] = (), *, listing: bool = True) -> Scanner:
    """The run that all worlds are judged in."""
    keys = {dataset.id: KEY for dataset in register.all_datasets}
    return Scanner(register, Day(TODAY, AMSTERDAM), holds, NOW, keys, listing=listing)


def judged(
    run: Scanner, dataset: Dataset, sources: Mapping[str, Source], *, narrow: tuple[Expiry, ...] | None = None
) -> list[Judged]:
    """Every record of a dataset, judged."""
    return [one for page in run.scan(dataset, sources, page=120, narrow=narrow) for one in page]


def sifted(run: Scanner, dataset: Dataset, sources: Mapping[str, Source]) -> list[Judged]:
    """What a plan makes of a dataset's records one by one, in blocks of a few."""
    return [one for page in Sifter(run, dataset, sources).pages(page=9) for one in page.each]


def member_said(one: Member) -> tuple[object, ...]:
    """What a hold can see of one record."""
    return (one.dataset, one.key, one.subjects, one.purposes, frozenset(one.starts))


def said(one: Judged) -> dict[str, Any]:
    """All that is said of one record, in no order that a store could choose."""
    candidate = one.candidate
    return {
        "key": one.record.key,
        "reason": one.reason,
        "gate": one.gate and one.gate.hold.id,
        **_judgement(one.judgement),
        "orphan": one.case and one.case.orphan,
        "ref": candidate and candidate.ref,
        "seal": one.seal,
        "takes": candidate and {(take.depth, take.dataset.id, frozenset(take.keys)) for take in candidate.takes},
        "unlinks": candidate and {(one.dataset.id, one.columns, one.keys) for one in candidate.unlinks},
        "family": candidate and {member_said(one) for one in candidate.family.members()},
    }


def readings(judgement: Judgement) -> list[tuple[object, ...]]:
    """What every applicable rule says."""
    return [reading(one) for one in judgement.readings]


def reading(one: RuleReading) -> tuple[object, ...]:
    """What one rule says; rules are the same only when they are the same object."""
    return one.policy.purpose, id(one.rule), one.state, one.start, one.last_day


def _judgement(judgement: Judgement) -> dict[str, Any]:
    return {
        "judged": judgement.reason,
        "action": judgement.action,
        "fields": judgement.fields,
        "readings": readings(judgement),
        "decider": judgement.decider and reading(judgement.decider),
        "stays": judgement.stays,
    }


def planned(found: Iterable[Judged]) -> dict[Key, Spooled]:
    """What a plan lists of these; keys are not encrypted."""
    listed = ((one, one.candidate, one.judgement.action) for one in found)
    return {
        one.record.key: Spooled(
            number,
            candidate.ref,
            action,
            one.judgement.fields,
            one.seal,
            repr(candidate.key).encode(),
            block=one.block,
        )
        for number, (one, candidate, action) in enumerate(listed)
        if candidate is not None and action is not None
    }


def batches(listed: Mapping[Key, Spooled]) -> list[dict[Key, Spooled]]:
    """The same by what is to be done to them, as a sweep goes through them."""
    found: dict[object, dict[Key, Spooled]] = {}
    for key, one in listed.items():
        found.setdefault((one.action, one.fields), {})[key] = one
    return [*found.values()]


def several(found: Several) -> list[object]:
    """What candidates are and have together, as plain values."""
    takes = [(one.depth, one.dataset.id, Counter(one.keys)) for one in found.takes]
    names = {name: set(texts) for name, texts in found.names().items() if texts}
    families = [(set(one.names), one.subjects) for one in found.families()]
    return [[*found.keys], [*found.refs], takes, found.unlinks, names, found.subjects(), families]


def confirmed(found: Mapping[Key, Candidate | None]) -> dict[Key, object]:
    """What is still to be done, as plain values."""
    return {
        key: one
        and (
            one.ref,
            {(take.depth, take.dataset.id, take.keys) for take in one.takes},
            {(unlink.dataset.id, unlink.columns, unlink.keys) for unlink in one.unlinks},
            (sorted(one.family.names), one.family.subjects),  # in whatever order
            {member_said(member) for member in one.family.members()},
        )
        for key, one in found.items()
    }


def by_key(found: list[Judged]) -> dict[Key, dict[str, Any]]:
    """What is said of each record."""
    return {one.record.key: said(one) for one in found}
