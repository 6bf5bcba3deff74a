"""Sections of `retention.toml` about who, where and how: frozen values, and what holds where nothing is said."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from msgspec import Struct, field

from retention.text import Language


class ActivitySettings(Struct, frozen=True, kw_only=True):
    """What the register of processing activities says of one purpose and no policy does; empty: as for the others."""

    recipients: str = ""  # categories of recipients (GDPR art. 30(1)(d))
    transfers: str = ""  # to third countries, with the safeguards (art. 30(1)(e))
    security: str = ""  # technical and organisational measures, or where they are described (art. 30(1)(g))


class Organisation(Struct, frozen=True, kw_only=True):
    """Whose data it is."""

    name: str  # as reports print it
    address: str = ""  # as declarations of destruction and the register print it
    contact: str = ""  # how to reach it, for the register and the public table
    privacy_officer: str = ""  # the data protection officer and how to reach them; empty: not declared
    recipients: str = ""  # of every activity that says nothing else; empty: not declared
    transfers: str = ""  # likewise
    security: str = ""  # likewise
    activities: Mapping[str, ActivitySettings] = field(default_factory=dict)  # by purpose
    zone: str = "Europe/Amsterdam"  # IANA name: where a day begins (R5)
    language: Language = Language.NL  # of reports and receipts, unless --lang says otherwise


class PolicySettings(Struct, frozen=True, kw_only=True):
    """Where the register of policies is."""

    register: str = "policies:REGISTER"  # module:attribute, looked for beside the file first


class StateSettings(Struct, frozen=True, kw_only=True):
    """Where our own memory is: control store, published log, hold journal, sweep lock."""

    directory: Path = Path("state")  # on a local disk, of the sweep account alone


class KeySettings(Struct, frozen=True, kw_only=True):
    """Where the keys are: `log.key` and `refkeys/`, readable by the sweep account only."""

    directory: Path = Path("keys")  # backed up elsewhere than the data


class LogSettings(Struct, frozen=True, kw_only=True):
    """The log's name, and the file that says whom a verifier trusts."""

    origin: str  # such as example.org/retention/2026
    trust: Path = Path("trust")  # keep a copy where nobody who can change the log can change it


class PersonSettings(Struct, frozen=True, kw_only=True):
    """Somebody who prepares, approves, or places holds."""

    id: str  # stands in the log; never a name
    name: str  # in receipts and lists, never in the log
    roles: tuple[str, ...] = ()  # such as process-owner, privacy-officer, legal
    account: str | None = None  # operating-system account; None: signs with a key only
    ssh_keys: tuple[str, ...] = ()  # public keys, as authorized_keys has them


class HoldSettings(Struct, frozen=True, kw_only=True):
    """How holds behave."""

    cooling_off_days: int = 7  # days after a release during which nothing it covered is destroyed
    wait_seconds: int = 30  # how long `hold place` waits for batches in flight to settle


class ApprovalSettings(Struct, frozen=True, kw_only=True):
    """Who may approve."""

    roles: tuple[str, ...] = ("process-owner",)  # a person needs one of these


class ScheduleSettings(Struct, frozen=True, kw_only=True):
    """When `retention schedule` starts what: times of day in the organisation's zone (cron.py); empty: never."""

    sweep: str = "0 2 * * *"  # the night: sweeps, and makes the plan of the next
    plan: str = ""  # a dry run and its report, besides the one that the night makes
    verify: str = "0 7 * * *"  # the check of the proof
    misfire_grace_seconds: int = 86_400  # how late a job may start, on its own day; a whole day: whenever it can


class LogFormat(StrEnum):
    """How operators' log lines are written."""

    AUTO = "auto"  # console on a terminal, JSON elsewhere
    JSON = "json"
    CONSOLE = "console"


class LoggingSettings(Struct, frozen=True, kw_only=True):
    """Operators' log lines, on standard error."""

    format: LogFormat = LogFormat.AUTO  # auto: console on a terminal, JSON elsewhere
