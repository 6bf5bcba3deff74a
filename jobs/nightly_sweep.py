"""The night: settle what was left open, execute what was approved and announced, publish the proof.

A second run plans and sweeps what has a notice of 0 days, unless the first could not run or proof is at risk. Reports
of both go to a folder of the day beside the configuration, where the morning's plan comes too, unless --out says where.

`python -m retention_jobs.nightly_sweep [retention sweep's options]`, at 02:00 say. Its exit status is the run's, so
that whatever starts it can tell a night that waits for somebody (5) from one that failed (1) or is at risk (4).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .running import GRAVEST, into_the_days_folder, run


def main(arguments: Sequence[str] = ()) -> int:
    """Run the night, both of its runs; the exit status is the graver one."""
    statuses = {run("sweep", ["sweep", *arguments, *into_the_days_folder(arguments)])}
    if not arguments and not statuses & {2, 4}:
        statuses.add(run("same-day-sweep", ["sweep", "--same-day", *into_the_days_folder((), "same-day")]))
    return next((status for status in GRAVEST if status in statuses), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
