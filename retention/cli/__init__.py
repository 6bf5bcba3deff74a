"""The command line: each command parses, calls one library function, renders, and exits.

A command's module is imported when the command is typed. To place a hold, to list the commands and to complete a word
load nothing that a report needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

import click

from retention import __version__
from retention.cli.edge import EdgeGroup
from retention.collecting import imported_for_good

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# The module in this package that has the command under its name, and the line that `--help` lists it with.
SECTIONS: Final = {
    "First steps": {
        "demo": ("demo", "Show everything, on a small organisation that does not exist."),
        "init": ("init", "Set up here, or draft policies from a database."),
        "config": ("configuration", "Check or show the configuration."),
        "policies": (
            "policies",
            "Check the policies, show them in plain sentences or as a register, or compare them.",
        ),
        "grants": ("grants", "What the accounts in each database need, as SQL."),
    },
    "Every night": {
        "plan": ("plan", "List what would go; nothing is changed."),
        "approve": ("plan", "Approve a plan, or take that back."),
        "sweep": ("sweep", "Destroy what was approved and announced, and prove it."),
        "schedule": ("schedule", "Run the nights from our own clock."),
        "status": ("status", "Say whether the nights went well."),
        "notify": ("notify", "Tell people by mail and webhook what there is to say."),
    },
    "Holds": {
        "hold": ("hold", "Place, list, show or release holds."),
        "explain": ("explain", "Say why a record stays or goes."),
    },
    "Proof": {
        "report": ("report", "Report what was planned or done: on the terminal, or as pages, tables and JSON."),
        "audit": ("audit", "Verify the audit log, or read it."),
    },
    "This command": {"completion": ("completion", "Print the shell's completion script.")},
}
COMMANDS: Final = {name: said for section in SECTIONS.values() for name, said in section.items()}


class RootGroup(EdgeGroup):
    """The commands in the order in which somebody needs them, each loaded once it is chosen."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Name the commands."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None when there is none of that name."""
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            module, _ = COMMANDS[cmd_name]
            with imported_for_good():
                self.add_command(getattr(import_module(f"{__name__}.{module}"), cmd_name))
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write one section for each occasion."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, said) for name, (_, said) in commands.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands, and the options of this group."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - a shell asks for it, people do not

        found = [CompletionItem(name, help=said) for name, (_, said) in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]


@click.group(cls=RootGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="retention")
def main() -> None:
    """Destroy personal data on time, never a held record, never without proof.

    \b
    On your own database:
      retention init --from sqlite:///my.db    draft a configuration and a policies package
      retention policies check                 mend what it says
      retention plan                           what would go tonight; nothing is changed
      retention approve DIGEST                 a person decides
      retention sweep                          destroys what was approved, and proves it

    \b
    Exit status, the gravest that applies:
      0 all done                  1 something failed          2 usage, configuration, policies or clock
      3 an approved thing refused 4 proof at risk             5 something waits for a person
    """  # noqa: D301 - \b keeps click from filling these lines
