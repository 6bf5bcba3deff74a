"""The morning's report: what the coming night would destroy, for people to read and approve.

`python -m retention_jobs.dry_run_report [--out DIR]`, after the sweep: a night executes only what a plan of an earlier
day listed. Reports go to a folder of the day beside the configuration, unless --out says where.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .running import into_the_days_folder, run


def main(arguments: Sequence[str] = ()) -> int:
    """Make the plan and its report; the exit status."""
    return run("plan", ["plan", *arguments, *into_the_days_folder(arguments)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
