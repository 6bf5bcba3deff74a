"""[status], [metrics], [alive]: how somebody notices that a night went wrong, or did not happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from retention.config.reader import secret


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSettings:
    """When `retention status` turns red."""

    late_after_hours: int = 30  # since the last night that went well
    anchor_after_hours: int = 48  # since a verification last kept a checkpoint; 0: it is kept elsewhere, not watched
    expiring_days: int = 14  # before an approval that is still needed ends, it is named
    disk_free_megabytes: int = 512  # on the state directory's file system, or what the next run needs if that is more


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsSettings:
    """Where Prometheus finds our numbers."""

    textfile: Path | None = None  # written after each job, for node_exporter's textfile collector; None: nowhere
    listen: str = "127.0.0.1:9464"  # address of `retention schedule`'s /metrics and /healthz; empty: none


@dataclass(frozen=True, slots=True, kw_only=True)
class AliveSettings:
    """The dead man's switch: what is called after each night that went well, so that its silence is noticed."""

    url: str | None = secret("RETENTION_ALIVE_URL")  # None: nothing is called


def check_status(status: StatusSettings) -> Iterator[tuple[str, str]]:
    """What the numbers of [status] cannot be."""
    least = {"late_after_hours": 1, "anchor_after_hours": 0, "expiring_days": 0, "disk_free_megabytes": 0}
    for name, smallest in least.items():
        if getattr(status, name) < smallest:
            yield f"status.{name}", f"is too small; write {smallest} or more"
