"""The errors of a store that a run tells apart."""

from retention.errors import StoreError


class LinkedDataError(StoreError):
    """Other data refer to a record that was to go, so the database refuses (FAIL_FK)."""


class StoreDownError(StoreError):
    """The store itself fails, whatever the record: full, damaged or gone. Smaller batches would not help."""


class CommitUnknownError(StoreDownError):
    """The connection broke while the batch was being committed: it may have been, or may still be.

    Nobody says what became of it before the next run has taken the session lock and looked with a lock (P2).
    """


class LockedError(StoreError):
    """Another program was in the way, and will be gone: a lock beyond our time-out, a deadlock, a serialisation."""


class SlowError(LockedError):
    """A statement was ended for taking too long: fewer records, or an hour with less going on, may do."""
