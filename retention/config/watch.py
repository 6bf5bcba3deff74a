"""[status], [metrics], [alive]: how somebody notices that a night went wrong, or did not happen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from msgspec import Struct

from retention.config.notify import is_loopback, is_web
from retention.config.reader import Secret
from retention.discreet import Discreet

_LISTEN: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})")
_PORTS: Final = range(65_536)
_SUFFIX: Final = ".prom"  # the collector reads no other files


class StatusSettings(Struct, frozen=True, kw_only=True):
    """When `retention status` turns red."""

    late_after_hours: int = 30  # since the last night that went well
    anchor_after_hours: int = 48  # since a verification last kept a checkpoint; 0: it is kept elsewhere, not watched
    expiring_days: int = 14  # before an approval that is still needed ends, it is named
    disk_free_megabytes: int = 512  # on the state directory's file system, or what the next run needs if that is more


class Address(Struct, frozen=True, kw_only=True):
    """Where to listen."""

    host: str  # an address, or a name of this host
    port: int  # 0: any that is free

    def __str__(self) -> str:
        """As it is written."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether only this host can reach it."""
        return is_loopback(self.host)


class MetricsSettings(Struct, frozen=True, kw_only=True):
    """Where Prometheus finds our numbers (docs/monitoring.md)."""

    textfile: Path | None = None  # NAME.prom, written after each job for node_exporter's collector; None: nowhere
    listen: str = "127.0.0.1:9464"  # address of `retention schedule`'s /metrics and /healthz; empty: none

    @property
    def address(self) -> Address | None:
        """Where to listen; None: nowhere."""
        found = _LISTEN.fullmatch(self.listen)
        return None if found is None else Address(host=found["six"] or found["host"], port=int(found["port"]))


class AliveSettings(Discreet, frozen=True, kw_only=True):
    """The dead man's switch: what is called after each night that went well, so that its silence is noticed."""

    url: Annotated[str | None, Secret("RETENTION_ALIVE_URL")] = None  # None: nothing is called
    ca_file: Path | None = None  # certificates to trust; None: those of the system

    seen = ("ca_file",)


def check_status(status: StatusSettings) -> Iterator[tuple[str, str]]:
    """What the numbers of [status] cannot be."""
    least = {"late_after_hours": 1, "anchor_after_hours": 0, "expiring_days": 0, "disk_free_megabytes": 0}
    for name, smallest in least.items():
        if getattr(status, name) < smallest:
            yield f"status.{name}", f"is too small; write {smallest} or more"


def check_metrics(metrics: MetricsSettings) -> Iterator[tuple[str, str]]:
    """What [metrics] cannot mean."""
    if metrics.textfile is not None and metrics.textfile.suffix != _SUFFIX:
        yield "metrics.textfile", f"does not end in {_SUFFIX}, and the collector reads no other; name it retention.prom"
    address = metrics.address
    if metrics.listen and (address is None or address.port not in _PORTS or not _is_host(metrics.listen)):
        yield "metrics.listen", "is no address and port; write 127.0.0.1:9464 or [::1]:9464, or leave it empty"


def check_alive(alive: AliveSettings) -> Iterator[tuple[str, str]]:
    """What [alive] cannot mean; the URL is a secret, and not repeated."""
    if alive.url is not None:
        if not is_web(alive.url, "http", "https"):
            yield "alive.url", "is no URL without user and password; write https://host/path"
        elif not is_web(alive.url, "https") and not is_loopback(urlsplit(alive.url).hostname or ""):
            yield "alive.url", "is http to another host, where anybody between could keep it alive; write https://"
    if alive.ca_file is not None and not alive.ca_file.is_file():
        yield "alive.ca_file", "names no file; name a PEM file of certificates, or leave it out"


def _is_host(listen: str) -> bool:
    """Whether what is in brackets is an IPv6 address."""
    if not listen.startswith("["):
        return True
    try:
        return ip_address(listen[1 : listen.index("]")]).version == 6  # noqa: PLR2004 - of the protocol
    except ValueError:
        return False
