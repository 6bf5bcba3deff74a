"""What the command line and the jobs ask for: one method a question, over one installation.

Opened from settings by `open_retention`, which is the whole composition; nothing here is global.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Final

from retention import bootstrap
from retention.config import Settings
from retention.coverage import Coverage, coverage
from retention.dataset import Dataset
from retention.deciding import page_of
from retention.errors import ConfigError, RetentionError
from retention.explain import Explanation, explain
from retention.holds import Scope
from retention.installation import Installation, Keyring, reach
from retention.ledger import Ledger
from retention.planning import make_plan
from retention.reports.render import render_plan
from retention.start import Day
from retention.summary import PlanSummary, RunSummary
from retention.sweep import Order, sweep
from retention.text import Language

PAGES: Final = {Language.NL: "proefrun.html", Language.EN: "dry-run.html"}

Progress = Callable[[str, int], None]
"""Told which dataset is under way, and how many more of its records have been."""


@dataclass(frozen=True, slots=True)
class Retention:
    """One installation, ready for a person or for the night."""

    installation: Installation

    def plan(
        self,
        *,
        today: date | None,
        out: Path | None,
        progress: Progress,
        only: Callable[[Dataset], bool] = lambda _: True,
    ) -> PlanSummary:
        """A dry run; with `out`, its pages in both languages, its numbers, and the text to sign."""
        day = today or self.installation.today()
        summary = make_plan(self.installation, today=day, only=only, progress=progress)
        if out is not None:
            self.write(summary, out)
        return summary

    def write(self, summary: PlanSummary, out: Path) -> tuple[Path, ...]:
        """Write a plan's pages, its numbers and the text to sign; for its owner and their group.

        Raises:
            ConfigError: nothing can be written there.
        """
        texts = {name: render_plan(summary, language) for language, name in PAGES.items()}
        texts["plan.json"] = summary.to_json() + "\n"
        if summary.digest is not None:
            texts[f"{summary.digest}.txt"] = self._page(summary.digest)
        try:
            out.mkdir(parents=True, exist_ok=True)
            for name, text in texts.items():
                descriptor = os.open(out / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
                with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                    file.write(text)
        except OSError as error:
            raise ConfigError(f"{out}: the report cannot be written there ({error.strerror}).") from error
        return tuple(out / name for name in texts)

    def sweep(self, *, plan: str | None, today: date | None, after_pause: bool, progress: Progress) -> RunSummary:
        """One sweep; SIGTERM and SIGINT end it after the batch under way, and what was done is published."""
        with _told_to_stop() as stop:
            order = Order(plan=plan, today=today, after_pause=after_pause, stop=stop, progress=progress)
            return sweep(self.installation, order)

    def explain(self, dataset: str, key: str, *, today: date | None = None) -> Explanation:
        """Why one record is kept or goes."""
        return explain(self.installation, dataset, key, today=today or self.installation.today())

    def coverage(self, scope: Scope) -> Mapping[str, int | None]:
        """How many records of each dataset a hold's scope covers now; None: its store cannot be read."""
        return self.covered(scope).by_dataset

    def covered(self, scope: Scope) -> Coverage:
        """What a hold's scope covers now."""
        installation = self.installation
        day = Day(installation.today(), installation.zone)
        with reach(installation, {one.store for one in installation.register.all_datasets}) as reached:
            return coverage(installation.register, scope, reached.sources, day=day, now=installation.clock())

    def _page(self, digest: str) -> str:
        with self.installation.ledger.control.reading() as tx:
            plan, report = tx.plan(digest), tx.plan_report(digest)
        if plan is None:
            raise ConfigError(f"Plan {digest} is not in the control store any more.")
        return page_of(plan, report)


@contextmanager
def open_retention(settings: Settings) -> Iterator[Retention]:
    """The library, put together from settings; let go of when left."""
    register = bootstrap.open_register(settings)
    vault = bootstrap.open_vault(settings)
    with bootstrap.open_control(settings) as control:
        yield Retention(
            Installation(
                register=register,
                zone=settings.zone,
                organisation=settings.organisation.name,
                tool=bootstrap.TOOL,
                config=settings.digest(),
                actor=_actor(settings),
                limits=settings.limits,
                opener=bootstrap.Stores(settings, register),
                clock=bootstrap.now,
                state=settings.state.directory,
                ledger=Ledger(control, bootstrap.open_log(settings)),
                keyring=None if vault is None else Keyring(settings.keys.directory, vault),
                batch_seconds=settings.sweep.batch_milliseconds / 1000,
                batch_records=settings.sweep.batch_records,
            )
        )


def _actor(settings: Settings) -> str:
    """Who runs this, by configured id; the sweep account need not be a person."""
    try:
        return bootstrap.open_actor(settings).id
    except RetentionError:
        return "sweeper"


@contextmanager
def _told_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether somebody asked this process to stop, from here until it is left."""
    told: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    before = {number: signal.signal(number, remember) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(told)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
