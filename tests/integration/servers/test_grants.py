"""What `retention grants` prints is enough for a whole night, and nothing of it is too much."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from retention.audit.trust import parse_trust
from retention.audit.verify import verify_directory
from retention.cli import main
from retention.planning import make_plan
from retention.stores.grants import Purpose, Right, Statement, said
from tests.estate import PLANNED, Estate, reopened
from tests.integration.run.worlds import SERVERS
from tests.integration.servers.granted import PASSWORD, SWEPT, Server, State, served
from tests.postgresql import in_memory

CONFIG = """
[organisation]
name = "Test"
zone = "Europe/Amsterdam"
[log]
origin = "test.example/2026"
[policies]
register = "granted_policies:REGISTER"
[stores.zorg]
url = "{url}"
read_url = "{read_url}"
"""
OWN = {"aanmelding", "client", "traject"}  # tables of which something happens in batches of their own dataset


@dataclass(frozen=True)
class Typed:
    """The commands of an administrator and an operator, over one world."""

    server: Server

    def grants(self, *options: str, status: int = 0, **environment: str) -> str:
        folder = self.server.home.parent
        said = ["grants", "--config", str(folder / "retention.toml"), *options]
        done = CliRunner(env=environment).invoke(main, said)
        assert done.exit_code == status, done.output
        assert PASSWORD not in done.output
        return done.stdout

    def run(self, script: str) -> None:
        """Run a script as psql or mariadb would: what is no comment, statement by statement."""
        lines = [line for line in script.splitlines() if line and not line.startswith("--")]
        assert all(line.endswith(";") for line in lines)
        self.server.sql(*(line.rstrip(";") for line in lines))


@pytest.fixture(scope="module", params=SERVERS)
def typed(request) -> Iterator[Typed]:
    """A world whose two accounts have what the printed script gives them, and nothing else."""
    with (
        tempfile.TemporaryDirectory(prefix="retention-", dir=in_memory()) as name,
        served(request.param, Path(name) / "home") as server,
    ):
        folder = Path(name)
        (folder / "granted_policies.py").write_text(
            f"from tests.integration.servers.granted import declare\nREGISTER = declare({server.archive!r})\n"
        )
        urls = {"url": server.url_of(Purpose.SWEEP), "read_url": server.url_of(Purpose.DRY_RUN)}
        (folder / "retention.toml").write_text(CONFIG.format(**urls))
        (folder / "retention.toml").chmod(0o600)
        typed = Typed(server)
        typed.run(typed.grants("--store", "zorg"))
        yield typed


@pytest.fixture(scope="module")
def server(typed) -> Server:
    return typed.server


@pytest.fixture
def filled(server) -> Server:
    """With its first rows, in an installation that is new."""
    shutil.rmtree(server.home, ignore_errors=True)
    server.fill()
    return server


def verified(estate: Estate) -> bool:
    found = verify_directory(estate.log, parse_trust(estate.trust.read_text()))
    with estate.control.reading() as tx:
        return found.open_intents == () and tx.flights() == ()


def test_a_whole_night_needs_nothing_else(filled, go_verify):
    estate = filled.estate()
    run = estate.run()
    assert run.exit_status == 0, [one.why for one in run.datasets]
    assert filled.look() == SWEPT
    assert verified(estate)
    go_verify(estate.log, estate.trust)


def test_what_is_printed_for_one_account_alone_plans_and_sweeps(filled):
    alone = filled.script(Purpose.SWEEP, alone=True).statements
    only = [one for one in alone if one.sql not in {each.sql for each in filled.script(Purpose.SWEEP).statements}]
    assert only, "it also reads what only a plan does"
    filled.sql(*(one.sql for one in only))
    try:
        assert filled.estate(alone=True).run().exit_status == 0
        assert filled.look() == SWEPT
    finally:
        filled.sql(*(one.undo for one in only))


def test_a_dry_run_cannot_write_even_if_it_tried(filled):
    before, url = filled.look(), filled.url_of(Purpose.DRY_RUN)
    on = {"postgresql": "SET default_transaction_read_only = off"}.get(filled.engine, "SET @a = 1")
    tried = [f"CREATE TABLE {filled.main}.nieuw (id INT)", "CREATE TEMPORARY TABLE nieuw (id INT)"]
    for name, table in filled.tables.items():
        column = filled.rows(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{name}'")[0][0]
        tried += [f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}", f"TRUNCATE TABLE {table}"]
        tried += [f"INSERT INTO {table} SELECT * FROM {table}", f"DROP TABLE {table}"]
    for statement in tried:
        with pytest.raises(Exception, match=r"denied|must be owner"):
            filled.sql(on, statement, url=url)
    assert filled.look() == before


def named(server: Server, right: Right) -> str:
    """How a line names what is lacking."""
    match right.verb:
        case "CONNECT" | "REFERENCES":
            return right.verb
        case "USAGE":
            return f"{server.archive}.stuk" if server.archive in right.on else "dossier"
        case _:
            return right.on.rpartition(".")[2]


def each(statements: tuple[Statement, ...], *, soak: bool) -> Iterator[tuple[Statement, Right, str]]:
    """Each right of a script with what takes it away: of each statement one of its columns, with `make soak` all."""
    for number, statement in enumerate(one for one in statements if one.rights):
        for right in statement.rights if soak else [statement.rights[number % len(statement.rights)]]:
            account = statement.undo.rpartition(" FROM ")[2]
            columns = [right.column] if right.column else []
            yield statement, right, f"REVOKE {said(right.verb, columns, right.on)} FROM {account}"


def test_each_privilege_less_of_the_dry_run_fails_with_a_line_that_names_it(filled, soak):
    estate = reopened(filled.estate(), keyring=None)  # which only reports: it reads the same
    for statement, right, lost in each(filled.script(Purpose.DRY_RUN).statements, soak=soak):
        with filled.without(statement, lost):
            plan = make_plan(estate.installation, today=PLANNED)
        lines = [one.failed.en for one in plan.datasets if one.failed]
        lines += [f"{one.where}: {one.text.en} {one.hint.en}" for one in plan.findings if "grants" in one.hint.en]
        assert any(named(filled, right) in line for line in lines), (lost, lines)
        assert all("\n" not in line for line in lines)


@dataclass(frozen=True)
class Night:
    """Approved plans of one dataset each, and where they are kept."""

    server: Server
    digests: dict[str, str]
    before: State

    def sweep(self, dataset: str, lost: str) -> tuple[str, Estate]:
        """Why a dataset was not swept while something was lacking."""
        home = self.server.home.with_name("tonight")
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.server.home, home)
        estate = self.server.estate(fresh=False, home=home)
        run = estate.sweep(self.digests[dataset])
        [told] = [one for one in run.datasets if one.id == dataset]
        assert (run.exit_status, bool(told.failed or told.late), told.why is not None) == (1, True, True), lost
        return told.why.en, estate


def planned(server: Server) -> Night:
    estate = server.estate()
    digests = {}
    for name in ("zorg.dossier", *(f"zorg.{one}" for one in OWN)):
        digests[name] = make_plan(estate.installation, today=PLANNED, only=lambda one, name=name: one.id == name).digest
        estate.approve(digests[name])
    estate.control.close()
    return Night(server, digests, server.look())


def test_each_privilege_less_of_the_sweep_fails_with_a_line_that_names_it(filled, soak):
    night = planned(filled)
    for statement, right, lost in each(filled.script(Purpose.SWEEP).statements, soak=soak):
        table = right.on.rpartition(".")[2]
        dataset = (
            f"zorg.{table}" if table in OWN else "zorg.traject" if right.column == "traject_id" else "zorg.dossier"
        )
        with filled.without(statement, lost):
            why, estate = night.sweep(dataset, lost)
        assert named(filled, right) in why, (lost, why)
        assert "\n" not in why
        assert verified(estate)
        estate.control.close()
        left = filled.look()
        for name, records in left.items():
            assert records.keys() >= SWEPT[name].keys(), lost
            for key, changed in records.items():
                assert changed in {night.before[name][key], SWEPT[name].get(key)}, lost
        if left != night.before:
            filled.fill()


def test_live_prints_what_is_missing_and_what_is_too_much_and_that_mends_it(typed):
    server, account = typed.server, typed.server.script(Purpose.SWEEP).account
    assert typed.grants("--live").count("has what it needs, and nothing else") == 2
    client, scheme = server.tables["client"], server.tables["regeling"]
    server.sql(f"REVOKE DELETE ON {client} FROM {account}", f"GRANT INSERT, UPDATE (soort) ON {scheme} TO {account}")
    told = typed.grants("--live", status=1)
    assert [line for line in told.splitlines() if line and not line.startswith("--")] == [
        f"GRANT DELETE ON {client} TO {account};",
        f"REVOKE INSERT ON {scheme} FROM {account};",
        f"REVOKE UPDATE (soort) ON {scheme} FROM {account};",
    ]
    typed.run(told)
    assert typed.grants("--live").count("has what it needs, and nothing else") == 2
    if server.engine == "postgresql":
        server.sql(f"CREATE TABLE {server.main}.eigen (id INT)", f"ALTER TABLE {server.main}.eigen OWNER TO {account}")
        server.sql(f"GRANT TEMPORARY ON DATABASE {server.base} TO PUBLIC")
        told = typed.grants("--live", status=1)
        assert f"-- too much, by way of ownership: TRUNCATE ON {server.main}.eigen" in told
        assert told.count("has what it needs, and nothing else") == 1, "what everybody has is not the account's"
        assert told.count(f"-- as everybody (PUBLIC): TEMPORARY ON DATABASE {server.base}") == 2
        server.sql(f"DROP TABLE {server.main}.eigen", f"REVOKE TEMPORARY ON DATABASE {server.base} FROM PUBLIC")


def test_live_names_what_an_account_may_do_by_a_role_that_stands_in_no_list_of_rights(typed):
    server, account = typed.server, typed.server.script(Purpose.SWEEP).account
    if server.engine == "postgresql":
        server.sql(f"GRANT pg_read_all_data TO {account}", f"ALTER ROLE {account} REPLICATION")
        taken = [f"ALTER ROLE {account} NOREPLICATION;", f"REVOKE pg_read_all_data FROM {account};"]
    else:
        server.sql("CREATE ROLE alleslezer", "GRANT SELECT ON *.* TO alleslezer", f"GRANT alleslezer TO {account}")
        taken = [f"REVOKE alleslezer FROM {account};"]
    told = typed.grants("--live", status=1)
    assert sorted(line for line in told.splitlines() if line and not line.startswith("--")) == taken
    typed.run(told)
    assert typed.grants("--live").count("has what it needs, and nothing else") == 2


def test_an_account_that_cannot_be_asked_is_a_failure_with_its_reason(typed):
    nobody = make_url(typed.server.url_of(Purpose.SWEEP)).set(host="127.0.0.1", port=1)
    nobody = nobody.render_as_string(hide_password=False)
    told = typed.grants("--live", status=1, RETENTION_STORE_ZORG_URL=nobody)
    assert told.count("has what it needs, and nothing else") == 1, "the other is asked all the same"
    assert sum(line.startswith("-- Store zorg: ") for line in told.splitlines()) == 1
