"""What the sending of notices needs of the control store: who sends what, settled by the database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from retention.notice import Channel, Delivery, NoticeKind


class Deliveries(Protocol):
    """What became of notices, as one open transaction sees it."""

    def deliveries(self) -> tuple[Delivery, ...]:
        """Every delivery, the newest day first."""
        ...

    def claim_delivery(self, kind: NoticeKind, day: date, channel: Channel, at: datetime) -> bool:
        """Take the sending of a kind on a day and channel upon oneself; False: it went out, or somebody is at it."""
        ...

    def end_delivery(self, delivery: Delivery) -> None:
        """Note how a claimed delivery ended."""
        ...
