"""An installation to measure on: made by our own commands, planned, approved, its holds placed; and pristine copies.

A store's identity is its file, or its server and name, and what is approved is bound to it: the copies lie elsewhere,
and every run happens in the same folder, on a database of the same name.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from benchmarks import generate
from benchmarks.command import Done, retention
from benchmarks.database import Database
from retention.approving import sign

DATASET: Final = "crm.contact_moment"
PLANNED: Final = generate.REFERENCE.isoformat()
SWEPT: Final = (generate.REFERENCE + timedelta(days=1)).isoformat()
_PERSON: Final = '\n[[people]]\nid = "owner"\nname = "Owner"\nroles = ["process-owner"]\nssh_keys = ["{key}"]\n'


@dataclass(frozen=True, slots=True)
class Installation:
    """Where runs happen, and the states from which they start."""

    folder: Path
    copies: Path
    database: Database

    @property
    def secrets(self) -> Mapping[str, str]:
        """What our commands need in their environment."""
        return {"RETENTION_STORE_CRM_URL": self.database.url} if "@" in self.database.url else {}

    def keep(self, state: str) -> None:
        """Keep a copy of everything but the database as it is."""
        shutil.copytree(self.folder, self.copies / state, ignore=shutil.ignore_patterns("crm.db*"))

    def restore(self, state: str) -> None:
        """Put everything back as it was, the database too."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.copies / state, self.folder)
        self.database.restore()

    def run(self, *arguments: str) -> Done:
        """Run one of our commands here."""
        return retention(*arguments, folder=self.folder, secrets=self.secrets)


def install(root: Path, rows: int, on: Callable[[Path, Path], Database]) -> Installation:
    """Generate a database, set up an installation over it, and place the holds: the state `unplanned`."""
    folder, copies = root / "installation", root / "copies"
    folder.mkdir(parents=True)
    copies.mkdir()
    made = Installation(folder, copies, on(folder, copies))
    made.database.generate(rows)
    made.run(
        "init", "--config", "retention.toml", "--name", "Benchmark", "--origin", "benchmark.example/2026",
        "--store", "crm", "--from", made.database.url,
    )  # fmt: skip
    shutil.rmtree(made.folder / "policies")
    shutil.copy(Path(__file__).with_name("register.py"), made.folder / "policies.py")
    _let_owner_in(made.folder)
    with (made.folder / "holds.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("kind", "matter", "subject"))
        lines.writerows(("legal-hold", "benchmark", f"client={client}") for client in generate.held(rows))
    made.run("hold", "place", "--from", "holds.csv", "--yes")
    made.keep("unplanned")
    return made


def plan(made: Installation, *more: str) -> Done:
    """Make a plan for the reference date."""
    return made.run("plan", "--today", PLANNED, "--out", "out", "--json", *more)


def approve(made: Installation, planned: Done) -> None:
    """Approve a plan by its owner's signature, so many records by name: the state `approved`."""
    digest = planned.said["digest"]
    page = (made.folder / "out" / f"{digest}.txt").read_text()
    (made.folder / "plan.sig").write_text(sign(page, made.folder / "owner.key"))
    [records] = [one["planned"] for one in planned.said["datasets"] if one["id"] == DATASET]
    allow = f"{DATASET}={records}"
    made.run("approve", digest, "--signature", "plan.sig", "--allow", allow, "--json")
    made.keep("approved")


def sweep(made: Installation, digest: str) -> Done:
    """Sweep what was approved."""
    return made.run("sweep", "--plan", digest, "--today", SWEPT, "--json")


def verify(made: Installation) -> Done:
    """Have the log verified, by what it says and the trust file alone."""
    return made.run("audit", "verify", "--trust", "trust", "--json")


def _let_owner_in(folder: Path) -> None:
    key = Ed25519PrivateKey.generate()
    path = folder / "owner.key"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.chmod(0o600)
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    with (folder / "retention.toml").open("a") as file:
        file.write(_PERSON.format(key=public))
