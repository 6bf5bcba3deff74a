"""Single values, drawn in pairs: what a database holds, and what it means.

The pair is made from the meaning outwards, so no reader is needed to know it: what a store decodes is compared with
what was meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from retention.dataset import DateKind, Day, Timestamp, TimeText
from retention.period import Period
from retention.record import UNREADABLE, Value

TODAY: Final = date(2026, 7, 1)
AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")

Raw = None | int | float | str | bytes


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as SQLite is given it, and as the core should see it."""

    raw: Raw
    value: Value


NULL: Final = Cell(None, None)
WORDS: Final = ("a", "A", "a ", "b", "B\t", "é", "É", "e\u0301", "", "z", "wmo", "Wmo", "ẞ", "\U0001f600")
_REMARKABLE: Final = tuple(
    date.fromisoformat(text)
    for text in [
        "2008-02-29",
        "2012-02-29",
        "2020-02-29",
        "2023-02-28",
        "2018-12-31",
        "2019-01-01",
        "2025-12-31",
        "2026-01-01",
        "2016-08-31",
        "2021-11-30",
        "2025-03-30",
        "2025-10-26",
        "2026-03-29",
        "2026-06-30",
        "2026-07-01",
    ]
)
_SENTINELS: Final = (date(1900, 1, 1), date(1970, 1, 1), date(1, 1, 1), date(9999, 12, 31))
_CLOCKS: Final = (
    "00:00:00",
    "21:59:59",
    "22:00:00",
    "22:30:00",
    "23:00:00",
    "23:30:00",
    "23:59:59",
    "02:30:00",
    "12:00:00",
)
_FRACTIONS: Final = ("", "", "", ".5", ".500000", ".999999", ".0", ".000000")


def whole(random: Random) -> Cell:
    """A small whole number, and what else ends up in such a column."""
    return _one_of(random, range(1, 13), (None, "x", "X", 1.5, 2**62, -1))


def year(random: Random) -> Cell:
    """A year."""
    return _one_of(random, range(2000, 2027), (None, 0, 12, 1850, 2027, 9999, "ca. 2010", 2010.5))


def word(random: Random) -> Cell:
    """A text: case variants, trailing blanks, two forms of one letter."""
    return _one_of(random, WORDS, (None,))


def real(random: Random) -> Cell:
    """A floating-point number; NaN is stored as, and means, nothing."""
    if random.random() < 0.1:
        return Cell(float("nan"), None)
    return _one_of(random, (0.0, 1.5, -2.25, 3.0, 1e300, float("inf")), (None, "x"))


def money(random: Random) -> Cell:
    """An exact decimal, which SQLite holds as a number."""
    raw = random.choice((0, 1, 10.1, -3.5, 99.99, None, "x", float("nan")))
    if isinstance(raw, str):
        return Cell(raw, raw)
    return NULL if raw is None or raw != raw else Cell(raw, Decimal(repr(raw)))  # noqa: PLR0124 - NaN


def flag(random: Random) -> Cell:
    """Yes, no, and what is neither."""
    raw = random.choice((0, 1, 0, 1, None, 2, "x"))
    return Cell(raw, bool(raw) if raw in (0, 1) else raw)


def network(random: Random) -> Cell:
    """An address, whole or already cut."""
    return _one_of(random, ("192.0.2.17", "192.0.2.0", "2001:db8::17", "2001:db8::", "nergens"), (None,))


def dated(kind: DateKind, periods: tuple[Period, ...]) -> Callable[[Random], Cell]:
    """Dates of a declared form, many of them about as long ago as these periods last."""

    def draw(random: Random) -> Cell:
        chance = random.random()
        if chance < 0.08:
            return NULL
        if chance < 0.14:
            return Cell(_garbage(random, kind), UNREADABLE)
        day = _day(random, periods)
        return Cell(day.isoformat(), day) if isinstance(kind, Day) else _stamp(random, kind, day)

    return draw


def _one_of(random: Random, usual: range | tuple[Raw, ...], odd: tuple[Raw, ...]) -> Cell:
    raw = random.choice(usual) if random.random() < 0.85 else random.choice(odd)
    return Cell(raw, raw)


def _day(random: Random, periods: tuple[Period, ...]) -> date:
    chance = random.random()
    if chance < 0.45:
        period = random.choice(periods)
        ago = TODAY - relativedelta(years=period.years, months=period.months, days=period.days)
        return ago + timedelta(days=random.randint(-2, 2))
    if chance < 0.65:
        return date(2000, 1, 1) + timedelta(days=random.randrange(9_600))
    if chance < 0.82:
        return random.choice(_REMARKABLE)
    if chance < 0.88:
        return random.choice(_SENTINELS)
    if chance < 0.92:
        return random.choice((date(1850, 5, 5), date(1900, 1, 2), date(1899, 12, 31)))
    return random.choice((TODAY + timedelta(days=1), TODAY, date(2062, 3, 14), date(9998, 12, 31)))


def _stamp(random: Random, kind: Timestamp, day: date) -> Cell:
    clock, fraction = random.choice(_CLOCKS), random.choice(_FRACTIONS)
    wall = datetime.combine(day, time.fromisoformat(clock))
    if kind.text is TimeText.EPOCH:
        return Cell(int((wall - datetime(1970, 1, 1)).total_seconds()), wall.replace(tzinfo=UTC))  # noqa: DTZ001 - naive on both sides
    separator = " " if kind.text is TimeText.SPACE else "T"
    text = f"{day.isoformat()}{separator}{clock}{fraction}"
    exact = wall + timedelta(microseconds=int(fraction[1:].ljust(6, "0")) if fraction else 0)
    if kind.zone is None:
        offset = random.choice((-330, 0, 60, 120))  # minutes
        text += "Z" if offset == 0 else f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
        return Cell(text, _utc(exact, offset))
    return Cell(text, _shown(exact, ZoneInfo(kind.zone)))


def _utc(wall: datetime, offset: int) -> Value:
    try:
        return (wall - timedelta(minutes=offset)).replace(tzinfo=UTC)
    except OverflowError:
        return UNREADABLE


def _shown(wall: datetime, zone: ZoneInfo) -> Value:
    """The instant that a clock meant; where it showed a time twice, or never, the later."""
    try:
        instants = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    except OverflowError:
        return UNREADABLE
    return max(instants)


def _garbage(random: Random, kind: DateKind) -> Raw:
    """What is no value of the declared form, however near it comes."""
    if isinstance(kind, Day):
        return random.choice(
            (
                "2026-02-30",
                "2019-7-1",
                "20190701",
                "2019-W27-1",
                "01-07-2019",
                "2019-07-01 ",
                "2019-07-01T00:00:00",
                "",
                "0000-00-00",
                b"2019-07-01",
            )
        )
    match kind.text:
        case TimeText.EPOCH:
            return random.choice(("n/a", 1.5, 10**18, "2019-07-01"))
        case TimeText.SPACE:
            usual, other = "2019-07-01 12:30:00", "2019-07-01T12:30:00"
        case TimeText.T:
            usual, other = "2019-07-01T12:30:00", "2019-07-01 12:30:00"
    zoned = "Z" if kind.zone is None else ""
    wrong = "" if kind.zone is None else "Z"
    return random.choice(
        (
            other + zoned,
            usual + wrong,
            usual[:16] + zoned,
            usual[:10],
            "2019-02-29" + usual[10:] + zoned,
            usual.replace("12:30", "24:00") + zoned,
            usual + ".1234567" + zoned,
            "0000-00-00" + usual[10:] + zoned,
        )
    )
