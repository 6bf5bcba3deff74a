"""Errors, one class for each person who can act on it, each with its exit status.

Layers below the edge raise these and nothing else; a driver's or a library's own error is translated where it
enters (P6, P7). A message says what, where, and what to do next. It never holds a record's content, a key, or
a password.
"""

from typing import ClassVar


class RetentionError(Exception):
    """Anything that ends a command on purpose, with one clear line and a documented exit status."""

    exit_status: ClassVar[int] = 2


class ConfigError(RetentionError):
    """The configuration, a key file or its mode is wrong: the operator can repair it."""


class PolicyError(RetentionError):
    """The register of policies and datasets is wrong: the process owner's developer can repair it."""


class UsageError(RetentionError):
    """The command was called with something it cannot mean."""


class ClockError(RetentionError):
    """The clock, or the reference date, is not to be trusted (R9)."""


class SweepRunning(RetentionError):  # noqa: N818 - names a state that passes, not a fault
    """Another sweep holds the lock."""


class PlanRefused(RetentionError):  # noqa: N818 - names the decision
    """An approved plan may not be executed: a fingerprint has changed, or the plan has expired (P5)."""

    exit_status = 3


class StoreError(RetentionError):
    """A data store cannot be reached, is locked, or answers other than declared."""

    exit_status = 1


class HoldUnconfirmed(RetentionError):  # noqa: N818 - names what is not known
    """A hold is in force from now on, but a batch in flight did not settle in time (P1)."""

    exit_status = 1


class VerificationError(RetentionError):
    """The audit log is not what its checkpoint, its keys or its own rules say."""

    exit_status = 1


class ControlError(RetentionError):
    """The control store is unreadable, full or inconsistent: nothing may be destroyed."""

    exit_status = 4


class AuditError(RetentionError):
    """The log cannot be written, or the control store and the published log disagree: nothing may be destroyed."""

    exit_status = 4
