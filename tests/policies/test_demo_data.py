"""The generated organisation: the same every time, large enough, and as broken as real ones are."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from policies import REGISTER
from policies.data_map import DATASETS, STORES
from policies.data_map.fin import INVOICE
from policies.data_map.vrij import EXPENSE_CLAIM
from policies.demo_data import CASES, REFERENCE_DATE, Counts, create
from policies.demo_data.generate import generate
from retention.reason import Reason
from retention.scan import Scanner
from retention.start import Day
from retention.stores.registry import open_source

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Counts]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, create(folder, size="demo")


def _dump(folder: Path) -> dict[str, list[str]]:
    found = {}
    for store in STORES:
        with closing(sqlite3.connect(folder / f"{store}.db")) as connection:
            found[store] = list(connection.iterdump())
    return found


def _all(folder: Path, store: str, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / f"{store}.db")) as connection:
        return connection.execute(sql).fetchall()


def test_the_same_size_and_seed_give_the_same_rows(tmp_path: Path) -> None:
    for name in ("one", "two"):
        create(tmp_path / name, size="tiny")
    assert _dump(tmp_path / "one") == _dump(tmp_path / "two")


def test_another_seed_gives_other_rows_but_the_same_tricky_cases() -> None:
    one, other = generate("tiny", 1), generate("tiny", 2)
    assert one.of("cvs.dossier") != other.of("cvs.dossier")
    for case in CASES.values():
        for row in case.inserted:
            assert row in one.of(row.dataset)
            assert row in other.of(row.dataset)


def test_every_dataset_of_the_data_map_has_rows(demo: tuple[Path, Counts]) -> None:
    _, counts = demo
    assert set(counts.rows) == {dataset.id for dataset in DATASETS}
    assert [dataset for dataset, n in counts.rows.items() if n == 0] == []


def test_the_demo_is_large_enough(demo: tuple[Path, Counts]) -> None:
    folder, counts = demo
    assert counts.total >= 20_000
    assert counts.rows["cvs.dossier"] == _all(folder, "cvs", "SELECT count(*) FROM dossier")[0][0]


def test_more_than_a_thousand_records_are_due(demo: tuple[Path, Counts]) -> None:
    folder, _ = demo
    now = datetime.combine(REFERENCE_DATE, time(2), UTC)
    scanner = Scanner(REGISTER, Day(REFERENCE_DATE, ZONE), (), now, {})
    due = 0
    some = (INVOICE, EXPENSE_CLAIM, REGISTER.dataset("act.inschrijving"))  # of all 49, so as not to take long
    for dataset in some:
        with closing(open_source(dataset.store, f"sqlite:///{folder}/{dataset.store}.db", zone=ZONE)) as source:
            pages = scanner.scan(dataset, {dataset.store: source})
            due += sum(judged.reason is Reason.DUE_EXPIRED for page in pages for judged in page)
    assert due >= 1_000


def test_databases_that_are_there_are_never_overwritten(tmp_path: Path) -> None:
    create(tmp_path, size="tiny")
    before = _dump(tmp_path)
    with pytest.raises(FileExistsError, match="choose an empty directory"):
        create(tmp_path, size="tiny")
    assert _dump(tmp_path) == before


def test_the_demo_has_its_share_of_defects(demo: tuple[Path, Counts]) -> None:
    folder, counts = demo
    dossiers = counts.rows["cvs.dossier"]
    today = date(2026, 7, 1).isoformat()

    def share(where: str) -> float:
        count = _all(folder, "cvs", f"SELECT count(*) FROM dossier WHERE {where}")[0][0]
        assert isinstance(count, int)
        return count / dossiers

    forgotten = "afgesloten_op IS NULL AND laatste_inhoudelijke_wijziging < '2024-07-01'"
    assert share("afgesloten_op IS NULL") > 0.04
    assert 0.02 < share(forgotten) < 0.06
    assert 0.001 < share(f"afgesloten_op > '{today}'") < 0.004
    assert 0.002 < share("afgesloten_op < geopend_op AND afgesloten_op > '1980-01-01'") < 0.005
    assert 0.001 < share("afgesloten_op IN ('1900-01-01', '1970-01-01')") < 0.004


@pytest.mark.parametrize("table", ["contactmoment", "document"])
def test_the_demo_has_its_share_of_orphans(demo: tuple[Path, Counts], table: str) -> None:
    folder, counts = demo
    orphans = _all(
        folder,
        "cvs",
        f"SELECT count(*) FROM {table} WHERE dossier_id IS NOT NULL "
        "AND dossier_id NOT IN (SELECT dossier_id FROM dossier)",
    )[0][0]
    assert isinstance(orphans, int)
    assert 0.004 < orphans / counts.rows[f"cvs.{table}"] < 0.007


def test_the_demo_has_its_share_of_people_registered_twice(demo: tuple[Path, Counts]) -> None:
    folder, counts = demo
    twice = _all(
        folder,
        "priv",
        "SELECT count(*) FROM (SELECT 1 FROM persoon_index WHERE store = 'cvs' GROUP BY hmac_naam_geb "
        "HAVING count(*) > 1)",
    )[0][0]
    assert isinstance(twice, int)
    assert 0.025 < twice / counts.rows["cvs.client"] < 0.035


def test_references_hold_except_where_a_defect_breaks_them(demo: tuple[Path, Counts]) -> None:
    folder, _ = demo
    broken = {(store, row[0], row[2]) for store in STORES for row in _all(folder, store, "PRAGMA foreign_key_check")}
    assert broken == {("cvs", "contactmoment", "dossier"), ("cvs", "document", "dossier")}


def test_nobody_in_it_could_exist(demo: tuple[Path, Counts]) -> None:
    folder, _ = demo
    people = _all(folder, "cvs", "SELECT bsn, telefoon, email FROM client")
    assert people
    for bsn, telephone, email in people:
        assert str(bsn).startswith("99")
        assert str(telephone).startswith("+3160")
        assert str(email).endswith(".example")
