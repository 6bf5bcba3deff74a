"""Techniques: what a value becomes, and that it is known to be done from the value alone (P10)."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention.erase import apply, done
from retention.errors import ConfigError
from retention.record import UNREADABLE, Value
from retention.technique import (
    AgeBand,
    Band,
    DateToMonth,
    DateToYear,
    FixedText,
    IpPrefix,
    Nullify,
    Pseudonymise,
    Technique,
    Truncate,
)

KEYS = {"main": b"k" * 32, "other": b"o" * 32}
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TECHNIQUES: tuple[Technique, ...] = (
    Nullify(),
    FixedText("verwijderd"),
    Truncate(1),
    Truncate(4),
    DateToYear(),
    DateToMonth(),
    IpPrefix(),
    IpPrefix(v4=31, v6=127),
    Band(10),
    Band(7),
    AgeBand(5),
    AgeBand(2025),
    Pseudonymise("main"),
)

_ips = st.one_of(
    st.ip_addresses().map(str),
    st.ip_addresses(v=4).map(lambda ip: f"::ffff:{ip}"),
    st.ip_addresses(v=6).map(lambda ip: f"{ip}%eth0"),
    st.ip_addresses(v=4).map(lambda ip: str(IPv6Address((0x2002 << 112) | (int(ip) << 80) | 1))),
)
_zones = st.one_of(
    st.sampled_from((UTC, AMSTERDAM, ZoneInfo("America/Havana"), ZoneInfo("Asia/Kathmandu"))),
    st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
_moments = st.datetimes(timezones=_zones, allow_imaginary=True)
_texts = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=())),
    st.dates().map(str),
    st.datetimes().map(str),
    st.datetimes().map(datetime.isoformat),
    _moments.map(datetime.isoformat),
    _ips,
)
_values: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    _texts,
    st.binary(),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.sampled_from((Decimal("sNaN"), Decimal("1E+999999"), Decimal("-1E-999999"), 2.0**53 + 12, UNREADABLE)),
    st.dates(),
    st.datetimes(),
    _moments,
    st.uuids(),
)


@pytest.mark.parametrize("technique", TECHNIQUES, ids=repr)
@settings(max_examples=30, deadline=None)
@given(value=_values)
def test_what_a_technique_leaves_is_done_and_stays(technique: Technique, value: Value) -> None:
    once = apply(technique, value, keys=KEYS)
    assert done(technique, once)
    assert apply(technique, once, keys=KEYS) == once


@pytest.mark.parametrize("technique", TECHNIQUES, ids=repr)
@settings(max_examples=15, deadline=None)
@given(value=_values)
def test_done_means_that_applying_changes_nothing(technique: Technique, value: Value) -> None:
    assert not done(technique, value) or apply(technique, value, keys=KEYS) is value


@pytest.mark.parametrize("technique", TECHNIQUES, ids=repr)
def test_a_missing_value_is_done_for_every_technique(technique: Technique) -> None:
    assert done(technique, None)
    assert apply(technique, None, keys={}) is None


@pytest.mark.parametrize("technique", TECHNIQUES, ids=repr)
def test_an_unreadable_value_is_never_done(technique: Technique) -> None:
    assert not done(technique, UNREADABLE)
    assert apply(technique, UNREADABLE, keys=KEYS) in (None, "verwijderd")


@pytest.mark.parametrize(
    ("technique", "value", "expected"),
    [
        (Nullify(), "x", None),
        (FixedText("-"), "Jansen", "-"),
        (Truncate(4), "2101AB", "2101"),
        (Truncate(2), "é🙂x", "é🙂"),
        (Truncate(4), 2101, None),
        (Band(10), 47, 40),
        (Band(10), -3, -10),
        (Band(10), Decimal("47.95"), Decimal(40)),
        (Band(10), Decimal("-0.01"), Decimal(-10)),
        (Band(10), 47.9, 40.0),
        (Band(10), math.inf, None),
        (Band(10), 2.0**54, None),
        (Band(10), True, None),
        (Band(10), "47", None),
        (DateToYear(), date(1987, 6, 30), date(1987, 1, 1)),
        (DateToMonth(), date(1987, 6, 30), date(1987, 6, 1)),
        (AgeBand(5), date(1987, 6, 30), date(1985, 1, 1)),
        (AgeBand(5), date(3, 6, 30), date(1, 1, 1)),
        (DateToYear(), "1987-06-30", "1987-01-01"),
        (AgeBand(10), "1987-06-30", "1980-01-01"),
        (DateToMonth(), "2026-07-15 12:30:59.123456", "2026-07-01 00:00:00.000000"),
        (DateToMonth(), "2026-07-15T12:30:59Z", "2026-07-01T00:00:00Z"),
        (DateToYear(), "2026-07-15T12:30+02:00", "2026-01-01T00:00+02:00"),
        (DateToYear(), "1987-02-30", None),
        (DateToYear(), "30-06-1987", None),
        (DateToYear(), "1987-06-30\n", None),
        (DateToYear(), "١٩٨٧-06-30", None),
        (DateToYear(), 1987, None),
        (IpPrefix(), "192.0.2.17", "192.0.2.0"),
        (IpPrefix(v4=16), "192.0.2.17", "192.0.0.0"),
        (IpPrefix(), "2001:DB8:1:2::3", "2001:db8:1::"),
        (IpPrefix(), "::ffff:192.0.2.17", "192.0.2.0"),
        (IpPrefix(), "fe80::1%eth0", "fe80::"),
        (IpPrefix(), "localhost", None),
        (IpPrefix(), "192.0.2.17/24", None),
    ],
    ids=repr,
)
def test_a_value_becomes(technique: Technique, value: Value, expected: Value) -> None:
    result = apply(technique, value, keys=KEYS)
    assert (type(result), result) == (type(expected), expected)


def test_a_timestamp_becomes_the_first_instant_in_its_own_zone() -> None:
    value = datetime(2026, 7, 15, 0, 30, tzinfo=AMSTERDAM)
    result = apply(DateToMonth(), value, keys={})
    assert isinstance(result, datetime)
    assert result.isoformat() == "2026-07-01T00:00:00+02:00"
    assert result.tzinfo is AMSTERDAM


def test_a_day_that_starts_at_no_hour_is_done_after_a_round_trip() -> None:
    skipped = apply(DateToMonth(), datetime(1937, 7, 15, 12, tzinfo=AMSTERDAM), keys={})
    assert isinstance(skipped, datetime)
    back = skipped.astimezone(UTC).astimezone(AMSTERDAM)
    assert (back.hour, back.second) == (0, 28)  # the clocks of 1 July 1937 went from 00:00:00 to 00:00:28
    assert done(DateToMonth(), back)


@settings(max_examples=50, deadline=None)
@given(address=st.ip_addresses(v=4), kept=st.integers(1, 31))
def test_no_spelling_of_an_ipv4_address_keeps_its_last_bits(address: IPv4Address, kept: int) -> None:
    mask = (1 << (32 - kept)) - 1
    result = apply(IpPrefix(v4=kept, v6=127), f"::ffff:{address}", keys={})
    assert int(IPv4Address(str(result))) == int(address) & ~mask
    sixtofour = IPv6Address((0x2002 << 112) | (int(address) << 80) | 1)
    tunnel = IPv6Address(str(apply(IpPrefix(v4=kept, v6=64), str(sixtofour), keys={})))
    assert (int(tunnel) >> 80) & 0xFFFFFFFF & mask == 0


@settings(max_examples=50, deadline=None)
@given(number=st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False)), width=st.integers(2, 10**6))
def test_a_band_holds_its_number(number: Decimal | int, width: int) -> None:
    lower = apply(Band(width), number, keys={})
    assert isinstance(lower, int | Decimal)
    exact = int(lower)
    assert exact % width == 0
    assert exact <= number < exact + width


@settings(max_examples=50, deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_categories=())))
def test_a_pseudonym_is_the_same_for_the_same_key_only(text: str) -> None:
    one = apply(Pseudonymise("main"), text, keys=KEYS)
    assert one == apply(Pseudonymise("main"), text, keys=dict(KEYS))
    assert one != apply(Pseudonymise("other"), text, keys=KEYS)
    assert isinstance(one, str)
    assert len(one) == len("psn:") + 32


def test_a_pseudonym_is_known_by_the_whole_of_its_form() -> None:
    digits = "0123456789abcdef" * 2
    technique = Pseudonymise("main", marker="p.")
    assert done(technique, "p." + digits)
    for other in (digits, "px" + digits, "p." + digits[:-1], f"p.{digits}0", f"p.{digits}\n", "p." + digits.upper()):
        assert not done(technique, other), other


def test_values_of_different_types_have_different_pseudonyms() -> None:
    same = UUID(int=17)
    values: tuple[Value, ...] = (17, "17", b"17", Decimal(17), same, str(same))
    assert len({apply(Pseudonymise("main"), value, keys=KEYS) for value in values}) == len(values)


@pytest.mark.parametrize("keys", [{}, {"main": b""}, {"main": b"k" * 15}, {"other": b"k" * 32}], ids=repr)
def test_without_a_proper_key_there_is_no_pseudonym(keys: dict[str, bytes]) -> None:
    with pytest.raises(ConfigError, match="'main'") as error:
        apply(Pseudonymise("main"), "Jansen", keys=keys)
    assert "Jansen" not in str(error.value)
