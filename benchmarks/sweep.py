"""Time a whole `retention sweep` beside the statements that a person could type, in turns, and check what each did.

Every run starts from a pristine, warmed copy. Only the ratios of one run say anything: machines differ, and so do
hours. The plan and its approval are made beforehand; planning is timed apart, whole and with --due-only.

    python -m benchmarks.sweep --rows 200000 --rounds 3 [--engine postgresql|mariadb]
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import archiver, generate, installation
from benchmarks.check import check
from benchmarks.command import Done, python
from benchmarks.database import Database, Sqlite
from benchmarks.installation import DATASET, Installation
from benchmarks.on_server import OnServer
from benchmarks.server import serving

SET: Final = "`set`: two DELETE statements"
SWEEP: Final = "`retention sweep`"
ARCHIVER: Final = "`pt-archiver`, twice"
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
    server: list[float] = field(default_factory=list)  # seconds of a processor, of the server; empty: there is none

    def add(self, done: Done) -> None:
        """Count a run, from the start of its process to its end."""
        self.seconds.append(done.seconds)
        self.cpu.append(done.cpu)
        self.megabytes.append(done.megabytes)

    @contextmanager
    def watching(self, database: Database) -> Generator[None]:
        """Count what the server uses meanwhile."""
        before = database.cpu()
        yield
        after = database.cpu()
        if before is not None and after is not None:
            self.server.append(after - before)


On = Callable[[Path, Path], Database]
"""Makes the database of an installation, by its folder and that of its copies."""


def measure(root: Path, rows: int, rounds: int, on: On = Sqlite, *, plans: bool = True) -> Mapping[str, Measured]:
    """Every phase in turns, `rounds` times, checked each time; perhaps without planning anew.

    Raises:
        SystemExit: a run failed, or did not do what it should.
    """
    made = installation.install(root, rows, on)
    archiving = isinstance(made.database, OnServer) and made.database.server.engine == "mariadb"
    archiving = archiving and archiver.installed()
    approved = installation.plan(made)
    installation.approve(made, approved)
    planning = ((PLAN, ()), (DUE_ONLY, ("--due-only",))) if plans else ()
    others = (ARCHIVER,) if archiving else ()
    found = {phase: Measured() for phase in (SET, SWEEP, _VERIFY, *others, *(phase for phase, _ in planning))}
    for number in range(1, rounds + 1):
        _raw(made, found[SET])
        _sweep(made, approved.said["digest"], found[SWEEP], found[_VERIFY])
        if archiving:
            _archive(made, found[ARCHIVER])
        for phase, more in planning:
            made.restore("unplanned")
            with found[phase].watching(made.database):
                found[phase].add(installation.plan(made, *more))
        took = ", ".join(f"{phase} {one.seconds[-1]:.2f} s" for phase, one in found.items())
        _say(f"round {number} of {rounds}: {took}")
    return found


def _raw(made: Installation, measured: Measured) -> None:
    made.restore("approved")
    with measured.watching(made.database):
        done = python("-m", "benchmarks.raw", made.database.url, folder=made.folder)
    measured.add(done)
    measured.seconds[-1], measured.cpu[-1] = done.said["seconds"], done.said["cpu"]  # stricter: the statements alone
    check(made.database)


def _archive(made: Installation, measured: Measured) -> None:
    made.restore("approved")
    assert isinstance(made.database, OnServer)  # noqa: S101 - asked before
    with measured.watching(made.database):
        measured.seconds.append(archiver.archive(made.database.server.url))
    check(made.database)


def _sweep(made: Installation, digest: str, measured: Measured, verified: Measured) -> None:
    made.restore("approved")
    with measured.watching(made.database):
        done = installation.sweep(made, digest)
    measured.add(done)
    check(made.database)
    [destroyed] = [one["destroyed"] for one in done.said["datasets"] if one["id"] == DATASET]
    if destroyed != made.database.due():
        raise SystemExit(
            f"the sweep reports {destroyed} records destroyed, not the {made.database.due()} that were due"
        )
    verified.add(installation.verify(made))


def table(found: Mapping[str, Measured]) -> list[str]:
    """The figures, as a table in Markdown."""
    base, base_cpu = median(found[SET].seconds), _all_cpu(found[SET])
    server = bool(found[SET].server)
    also = (" server's CPU seconds |", "---|") if server else ("", "")
    lines = [
        f"| | seconds: median (min to max) | CPU seconds |{also[0]} ratio to `set` | ratio of CPU | peak MB |",
        f"|---|---|---|{also[1]}---|---|---|",
    ]
    for phase, one in found.items():
        middle = median(one.seconds)
        spread = f"{middle:.2f} ({min(one.seconds):.2f} to {max(one.seconds):.2f})"
        cells = [phase, spread, _middle(one.cpu), *([_middle(one.server)] if server else []), f"{middle / base:.1f}"]
        cells.append(f"{_all_cpu(one) / base_cpu:.1f}" if base_cpu else "-")
        cells.append(f"{max(one.megabytes):.0f}" if one.megabytes else "-")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _all_cpu(one: Measured) -> float:
    """Seconds of a processor that a phase took, ours and the server's."""
    return (median(one.cpu) if one.cpu else 0.0) + (median(one.server) if one.server else 0.0)


def _middle(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.2f}" if seconds else "-"


def section(
    rows: int, rounds: int, command: Sequence[str], found: Mapping[str, Measured], database: tuple[str, str]
) -> list[str]:
    """One size's results on one engine, with what it takes to repeat and to judge them."""
    title, engine = database
    peak = max(max(one.megabytes, default=0) for one in found.values())
    verdict = f"{'within' if peak <= _MOST_MEGABYTES else 'OVER'} the {_MOST_MEGABYTES} MB allowed"
    return [
        f"## {rows:,} rows".replace(",", " ") + title,
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, `{shlex.join(command)}`; {rounds} rounds in turns; {machine(engine)}.",
        "",
        *table(found),
        "",
        f"Peak memory {peak:.0f} MB: {verdict}.",
    ]


def machine(engine: str) -> str:
    """What class of machine this is."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    versions = f"Python {platform.python_version()}, {engine}"
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
whole process, from its start to its end, and so are its CPU seconds. The load says how many processes shared the cores:
where it is above their number the seconds say little, and CPU seconds are those of cores that share their caches. Every
run began from a pristine, warmed copy and was checked afterwards: no expired record left that no hold covers,
everything else and its attachments untouched, the log verified. What is deleted: a fifth of the rows, each with two
attachments, but for the clients under a hold (one in a hundred).
"""


def _measured(folder: Path, asked: argparse.Namespace) -> tuple[Mapping[str, Measured], tuple[str, str]]:
    """What every phase took, with the heading and the name of the engine."""
    if asked.engine == "sqlite":
        found = measure(folder, asked.rows, asked.rounds, plans=not asked.no_plans)
        return found, (Sqlite.title, Sqlite.name)
    with serving(asked.engine, asked.url, folder / "server") as server:
        database = OnServer(server)
        try:
            found = measure(folder / "run", asked.rows, asked.rounds, lambda *_: database, plans=not asked.no_plans)
        finally:
            database.drop()
        return found, (database.title, database.name)


def _say(line: str) -> None:
    print(line, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one size; print the table and, if wanted, write it into the results."""
    parser = argparse.ArgumentParser(description="Time a whole sweep beside the statements that a person could type.")
    parser.add_argument("--rows", type=int, default=generate.SIZES["normal"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path, metavar="FILE", help="also put the figures into this file")
    parser.add_argument("--no-plans", action="store_true", help="time the sweep only")
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "mariadb"), default="sqlite")
    parser.add_argument("--url", help="a server that is there, else one is started; never written into the results")
    asked = parser.parse_args(arguments)
    typed = [
        one for one in (sys.argv[1:] if arguments is None else arguments) if asked.url is None or asked.url not in one
    ]
    command = ["python", "-m", "benchmarks.sweep", *typed]
    with TemporaryDirectory(prefix="retention-benchmark-") as folder:
        found, database = _measured(Path(folder), asked)
    lines = section(asked.rows, asked.rounds, command, found, database)
    _say("\n".join(lines))
    if asked.write is not None:
        write(asked.write, lines[0].removeprefix("## "), lines)


if __name__ == "__main__":
    main()
