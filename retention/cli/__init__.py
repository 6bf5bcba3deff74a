"""The command line: each command parses, calls one library function, renders, and exits."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="retention-sweeper", prog_name="retention")
def main() -> None:
    """Destroy personal data on time, never a held record, never without proof."""
