"""The night: settle what was left open, execute what was approved and announced, publish the proof.

`python -m retention_jobs.nightly_sweep [retention sweep's options]`, at 02:00 say. Its exit status is the run's, so
that whatever starts it can tell a night that waits for somebody (5) from one that failed (1) or is at risk (4).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .running import run


def main(arguments: Sequence[str] = ()) -> int:
    """Run the night; its exit status."""
    return run("sweep", ["sweep", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
