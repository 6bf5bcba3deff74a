"""Rows: what is known of a column is known of the very rows at hand, and short cuts end where the long way does."""

from datetime import date

import pytest

from retention.audit.reference import ReferenceKey
from retention.columns import Columns
from retention.disposition import Child, Delete
from retention.judge import Judge
from retention.record import UNREADABLE
from retention.rows import Rows
from retention.seal import Stamp
from retention.stores.memory import MemoryStore
from tests.unit.core.judging import TODAY, dataset, register, rule

PAGE = dataset("page", subjects={"client": "client_id"}, then=Delete())
PAPER = dataset("paper", subjects={"client": "client_id"}, then=Delete(children=(Child(PAGE, {"paper_id": "id"}),)))
DAY = date(2020, 1, 1)


def test_a_part_of_rows_has_the_types_of_its_own_values():
    rows = Rows(PAPER, ("id", "af"), [[1, 2, 3], [DAY, None, DAY]])
    assert (rows.kinds("id"), rows.kinds("af")) == ({int}, {date, type(None)})
    part, nothing = rows.between(2, 3), rows.between(1, 1)
    assert (part.kinds("id"), part.kinds("af")) == ({int}, {date})
    assert nothing.kinds("id") == frozenset()


def test_rows_are_arranged_by_the_keys_asked_for_as_many_as_there_are():
    rows = Rows(PAPER, ("id",), [[1, 2, 3]])
    assert rows.arranged([(1,), (2,), (3,)]).keys == [(1,), (2,), (3,)]
    assert rows.arranged([(3,), (1,), (2,)]).keys == [(3,), (1,), (2,)]
    assert rows.arranged([(3,), (4,), (1,)]).keys == [(3,), (1,)]


@pytest.mark.parametrize("key", [None, UNREADABLE, 1.5])
def test_of_a_record_below_whose_key_does_not_say_which_it_is_nobody_knows_whom_it_is_about(key):
    reg = register(rule(PAPER), rule(PAGE))
    store = MemoryStore("cvs", {"page": [{"id": key, "paper_id": 1, "client_id": 17, "af": DAY}]})
    top = Rows(PAPER, ("id", "client_id"), [[1], [17]])
    columns = Columns(Judge(reg, TODAY), {"cvs": store}, Stamp(ReferenceKey("k", b"k" * 32)), top)
    papers, pages = columns.levels()
    assert (papers.whom, pages.whom) == ([frozenset({("client", "17")})], [None])
