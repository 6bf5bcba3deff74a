"""How one attempt to deliver a notice ended."""

from __future__ import annotations

from dataclasses import dataclass

from retention.notice import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Delivered, or why not: a class, never a server's words."""

    trouble: Trouble | None = None  # None: delivered
    refused: int = 0  # recipients refused while others were not
