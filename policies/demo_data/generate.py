"""Generate the demo organisation's databases: the same rows for the same size and seed, on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

from . import fill_contact, fill_cvs, fill_office, fill_people
from .rows import Rows
from .size import DEMO, TINY
from .tricky import CASES


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many rows were written."""

    rows: Mapping[str, int]  # by dataset id

    @property
    def total(self) -> int:
        """All rows together."""
        return sum(self.rows.values())


def create(directory: Path, *, size: Literal["tiny", "demo"], seed: int = 2026) -> Counts:
    """Write one database for each store into a directory that holds none of them yet.

    Raises:
        FileExistsError: a database of that name is there already.

    """
    rows = generate(size, seed)
    directory.mkdir(parents=True, exist_ok=True)
    rows.write(directory)
    return Counts(rows=rows.counts())


def generate(size: Literal["tiny", "demo"], seed: int) -> Rows:
    """Every row of a size: the tricky cases first, then the others, each store from a seed of its own."""
    chosen = TINY if size == "tiny" else DEMO
    rows = Rows()
    for case in CASES.values():
        rows.add(*case.inserted)

    def random(part: str) -> Random:
        return Random(f"{seed}:{part}")

    clients = fill_cvs.fill(rows, random("cvs"), chosen)
    volunteers = fill_people.fill_volunteers(rows, random("vrij"), chosen)
    participants = fill_people.fill_participants(rows, random("act"), chosen)
    fill_office.fill_finance(rows, random("fin"), chosen, participants)
    fill_office.fill_relations(rows, random("crm"), chosen)
    fill_office.fill_staff(rows, random("hr"), chosen)
    fill_contact.fill_telephone(rows, random("tel"), chosen)
    fill_contact.fill_messages(rows, random("msg"), chosen)
    fill_contact.fill_website(rows, random("web"), chosen)
    known = [
        *(("cvs", row, who) for row, who in clients),
        *(("vrij", row, who) for row, who in volunteers),
        *(("act", row, who) for row, who in participants),
    ]
    fill_contact.fill_privacy(rows, random("priv"), chosen, known)
    return rows
