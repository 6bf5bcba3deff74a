"""[status], [metrics], [alive]: how somebody notices that a night went wrong, or did not happen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from retention.config.reader import secret


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSettings:
    """When `retention status` turns red."""

    late_after_hours: int = 30  # since the last night that went well


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsSettings:
    """Where Prometheus finds our numbers."""

    textfile: Path | None = None  # written after each job, for node_exporter's textfile collector; None: nowhere
    listen: str = "127.0.0.1:9464"  # address of `retention schedule`'s /metrics and /healthz; empty: none


@dataclass(frozen=True, slots=True, kw_only=True)
class AliveSettings:
    """The dead man's switch: what is called after each night that went well, so that its silence is noticed."""

    url: str | None = secret("RETENTION_ALIVE_URL")  # None: nothing is called
