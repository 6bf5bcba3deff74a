"""The night: settle what was left open, execute what was approved and announced, list what goes next, tell it all.

Three parts, one after another:

1. `retention sweep` with the arguments given here: what an earlier run left open is settled, the plan executed;
2. `retention sweep --same-day`: what has a notice of 0 days is planned and swept at once;
3. `retention plan`: what the next night will do, so that people can read it first. It is as of the day on which the
   night began, also when that is yesterday by now.

Reports go to out/DAY/ beside the configuration, unless --out says where. `python -m retention_jobs.nightly_sweep`, at
02:00 say: the exit status is the gravest of the three (running.py), so that whatever starts it can tell a night that
waits for somebody (5) from one that failed (1) or is at risk (4).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .running import command, report_folder, run, settings_found, today


def main(arguments: Sequence[str] = ()) -> int:
    """Run the night; its exit status."""
    settings = settings_found()
    day, out = today(settings), report_folder(settings, arguments)
    return run(
        "sweep",
        command("sweep", ["sweep", *arguments, *out]),
        command("same-day", ["sweep", "--same-day", *report_folder(settings, (), "same-day")]),
        command("plan", ["plan", *([] if day is None else ["--today", str(day)]), *out]),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
