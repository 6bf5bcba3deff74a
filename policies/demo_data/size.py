"""How much of everything a size has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

LAST_DAY: Final = date(2026, 6, 30)
"""Nothing has happened after it: the day before the demo's reference date."""

FIRST_KEY: Final = 10_001
"""Where generated keys start; lower ones and those from 900000 belong to the tricky cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Rows of each kind; what hangs below them follows."""

    clients: int
    dossiers: int
    contacts: int
    documents: int
    volunteers: int
    claims: int
    participants: int
    courses: int
    enrolments: int
    invoices: int
    organisations: int
    contact_persons: int
    subscribers: int
    employees: int
    applicants: int
    calls: int
    recordings: int
    messages: int
    forms: int
    cookies: int
    clicks: int
    requests: int
    complaints: int
    breaches: int
    consents: int


TINY: Final = Size(
    clients=60,
    dossiers=90,
    contacts=400,
    documents=120,
    volunteers=25,
    claims=60,
    participants=40,
    courses=12,
    enrolments=80,
    invoices=60,
    organisations=8,
    contact_persons=20,
    subscribers=15,
    employees=8,
    applicants=10,
    calls=40,
    recordings=20,
    messages=50,
    forms=20,
    cookies=20,
    clicks=300,
    requests=12,
    complaints=6,
    breaches=4,
    consents=20,
)

DEMO: Final = Size(
    clients=800,
    dossiers=1_150,
    contacts=2_600,
    documents=1_250,
    volunteers=220,
    claims=650,
    participants=620,
    courses=80,
    enrolments=1_250,
    invoices=950,
    organisations=70,
    contact_persons=260,
    subscribers=160,
    employees=40,
    applicants=110,
    calls=620,
    recordings=210,
    messages=460,
    forms=160,
    cookies=260,
    clicks=780,
    requests=80,
    complaints=50,
    breaches=20,
    consents=260,
)


def between(random: Random, first: date, last: date) -> date:
    """A day from `first` to `last`, both included; `first` when they are the wrong way round."""
    return first + timedelta(days=random.randrange(max(0, (last - first).days) + 1))


def later(day: date, days: int) -> date:
    """That many days later, but not after the last day."""
    return min(day + timedelta(days=days), LAST_DAY)


def share(total: int, part: float) -> int:
    """That part of a total, at least one."""
    return max(1, round(total * part))
