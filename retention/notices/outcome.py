"""How one attempt to deliver a notice ended."""

from __future__ import annotations

from msgspec import Struct

from retention.notice import Trouble


class Outcome(Struct, frozen=True, kw_only=True):
    """Delivered, or why not: a class, never a server's words."""

    trouble: Trouble | None = None  # None: delivered
    refused: int = 0  # recipients refused while others were not
