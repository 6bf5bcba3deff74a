"""What every store promises, one test for each sentence of `retention.stores.interface`.

An implementation inherits `StoreSuite` and says how to make a store of tables. Rows are written as canonical values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from retention.candidate import Candidate, Cleared, OneByOne, Take, Unlink
from retention.dataset import Dataset, Day, NoSubject, Timestamp, TimeText
from retention.disposition import Action
from retention.erase import done
from retention.errors import ConfigError, StoreError
from retention.holds import Family
from retention.record import UNREADABLE, Record
from retention.stores.interface import Expiry, Source, Store
from retention.technique import (
    AgeBand,
    Band,
    DateToMonth,
    DateToYear,
    FixedText,
    IpPrefix,
    Nullify,
    Pseudonymise,
    Truncate,
)
from retention.text import Text

ZONE = ZoneInfo("Europe/Amsterdam")
NOBODY = NoSubject(Text(nl="niemand", en="nobody"))
PSEUDONYM_KEYS = {"demo": bytes(range(32))}


@dataclass(frozen=True)
class Table:
    """A table to make: SQL types by column, the key, rows by column."""

    dataset: Dataset
    columns: Mapping[str, str]
    rows: tuple[tuple[object, ...], ...] = ()
    references: Mapping[str, str] = None  # column -> "table(column)", None: none


def dataset(name: str, *key: str, **more) -> Dataset:
    return Dataset(id=f"org.{name}", key=key, subjects=NOBODY, **more)


def cleared(of: Dataset, records: Mapping | Iterable, action: Action = Action.DELETE, fields=()) -> Cleared:
    """A cleared batch: keys, or keys with (takes, unlinks)."""
    items = records.items() if isinstance(records, Mapping) else ((key, ((), ())) for key in records)
    candidates = tuple(Candidate(key, bytes(32), takes, unlinks, Family.of(())) for key, (takes, unlinks) in items)
    return Cleared(dataset=of, action=action, fields=tuple(fields), records=OneByOne(candidates))


def everything(source: Source, of: Dataset, *columns: str, size: int = 100) -> list[Record]:
    return [record for page in source.pages(of, columns, size=size) for record in page]


def keys(records: Iterable[Record]) -> list:
    return [record.key for record in records]


def dispose(store: Store, batch_of: Cleared) -> Mapping[str, int]:
    with store.session(), store.batch() as batch:
        batch.lock(batch_of.dataset, batch_of.records.keys)
        children = batch.dispose(batch_of)
        batch.commit()
    return children


NUMBER = dataset("number", "n")
PAIR = dataset("pair", "dossier_id", "client_id")
TEXT = dataset("tekst", "code")
UUIDS = dataset("uu", "id")
DAYS = dataset("dag", "datum", "pagina", dates={"datum": Day()})
MOMENT = dataset("moment", "op", dates={"op": Timestamp(zone="Europe/Amsterdam")})
BYTES = dataset("blok", "b")
QUOTED = dataset("volgorde", "group", collection="Order")

KINDS = {
    "integers": Table(NUMBER, {"n": "INTEGER"}, tuple((n,) for n in (3, -7, 10, 2**53 + 1, 2**63 - 1, -(2**63), 0))),
    "two columns": Table(
        PAIR, {"dossier_id": "INTEGER", "client_id": "INTEGER"}, tuple((a, b) for b in (3, 1, 2) for a in (10, 9))
    ),
    "text": Table(
        TEXT,
        {"code": "TEXT"},
        tuple(
            (text,) for text in ("b", "B", "a ", "a", "A", "é", "e\u0301", "", "10", "9", "a\0b", "\U0001f600", "'; --")
        ),
    ),
    "UUIDs": Table(UUIDS, {"id": "TEXT"}, tuple((f"{n:08x}-0000-4000-8000-{n * 7:012x}",) for n in (200, 3, 17))),
    "a day and a text": Table(
        DAYS,
        {"datum": "DATE", "pagina": "TEXT"},
        tuple((date(2026, 7, day), page) for day in (2, 1) for page in ("/b", "/a")),
    ),
    "timestamps": Table(
        MOMENT, {"op": "DATETIME"}, tuple((datetime(2026, 7, 1, hour, tzinfo=UTC),) for hour in (12, 3, 22))
    ),
    "bytes": Table(BYTES, {"b": "BLOB"}, tuple((bytes(each),) for each in (b"\xff", b"", b"a\0", b"a"))),
    "reserved words": Table(QUOTED, {"group": "INTEGER", "User Name": "TEXT"}, ((2, "b"), (1, "a"), (3, None))),
}

TREE = [dataset(f"niveau{depth}", "id") for depth in range(5)]
NODE = dataset("knoop", "id")
PERSON = dataset(
    "persoon",
    "id",
    dates={"geboren": Day(), "gezien": Timestamp(zone="UTC")},
    fields={
        "naam": Nullify(),
        "adres": FixedText("verwijderd"),
        "postcode": Truncate(4),
        "geboren": AgeBand(5),
        "gezien": DateToMonth(),
        "sinds": DateToYear(),
        "ip": IpPrefix(),
        "leeftijd": Band(10),
        "bsn": Pseudonymise("demo"),
    },
)
PERSONS = Table(
    PERSON,
    {
        "id": "INTEGER", "naam": "TEXT", "adres": "TEXT", "postcode": "TEXT", "geboren": "DATE", "gezien": "TIMESTAMP",
        "sinds": "TEXT", "ip": "TEXT", "leeftijd": "INTEGER", "bsn": "TEXT", "rol": "TEXT",
    },
    (
        (1, "Jansen", "Dorpsstraat 1", "2101AB", date(1987, 6, 30), datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC),
         "2019-05-06", "192.168.17.4", 47, "123456782", "x"),
        (2, "Zoë", "", "2101", date(1985, 1, 1), datetime(2026, 3, 1, tzinfo=UTC), "ooit", "geen ip", -3, "", "y"),
        (3, None, None, None, None, None, None, None, None, None, None),
        (4, "Ünal", "Ü\0ü", "ÄÖÜëïéè", UNREADABLE, UNREADABLE, "2020-02-30", "2001:db8:1:2::3", -(2**63), "é", "z"),
    ),
)  # fmt: skip


def tree() -> list[Table]:
    """Five levels: of each parent two children, so 1 + 2 + 4 + 8 + 16 below each of the two at the top."""
    return [
        Table(
            level,
            {"id": "INTEGER", "ouder_id": "INTEGER"},
            tuple((n, n // 2 if depth else None) for n in range(2 * 2**depth, 4 * 2**depth)),
            {"ouder_id": f"niveau{depth - 1}(id)"} if depth else None,
        )
        for depth, level in enumerate(TREE)
    ]


def below(top: int) -> tuple[Take, ...]:
    return tuple(
        Take(depth, level, tuple((n,) for n in range(top * 2**depth, (top + 1) * 2**depth)))
        for depth, level in enumerate(TREE)
        if depth
    )


class StoreSuite:
    """Inherit it, and say how to make a store."""

    has_clock = False  # whether the store has a clock of its own
    keeps_nul = True  # whether its text may hold NUL

    def kind(self, name: str) -> Table:
        """A table of KINDS, without the rows that the store cannot hold."""
        table = KINDS[name]
        nul = () if self.keeps_nul else ("\0",)
        kept = (
            row for row in table.rows if not any(isinstance(part, str) and each in part for part in row for each in nul)
        )
        return replace(table, rows=tuple(kept))

    def make(self, *tables: Table) -> Store:
        raise NotImplementedError

    def again(self, store: Store) -> Source:
        """Another source on the same data, as another process would open it."""
        raise NotImplementedError

    def insert(self, store: Store, table: Table, *rows: tuple) -> None:
        """Another program adds rows."""
        raise NotImplementedError

    # reading

    @pytest.mark.parametrize("size", [1, 2, 3, 100])
    @pytest.mark.parametrize("kind", KINDS)
    def test_pages_hold_every_record_once_in_key_order(self, kind, size):
        table = self.kind(kind)
        store = self.make(table)
        pages = list(store.pages(table.dataset, (), size=size))
        found = [record.key for page in pages for record in page]
        assert found == sorted(row[: len(table.dataset.key)] for row in table.rows)
        assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)

    def test_pages_of_an_empty_table_are_none(self):
        store = self.make(Table(NUMBER, {"n": "INTEGER"}))
        assert list(store.pages(NUMBER, (), size=5)) == []
        assert store.count(NUMBER) == 0

    def test_pages_hold_what_was_there_while_others_insert(self):
        table = Table(NUMBER, {"n": "INTEGER"}, tuple((n,) for n in range(0, 40, 2)))
        store = self.make(table)
        found = []
        for n, page in enumerate(store.pages(NUMBER, (), size=4)):
            found += keys(page)
            self.insert(store, table, (n * 8 + 1,), (n * 8 + 5,), (1000 + n,))
            if n > 20:
                break
        assert set(table.rows) <= set(found)
        assert found == sorted(set(found))

    def test_a_record_without_a_key_is_read_so_that_it_can_be_judged(self):
        rows = ((None, 1), (1, None), (None, None), (2, 2), (None, 3))
        store = self.make(Table(PAIR, {"dossier_id": "INTEGER", "client_id": "INTEGER"}, rows))
        for size in (1, 2, 10):
            assert sorted(map(str, keys(everything(store, PAIR, size=size)))) == sorted(map(str, rows))

    @pytest.mark.parametrize("kind", KINDS)
    def test_fetch_gives_the_records_that_exist_of_these_keys(self, kind):
        table = self.kind(kind)
        store = self.make(table)
        every = keys(everything(store, table.dataset))
        asked = [*every[::2], every[0], tuple(None for _ in every[0]), tuple(UNREADABLE for _ in every[0])]
        assert sorted(keys(store.fetch(table.dataset, (), asked))) == sorted(every[::2])
        assert keys(store.fetch(table.dataset, (), [])) == []
        absent = tuple("nergens" for _ in every[0])
        assert keys(store.fetch(table.dataset, (), [absent])) == []

    def test_columns_always_include_the_key(self):
        store = self.make(KINDS["reserved words"])
        (record,) = store.fetch(QUOTED, ("User Name",), [(2,)])
        assert dict(record.values) == {"group": 2, "User Name": "b"}
        assert record.dataset is QUOTED

    def test_text_joins_by_code_point(self):
        store = self.make(self.kind("text"))
        for asked in ("a", "A", "a ", "10", "é", *(["a\0b"] if self.keeps_nul else [])):
            assert keys(store.related(TEXT, (), ("code",), [(asked,)])) == [(asked,)]
        assert keys(store.related(TEXT, (), ("code",), [("É",), ("b ",), ("a\0",)])) == []
        assert keys(store.related(TEXT, (), ("code",), [(10,), (9,), (b"a",)])) == []

    def test_a_missing_value_joins_nothing(self):
        store = self.make(KINDS["reserved words"])
        assert store.related(QUOTED, (), ("User Name",), [(None,), (UNREADABLE,)]).records == ()

    def test_several_columns_join_together(self):
        store = self.make(KINDS["two columns"])
        asked = [(2, 10), (3, 9), (2, 99), (None, 9)]
        found = store.related(PAIR, (), ("client_id", "dossier_id"), asked)
        assert sorted(keys(found)) == [(9, 3), (10, 2)]

    def test_one_value_joins_many_records(self):
        store = self.make(*tree())
        found = store.related(TREE[3], ("ouder_id",), ("ouder_id",), [(8,), (9,)])
        assert sorted(keys(found)) == [(16,), (17,), (18,), (19,)]
        assert {record.values["ouder_id"] for record in found} == {8, 9}

    def test_thousands_of_keys_are_fetched_at_once(self):
        store = self.make(Table(NUMBER, {"n": "INTEGER"}, tuple((n,) for n in range(25_000))))
        assert len(store.fetch(NUMBER, (), [(n,) for n in range(-5, 25_010)])) == 25_000

    @pytest.mark.parametrize(
        ("text", "zone"),
        [
            *product((TimeText.SPACE, TimeText.T), ("UTC", "Europe/Amsterdam", "America/New_York", None)),
            (TimeText.EPOCH, "UTC"),
        ],
    )
    def test_narrowing_leaves_out_nothing_that_qualifies(self, text, zone):
        log = dataset("log", "id", dates={"op": Timestamp(zone=zone, text=text), "dag": Day()})
        first = datetime(2026, 3, 27, 11, 15, tzinfo=UTC)
        rows = tuple(
            (n, first + timedelta(minutes=30 * n), (first + timedelta(minutes=30 * n)).date(), 2024 + n // 50)
            for n in range(200)
        )
        columns = {
            "id": "INTEGER",
            "op": "INTEGER" if text is TimeText.EPOCH else "TEXT",
            "dag": "DATE",
            "jaar": "INTEGER",
        }
        store = self.make(Table(log, columns, rows))
        for last in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30), date(2020, 1, 1), date.max):
            for size in (3, 1000):
                moments = [row[0] for row in rows if row[1].astimezone(ZONE).date() <= last]
                days = [row[0] for row in rows if row[2] <= last]
                found = [
                    record.key[0]
                    for page in store.pages(log, (), size=size, narrow=(Expiry("op", last),))
                    for record in page
                ]
                assert set(moments) <= set(found)
                assert found == sorted(set(found))
                either = (Expiry("op", date(2026, 3, 27)), Expiry("dag", last))
                found = [record.key[0] for page in store.pages(log, (), size=size, narrow=either) for record in page]
                assert set(days) <= set(found)

    def test_an_unknown_column_is_named(self):
        store = self.make(KINDS["reserved words"])
        with pytest.raises(StoreError, match="'User name'"):
            store.fetch(QUOTED, ("User name",), [(1,)])
        with pytest.raises(StoreError, match="'gruop'"):
            list(store.pages(QUOTED, ("gruop",), size=1))

    def test_a_missing_table_is_named(self):
        store = self.make(self.kind("text"))
        gone = dataset("weg", "id")
        for ask in (
            lambda: store.count(gone),
            lambda: list(store.pages(gone, (), size=1)),
            lambda: store.fetch(gone, (), [(1,)]),
        ):
            with pytest.raises(StoreError, match=r"org\.weg"):
                ask()

    def test_a_dataset_of_another_store_is_refused(self):
        store = self.make(self.kind("text"))
        with pytest.raises(StoreError, match="another store"):
            store.count(Dataset(id="elders.tekst", key=("code",), subjects=NOBODY))

    def test_it_knows_its_name_and_its_columns(self):
        store = self.make(KINDS["two columns"])
        assert store.name == "org"
        assert set(store.schema().tables["pair"].columns) == {"dossier_id", "client_id"}
        clock = store.clock()
        assert (clock is not None) is self.has_clock
        assert clock is None or abs(clock - datetime.now(UTC)) < timedelta(minutes=1)

    # batches

    @pytest.mark.parametrize("kind", KINDS)
    def test_what_was_disposed_of_is_gone_for_a_fresh_reader(self, kind):
        table = self.kind(kind)
        store = self.make(table)
        every = keys(everything(store, table.dataset))
        assert dispose(store, cleared(table.dataset, every[::2])) == {}
        assert keys(everything(self.again(store), table.dataset)) == every[1::2]

    def test_a_batch_reads_as_its_store_does(self):
        store = self.make(PERSONS, *tree())
        outside = store.fetch(PERSON, ("naam", "gezien"), [(1,), (4,)])
        with store.session(), store.batch() as batch:
            batch.lock(PERSON, [(1,)])
            assert batch.fetch(PERSON, ("naam", "gezien"), [(1,), (4,)]).records == outside.records
            assert len(batch.related(TREE[1], (), ("ouder_id",), [(2,)])) == 2

    def test_without_commit_nothing_changes(self):
        store = self.make(*tree())
        with store.session(), store.batch() as batch:
            batch.dispose(cleared(TREE[0], {(2,): (below(2), ())}))
            assert not batch.fetch(TREE[0], (), [(2,)])
        assert [store.count(level) for level in TREE] == [2, 4, 8, 16, 32]

    def test_a_failure_inside_the_block_changes_nothing(self):
        store = self.make(*tree())

        def fail():
            with store.batch() as batch:
                batch.dispose(cleared(TREE[0], {(2,): (below(2), ())}))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert [store.count(level) for level in TREE] == [2, 4, 8, 16, 32]

    def test_children_to_depth_four_go_with_their_record_and_are_counted(self):
        store = self.make(*tree())
        children = dispose(store, cleared(TREE[0], {(2,): (below(2), ())}))
        assert children == {"org.niveau1": 2, "org.niveau2": 4, "org.niveau3": 8, "org.niveau4": 16}
        assert [keys(everything(store, level)) for level in TREE] == [
            [(n,) for n in range(3 * 2**depth, 4 * 2**depth)] for depth in range(5)
        ]

    def test_records_that_refer_to_their_own_kind_go_children_first(self):
        rows = ((1, None), (2, 1), (3, 2), (4, 1), (5, None))
        store = self.make(Table(NODE, {"id": "INTEGER", "ouder": "INTEGER"}, rows, {"ouder": "knoop(id)"}))
        takes = (Take(1, NODE, ((2,), (4,))), Take(2, NODE, ((3,),)))
        assert dispose(store, cleared(NODE, {(1,): (takes, ())})) == {"org.knoop": 3}
        assert keys(everything(store, NODE)) == [(5,)]

    def test_a_record_that_is_also_a_child_goes_once(self):
        rows = ((1, None), (2, 1), (3, 2))
        store = self.make(Table(NODE, {"id": "INTEGER", "ouder": "INTEGER"}, rows, {"ouder": "knoop(id)"}))
        of_one = (Take(1, NODE, ((2,),)), Take(2, NODE, ((3,),)))
        of_two = (Take(1, NODE, ((3,),)),)
        assert dispose(store, cleared(NODE, {(1,): (of_one, ()), (2,): (of_two, ())})) == {"org.knoop": 2}
        assert store.count(NODE) == 0

    def test_a_child_of_another_parent_stays_unlinked(self):
        store = self.make(*tree()[:2])
        takes = (Take(1, TREE[1], ((4,),)),)
        unlinks = (Unlink(TREE[1], ("ouder_id",), ((5,),)),)
        dispose(store, cleared(TREE[0], {(2,): (takes, unlinks)}))
        found = {record.key[0]: record.values["ouder_id"] for record in everything(store, TREE[1], "ouder_id")}
        assert found == {5: None, 6: 3, 7: 3}

    @pytest.mark.parametrize("absent", [(99,), (None,), ("2",)])
    def test_a_batch_that_names_an_absent_record_changes_nothing(self, absent):
        store = self.make(*tree())
        with store.batch() as batch:
            with pytest.raises(StoreError, match=r"org\.niveau0"):
                batch.dispose(cleared(TREE[0], {(2,): (below(2), ()), absent: ((), ())}))
            with pytest.raises(StoreError, match="ended"):
                batch.commit()
        assert [store.count(level) for level in TREE] == [2, 4, 8, 16, 32]

    def test_an_absent_child_stops_the_batch(self):
        store = self.make(*tree())
        with pytest.raises(StoreError, match=r"org\.niveau1"):
            dispose(store, cleared(TREE[0], {(2,): ((*below(2), Take(1, TREE[1], ((99,),))), ())}))
        assert [store.count(level) for level in TREE] == [2, 4, 8, 16, 32]

    def test_disposing_again_is_refused_and_harmless(self):
        store = self.make(self.kind("text"))
        dispose(store, cleared(TEXT, [("a",)]))
        left = keys(everything(store, TEXT))
        with pytest.raises(StoreError, match=r"org\.tekst"):
            dispose(store, cleared(TEXT, [("a",)]))
        assert keys(everything(store, TEXT)) == left

    def test_a_batch_that_has_ended_does_nothing_more(self):
        store = self.make(self.kind("text"))
        with store.batch() as batch:
            batch.dispose(cleared(TEXT, [("a",)]))
            batch.commit()
            with pytest.raises(StoreError, match="ended"):
                batch.dispose(cleared(TEXT, [("b",)]))
            with pytest.raises(StoreError, match="ended"):
                batch.fetch(TEXT, (), [("b",)])

    # erasing fields

    def test_anonymising_leaves_what_every_technique_finds_done(self):
        store = self.make(PERSONS)
        dispose(store, cleared(PERSON, [(1,), (2,), (3,), (4,)], Action.ANONYMISE))
        for record in everything(self.again(store), PERSON, *PERSON.fields):
            for name, technique in PERSON.fields.items():
                assert done(technique, record.values[name]), (record.key, name)

    def test_anonymising_is_what_the_techniques_say(self):
        store = self.make(PERSONS)
        dispose(store, cleared(PERSON, [(1,), (2,), (3,)], Action.ANONYMISE))
        columns = (*PERSON.fields, "rol")
        one, two, three, four = everything(store, PERSON, *columns)
        assert [one.values[name] for name in columns if name != "bsn"] == [
            None, "verwijderd", "2101", date(1985, 1, 1), datetime(2026, 3, 1, tzinfo=UTC), "2019-01-01",
            "192.168.17.0", 40, "x",
        ]  # fmt: skip
        assert str(one.values["bsn"]).startswith("psn:")
        assert [two.values[name] for name in columns if name != "bsn"] == [
            None, "verwijderd", "2101", date(1985, 1, 1), datetime(2026, 3, 1, tzinfo=UTC), None, None, -10, "y",
        ]  # fmt: skip
        assert {three.values[name] for name in columns} == {None}
        assert four.values["naam"] == "Ünal"

    def test_anonymising_twice_is_anonymising_once(self):
        store = self.make(PERSONS)
        batch_of = cleared(PERSON, [(1,), (2,), (3,), (4,)], Action.ANONYMISE)
        dispose(store, batch_of)
        once = everything(store, PERSON, *PERSON.fields)
        dispose(store, batch_of)
        assert everything(store, PERSON, *PERSON.fields) == once

    @pytest.mark.parametrize("name", PERSON.fields)
    def test_only_the_named_field_is_erased(self, name):
        store = self.make(PERSONS)
        columns = (*PERSON.fields, "rol")
        before = {record.key: dict(record.values) for record in everything(store, PERSON, *columns)}
        dispose(store, cleared(PERSON, [(1,), (4,)], Action.ERASE_FIELDS, [name]))
        for record in everything(store, PERSON, *columns):
            changed = {each for each in record.values if record.values[each] != before[record.key][each]}
            assert changed == ({name} if record.key in {(1,), (4,)} else set())

    def test_anonymising_takes_children_along(self):
        parent = dataset("niveau0", "id", fields={"naam": Nullify()})
        child = dataset("niveau1", "id")
        store = self.make(
            Table(parent, {"id": "INTEGER", "naam": "TEXT"}, ((1, "x"), (2, "y"))),
            Table(child, {"id": "INTEGER"}, ((7,), (8,))),
        )
        assert dispose(store, cleared(parent, {(1,): ((Take(1, child, ((7,),)),), ())}, Action.ANONYMISE)) == {
            child.id: 1
        }
        assert [record.values["naam"] for record in everything(store, parent, "naam")] == [None, "y"]
        assert keys(everything(store, child)) == [(8,)]

    def test_a_missing_pseudonym_key_stops_the_batch_whole(self):
        nobodys = dataset("persoon", "id", fields={"naam": Nullify(), "bsn": Pseudonymise("elders")})
        columns = {"id": "INTEGER", "naam": "TEXT", "bsn": "TEXT"}
        store = self.make(Table(nobodys, columns, ((1, "Jansen", "123456782"),)))
        with pytest.raises(ConfigError, match="elders"):
            dispose(store, cleared(nobodys, [(1,)], Action.ANONYMISE))
        (record,) = everything(store, nobodys, "naam")
        assert record.values["naam"] == "Jansen"

    @pytest.mark.parametrize("fields", [(), ("rol",)])
    def test_erasing_nothing_or_an_undeclared_field_is_refused(self, fields):
        store = self.make(PERSONS)
        with pytest.raises(StoreError, match=r"org\.persoon"):
            dispose(store, cleared(PERSON, [(1,)], Action.ERASE_FIELDS, fields))
