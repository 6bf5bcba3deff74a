"""Time a whole `retention sweep` beside the statements that a person could type, in turns, and check what each did.

Every run starts from a pristine, warmed copy. Only the ratios of one run say anything: machines differ, and so do
hours. The plan and its approval are made beforehand; planning is timed apart, whole and with --due-only.

    python -m benchmarks.sweep --rows 200000 --rounds 3
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import generate, installation
from benchmarks.check import check, due
from benchmarks.command import Done, python
from benchmarks.installation import DATABASE, DATASET, Installation

SET: Final = "`set`: two DELETE statements"
SWEEP: Final = "`retention sweep`"
PLAN: Final = "`retention plan`"
DUE_ONLY: Final = "`retention plan --due-only`"
_VERIFY: Final = "`retention audit verify`"
_MOST_MEGABYTES: Final = 250  # what no command of ours may exceed


@dataclass(slots=True)
class Measured:
    """What the runs of one phase took."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # seconds of a processor
    megabytes: list[float] = field(default_factory=list)  # at the peak

    def add(self, done: Done) -> None:
        """Count a run, from the start of its process to its end."""
        self.seconds.append(done.seconds)
        self.cpu.append(done.cpu)
        self.megabytes.append(done.megabytes)


def measure(root: Path, rows: int, rounds: int, *, plans: bool = True) -> Mapping[str, Measured]:
    """Every phase in turns, `rounds` times, checked each time; perhaps without planning anew.

    Raises:
        SystemExit: a run failed, or did not do what it should.
    """
    made = installation.install(root, rows)
    approved = installation.plan(made)
    installation.approve(made, approved)
    planning = ((PLAN, ()), (DUE_ONLY, ("--due-only",))) if plans else ()
    found = {phase: Measured() for phase in (SET, SWEEP, _VERIFY, *(phase for phase, _ in planning))}
    for number in range(1, rounds + 1):
        _raw(made, found[SET])
        _sweep(made, approved.said["digest"], found[SWEEP], found[_VERIFY])
        for phase, more in planning:
            made.restore("unplanned")
            found[phase].add(installation.plan(made, *more))
        took = ", ".join(f"{phase} {one.seconds[-1]:.2f} s" for phase, one in found.items())
        _say(f"round {number} of {rounds}: {took}")
    return found


def _raw(made: Installation, measured: Measured) -> None:
    made.restore("approved")
    done = python("-m", "benchmarks.raw", DATABASE, folder=made.folder)
    measured.add(done)
    measured.seconds[-1] = done.said["seconds"]  # of the statements alone, which is the stricter measure
    check(made.database, made.pristine("approved"))


def _sweep(made: Installation, digest: str, measured: Measured, verified: Measured) -> None:
    made.restore("approved")
    done = installation.sweep(made, digest)
    measured.add(done)
    pristine = made.pristine("approved")
    check(made.database, pristine)
    [destroyed] = [one["destroyed"] for one in done.said["datasets"] if one["id"] == DATASET]
    if destroyed != due(pristine):
        raise SystemExit(f"the sweep reports {destroyed} records destroyed, not the {due(pristine)} that were due")
    verified.add(installation.verify(made))


def table(found: Mapping[str, Measured]) -> list[str]:
    """The figures, as a table in Markdown."""
    base, base_cpu = median(found[SET].seconds), median(found[SET].cpu)
    lines = [
        "| | seconds: median (min to max) | CPU seconds | ratio to `set` | ratio of CPU | peak MB |",
        "|---|---|---|---|---|---|",
    ]
    for phase, one in found.items():
        middle = median(one.seconds)
        spread = f"{middle:.2f} ({min(one.seconds):.2f} to {max(one.seconds):.2f})"
        cpu, most = median(one.cpu), max(one.megabytes)
        ratios = f"{middle / base:.1f} | {cpu / base_cpu:.1f}"
        lines.append(f"| {phase} | {spread} | {cpu:.2f} | {ratios} | {most:.0f} |")
    return lines


def section(rows: int, rounds: int, command: Sequence[str], found: Mapping[str, Measured]) -> list[str]:
    """One size's results, with what it takes to repeat and to judge them."""
    peak = max(max(one.megabytes) for one in found.values())
    verdict = f"{'within' if peak <= _MOST_MEGABYTES else 'OVER'} the {_MOST_MEGABYTES} MB allowed"
    return [
        f"## {rows:,} rows".replace(",", " "),
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, `{shlex.join(command)}`; {rounds} rounds in turns; {machine()}.",
        "",
        *table(found),
        "",
        f"Peak memory {peak:.0f} MB: {verdict}.",
    ]


def machine() -> str:
    """What class of machine this is."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    load = f"load {os.getloadavg()[2]:.1f}"  # of the last quarter of an hour: what else the cores had to do
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {load}, {platform.system()} {platform.machine()}, {versions}"


def write(path: Path, title: str, lines: Sequence[str]) -> None:
    """Put a section into the results, in place of an older one of the same title."""
    parts = path.read_text().split("\n## ") if path.exists() else [_HEADING]
    kept = [part for part in parts[1:] if part.partition("\n")[0] != title]
    mine = "\n".join(lines).removeprefix("## ")
    order = sorted([*kept, mine], key=lambda part: int("".join(filter(str.isdigit, part.partition("\n")[0])) or 0))
    path.write_text("\n\n## ".join(part.strip("\n") for part in (parts[0], *order)) + "\n")


_HEADING: Final = """# Results

Only the ratios of one run count. `set` is the seconds of the two statements and their commit; a command of ours is a
whole process, from its start to its end, and so are all CPU seconds. The load says how many processes shared the cores:
where it is above their number, only CPU seconds say something. Every run began from a pristine, warmed copy and was
checked afterwards: no
expired record left that no hold covers, everything else and its attachments untouched, the log verified. What is
deleted: a fifth of the rows, each with two attachments, but for the clients under a hold (one in a hundred).
"""


def _say(line: str) -> None:
    print(line, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one size; print the table and, if wanted, write it into the results."""
    parser = argparse.ArgumentParser(description="Time a whole sweep beside the statements that a person could type.")
    parser.add_argument("--rows", type=int, default=generate.SIZES["normal"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path, metavar="FILE", help="also put the figures into this file")
    parser.add_argument("--no-plans", action="store_true", help="time the sweep only")
    asked = parser.parse_args(arguments)
    command = ["python", "-m", "benchmarks.sweep", *(sys.argv[1:] if arguments is None else arguments)]
    with TemporaryDirectory(prefix="retention-benchmark-") as folder:
        found = measure(Path(folder), asked.rows, asked.rounds, plans=not asked.no_plans)
    lines = section(asked.rows, asked.rounds, command, found)
    _say("\n".join(lines))
    if asked.write is not None:
        write(asked.write, lines[0].removeprefix("## "), lines)


if __name__ == "__main__":
    main()
