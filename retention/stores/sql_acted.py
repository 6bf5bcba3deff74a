"""What triggers did while we disposed: each statement is on one dataset, whose own declaration says what may act."""

from __future__ import annotations

from sqlalchemy import Connection

from retention.dataset import Dataset
from retention.errors import StoreError
from retention.stores.sql_dialect import Server


class Acted:
    """Looks after the statements of one batch; the server is asked only around those on datasets that declare none."""

    def __init__(self, server: Server | None, connection: Connection) -> None:
        self._server = server  # None: every trigger shows in the schema
        self._connection = connection
        self._silent: list[Dataset] = []  # one after the other, without a declaration
        self._before = 0  # how often triggers had run when the first of these began
        self._below = False  # whether something that was disposed of before, and may stand below, declares

    def on(self, dataset: Dataset) -> None:
        """The statements that follow are on this dataset.

        Raises:
            StoreError: as `settle`.

        """
        if self._server is None:
            return
        declares = bool(dataset.triggers or dataset.history)
        # Children come first, so what a cascade reaches has had its turn, and is counted again with its parent.
        if declares or (self._below and self._server.counts_cascades):
            self.settle()
        else:
            if not self._silent:
                self._before = self._server.acted(self._connection)
            self._silent.append(dataset)
        self._below |= declares

    def settle(self) -> None:
        """Refuse what a trigger did to datasets that declare none.

        Raises:
            StoreError: one did, or on MySQL could have, so the batch must not be committed.

        """
        if self._server is not None and self._silent:
            if self._server.acted(self._connection) != self._before:
                raise StoreError(
                    f"{', '.join(dict.fromkeys(one.id for one in self._silent))}: a trigger of the database acted, or "
                    "on MySQL could have, and none is declared there. Nothing of this batch is kept. See what it does "
                    "with `retention policies check`, and declare triggers= or history= of the dataset that it is on."
                )
            self._silent.clear()
