"""What a plan lists of judged records, as the spool is handed it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from retention.outlook import first_day
from retention.plan import Spooled
from retention.scan import Judged


def listed(page: Iterable[Judged], start: int) -> list[Spooled]:
    """Those of a judged page that the plan lists, numbered from `start`."""
    found: list[Spooled] = []
    days: dict[int, date | None] = {}  # by the judgement's identity: records share theirs
    for judged in page:
        candidate, said = judged.candidate, judged.judgement
        if candidate is None or said.action is None:
            continue
        if id(said) not in days:
            days[id(said)] = first_day(judged)
        seq, due = start + len(found), days[id(said)]
        found.append(
            Spooled(seq, candidate.ref, said.action, said.fields, judged.seal, candidate.key, due, judged.block)
        )
    return found
