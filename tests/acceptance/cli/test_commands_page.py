"""docs/commands.md is what `--help` says, and the page that a reader finds. RETENTION_TEST_REWRITE=1 writes it anew."""

import os
from pathlib import Path

import click
from click.testing import CliRunner

from retention.cli import SECTIONS, main

from .conftest import REWRITE, subcommands

PAGE = Path(__file__).parents[3] / "docs" / "commands.md"
HEAD = """# Commands

What `retention --help` and each command's own `--help` say; a test keeps this page so.

Every command takes `--config FILE` (else `RETENTION_CONFIG`, else `./retention.toml`) and `--lang nl|en` (else
`RETENTION_LANG`, else the organisation's). `--json` answers a program. An error is one line on standard error: what,
where, and what to do.

For completion of commands, datasets, purposes, holds and plans, put one line in your shell's start-up file:
`eval "$(retention completion bash)"`, `eval "$(retention completion zsh)"`, or `retention completion fish | source`.
"""


def helped(path: tuple[str, ...]) -> str:
    """What --help prints, at one width on every machine."""
    done = CliRunner().invoke(main, [*path, "--help"], prog_name="retention", terminal_width=100)
    assert done.exit_code == 0
    return "\n".join(line.rstrip() for line in done.output.strip().splitlines())


def sections() -> list[str]:
    found = [f"## retention\n\n```text\n{helped(())}\n```\n"]
    for name, command in subcommands(main).items():
        children = command.commands if isinstance(command, click.Group) else {}
        paths = [(name,), *((name, child) for child in children)]
        found += [f"## {' '.join(path)}\n\n```text\n{helped(path)}\n```\n" for path in paths]
    return found


def test_the_page_is_what_help_says():
    text = "\n".join([HEAD, *sections()])
    if os.environ.get(REWRITE):
        PAGE.write_text(text)
    assert PAGE.read_text() == text


def test_the_help_prints_the_commands_that_people_type_in_the_order_in_which_they_need_them():
    shown = CliRunner().invoke(main, ["--help"]).output
    places = [shown.index(f"  {name} ") for names in SECTIONS.values() for name in names]
    assert places == sorted(places)
