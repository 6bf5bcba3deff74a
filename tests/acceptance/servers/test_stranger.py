"""A stranger's database: the draft of its policies, a policy of fewer than twenty lines, a plan, a sweep, the proof.

On PostgreSQL and MariaDB, the record shop on SQLite too; rows are counted without the code under test.
"""

import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy.engine import URL

from retention.config.register import load_register
from retention.lint import lint
from tests.acceptance.cli.conftest import Office, let_owner_in
from tests.golog import go_verify  # noqa: F401 - a fixture
from tests.servers import need
from tests.strangers import film_rental, record_shop
from tests.strangers.databases import connected, fresh

SECRET = "zeer:geheim@7319"  # noqa: S105 - of an account that lives for a test; as a URL cannot have it unless it is encoded
MOST_LINES = 20
CASES = [(record_shop, "sqlite"), (record_shop, "postgresql"), (record_shop, "mariadb"),
         (film_rental, "postgresql"), (film_rental, "mariadb")]  # fmt: skip


@dataclass(frozen=True)
class Stranger(Office):
    """Somebody else's database, an installation over it, and what became of both."""

    schema: ModuleType
    engine: str
    url: URL  # whole
    said: list[str] = field(default_factory=list)  # by each command

    def type(self, *arguments: str, status: int = 0, **environ: str) -> str:
        secret = {} if self.engine == "sqlite" else {f"RETENTION_STORE_{self.schema.NAME.upper()}_PASSWORD_FILE":
                                                     str(self.folder.parent / "secret")}  # fmt: skip
        done = self.run(*arguments, **secret, **environ)
        self.said.append(done.output)
        assert done.exit_code == status, done.output
        return done.stdout

    @property
    def draft(self) -> str:
        return (self.folder / "policies" / "data_map.py").read_text()

    def left(self) -> dict[str, set[int]]:
        """The numbers of the records that are left, by table."""
        found = {}
        with connected(self.engine, self.url) as connection:
            for table in self.schema.LEFT:
                asked = f"SELECT {table.partition('.')[2] or table}_id FROM {table}"
                found[table] = {key for (key,) in connection.exec_driver_sql(asked)}
        return found


def settle_in(stranger: Stranger) -> None:
    """From the URL to a sweep of 2 July 2026, as somebody types it who takes a day for it."""
    with connected(stranger.engine, stranger.url) as connection:
        for statement in stranger.schema.statements(stranger.engine):
            connection.exec_driver_sql(statement)
    url = stranger.url.render_as_string(hide_password=False)
    stranger.type(
        "init", "--config", str(stranger.config), "--name", "Stichting Vreemd", "--origin", "vreemd.example/2026",
        "--store", stranger.schema.NAME, "--from", url,
    )  # fmt: skip
    let_owner_in(stranger)


def sweep(stranger: Stranger) -> dict:
    for said in stranger.schema.CONFIRMED:  # by a person, who looked at what it does
        stranger.change("policies/data_map.py", f"    # {said}\n", f"    {said}\n")
    (policy,) = (stranger.folder / "policies").glob("*_policy.py")
    policy.write_text(stranger.schema.POLICY)
    data_map = policy.with_name("data_map.py")  # somebody has looked at what the triggers do, and says so
    data_map.write_text(stranger.draft.replace("    # triggers=(", "    triggers=("))
    stranger.type("policies", "check", "--lang", "en")
    out = str(stranger.folder / "out")
    planned = json.loads(stranger.type("plan", "--today", "2026-07-01", "--out", out, "--json"))
    approved = stranger.approve(planned["digest"])
    assert approved.exit_code == 0, approved.output
    return json.loads(stranger.type("sweep", "--plan", planned["digest"], "--today", "2026-07-02", "--json"))


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0].NAME}-{case[1]}")
def stranger(request, tmp_path_factory) -> Iterator[Stranger]:
    schema, engine = request.param
    folder: Path = tmp_path_factory.mktemp(schema.NAME) / "office"
    folder.mkdir()
    (folder.parent / "secret").write_text(f"{SECRET}\n")
    if engine == "sqlite":
        database = nullcontext(URL.create("sqlite", database=str(folder / f"{schema.NAME}.db")))
    else:
        need(engine)
        database = fresh(engine, schema.NAME, SECRET)
    with database as url:
        made = Stranger(folder=folder, schema=schema, engine=engine, url=url)
        settle_in(made)
        drafted = made.draft
        swept = sweep(made)
        yield made, drafted, swept


@pytest.fixture
def office(stranger) -> Stranger:
    return stranger[0]


@pytest.fixture
def draft(stranger) -> str:
    return stranger[1]


@pytest.fixture
def swept(stranger) -> dict:
    return stranger[2]


def test_the_policy_is_fewer_than_twenty_lines(office):
    assert len([line for line in office.schema.POLICY.splitlines() if line.strip()]) < MOST_LINES


def test_what_is_due_goes_with_all_below_it_and_nothing_else_does(office, swept):
    assert (swept["exit_status"], office.left()) == (0, office.schema.LEFT)
    assert {one["id"]: one["destroyed"] for one in swept["datasets"] if one["destroyed"]} == office.schema.DESTROYED


def test_its_log_is_accepted_by_a_stranger(office, go_verify):  # noqa: F811 - the fixture
    office.type("audit", "verify", "--trust", str(office.folder / "trust"))
    assert go_verify(office.folder / "state" / "log", office.folder / "trust").startswith("OK: ")


def test_the_password_is_written_down_nowhere(office):
    if office.engine == "sqlite":
        pytest.skip("a file has none")
    files = [path for path in office.folder.rglob("*") if path.is_file()]
    secrets = (SECRET, office.url.render_as_string(hide_password=False).split(":")[2].partition("@")[0])
    assert len(files) > 20
    for secret in secrets:
        assert [path for path in files if secret.encode() in path.read_bytes()] == []
        assert [said for said in office.said if secret in said] == []
    assert "The password is not written down. Set RETENTION_STORE_" in office.said[0]
    assert re.search(r'^url = "[a-z]+://\w+@', office.config.read_text(), re.MULTILINE)


def test_the_draft_compiles_and_nothing_in_it_is_refused(office):
    register = load_register("policies:REGISTER", office.folder)
    assert [one for one in lint(register) if one.severity == "error"] == []
    assert {one.collection for one in register.all_datasets} >= set(office.schema.LEFT)


def test_the_draft_says_what_it_leaves_out_and_what_the_database_does_by_itself(office, draft):
    for said in office.schema.DRAFTED + office.schema.DRAFTED_ON.get(office.engine, ()):
        assert said in draft, said
