"""What is still there after the sweep, and why: the reasons of the plan, and what the run itself had to leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from retention.demo.place import Place
from retention.demo.steps import held_late, last_run
from retention.reason import SENTENCE, Reason
from retention.text import Language, Text

_GOES: Final = {Reason.DUE_EXPIRED, Reason.GOES_WITH_PARENT, Reason.SETTLED}
_HEADERS: Final = (
    Text(nl="reden", en="reason"),
    Text(nl="dat wil zeggen", en="which means"),
    Text(nl="records", en="records"),
)

Rows = Iterable[Sequence[object]]


def survivors(place: Place, report: Mapping[str, Any], language: Language) -> tuple[Sequence[Text], Rows]:
    """The headers and rows of the table: reason, its meaning, records."""
    counted: Counter[Reason] = Counter()
    for dataset in report["datasets"]:
        counted.update({Reason(reason): count for reason, count in dataset["reasons"].items()})
    stay = [(reason, counted[reason]) for reason in Reason if reason not in _GOES and counted[reason]]
    run = last_run(place)
    left = {
        Reason.SKIP_HOLD_LATE: held_late(run),
        Reason.SKIP_CHANGED: sum(one["changed"] for one in run["datasets"]),
    }
    stay += [(reason, count) for reason, count in left.items() if count]
    return _HEADERS, [(reason.value, SENTENCE[reason][language], count) for reason, count in stay]
