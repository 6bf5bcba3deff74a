"""Deliveries of notices in the control store: kind, day, channel, attempts and how it ended; never what was said."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import RowMapping, insert, select, update

from retention.control import wire
from retention.control.schema import DELIVERIES
from retention.control.tables import Tables
from retention.notice import Channel, Delivery, NoticeKind, Trouble


class DeliveryTables(Tables):
    """Deliveries over the open transaction; its writer lock orders two jobs that want to send the same."""

    def deliveries(self) -> tuple[Delivery, ...]:
        """Every delivery, the newest day first."""
        order = (DELIVERIES.c.day.desc(), DELIVERIES.c.kind, DELIVERIES.c.channel)
        return tuple(_delivery(row) for row in self._rows(select(DELIVERIES).order_by(*order)))

    def claim_delivery(self, kind: NoticeKind, day: date, channel: Channel, at: datetime) -> bool:
        """Take the sending of a kind on a day and channel upon oneself; False: it went out, or somebody is at it."""
        mine = (
            DELIVERIES.c.kind == kind.value,
            DELIVERIES.c.day == day.isoformat(),
            DELIVERIES.c.channel == channel.value,
        )
        row = self._row(select(DELIVERIES).where(*mine))
        if row is None:
            one = Delivery(kind=kind, day=day, channel=channel, attempts=1, tried_at=at)
            self._change(insert(DELIVERIES).values(_columns(one)))
            return True
        found = _delivery(row)
        if found.spent:
            return False
        again = {"attempts": found.attempts + 1, "tried_at": wire.instant_text(at), "trouble": None}
        self._change(update(DELIVERIES).where(*mine).values(again))
        return True

    def end_delivery(self, delivery: Delivery) -> None:
        """Note how a claimed delivery ended.

        Raises:
            ControlError: nobody claimed it.

        """
        mine = (
            DELIVERIES.c.kind == delivery.kind.value,
            DELIVERIES.c.day == delivery.day.isoformat(),
            DELIVERIES.c.channel == delivery.channel.value,
        )
        told = {name: _columns(delivery)[name] for name in ("delivered_at", "trouble", "refused")}
        self._change_one(
            update(DELIVERIES).where(*mine).values(told),
            f"The {delivery.kind.value} notice of {delivery.day} was not begun, so it cannot end.",
        )


def _columns(one: Delivery) -> dict[str, str | int | None]:
    return {
        "kind": one.kind.value,
        "day": one.day.isoformat(),
        "channel": one.channel.value,
        "attempts": one.attempts,
        "tried_at": wire.instant_text(one.tried_at),
        "delivered_at": wire.time_text(one.delivered_at),
        "trouble": None if one.trouble is None else one.trouble.value,
        "refused": one.refused,
    }


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(
        kind=NoticeKind(row["kind"]),
        day=date.fromisoformat(row["day"]),
        channel=Channel(row["channel"]),
        attempts=row["attempts"],
        tried_at=datetime.fromisoformat(row["tried_at"]),
        delivered_at=wire.time(row["delivered_at"]),
        trouble=None if row["trouble"] is None else Trouble(row["trouble"]),
        refused=row["refused"],
    )
