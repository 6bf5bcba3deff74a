"""A dry run and its report, for people to read: what a night would destroy if it came now.

`python -m retention_jobs.dry_run_report [retention plan's options]`. The night makes a plan of its own; this is for a
day on which somebody wants to look again, or for an account that may only read: without the keys there is nothing to
approve. Reports go to out/DAY/ beside the configuration, unless --out says where.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .running import command, report_folder, run, settings_found


def main(arguments: Sequence[str] = ()) -> int:
    """Make the plan and its report; the exit status."""
    return run("plan", command("plan", ["plan", *arguments, *report_folder(settings_found(), arguments)]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
