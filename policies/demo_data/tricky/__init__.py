"""Every tricky case by its number: its rows, and what the judge must say of them on 1 July 2026."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from . import across, clients, office
from .case import REFERENCE_DATE, Case, Expected, HoldToPlace

CASES: Final[Mapping[str, Case]] = MappingProxyType(
    {
        case.number: case
        for case in sorted((*clients.cases(), *across.cases(), *office.cases()), key=lambda case: case.number)
    }
)
"""The cases by number: K01 …"""

__all__ = ["CASES", "REFERENCE_DATE", "Case", "Expected", "HoldToPlace"]
