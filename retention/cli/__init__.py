"""The command line: each command parses, calls one library function, renders, and exits."""

from __future__ import annotations

from typing import Final

import click

from retention import __version__
from retention.cli import (
    audit,
    completion,
    configuration,
    demo,
    explain,
    hold,
    init,
    notify,
    plan,
    policies,
    report,
    schedule,
    status,
    sweep,
)
from retention.cli.edge import EdgeGroup

SECTIONS: Final = {
    "First steps": ("demo", "init", "config", "policies"),
    "Every night": ("plan", "approve", "sweep", "schedule", "status", "notify"),
    "Holds": ("hold", "explain"),
    "Proof": ("report", "audit"),
    "This command": ("completion",),
}


class RootGroup(EdgeGroup):
    """The commands in the order in which somebody needs them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write one section for each occasion."""
        for title, names in SECTIONS.items():
            rows = [(name, self.commands[name].get_short_help_str(90)) for name in names if name in self.commands]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


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


for command in (
    demo.demo,
    init.init,
    configuration.config,
    policies.policies,
    plan.plan,
    plan.approve,
    sweep.sweep,
    schedule.schedule,
    status.status,
    notify.notify,
    hold.hold,
    explain.explain,
    report.report,
    audit.audit,
    completion.completion,
):
    main.add_command(command)
