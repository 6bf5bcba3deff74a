"""What a batch in flight keeps behind encryption comes back as it was, also from an earlier version."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from retention.encoding import encode
from retention.vault import Parcel

KEYS = ((1, "a,b\n"), (Decimal("1.50"), b"\n"), (date(2026, 7, 1), datetime(2026, 7, 1, 9, tzinfo=UTC)), (UUID(int=7),))
REFS = tuple(bytes([number]) * 32 for number in (10, 0, 255, 1))  # 10: a line feed


def parcel(**changes):
    said = {"seqs": (4, 9, 2, 3), "keys": KEYS, "refs": REFS, "allowed_on": date(2026, 7, 2), "whereabouts": "ab" * 32}
    return Parcel(**said | changes)


def contents(one):
    return [*one.seqs], [*one.keys], [*one.refs], one.allowed_on, one.whereabouts


def test_a_parcel_comes_back_as_it_was():
    for one in (parcel(), parcel(allowed_on=None, whereabouts=None)):
        assert contents(Parcel.unpacked(one.packed())) == contents(one)


def test_a_parcel_of_an_earlier_version_is_read():
    records = [[seq, list(key), ref.hex()] for seq, key, ref in zip((4, 9, 2, 3), KEYS, REFS, strict=True)]
    earlier = encode({"allowed_on": "2026-07-02", "whereabouts": "ab" * 32, "records": records})
    assert contents(Parcel.unpacked(earlier)) == contents(parcel())


def test_the_earliest_version_did_not_say_where():
    earliest = json.dumps({"allowed_on": None, "records": []}).encode()
    assert contents(Parcel.unpacked(earliest)) == ([], [], [], None, None)
