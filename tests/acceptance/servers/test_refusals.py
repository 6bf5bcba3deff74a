"""Bad input on real servers, as an operator meets it: one clear line without the password, nothing destroyed (P6, P7).

An installation with an approved plan of yesterday on each engine; then one thing is wrong, each time another.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import make_url

from tests import mariadb, postgresql
from tests.acceptance.cli.conftest import Office
from tests.integration.run.worlds import SERVERS, database
from tests.proxy import proxied

PASSWORD = "Geheim-woord-8471"  # noqa: S105 - of an account that lives as long as these tests; must appear nowhere
TABLES = (
    "CREATE TABLE dossier (dossier_id INTEGER PRIMARY KEY, afgesloten_op DATE, samenvatting VARCHAR(80))",
    "CREATE INDEX dossier_afgesloten ON dossier (afgesloten_op)",
    "CREATE TABLE overig (id INTEGER PRIMARY KEY)",
    "INSERT INTO dossier VALUES (10, '2012-01-01', 'geheim'), (11, '2025-06-01', 'geheim')",
)


@dataclass(frozen=True)
class Site:
    """An installation on a server, under an account with no more privileges than it needs."""

    engine: str
    office: Office
    admin: str  # an administrator's URL of the database
    account: str
    store: str

    @property
    def url(self) -> str:
        return self.but(username=self.account, password=PASSWORD)

    def but(self, **parts: object) -> str:
        """The account's URL with something else in it."""
        url = make_url(self.admin).set(username=self.account, password=PASSWORD)
        query = parts.pop("query", {})
        return url.set(**parts).update_query_dict(query).render_as_string(hide_password=False)  # type: ignore[arg-type]

    def sql(self, *statements: str) -> None:
        if self.engine == "postgresql":
            postgresql.execute(self.admin, *statements)
        else:
            mariadb.sql(self.admin, *statements)

    def rows(self) -> list[int]:
        query = "SELECT dossier_id FROM dossier ORDER BY 1"
        found = (
            postgresql.execute(self.admin, query) if self.engine == "postgresql" else mariadb.rows(self.admin, query)
        )
        return [row[0] for row in found]

    def type(self, *command: str, url: str | None = None):
        """A command, with the store at that URL; nothing that it says or writes may hold the password."""
        said = {f"RETENTION_STORE_{self.store.upper()}_URL": url or self.url, "RETENTION_DEBUG": "1"}
        done = self.office.run(*command, "--lang", "en", **said)
        written = [path.read_bytes() for path in self.office.folder.rglob("*") if path.is_file()]
        assert not any(PASSWORD.encode() in one for one in (done.stdout.encode(), done.stderr.encode(), *written))
        return done


STRICTER = ["host all +met_wachtwoord all scram-sha-256", "hostnossl all +alleen_tls all reject"]


def _stricter(made: Site) -> None:
    """Have a PostgreSQL server ask the account for its password: of members of roles that only these tests make."""
    for group in ("met_wachtwoord", "alleen_tls"):
        made.sql(f"DROP ROLE IF EXISTS {group}", f"CREATE ROLE {group}")
    made.sql(f"GRANT met_wachtwoord TO {made.account}")
    [[file, text]] = postgresql.execute(made.admin, "SELECT f, pg_read_file(f) FROM current_setting('hba_file') AS f")
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if STRICTER[0] not in lines:
        written = " UNION ALL ".join(f"SELECT $line${line}$line$" for line in (*STRICTER, *lines))
        made.sql(f"COPY ({written}) TO '{file}'", "SELECT pg_reload_conf()")
    while True:  # until it has read them
        try:
            postgresql.execute(made.but(password=PASSWORD[::-1]), "SELECT 1")
        except psycopg.OperationalError:
            return


@contextmanager
def site(engine: str, folder: Path) -> Iterator[Site]:
    with database(engine) as admin:
        made = Site(engine, Office(folder), admin, f"veger{secrets.token_hex(3)}", str(make_url(admin).database))
        made.sql(*TABLES)
        try:
            _install(made)
            yield made
        finally:
            ends = {"postgresql": (f"DROP OWNED BY {made.account}", f"DROP ROLE {made.account}")}
            made.sql(*ends.get(engine, (f"DROP USER {made.account}",)))


def _install(made: Site) -> None:
    """As of yesterday: made, planned, and approved by its owner."""
    grants = ("SELECT", "DELETE", "UPDATE (samenvatting)")
    if made.engine == "postgresql":
        made.sql(f"CREATE ROLE {made.account} LOGIN PASSWORD '{PASSWORD}'")
        _stricter(made)
    else:
        made.sql(f"CREATE USER {made.account} IDENTIFIED BY '{PASSWORD}'")
        made.sql(f"GRANT SELECT ON overig TO {made.account}")
    made.sql(f"GRANT {', '.join(grants)} ON dossier TO {made.account}")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    office = made.office
    office.folder.mkdir()
    with time_machine.travel(yesterday):
        begun = made.type("init", "--config", str(office.config), "--name", "Test", "--origin", "test.example/2026",
                          "--from", made.url)  # fmt: skip
        assert begun.exit_code == 0, begun.output
        office.change("policies/dossier_policy.py", "years(100)", "years(5)")
        key = Ed25519PrivateKey.generate()
        private, public = office.folder / "owner.key", key.public_key()
        private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        private.chmod(0o600)
        ssh = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
        with office.config.open("a") as file:
            file.write(f'\n[[people]]\nid = "owner"\nname = "Owner"\nroles = ["process-owner"]\nssh_keys = ["{ssh}"]\n')
        planned = made.type("plan", "--out", str(office.folder / "out"), "--json")
        assert planned.exit_code == 0, planned.output
        approved = office.approve(json.loads(planned.stdout)["digest"])
        assert approved.exit_code == 0, approved.output


@pytest.fixture(scope="module")
def any_site(request, tmp_path_factory) -> Iterator[Site]:
    with site(request.param, tmp_path_factory.mktemp("site") / "office") as made:
        yield made


@contextmanager
def wrong_password(at: Site) -> Iterator[str]:
    yield at.but(password=PASSWORD[::-1])


@contextmanager
def wrong_database(at: Site) -> Iterator[str]:
    yield at.but(database="weg")


@contextmanager
def wrong_port(at: Site) -> Iterator[str]:
    yield at.but(port=1)


@contextmanager
def tls_refused(at: Site) -> Iterator[str]:
    option = {"postgresql": {"sslmode": "require"}, "mariadb": {"ssl_ca": "/etc/ssl/certs/ca-certificates.crt"}}
    yield at.but(query=option[at.engine])


@contextmanager
def tls_demanded(at: Site) -> Iterator[str]:
    on = {"postgresql": f"GRANT alleen_tls TO {at.account}", "mariadb": f"ALTER USER {at.account} REQUIRE SSL"}
    off = {"postgresql": f"REVOKE alleen_tls FROM {at.account}", "mariadb": f"ALTER USER {at.account} REQUIRE NONE"}
    # Who is asked for a password is let in by that line of pg_hba.conf already.
    first = {"postgresql": f"REVOKE met_wachtwoord FROM {at.account}"}
    last = {"postgresql": f"GRANT met_wachtwoord TO {at.account}"}
    at.sql(*(one for one in (first.get(at.engine), on[at.engine]) if one))
    try:
        yield at.url
    finally:
        at.sql(*(one for one in (off[at.engine], last.get(at.engine)) if one))


@contextmanager
def too_old(at: Site) -> Iterator[str]:
    with proxied(at.url) as proxy:
        if at.engine == "postgresql":
            proxy.reword(rb"server_version\0\d\d", b"server_version\x0014")
        else:
            proxy.reword(rb"\d\d\.\d+(?=\.\d+-MariaDB)", b"10.06")
        yield proxy.url


@contextmanager
def small_packets(at: Site) -> Iterator[str]:
    at.sql("SET GLOBAL max_allowed_packet = 1048576")
    try:
        yield at.url
    finally:
        at.sql("SET GLOBAL max_allowed_packet = 16777216")


@contextmanager
def forgetful(at: Site) -> Iterator[str]:
    if at.engine == "postgresql":
        off, on = partial(_sync, at, "off"), partial(_sync, at, "on")
    else:
        off, on = (partial(at.sql, f"SET GLOBAL innodb_flush_log_at_trx_commit = {n}") for n in (2, 1))
    off()
    try:
        yield at.url
    finally:
        on()


def _sync(at: Site, said: str) -> None:
    """Have a PostgreSQL server sync what it commits, as it does by itself, or not; returns when it is so."""
    at.sql("ALTER SYSTEM RESET fsync" if said == "on" else "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    while postgresql.execute(at.admin, "SHOW fsync") != [(said,)]:
        pass


@contextmanager
def read_only(at: Site) -> Iterator[str]:
    name = make_url(at.admin).database
    on = {"postgresql": f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'}
    off = {"postgresql": f'ALTER DATABASE "{name}" RESET default_transaction_read_only'}
    at.sql(on.get(at.engine, "SET GLOBAL read_only = ON"))
    try:
        yield at.url
    finally:
        if at.engine == "postgresql":
            postgresql.execute(at.admin, "SET default_transaction_read_only = off", off["postgresql"])
        else:
            at.sql("SET GLOBAL read_only = OFF")


@contextmanager
def no_delete(at: Site) -> Iterator[str]:
    at.sql(f"REVOKE DELETE ON dossier FROM {at.account}")
    try:
        yield at.url
    finally:
        at.sql(f"GRANT DELETE ON dossier TO {at.account}")


@contextmanager
def not_visible(at: Site) -> Iterator[str]:
    if at.engine == "postgresql":
        at.sql("REVOKE USAGE ON SCHEMA public FROM PUBLIC")
    else:
        at.sql(f"REVOKE SELECT, DELETE, UPDATE (samenvatting) ON dossier FROM {at.account}")
    try:
        yield at.url
    finally:
        if at.engine == "postgresql":
            at.sql("GRANT USAGE ON SCHEMA public TO PUBLIC")
        else:
            at.sql(f"GRANT SELECT, DELETE, UPDATE (samenvatting) ON dossier TO {at.account}")


COMMANDS = (("policies", "check"), ("plan", "--json"), ("sweep", "--json"))
UNREACHABLE = (1, 1, 1)  # the exit status of each
BOTH = (  # what is wrong, the exit statuses, and what is said on PostgreSQL and on MariaDB
    (wrong_password, UNREACHABLE, "refuses this account's password", "account or its password"),
    (wrong_database, UNREACHABLE, "no such database", "no such database"),
    (wrong_port, UNREACHABLE, "no connection to the server", "the server cannot be reached"),
    (tls_refused, UNREACHABLE, "disagree on TLS", "disagree on TLS"),
    (tls_demanded, UNREACHABLE, "without TLS", "demands TLS"),
    (too_old, UNREACHABLE, "older than PostgreSQL 15", "older than MariaDB 10.11"),
    (not_visible, (2, 1, 1), "no table or view 'dossier'", "no table or view 'dossier'"),
    (read_only, (0, 0, 1), "may only read", "cannot be written"),
    (forgetful, (0, 0, 1), "as fsync is off", "as innodb_flush_log_at_trx_commit is 2"),
    (no_delete, (0, 0, 1), "may not DELETE in public.dossier", "may not DELETE in dossier"),
)
CASES = [
    *(
        (engine, wrong, statuses, says[number])
        for number, engine in enumerate(SERVERS)
        for wrong, statuses, *says in BOTH
    ),
    ("mariadb", small_packets, UNREACHABLE, "max_allowed_packet"),
]
IDS = [f"{engine}-{wrong.__name__}" for engine, wrong, *_ in CASES]


@pytest.mark.parametrize(
    ("any_site", "wrong", "statuses", "says"), CASES, ids=IDS, indirect=["any_site"], scope="module"
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_destroyed(any_site, wrong, statuses, says):
    with wrong(any_site) as url:
        done = [any_site.type(*command, url=url) for command in COMMANDS]
    assert tuple(one.exit_code for one in done) == statuses, [one.output for one in done]
    for one, status in zip(done, statuses, strict=True):
        told = " ".join((one.stdout + one.stderr).split())
        assert (says in told) == (status != 0), told
        assert "Traceback" not in told
    for one in json.loads(done[-1].stdout)["datasets"]:
        assert "\n" not in one["why"]["en"]
    assert any_site.rows() == [10, 11]


@pytest.mark.parametrize("any_site", SERVERS, indirect=True, scope="module")
def test_with_nothing_wrong_the_same_plan_is_executed(any_site):
    with ExitStack() as stack:
        stack.callback(any_site.sql, "DELETE FROM dossier", TABLES[-1])
        assert any_site.type("plan", "--json").exit_code == 0  # the night's own, without which the next is no good one
        done = any_site.type("sweep", "--json")
        assert done.exit_code == 0, done.output
        assert any_site.rows() == [11]
