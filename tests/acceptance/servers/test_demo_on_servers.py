"""The demonstration on real servers: the same story with the same numbers, in databases of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from retention.cli.demo import _organisation
from retention.demo.databases import OnServer, databases
from retention.demo.place import Place
from retention.errors import UsageError
from tests.acceptance.test_demo import NO, ROOT, YES, verdicts
from tests.serve import url
from tests.servers import need

ENGINES = ["postgresql", "mariadb"]
LISTED = {
    "postgresql": "SELECT datname FROM pg_database",
    "mariadb": "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA",
}
SECONDS = 110


@dataclass(frozen=True)
class Told:
    """The demonstration on one engine, as it ended."""

    engine: str
    place: Path
    status: int
    out: str
    err: str


@contextmanager
def administrator(engine: str) -> Iterator:
    """Somebody else at the server."""
    made = create_engine(place_url(engine), isolation_level="AUTOCOMMIT")
    with made.connect() as connection:
        yield connection
    made.dispose()


def place_url(engine: str):
    driver = {"postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql"}[engine]
    return make_url(url(engine)).set(drivername=driver)


def listed(engine: str, place: Path) -> set[str]:
    """The databases that are there under a demonstration's name."""
    begins = OnServer(_organisation(), engine, place_url(engine))._database(Place(place), "")
    with administrator(engine) as connection:
        return {name for (name,) in connection.exec_driver_sql(LISTED[engine]) if name.startswith(begins)}


def drop(engine: str, place: Path) -> None:
    databases(_organisation(), engine, url(engine)).drop(Place(place))


@pytest.fixture(scope="module", params=ENGINES)
def told(request, tmp_path_factory) -> Iterator[Told]:
    """Typed once for each engine: on PostgreSQL as the wheel is installed, on MariaDB in a clone."""
    engine = request.param
    need(engine)
    folder = tmp_path_factory.mktemp(engine)
    if engine == "postgresql":
        program = [str(request.getfixturevalue("binaries") / "retention")]
    else:
        program = [sys.executable, "-m", "retention"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "RETENTION"))}
    done = subprocess.run(
        [*program, "demo", "--size", "tiny", "--engine", engine],
        cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False,
        env=clean | {"RETENTION_DEMO_URL": url(engine), "LC_ALL": "C.UTF-8"}
        | ({} if engine == "postgresql" else {"PYTHONPATH": str(ROOT)}),
    )  # fmt: skip
    place = folder / "demo"
    try:
        yield Told(engine, place, done.returncode, done.stdout, done.stderr)
    finally:
        drop(engine, place)
    assert listed(engine, place) == set()


@pytest.mark.timeout(SECONDS + 60)
def test_the_whole_story_ends_as_expected(told):
    assert told.status == 0, told.out + told.err
    assert len(YES.findall(verdicts(told.out))) == 10
    assert NO.findall(verdicts(told.out)) == []


def test_it_destroys_what_the_same_organisation_loses_on_sqlite(told):
    """The numbers of the tiny organisation, whatever holds it; test_demo.py has the story itself."""
    said = re.sub(r"\s+", " ", verdicts(told.out))
    assert "228 records destroyed, 1 held after all" in said
    assert "269 rows gone = 269 references destroyed" in said


def test_its_databases_stay_to_be_looked_at_each_store_its_own(told):
    stores = {name.rpartition("_")[2] for name in listed(told.engine, told.place) if "_killed_" not in name}
    assert stores == set(_organisation().stores)


def test_the_password_of_the_server_is_written_down_nowhere(told):
    password = make_url(url(told.engine)).password
    if password is None:
        pytest.skip("this server asks for none")
    files = [path for path in told.place.rglob("*") if path.is_file()]
    assert len(files) > 50
    assert [path for path in files if str(password).encode() in path.read_bytes()] == []
    assert str(password) not in told.out + told.err
    assert "${RETENTION_DEMO_PASSWORD}@" in (told.place / "retention.toml").read_text()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_database_that_it_did_not_make_is_refused_and_left_alone(engine, tmp_path):
    need(engine)
    where = databases(replace(_organisation(), stores=("cvs",)), engine, url(engine))
    place = Place(tmp_path / "demo")
    assert isinstance(where, OnServer)
    name = where._database(place, "cvs")
    with administrator(engine) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        try:
            with pytest.raises(UsageError, match="did not make it; no database was touched"):
                where.create(place, "tiny")
            assert listed(engine, place.root) == {name}
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {name}")


@pytest.mark.parametrize("engine", ENGINES)
def test_dropping_takes_its_own_databases_and_those_of_its_copies_alone(engine, tmp_path):
    need(engine)
    where = databases(replace(_organisation(), stores=("cvs",), create_on=lambda *_: 0), engine, url(engine))
    mine, other = Place(tmp_path / "mine"), Place(tmp_path / "other")
    for place in (mine, other):
        where.create(place, "tiny")
        place.root.mkdir()
        for part in ("keys", "state"):
            (place.root / part).mkdir()
        place.configuration.write_text("")
        place.trust.write_text("")
    where.copy(mine, "killed", "tiny")
    assert len(listed(engine, mine.root)) == 2
    try:
        where.drop(mine)
        assert listed(engine, mine.root) == set()
        assert len(listed(engine, other.root)) == 1
    finally:
        where.drop(other)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--engine", "mariadb"), "make demo ENGINE=mariadb"),
        (("--engine", "mariadb", "--url", "postgresql://me:geheim@localhost/"), "is no server of mariadb"),
        (("--url", "sqlite:///x.db"), "is no server of"),
        (("--url", "geheim"), "--url is not a URL"),
        (("--url", "postgresql://me:geheim@127.0.0.1:9/"), "refuses"),
    ],
)
def test_a_server_that_is_not_named_or_not_there_is_one_clear_line(tmp_path, arguments, said):
    done = subprocess.run(
        [sys.executable, "-m", "retention", "demo", *arguments],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    (line,) = [one for one in done.stderr.splitlines() if one.startswith("Error:")]
    assert said in line
    assert "geheim" not in done.stdout + done.stderr
    assert done.returncode == (1 if said == "refuses" else 2)
