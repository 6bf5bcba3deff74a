"""The settings: one frozen value, read once at the edge from `retention.toml` and `RETENTION_*` secrets.

Nothing below the edge reads a file, the environment, or this module: it is handed the values it needs. Paths in the
file begin at the file's own folder, so that a job started anywhere does the same. Passwords come from the environment
(`RETENTION_STORE_CVS_URL`, `RETENTION_STORE_CVS_PASSWORD`, either with `_FILE` behind it for the file that holds it,
`${NAME}` in a URL) and stand in no repr and no digest.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import rfc8785
from msgspec import Struct, field
from msgspec.structs import FieldInfo, replace

from retention.config.checks import check
from retention.config.notify import NotifySettings
from retention.config.pace import SweepSettings
from retention.config.reader import MASK, Hidden, Reader, secret_variable, settings_of
from retention.config.sections import (
    ApprovalSettings,
    HoldSettings,
    KeySettings,
    LoggingSettings,
    LogSettings,
    Organisation,
    PersonSettings,
    PolicySettings,
    ScheduleSettings,
    StateSettings,
)
from retention.config.stores import StoreSettings, read_stores
from retention.config.watch import AliveSettings, MetricsSettings, StatusSettings
from retention.errors import ConfigError
from retention.plan import Limits

FILE_NAME: Final = "retention.toml"
VARIABLE: Final = "RETENTION_CONFIG"


class Settings(Struct, frozen=True, kw_only=True):
    """Everything `retention.toml` says, whole and checked."""

    file: Annotated[Path, Hidden()]  # where it was read; paths in it begin at its folder
    organisation: Organisation
    log: LogSettings
    policies: PolicySettings = field(default_factory=PolicySettings)
    state: StateSettings
    keys: KeySettings
    stores: Mapping[str, StoreSettings] = field(default_factory=dict)
    people: tuple[PersonSettings, ...] = ()
    limits: Limits = field(default_factory=Limits)
    holds: HoldSettings = field(default_factory=HoldSettings)
    approvals: ApprovalSettings = field(default_factory=ApprovalSettings)
    sweep: SweepSettings = field(default_factory=SweepSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    status: StatusSettings = field(default_factory=StatusSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    alive: AliveSettings = field(default_factory=AliveSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    logging: LoggingSettings = field(default_factory=LoggingSettings)

    @property
    def zone(self) -> ZoneInfo:
        """Where a day begins."""
        return ZoneInfo(self.organisation.zone)

    @property
    def log_directory(self) -> Path:
        """The published log."""
        return self.state.directory / "log"

    @property
    def scratch_directory(self) -> Path:
        """Beside the published log, on its file system, never published."""
        return self.state.directory / "scratch"

    @property
    def control_file(self) -> Path:
        """Our own memory."""
        return self.state.directory / "control.db"

    @property
    def journal_file(self) -> Path:
        """The journal of holds."""
        return self.state.directory / "holds.journal"

    @property
    def log_key_file(self) -> Path:
        """The log's private key: the sweep account's alone."""
        return self.keys.directory / "log.key"

    def digest(self) -> str:
        """SHA-256 of the settings without secrets, as a run-start names it: 64 lower-case hex."""
        return hashlib.sha256(rfc8785.dumps(self.shown())).hexdigest()

    def shown(self) -> dict[str, Any]:
        """The settings as plain values, passwords left out."""
        plain = _plain(self)
        plain.pop("file")
        return dict(plain)


def find(given: Path | None, environ: Mapping[str, str], folder: Path) -> Path:
    """The configuration file: the one given, else RETENTION_CONFIG, else retention.toml in the folder.

    Raises:
        ConfigError: there is none.

    """
    named = given or (Path(environ[VARIABLE]) if environ.get(VARIABLE) else None)
    path = named or folder / FILE_NAME
    if path.is_file():
        return path.absolute()
    if named is None:
        raise ConfigError(
            f"{path}: there is no configuration here. Run `retention init` to make one, or name one with --config FILE "
            f"or {VARIABLE}."
        )
    raise ConfigError(f"{path}: no such file. Name the configuration with --config FILE or {VARIABLE}.")


def load(file: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of one file, with the secrets of the environment.

    Raises:
        ConfigError: it cannot be read, or says something it cannot mean; every mistake is named, one a line.

    """
    reader = Reader(file.absolute(), environ)
    raw: dict[str, Any] = {"file": str(reader.file)} | _parsed(file)
    stores = read_stores(raw.pop("stores", {}), reader)
    settings = reader.section(Settings, raw, "")
    reader.done()
    settings = replace(settings, stores=stores)
    check(settings, reader)
    reader.done()
    return settings


def _parsed(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            parsed = tomllib.load(stream)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}). Check its name and mode.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not UTF-8. Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is not TOML: {error}. Correct that line.") from error
    if "file" in parsed:
        raise ConfigError(f"{file}: file is unknown. Remove it.")
    return parsed


def _plain(value: object) -> Any:
    match value:
        case StoreSettings():
            return value.shown()
        case Path():
            return str(value)
        case Mapping():
            return {key: _plain(one) for key, one in value.items()}
        case tuple():
            return [_plain(one) for one in value]
        case StrEnum():
            return value.value
        case Struct():
            return {one.name: _shown(one, getattr(value, one.name)) for one in settings_of(type(value))}
        case _:
            return value


def _shown(one: FieldInfo, value: object) -> Any:
    return MASK if secret_variable(one) is not None and value is not None else _plain(value)
