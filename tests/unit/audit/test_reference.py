import hashlib
import hmac
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from retention.audit.reference import Opening, ReferenceKey, record_id, subject_id
from retention.errors import ConfigError, PolicyError

KEY = ReferenceKey("cvs.dossier-2026", bytes(range(32)))

GOLDEN = [
    ("integer", 17, b"17"),
    ("negative", -3, b"-3"),
    ("largest safe integer", 2**53 - 1, b"9007199254740991"),
    ("smallest safe integer", -(2**53) + 1, b"-9007199254740991"),
    ("first integer that is a string", 2**53, b'"9007199254740992"'),
    ("big serial", 9223372036854775807, b'"9223372036854775807"'),
    ("true", True, b'"true"'),
    ("false", False, b'"false"'),
    ("text", "Zoë\n/\u2028\x7f", '"Zoë\\n/\u2028\x7f"'.encode()),
    ("number as text", "17", b'"17"'),
    ("empty text", "", b'""'),
    ("control character", "\x01\x1f", b'"\\u0001\\u001f"'),
    ("text that looks like bytes", "hex:00", b'"hex:6865783a3030"'),
    ("text that is not UTF-8", b"a\xff".decode(errors="surrogateescape"), b'"hex:61ff"'),
    ("text with a high surrogate", "\ud83d", b'"hex:eda0bd"'),
    ("bytes", b"\x00\xff", b'"hex:00ff"'),
    ("memory", memoryview(b"\x01"), b'"hex:01"'),
    ("uuid", UUID("6BA7B810-9DAD-11D1-80B4-00C04FD430C8"), b'"6ba7b810-9dad-11d1-80b4-00c04fd430c8"'),
    ("decimal", Decimal("12.3400"), b'"12.34"'),
    ("whole decimal", Decimal("1E+3"), b'"1000"'),
    ("small decimal", Decimal("1.0E-7"), b'"0.0000001"'),
    ("decimal zero", Decimal("-0.00"), b'"0"'),
    (
        "long decimal",
        Decimal("12345678901234567890123456789012345678.90"),
        b'"12345678901234567890123456789012345678.9"',
    ),
    ("date", date(2026, 7, 1), b'"2026-07-01"'),
    ("early date", date(1, 1, 1), b'"0001-01-01"'),
    (
        "timestamp",
        datetime(2026, 7, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))),
        b'"2026-07-01T00:03:04.000005Z"',
    ),
    ("naive timestamp", datetime(2026, 7, 1, 2, 3, 4), b'"2026-07-01T02:03:04.000000"'),  # noqa: DTZ001
]


@pytest.mark.parametrize(("value", "written"), [g[1:] for g in GOLDEN], ids=[g[0] for g in GOLDEN])
def test_each_column_type_has_one_canonical_form(value, written):
    assert b'["cvs.dossier",' + written + b"]" == record_id("cvs.dossier", (value,))


def test_key_columns_stand_in_declared_order():
    assert record_id("a.b", ("x", 2, "y")) == b'["a.b","x",2,"y"]'


def test_a_subject_has_an_identity_of_its_own():
    assert subject_id("client", 17) == b'["subject","client",17]'


@pytest.mark.parametrize("value", [1.0, float("nan"), None, Decimal("NaN"), Decimal("Infinity"), [1], object], ids=repr)
def test_a_type_without_a_canonical_form_is_refused(value):
    with pytest.raises(PolicyError, match="no canonical form"):
        record_id("a.b", (value,))


def test_a_timestamp_that_leaves_the_calendar_is_refused():
    with pytest.raises(PolicyError, match="outside the years"):
        record_id("a.b", (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))),))


@given(st.text(), st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.integers(-100, 2**53 - 1)))
def test_identities_are_the_bytes_of_rfc_8785(dataset, key):
    dataset = dataset.encode(errors="replace").decode()
    key = [value for value in key if not (isinstance(value, str) and value.startswith("hex:"))]
    assert rfc8785.dumps([dataset, *key]) == record_id(dataset, key)


def test_a_reference_is_the_formula_of_the_format():
    identity = record_id("cvs.dossier", (17,))
    opening = hmac.digest(bytes(range(32)), b"retain-ref-open/v1\0" + identity, "sha256")
    assert opening == KEY.opening(identity)
    assert hashlib.sha256(b"retain-ref/v1\0" + opening + identity).digest() == KEY.ref(identity)


def test_a_reference_opens_without_the_key():
    identity = record_id("cvs.dossier", (17,))
    assert KEY.ref(identity) == Opening(identity, KEY.opening(identity)).reference()


@given(st.lists(st.binary(max_size=100)))
def test_a_batch_of_references_equals_one_at_a_time(ids):
    assert [KEY.ref(identity) for identity in ids] == KEY.refs(ids)


def test_golden_reference_and_commitment():
    assert KEY.ref(b'["cvs.dossier",17]').hex() == "27be135efef0e824f32fae770dd706f11bfc80c8575a695b557af36bdfca783b"
    assert KEY.commit() == "880a8d1a9de3b7f2d5df8c76e330bfc6817f31a02f62625db27202fc9c25ae03"


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_reference_key_of_another_length_is_refused(length):
    with pytest.raises(ConfigError, match=f"has {length} bytes"):
        ReferenceKey("k", bytes(length))


def test_a_reference_key_never_shows_its_bytes():
    assert "x01" not in repr(KEY)
    assert "0001" not in repr(KEY)


def test_utc_is_not_shifted():
    assert record_id("a", (datetime(2026, 7, 1, tzinfo=UTC),)) == b'["a","2026-07-01T00:00:00.000000Z"]'
