"""Whatever rows there are, SQLite and memory read, relate and erase them alike."""

from datetime import UTC, date, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from retention.dataset import Day, Timestamp
from retention.disposition import Action
from retention.stores.memory import MemoryStore
from retention.stores.registry import open_store
from retention.technique import AgeBand, Band, DateToMonth, DateToYear, FixedText, IpPrefix, Pseudonymise, Truncate
from tests.conformance.stores import files
from tests.conformance.stores.suite import PSEUDONYM_KEYS, ZONE, Table, cleared, dataset, dispose, everything
from tests.conformance.stores.test_memory import rows_of

texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from("aA")
present = texts.filter(lambda text: text is not None)
integers = st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-25, 25)
days = st.none() | st.dates(date(1000, 1, 1))
day_texts = st.none() | days.map(str) | st.sampled_from(["2026-02-30", "0000-01-01", "2026-7-1", "2026-07-01 10:00:00"])
moments = st.none() | st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - UTC
ips = st.none() | st.ip_addresses().map(str) | st.text(max_size=4)

TECHNIQUES = {
    "kort": Truncate(2),
    "vast": FixedText("x"),
    "band": Band(10),
    "jaar": DateToYear(),
    "maand": DateToMonth(),
    "geboren": AgeBand(5),
    "gezien": DateToYear(),
    "ip": IpPrefix(),
    "bsn": Pseudonymise("demo"),
}
OF = dataset(
    "rij", "k", "l", fields=TECHNIQUES, dates={"maand": Day(), "geboren": Day(), "gezien": Timestamp(zone="UTC")}
)
COLUMNS = {
    "k": "TEXT", "l": "INTEGER", "kort": "TEXT", "vast": "TEXT", "band": "INTEGER", "jaar": "TEXT", "maand": "DATE",
    "geboren": "DATE", "gezien": "DATETIME", "ip": "TEXT", "bsn": "TEXT",
}  # fmt: skip
rows = st.lists(
    st.tuples(
        present, st.integers(-(2**63), 2**63 - 1), texts, texts, integers, day_texts, days, days, moments, ips, texts
    ),
    max_size=12,
    unique_by=lambda row: row[:2],
)  # fmt: skip


def both(found, tmp_path_factory):
    path = tmp_path_factory.mktemp("agree") / "org.db"
    table = Table(OF, COLUMNS, tuple(found))
    files.create(path, table)
    sqlite = open_store("org", f"sqlite:///{path}", zone=ZONE, pseudonym_keys=PSEUDONYM_KEYS)
    return MemoryStore("org", {"rij": rows_of(table, found)}, pseudonym_keys=PSEUDONYM_KEYS), sqlite


@given(found=rows, size=st.integers(1, 5))
def test_they_page_and_relate_alike(tmp_path_factory, found, size):
    memory, sqlite = both(found, tmp_path_factory)
    columns = tuple(COLUMNS)
    assert everything(sqlite, OF, *columns, size=size) == everything(memory, OF, *columns, size=size)
    for on in (("kort",), ("kort", "band"), ("gezien",), ("l", "k"), ("maand", "geboren")):
        asked = [tuple(row[columns.index(name)] for name in on) for row in found[::2]]
        answers = [store.related(OF, columns, on, asked) for store in (memory, sqlite)]
        assert len(answers[0]) == len(answers[1])
        assert all(record in answers[0] for record in answers[1])
    sqlite.close()


@settings(max_examples=max(25, settings.default.max_examples // 4))  # every example commits durably, four times
@given(found=rows)
@example(found=[("a", 1, None, None, None, "2026-02-30", None, None, None, None, None)])  # a day to SQLite, and none
def test_they_erase_alike_and_once(tmp_path_factory, found):
    memory, sqlite = both(found, tmp_path_factory)
    batch_of = cleared(OF, [row[:2] for row in found[::2]], Action.ANONYMISE)
    for _ in range(2):
        dispose(memory, batch_of)
        dispose(sqlite, batch_of)
        assert everything(sqlite, OF, *COLUMNS) == _storable(everything(memory, OF, *COLUMNS))
    sqlite.close()


def _storable(records):
    """A band whose lower bound has no room in 64 bits is stored as missing."""
    for record in records:
        if record.values["band"] is not None and record.values["band"] < -(2**63):
            record.values["band"] = None
    return records
