"""A small organisation in containers: PostgreSQL and retention on a network of their own, as an operator has them."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from retention.approving import sign
from tests import postgresql
from tests.guardian import guard

DUE, KEPT = 6_000, 10  # dossiers
HOME = "/srv/retention"
ACCOUNT = 65532
PASSWORD = "Geheim-woord-8471"  # noqa: S105 - of an account that lives as long as these tests
LABEL = "retention-test"
LOCKED_DOWN = (
    *("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"),  # noqa: S108 - in a container
    *("--security-opt", "no-new-privileges", "--user", f"{ACCOUNT}:{ACCOUNT}"),
)
CONFIGURATION = """
[organisation]
name = "Stichting Vat"
[log]
origin = "vat.example/retention/2026"
trust = "state/trust"
[state]
directory = "state"
[keys]
directory = "keys"
[stores.cvs]
url = "postgresql://veger@db/cvs"
[limits]
records = 1000000
share = 1.0
[sweep]
batch_milliseconds = 20
batch_records = 100
[schedule]
sweep = ""
plan = ""
verify = "0 7 1 1 *"
[[people]]
id = "ann"
name = "Ann"
roles = ["operator"]
account = "retention"
[[people]]
id = "owner"
name = "Owner"
roles = ["process-owner"]
ssh_keys = ["{public}"]
"""
POLICIES = """
from retention.dataset import Dataset, Day, NoSubject
from retention.disposition import Child, Delete
from retention.period import years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.text import Text

DOSSIER = Dataset(
    id="cvs.dossier",
    key=("dossier_id",),
    subjects={"client": "client_id"},
    dates={"afgesloten_op": Day()},
    then=Delete(children=(Child("cvs.contact", on="dossier_id"),)),
)
CONTACT = Dataset(id="cvs.contact", key=("contact_id",), subjects=NoSubject("no personal fields"))
POLICY = Policy(
    purpose="schuldhulp",
    title=Text(nl="Schuldhulpverlening", en="Debt help"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(Source(status=SourceStatus.SELECTION_LIST, list="Selectielijst", version="2020", entry="8.1.9"),),
    owner="team schuldhulp",
    prepared_by="ann",
    rules=(Rule(DOSSIER, starts_on="afgesloten_op", keep_for=years(5)),),
)
REGISTER = Register(policies=(POLICY,), datasets=(DOSSIER, CONTACT))
"""
TABLES = (
    f"CREATE ROLE veger LOGIN PASSWORD '{PASSWORD}'",
    "CREATE TABLE dossier (dossier_id int PRIMARY KEY, client_id int NOT NULL, afgesloten_op date)",
    "CREATE TABLE contact (contact_id int PRIMARY KEY, dossier_id int NOT NULL REFERENCES dossier)",
    "CREATE INDEX ON contact (dossier_id)",
    "CREATE INDEX ON dossier (afgesloten_op)",
    f"INSERT INTO dossier SELECT n, n, '2012-01-01' FROM generate_series(1, {DUE}) n",
    f"INSERT INTO dossier SELECT {DUE} + n, n, '2025-06-01' FROM generate_series(1, {KEPT}) n",
    "INSERT INTO contact SELECT dossier_id, dossier_id FROM dossier WHERE dossier_id % 10 = 0",
    "GRANT SELECT, DELETE, UPDATE ON dossier, contact TO veger",
)
_END = """for one in $(docker ps -aq --filter "label=LABEL=$0"); do docker rm -f -v "$one"; done
for one in $(docker volume ls -q --filter "label=LABEL=$0"); do docker volume rm "$one"; done
for one in $(docker network ls -q --filter "label=LABEL=$0"); do docker network rm "$one"; done
""".replace("LABEL", LABEL)


def docker(*command: str, status: int | None = 0) -> str:
    """What the engine says to a command; `status`: what it must end with, None: anything."""
    done = subprocess.run(["docker", *command], capture_output=True, text=True, timeout=110, check=False)
    assert status in (None, done.returncode), f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout.strip()


@dataclass(frozen=True)
class World:
    """An installation whose commands are containers."""

    image: str
    folder: Path
    token: str  # of everything that the engine keeps for it
    url: str  # an administrator's, of the database

    def options(self) -> list[str]:
        """What every container of it is started with."""
        mounts = {
            f"{self.folder}/retention.toml": f"{HOME}/retention.toml:ro",
            f"{self.folder}/policies": f"{HOME}/policies:ro",
            f"{self.folder}/secret": "/run/secrets/cvs:ro",
            f"{self.folder}/out": f"{HOME}/out",
            f"{self.token}-keys": f"{HOME}/keys",
            f"{self.token}-state": f"{HOME}/state",
        }
        return [
            *LOCKED_DOWN, "--label", f"{LABEL}={self.token}", "--network", self.token,
            "--env", "RETENTION_STORE_CVS_PASSWORD_FILE=/run/secrets/cvs", "--env", "RETENTION_LANG=en",
            *(part for source, target in mounts.items() for part in ("--volume", f"{source}:{target}")),
        ]  # fmt: skip

    def type(self, *command: str, status: int = 0) -> str:
        """What one container of its own prints for a command."""
        return docker("run", "--rm", *self.options(), self.image, *command, status=status)

    def json(self, *command: str, status: int = 0) -> Any:
        return json.loads(self.type(*command, "--json", status=status))

    def begin(self, *command: str, options: tuple[str, ...] = ()) -> str:
        """The number of a container that goes on in the background."""
        return docker("run", "--detach", *self.options(), *options, self.image, *command)

    def left(self, table: str = "dossier") -> int:
        return int(postgresql.execute(self.url, f"SELECT count(*) FROM {table}")[0][0])

    def approve(self, digest: str) -> str:
        page = (self.folder / "out" / f"{digest}.txt").read_text()
        (self.folder / "out" / "plan.sig").write_text(sign(page, self.folder / "owner.key"))
        return self.type("approve", digest, "--signature", "out/plan.sig")


def _furnish(folder: Path) -> None:
    """What an operator writes down; `out` is the container's account's, as far as we may say so."""
    key = Ed25519PrivateKey.generate()
    private = folder / "owner.key"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    private.chmod(0o600)
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    (folder / "retention.toml").write_text(CONFIGURATION.replace("{public}", public))
    (folder / "policies").mkdir()
    (folder / "policies" / "__init__.py").write_text(POLICIES)
    (folder / "secret").write_text(f"{PASSWORD}\n")
    (folder / "out").mkdir()
    if os.geteuid() == 0:
        os.chown(folder / "out", ACCOUNT, ACCOUNT)
    else:
        (folder / "out").chmod(0o777)  # below a folder that is closed to others


def _database(token: str) -> str:
    """Start the server, known as `db` on the network; an administrator's URL from here."""
    image = os.environ.get(postgresql.variable(postgresql.DEFAULT, "IMAGE"), postgresql.DEFAULT_IMAGE)
    server = docker(
        "run", "--detach", "--label", f"{LABEL}={token}", "--network", token, "--network-alias", "db",
        "--publish", "127.0.0.1::5432", "--env", f"POSTGRES_PASSWORD={PASSWORD}", "--env", "POSTGRES_DB=cvs",
        image, "postgres",
    )  # fmt: skip
    port = docker("port", server, "5432/tcp").splitlines()[0].rpartition(":")[2]
    url = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{port}/cvs"
    postgresql.wait_for(url)
    postgresql.execute(url, *TABLES)
    return url


@contextmanager
def world(image: str, folder: Path) -> Iterator[World]:
    """An installation with nothing done yet; nothing of it is left afterwards, also when the run is killed."""
    token = f"retention-test-{os.getpid()}-{secrets.token_hex(4)}"
    guard("then", "/bin/sh", "-c", _END, token)
    try:
        docker("network", "create", "--label", f"{LABEL}={token}", token)
        for name in ("keys", "state"):
            docker("volume", "create", "--label", f"{LABEL}={token}", f"{token}-{name}")
        _furnish(folder)
        yield World(image=image, folder=folder, token=token, url=_database(token))
    finally:
        subprocess.run(["/bin/sh", "-c", _END, token], capture_output=True, timeout=60, check=False)
