"""What a hold is as bytes: RFC 8785, as the library that is made for it writes it."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from retention.control.wire import canonical, hold_to_dict
from retention.holds import Scope
from tests.conformance.control.control_values import hold, released

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
PAIRS = st.frozensets(st.tuples(TEXT, TEXT), min_size=1, max_size=3)


@given(matter=TEXT, subjects=PAIRS, records=PAIRS, purposes=st.frozensets(TEXT, max_size=3))
def test_a_hold_is_written_as_rfc_8785_says(matter, subjects, records, purposes):
    placed = hold(matter=matter, scope=Scope(subjects=subjects, records=records, purposes=purposes))
    for one in (placed, released(placed)):
        members = {"event": "hold-place", "hold": hold_to_dict(one), "v": 1}
        assert canonical(members) == rfc8785.dumps(members)


def test_what_is_no_unicode_is_never_written():
    with pytest.raises(UnicodeEncodeError):
        canonical(hold_to_dict(hold(matter="\ud800")))
