"""Blocks: planned records that rest in the spool together, and are sealed together too."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from msgspec.structs import replace

from retention.audit.reference import ReferenceKey
from retention.confirm import confirm
from retention.control.blocks import records_of, rows_of
from retention.disposition import Action, Delete
from retention.errors import ConfigError, ControlError
from retention.plan import MOST_TOGETHER, Block, Spooled
from retention.reads import columns_read
from retention.scan import Scanner
from retention.sifting import Sifter
from retention.spooling import listed
from retention.stores.memory import MemoryStore
from retention.vault import Vault
from tests.unit.core.judging import DATES, TODAY, dataset, register, rule, utc

DOSSIER = dataset("dossier", then=Delete())
SEAL = b"b" * 32


def reversed_(plain: bytes) -> bytes:
    """A cipher that is its own inverse."""
    return plain[::-1]


def spooled(seed, count):
    random = Random(seed)
    action, fields, seq = Action.DELETE, (), 0
    for _ in range(count):
        if random.random() < 0.01:
            action, fields = random.choice([(Action.DELETE, ()), (Action.ERASE_FIELDS, ("naam", "geb, dag"))])
        seq += 1 + (random.random() < 0.01)
        due = random.choice([None, date(2020, 1, 1) + timedelta(random.randrange(900))])
        key = random.choice([(seq,), ("a,b", seq), (UUID(int=seq), date(2020, 1, 1), Decimal("1.50"), b"x")])
        yield Spooled(seq, random.randbytes(32), action, fields, random.randbytes(32), key, due)


def test_what_is_kept_in_rows_comes_back_as_it_was(seed):
    some = [*spooled(seed, 5_000)]
    rows = [*rows_of(iter(some), reversed_)]
    assert [one for row in rows for one in records_of(row, reversed_)] == some
    assert len(rows) < 200
    assert all(row.records <= MOST_TOGETHER for row in rows)


@pytest.mark.parametrize("what", ["refs", "seals"])
def test_references_or_seals_that_are_cut_short_are_refused(what):
    [row] = rows_of((one._replace(seq=seq) for seq, one in enumerate(spooled(1, 9))), reversed_)
    with pytest.raises(ControlError, match="cut short"):
        records_of(row._replace(**{what: getattr(row, what)[:-1]}), reversed_)


def test_a_key_that_is_too_short_locks_nothing():
    with pytest.raises(ConfigError, match="16 bytes, not 32"):
        Vault(b"k" * 16)


def test_a_block_comes_back_whole_and_what_is_left_of_it_without_its_seal():
    some = [one._replace(seq=seq, block=Block(9, SEAL)) for seq, one in enumerate(spooled(1, 9))]
    [row] = rows_of(some, reversed_)
    assert records_of(row, reversed_) == some
    assert [row.seal for row in rows_of(some[:4] + some[5:], reversed_)] == [None, None]


def test_blocks_hold_that_of_which_the_same_becomes_and_their_seals_are_of_their_own_records():
    reg = register(rule(DOSSIER))
    rows = [dict.fromkeys(DATES) | {"id": number, "af": date(2010, 1, 1)} for number in range(MOST_TOGETHER + 20)]
    store = MemoryStore("cvs", {"dossier": rows})
    scanner = Scanner(reg, TODAY, (), utc("2026-07-01T12:00:00"), {DOSSIER.id: ReferenceKey("k", b"k" * 32)})
    page = [one for page in Sifter(scanner, DOSSIER, {"cvs": store}).pages() for one in page.each]
    found = listed(page, 0)
    assert [one.block and one.block.records for one in found] == [MOST_TOGETHER] * MOST_TOGETHER + [20] * 20

    def done(planned):
        keys = {(one.seq,): one for one in planned}
        rows = store.fetch(DOSSIER, columns_read(reg, DOSSIER), list(keys)).arranged(keys)
        sweep = replace(scanner, listing=False)
        return [key for (key,), one in confirm(sweep, DOSSIER, rows, {"cvs": store}, keys).items() if one]

    assert done(found) == [*range(MOST_TOGETHER + 20)]
    exchanged = [*found[:-2], found[-1]._replace(seq=found[-2].seq), found[-2]._replace(seq=found[-1].seq)]
    assert done(exchanged) == [*range(MOST_TOGETHER + 18)]
    others = [one._replace(block=found[0].block) for one in found[-20:]]
    assert done(others) == [one.seq for one in others]
    store.tables["dossier"][3]["af"] = date(2010, 1, 2)
    assert done(found) == [seq for seq in range(MOST_TOGETHER + 20) if seq != 3]
