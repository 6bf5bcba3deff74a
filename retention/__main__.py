"""`python -m retention`: the same command as `retention`."""

from retention.cli import main

main(prog_name="retention")
