"""The tables of every store, as the vendors of the demo organisation's systems made them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .schema_care import ACT, CVS, VRIJ
from .schema_contact import MSG, PRIV, TEL, WEB
from .schema_office import CRM, FIN, HR

SCHEMA: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cvs": CVS,
        "vrij": VRIJ,
        "act": ACT,
        "fin": FIN,
        "crm": CRM,
        "hr": HR,
        "tel": TEL,
        "msg": MSG,
        "web": WEB,
        "priv": PRIV,
    }
)
"""SQL statements by store name."""
