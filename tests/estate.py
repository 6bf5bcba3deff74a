"""An installation in a temporary directory: real files, real SQLite, our own control store and log.

Tests say which register and which databases; everything else is what `retention init` would have made.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from retention.approving import approve
from retention.audit import keys
from retention.audit.log import Log
from retention.audit.signer import from_uri
from retention.control.journal import Journal
from retention.control.sqlite import SqliteControlStore
from retention.failing import Patience
from retention.holding import known, new_hold, place
from retention.holds import Hold, HoldKind, Scope
from retention.installation import Installation, Keyring
from retention.ledger import Ledger
from retention.plan import Limits
from retention.planning import make_plan
from retention.policy import Register
from retention.run_summary import RunSummary
from retention.stores.interface import Replica, Source, Store
from retention.stores.registry import LOCK_TIMEOUT, open_replica, open_source, open_store
from retention.summary import PlanSummary
from retention.sweep import Order, sweep
from retention.vault import Vault

ZONE = ZoneInfo("Europe/Amsterdam")
PLANNED = date(2026, 7, 1)
SWEPT = date(2026, 7, 2)
ORIGIN = "test.example/retention/2026"


@dataclass
class Opener:
    """Opens the stores of a test by URL."""

    urls: Mapping[str, str]
    pseudonym_keys: Mapping[str, bytes] = field(default_factory=dict)
    wait: float = LOCK_TIMEOUT.total_seconds()  # for a lock
    replica_urls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def source(self, name: str) -> Source:
        return open_source(name, self.urls[name], zone=ZONE, lock_timeout=timedelta(seconds=self.wait))

    def store(self, name: str) -> Store:
        return open_store(
            name,
            self.urls[name],
            zone=ZONE,
            pseudonym_keys=self.pseudonym_keys,
            lock_timeout=timedelta(seconds=self.wait),
        )

    def replicas(self, name: str) -> tuple[Replica, ...]:
        return tuple(open_replica(name, url) for url in self.replica_urls.get(name, ()))


@dataclass
class Estate:
    """An installation, with the few things that tests do to one."""

    root: Path
    installation: Installation
    control: SqliteControlStore
    journal: Journal

    @property
    def log(self) -> Path:
        return self.root / "state" / "log"

    @property
    def trust(self) -> Path:
        return self.root / "trust"

    def plan(self, today: date = PLANNED) -> PlanSummary:
        return make_plan(self.installation, today=today)

    def approve(self, digest: str, *, standing: bool = False, allow: Mapping[str, int] | None = None) -> None:
        with self.control.reading() as tx:
            plan = tx.plan(digest)
        assert plan is not None
        approve(
            self.control,
            plan,
            signer="proceseigenaar",
            role="process-owner",
            preparers=set(),
            standing=standing,
            allow=allow or {},
            signature_sha256=None,
            now=self.installation.clock(),
        )

    def sweep(self, digest: str, today: date = SWEPT, **order: object) -> RunSummary:
        return sweep(self.installation, Order(plan=digest, today=today, **order))  # type: ignore[arg-type]

    def run(self) -> RunSummary:
        """Plan, approve what it lists, sweep."""
        summary = self.plan()
        assert summary.digest is not None
        allow = {one.id: one.planned for one in summary.datasets if one.planned}
        self.approve(summary.digest, allow=allow)
        return self.sweep(summary.digest)

    def hold(self, scope: Scope, kind: HoldKind = HoldKind.LEGAL_HOLD) -> Hold:
        """Place a hold as `hold place` does."""
        hold = new_hold(
            kind=kind,
            scope=scope,
            matter="zaak 1",
            by="jurist",
            now=datetime.now(UTC),
            random=os.urandom,
        )
        place(
            self.control,
            self.journal,
            hold,
            names=known(self.installation.register),
            clock=time.monotonic,
            sleep=time.sleep,
        )
        return hold


def build(
    root: Path,
    register: Register,
    urls: Mapping[str, str],
    *,
    limits: Limits | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    fresh: bool = True,
) -> Estate:
    """Make an installation, or (not fresh) open the one that is there, as another process would."""
    state = root / "state"
    if fresh:
        state.mkdir(parents=True)
        keys.write_trust(root / "trust", keys.make_log_key(root / "keys" / "log.key", ORIGIN))
        keys.make_spool_key(root / "keys")
        control = SqliteControlStore.create(state / "control.db")
    else:
        control = SqliteControlStore.open(state / "control.db")
    log = Log(signer=from_uri(f"file:{root}/keys/log.key"), directory=state / "log", scratch=state / "log.tmp")
    if fresh:
        with control.transaction() as tx:
            log.initialise(tx, time=clock() - timedelta(seconds=1))
    installation = Installation(
        register=register,
        zone=ZONE,
        organisation="Test",
        tool="retention/0.1.0",
        config="0" * 64,
        actor="beheer",
        limits=limits or Limits(),
        opener=Opener(urls),
        clock=clock,
        state=state,
        ledger=Ledger(control, log),
        keyring=Keyring(root / "keys", Vault(keys.read_spool_key(root / "keys"))),
        patience=Patience(seconds=0.5),
    )
    return Estate(root, installation, control, Journal(state / "holds.journal"))


def reopened(estate: Estate, **changes: object) -> Estate:
    """The same installation with something changed, as after a new release or a change of policy."""
    return dataclasses.replace(estate, installation=replace(estate.installation, **changes))  # type: ignore[arg-type] # whatever it has
