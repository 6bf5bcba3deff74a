"""The errors of a store that a run tells apart."""

from retention.errors import StoreError


class LinkedDataError(StoreError):
    """Other data refer to a record that was to go, so the database refuses (FAIL_FK)."""
