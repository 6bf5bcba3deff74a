"""What people do, as the commands they type: plan, sign, approve, sweep, place a hold."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from retention import bootstrap, config
from retention.approving import sign
from retention.config import Settings
from retention.demo.organisation import OWNER
from retention.demo.place import Place
from retention.demo.shell import Ran, Shell

PLANNED: Final = "2026-07-01"
"""The day of the plan: at it the tricky cases of the organisation are due, or just not."""

SWEPT: Final = "2026-07-02"
"""The day of the sweep: what a plan lists goes one night later at the earliest."""


class Planned(Struct, frozen=True):
    """A plan that was written out."""

    place: Place
    report: Mapping[str, Any]  # as `plan --out` writes it

    @property
    def digest(self) -> str:
        """What a person approves."""
        return str(self.report["digest"])

    @property
    def allowing(self) -> list[str]:
        """What the plan says to type for the datasets that are over their limit."""
        return shlex.split(self.report["approve_command"])[1:]

    @property
    def signature(self) -> str:
        """Where the process owner's signature lies, as the command names it."""
        return f"out/{self.digest}.txt.sig"

    def sign(self) -> None:
        """Sign the plan's one page with the process owner's key, as `ssh-keygen -Y sign` does."""
        page = (self.place.out / f"{self.digest}.txt").read_text(encoding="utf-8")
        (self.place.root / self.signature).write_text(sign(page, self.place.keys / f"{OWNER}.ssh"), encoding="ascii")


def plan(shell: Shell, place: Place) -> tuple[Ran, Planned]:
    """Make a plan and read what it wrote."""
    ran = shell.run(place, "plan", "--today", PLANNED, "--out", "out")
    return ran, Planned(place, json.loads((place.out / "plan.json").read_text(encoding="utf-8")))


def approve_all(shell: Shell, planned: Planned) -> Ran:
    """Approve a plan with every number that it asks for, by the process owner's signature."""
    return shell.run(planned.place, *planned.allowing, "--signature", planned.signature)


def sweep_arguments(planned: Planned) -> tuple[str, ...]:
    """What starts the sweep of a plan."""
    return ("sweep", "--plan", planned.digest, "--today", SWEPT)


def hold(shell: Shell, place: Place, asked: Any) -> Ran:
    """Place a hold of one of the organisation's cases."""
    selectors = [("--subject", f"{namespace}={person}") for namespace, person in asked.subjects]
    selectors += [("--record", f"{dataset}={','.join(map(str, key))}") for dataset, key in asked.records]
    review = () if asked.review_on is None else ("--review-on", asked.review_on.isoformat())
    return shell.run(
        place,
        *("hold", "place", "--kind", asked.kind.replace("_", "-"), "--matter", asked.matter[shell.language]),
        *(word for selector in selectors for word in selector),
        *review,
        "--yes",
    )


def settings_of(place: Place) -> Settings:
    """The settings of a place, without anything of this environment."""
    return config.load(place.configuration, place.secrets)


def last_run(place: Place) -> Mapping[str, Any]:
    """The numbers of the newest run, as our own memory keeps them."""
    with bootstrap.open_control(settings_of(place)) as control, control.reading() as view:
        newest = max(view.runs(), key=lambda run: run.started)
        report = view.run_report(newest.id)
    found: Mapping[str, Any] = json.loads(report or "{}")
    return found


def held_late(run: Mapping[str, Any]) -> int:
    """How many records of its plan a run left, since a hold was placed after the plan."""
    return sum(count for dataset in run["datasets"] for count in dataset["held"].values())
