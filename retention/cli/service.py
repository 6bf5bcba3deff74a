"""What the commands that judge and destroy ask of the library: four questions, each answered by one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from retention.config import Settings
from retention.holds import Scope
from retention.service import open_retention
from retention.summary import PlanSummary, RunSummary
from retention.text import Language

Progress = Callable[[str, int], None]
"""Told which dataset is under way, and how many of its records have been."""


class Explanation(Protocol):
    """Why a record stays or goes, until when, and who decides."""

    def lines(self, language: Language) -> tuple[str, ...]:
        """The explanation in sentences."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """The explanation as plain values."""
        ...


class Service(Protocol):
    """One organisation's retention, ready to run."""

    def plan(self, *, today: date | None, out: Path | None, progress: Progress) -> PlanSummary:
        """Judge everything and keep the plan; `out` is a folder for the reports and the text that is signed."""
        ...

    def sweep(self, *, plan: str | None, today: date | None, after_pause: bool, progress: Progress) -> RunSummary:
        """Execute a plan, the newest that is approved and announced unless one is named."""
        ...

    def explain(self, dataset: str, key: str) -> Explanation:
        """Why one record stays or goes."""
        ...

    def coverage(self, scope: Scope) -> Mapping[str, int | None]:
        """Records under a hold's scope, by dataset; None: its store cannot be read, so nobody knows."""
        ...


def open_service(settings: Settings) -> AbstractContextManager[Service]:
    """The library, put together; let go of when left."""
    return open_retention(settings)
