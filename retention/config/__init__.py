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
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import rfc8785

from retention.config.checks import check
from retention.config.reader import Reader
from retention.config.stores import StoreSettings, read_stores
from retention.errors import ConfigError
from retention.plan import Limits
from retention.text import Language

FILE_NAME: Final = "retention.toml"
VARIABLE: Final = "RETENTION_CONFIG"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitySettings:
    """What the register of processing activities says of one purpose and no policy does; empty: as for the others."""

    recipients: str = ""  # categories of recipients (GDPR art. 30(1)(d))
    transfers: str = ""  # to third countries, with the safeguards (art. 30(1)(e))
    security: str = ""  # technical and organisational measures, or where they are described (art. 30(1)(g))


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Whose data it is."""

    name: str
    address: str = ""  # as declarations of destruction and the register print it
    contact: str = ""  # how to reach it, for the register and the public table
    privacy_officer: str = ""  # the data protection officer and how to reach them; empty: not declared
    recipients: str = ""  # of every activity that says nothing else; empty: not declared
    transfers: str = ""  # likewise
    security: str = ""  # likewise
    activities: Mapping[str, ActivitySettings] = field(default_factory=dict)  # by purpose
    zone: str = "Europe/Amsterdam"  # IANA name: where a day begins (R5)
    language: Language = Language.NL  # of reports and receipts, unless --lang says otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """Where the register of policies is."""

    register: str = "policies:REGISTER"  # module:attribute, looked for beside the file first


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSettings:
    """Where our own memory is: control store, published log, hold journal, sweep lock."""

    directory: Path = Path("state")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """Where the keys are: `log.key` and `refkeys/`, readable by the sweep account only."""

    directory: Path = Path("keys")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """The log's name, and the file that says whom a verifier trusts."""

    origin: str  # such as example.org/retention/2026
    trust: Path = Path("trust")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSettings:
    """Somebody who prepares, approves, or places holds."""

    id: str  # stands in the log; never a name
    name: str
    roles: tuple[str, ...] = ()
    account: str | None = None  # operating-system account; None: signs with a key only
    ssh_keys: tuple[str, ...] = ()  # public keys, as authorized_keys has them


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSettings:
    """How holds behave."""

    cooling_off_days: int = 7  # days after a release during which nothing it covered is destroyed
    wait_seconds: int = 30  # how long `hold place` waits for batches in flight to settle


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSettings:
    """Who may approve."""

    roles: tuple[str, ...] = ("process-owner",)  # a person needs one of these


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSettings:
    """How a sweep paces itself."""

    batch_milliseconds: int = 200  # a batch is sized to take about this long
    batch_records: int = 1000  # records of the first one
    lock_seconds: int = 30  # how long to wait for a lock that another writer holds


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSettings:
    """When `retention schedule` starts what: cron expressions in the organisation's zone; empty: never."""

    sweep: str = "0 2 * * *"
    plan: str = "0 6 * * *"
    verify: str = "0 7 * * *"
    misfire_grace_seconds: int = 3600  # a start missed by no more than this is caught up, once


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSettings:
    """When `retention status` turns red."""

    late_after_hours: int = 30  # since the last night that went well


class LogFormat(StrEnum):
    """How operators' log lines are written."""

    AUTO = "auto"  # console on a terminal, JSON elsewhere
    JSON = "json"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggingSettings:
    """Operators' log lines, on standard error."""

    format: LogFormat = LogFormat.AUTO


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything `retention.toml` says, whole and checked."""

    file: Path = field(compare=False, metadata={"hidden": True})  # where it was read; paths in it begin at its folder
    organisation: Organisation
    log: LogSettings
    policies: PolicySettings = PolicySettings()
    state: StateSettings
    keys: KeySettings
    stores: Mapping[str, StoreSettings] = field(default_factory=dict)
    people: tuple[PersonSettings, ...] = ()
    limits: Limits = field(default_factory=Limits)
    holds: HoldSettings = HoldSettings()
    approvals: ApprovalSettings = ApprovalSettings()
    sweep: SweepSettings = SweepSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    status: StatusSettings = StatusSettings()
    logging: LoggingSettings = LoggingSettings()

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
    reader = Reader(file.absolute())
    raw: dict[str, Any] = {"file": str(reader.file)} | _parsed(file)
    stores = read_stores(raw.pop("stores", {}), environ, reader)
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
        case _ if is_dataclass(value):
            return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        case _:
            return value
