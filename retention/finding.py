"""Findings: something a person must look at, with what to do about it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from retention.text import Text


class Severity(StrEnum):
    """How a finding stands in the way."""

    ERROR = "error"  # its dataset is refused until it is mended
    WARNING = "warning"  # somebody should mend it
    NOTICE = "notice"  # somebody should know


class Finding(Struct, frozen=True, kw_only=True):
    """One thing to look at: what, where, and what to do; never a record's content."""

    severity: Severity
    code: str  # UPPER_SNAKE, the same in every language
    where: str  # a dataset, a purpose, dataset.column
    text: Text
    hint: Text  # what to do
    count: int | None = None  # records concerned; None: it is not about records
