"""Another process that places holds, on its own connection, and says at once what is there of whom they cover."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

from retention.holds import Scope
from tests.integration.run.world import World
from tests.integration.run.worlds import opened


def main(line: Connection, spec: Mapping[str, str]) -> None:
    """For each number of a client that is told: place a hold on it; what is there when that returned."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    world = opened(spec)
    estate = world.estate(fresh=False)
    line.send("ready")
    while True:
        client = int(line.recv())
        begun = time.monotonic()
        estate.hold(Scope(subjects=frozenset({("client", f"C{client}")})))
        line.send((time.monotonic() - begun, of(world, client)))


def of(world: World, client: int) -> dict[str, Any]:
    """What there is of a client, as far as a hold keeps it."""
    dossiers = f"{4 * client} AND {4 * client + 3}"
    signups = f"SELECT aanmelding_id, client_id, email, ip FROM aanmelding WHERE aanmelding_id BETWEEN {dossiers}"
    found: dict[str, list[tuple[Any, ...]]] = {
        "dossier": world.rows("cvs", f"SELECT * FROM dossier WHERE dossier_id BETWEEN {dossiers}"),
        "contact": world.rows("cvs", f"SELECT * FROM contact WHERE dossier_id BETWEEN {dossiers}"),
        "document": world.rows("cvs", f"SELECT * FROM document WHERE dossier_id BETWEEN {dossiers}"),
        "client": world.rows("crm", f"SELECT * FROM client WHERE client_id = 'C{client}'"),
        "signup": world.rows("crm", f"{signups} AND client_id IS NOT NULL"),
    }
    return {name: sorted(map(tuple, rows)) for name, rows in found.items()}
