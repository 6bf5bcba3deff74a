"""An installation to measure on: made by our own commands, planned, approved, its holds placed; and pristine copies.

A store's identity is its file, and what is approved is bound to it: the copies lie elsewhere, and every run happens in
the same folder.
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from benchmarks import generate
from benchmarks.command import Done, retention
from retention.approving import sign

DATASET: Final = "crm.contact_moment"
DATABASE: Final = "crm.db"
PLANNED: Final = generate.REFERENCE.isoformat()
SWEPT: Final = (generate.REFERENCE + timedelta(days=1)).isoformat()
_PERSON: Final = '\n[[people]]\nid = "owner"\nname = "Owner"\nroles = ["process-owner"]\nssh_keys = ["{key}"]\n'


@dataclass(frozen=True, slots=True)
class Installation:
    """Where runs happen, and the states from which they start."""

    folder: Path
    copies: Path

    @property
    def database(self) -> Path:
        """The database that is swept."""
        return self.folder / DATABASE

    def pristine(self, state: str) -> Path:
        """The database as it was in a state that was kept."""
        return self.copies / state / DATABASE

    def keep(self, state: str) -> None:
        """Keep a copy of everything as it is."""
        shutil.copytree(self.folder, self.copies / state)

    def restore(self, state: str) -> None:
        """Put everything back as it was, and read the database once so that it is warm."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.copies / state, self.folder)
        with self.database.open("rb", buffering=0) as file:
            while file.read(1 << 20):
                pass


def install(root: Path, rows: int) -> Installation:
    """Generate a database, set up an installation over it, and place the holds: the state `unplanned`."""
    made = Installation(root / "installation", root / "copies")
    made.folder.mkdir(parents=True)
    made.copies.mkdir()
    generate.generate(made.database, rows)
    retention(
        "init", "--config", "retention.toml", "--name", "Benchmark", "--origin", "benchmark.example/2026",
        "--from", f"sqlite:///{DATABASE}", folder=made.folder,
    )  # fmt: skip
    shutil.rmtree(made.folder / "policies")
    shutil.copy(Path(__file__).with_name("register.py"), made.folder / "policies.py")
    _let_owner_in(made.folder)
    with (made.folder / "holds.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("kind", "matter", "subject"))
        lines.writerows(("legal-hold", "benchmark", f"client={client}") for client in generate.held(rows))
    retention("hold", "place", "--from", "holds.csv", "--yes", folder=made.folder)
    made.keep("unplanned")
    return made


def plan(made: Installation, *more: str) -> Done:
    """Make a plan for the reference date."""
    return retention("plan", "--today", PLANNED, "--out", "out", "--json", *more, folder=made.folder)


def approve(made: Installation, planned: Done) -> None:
    """Approve a plan by its owner's signature, so many records by name: the state `approved`."""
    digest = planned.said["digest"]
    page = (made.folder / "out" / f"{digest}.txt").read_text()
    (made.folder / "plan.sig").write_text(sign(page, made.folder / "owner.key"))
    [records] = [one["planned"] for one in planned.said["datasets"] if one["id"] == DATASET]
    allow = f"{DATASET}={records}"
    retention("approve", digest, "--signature", "plan.sig", "--allow", allow, "--json", folder=made.folder)
    made.keep("approved")


def sweep(made: Installation, digest: str) -> Done:
    """Sweep what was approved."""
    return retention("sweep", "--plan", digest, "--today", SWEPT, "--json", folder=made.folder)


def verify(made: Installation) -> Done:
    """Have the log verified, by what it says and the trust file alone."""
    return retention("audit", "verify", "--trust", "trust", "--json", folder=made.folder)


def _let_owner_in(folder: Path) -> None:
    key = Ed25519PrivateKey.generate()
    path = folder / "owner.key"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.chmod(0o600)
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    with (folder / "retention.toml").open("a") as file:
        file.write(_PERSON.format(key=public))
