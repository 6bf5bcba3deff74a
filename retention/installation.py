"""What a run works with, as one value: built at the edge, passed down, never global."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from retention.audit.keys import make_reference_key, read_reference_key, reference_key_id
from retention.audit.reference import ReferenceKey
from retention.control.interface import Control
from retention.errors import AuditError
from retention.failing import Patience
from retention.ledger import Ledger
from retention.pacing import Pace
from retention.plan import Limits
from retention.policy import Register
from retention.reaching import Opener, Reached, opened
from retention.vault import Vault

__all__ = ["Installation", "Keyring", "Opener", "Reached", "reach"]


class Keyring(Struct, frozen=True):
    """The keys of the sweep account; only a command that writes the log has one."""

    directory: Path
    vault: Vault

    def reference_key(self, tx: Control, dataset: str, year: int) -> ReferenceKey:
        """The reference key of a dataset and year, made when there never was one: a lost one has no second.

        Raises:
            AuditError: it is lost.
        """
        if tx.recorded("ref-key", reference_key_id(dataset, year)) is not None:
            return self.existing(dataset, year)
        found = read_reference_key(self.directory, dataset, year)
        return make_reference_key(self.directory, dataset, year) if found is None else found

    def existing(self, dataset: str, year: int) -> ReferenceKey:
        """The reference key of a dataset and year.

        Raises:
            AuditError: it is gone, so nothing of that dataset could be proven.
        """
        found = read_reference_key(self.directory, dataset, year)
        if found is None:
            raise AuditError(
                f"The reference key of {dataset} for {year} is missing from {self.directory}. Nothing of it is "
                "destroyed; put the key back: the log has recorded it, and a new one cannot stand in for it."
            )
        return found


class Installation(Struct, frozen=True, kw_only=True):
    """One organisation's retention, ready to run."""

    register: Register
    zone: ZoneInfo
    organisation: str
    tool: str  # retention/X.Y.Z
    config: str  # SHA-256 of the settings without secrets
    actor: str  # configured id of the account that runs this
    limits: Limits
    opener: Opener
    clock: Callable[[], datetime]  # aware
    state: Path  # the state directory
    ledger: Ledger
    keyring: Keyring | None = None  # None: this account holds no keys, and can only report
    batch_seconds: float | None = None  # aimed at for one batch's locks; None: as long as each store thinks fit
    batch_records: int = 2000  # to begin with
    largest_batch: int = 10_000  # some 6 KB of memory each
    patience: Patience = field(default_factory=Patience)
    kept: Path | None = None  # the checkpoint that the last verification kept, if it did; None: looked for nowhere
    pace: Pace = field(default_factory=Pace)

    def today(self) -> date:
        """The clock's local date."""
        return self.clock().astimezone(self.zone).date()


def reach(installation: Installation, names: Iterable[str]) -> AbstractContextManager[Reached]:
    """Open these stores for reading, and close them at the end."""
    return opened(installation.opener, names)
