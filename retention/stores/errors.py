"""The errors of a store that a run tells apart."""

from retention.errors import StoreError


class LinkedDataError(StoreError):
    """Other data refer to a record that was to go, so the database refuses (FAIL_FK)."""


class StoreDownError(StoreError):
    """The store itself fails, whatever the record: locked, full, damaged or gone. Smaller batches would not help."""


class LockedError(StoreError):
    """Another program keeps a record locked for longer than we wait, or we gave way to it: that record waits."""
