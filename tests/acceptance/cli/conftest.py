"""A small installation: one SQLite database, one policy, one person per role, on 1 July 2026."""

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import time_machine
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from retention import bootstrap
from retention.approving import sign
from retention.cli import main

JULY = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
NEXT_NIGHT = datetime(2026, 7, 2, 0, 5, tzinfo=UTC)
REWRITE = "RETENTION_TEST_REWRITE"  # =1 writes golden files and docs/commands.md anew
SCHEMA = """
CREATE TABLE client (client_id INTEGER PRIMARY KEY, naam TEXT, geboortedatum DATE);
CREATE TABLE dossier (dossier_id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client(client_id),
    afgesloten_op DATE, samenvatting TEXT);
CREATE INDEX dossier_client ON dossier (client_id);
CREATE INDEX dossier_afgesloten ON dossier (afgesloten_op);
CREATE TABLE contactmoment (contact_id INTEGER PRIMARY KEY, dossier_id INTEGER REFERENCES dossier(dossier_id),
    datum_tijd_utc DATETIME, notitie TEXT);
CREATE INDEX contact_dossier ON contactmoment (dossier_id);
INSERT INTO client VALUES (1, 'Ans Geheim', '1980-01-01'), (2, 'Bo Geheim', '1985-01-01');
INSERT INTO dossier VALUES (10, 1, '2012-01-01', 'geheim'), (11, 2, '2025-06-01', 'geheim'),
    (12, 2, '2013-01-01', 'geheim'), (13, 1, NULL, 'geheim');
INSERT INTO contactmoment VALUES (100, 10, '2011-01-01 10:00:00', 'geheim'), (101, 12, '2011-01-01 10:00:00', 'geheim');
"""


@dataclass(frozen=True)
class Office:
    """An installation in a folder, and somebody at its keyboard."""

    folder: Path

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> Result:
        """Type a command; its output, errors and exit status."""
        clean = {name: None for name in os.environ if name.startswith("RETENTION_")}
        return CliRunner(env=clean | environment).invoke(
            main, [*arguments], input=stdin, env={"RETENTION_CONFIG": str(self.config)} | environment
        )

    def json(self, *arguments: str, status: int = 0) -> object:
        """Type a command with --json; its answer."""
        done = self.run(*arguments, "--json")
        assert (done.exit_code, done.stderr) == (status, done.stderr), done.output
        return json.loads(done.stdout)

    @property
    def config(self) -> Path:
        return self.folder / "retention.toml"

    def change(self, file: str, old: str, new: str) -> None:
        """Edit a file, which must hold what is replaced."""
        path = self.folder / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def plan(self) -> str:
        """Make a plan; its digest."""
        made = self.json("plan", "--out", str(self.folder / "out"))
        return made["digest"]

    def approve(self, digest: str, *more: str) -> Result:
        """Approve a plan, by the owner's signature."""
        page = (self.folder / "out" / f"{digest}.txt").read_text()
        signature = self.folder / "plan.sig"
        signature.write_text(sign(page, self.folder / "owner.key"))
        return self.run("approve", digest, "--signature", str(signature), *more)

    def rows(self, table: str) -> list[int]:
        """The keys that are left in a table."""
        with closing(sqlite3.connect(self.folder / "cvs.db")) as connection:
            return [row[0] for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1")]


def install(folder: Path) -> Office:
    """Set up an installation, as a new user would, and let an owner of its policy in."""
    with closing(sqlite3.connect(folder / "cvs.db")) as connection:
        connection.executescript(SCHEMA)
    office = Office(folder)
    done = office.run(
        "init", "--config", str(office.config), "--name", "Stichting Test", "--origin", "test.example/2026",
        "--from", f"sqlite:///{folder / 'cvs.db'}",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    office.change("retention.toml", f"sqlite:///{folder / 'cvs.db'}", "sqlite:///cvs.db")
    office.change("policies/dossier_policy.py", "years(100)", "years(5)")
    let_owner_in(office)
    return office


def let_owner_in(office: Office) -> None:
    """Configure who approves by signature."""
    folder = office.folder
    key = Ed25519PrivateKey.generate()
    (folder / "owner.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    (folder / "owner.key").chmod(0o600)
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    with office.config.open("a") as file:
        file.write('\n[metrics]\nlisten = ""\n')  # tests run side by side, on one host
        file.write(f'\n[[people]]\nid = "owner"\nname = "Owner"\nroles = ["process-owner"]\nssh_keys = ["{public}"]\n')


def subcommands(group: click.Group) -> dict[str, click.Command]:
    """The commands of a group, loaded."""
    context = click.Context(group)
    return {name: group.get_command(context, name) for name in group.list_commands(context)}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation of 1 July 2026, made once and copied for each test."""
    with time_machine.travel(JULY):
        return install(tmp_path_factory.mktemp("office")).folder


@pytest.fixture
def office(template: Path, tmp_path: Path) -> Iterator[Office]:
    """An installation of the test's own, on the morning of 1 July 2026."""
    folder = tmp_path / "office"
    shutil.copytree(template, folder)
    with time_machine.travel(JULY):
        yield Office(folder)


def normal(value: object) -> object:
    """An answer without what differs from run to run: ids, hashes, instants, folders, the account."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    for pattern, name in (
        (r"H-[0-9]{8}-[0-9a-f]{8}", "<hold>"),
        (r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}", "<run>"),
        (r"\b[0-9a-f]{64}\b", "<sha256>"),
        (r"(\u2014 \S+) [A-Za-z0-9+/]{60,}=*", r"\1 <signature>"),
        (r"[A-Za-z0-9+/]{43}=", "<root>"),
        (r"[0-9a-f]{8}\+[A-Za-z0-9+/=]{40,}", "<vkey>"),
        (r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})", "<time>"),
        (r'"(free|total)": [0-9]+', r'"\1": 0'),
        (r"ssh-ed25519 [A-Za-z0-9+/=]+", "<ssh key>"),
        (r'"(sqlite:///)?/[^"]*/office', r'"\1<folder>'),
        (rf'"{re.escape(bootstrap.account())}"', '"<account>"'),
    ):
        text = re.sub(pattern, name, text)
    return json.loads(text)
