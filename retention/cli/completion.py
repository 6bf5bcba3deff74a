"""`retention completion`: what a shell needs to complete our commands."""

from __future__ import annotations

from typing import Final

import click
from click.shell_completion import get_completion_class

_VARIABLE: Final = "_RETENTION_COMPLETE"
_SHELLS: Final = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the shell's completion script.

    \b
      bash: eval "$(retention completion bash)"                  in ~/.bashrc
      zsh:  eval "$(retention completion zsh)"                   in ~/.zshrc
      fish: retention completion fish | source                   in ~/.config/fish/config.fish
    """  # noqa: D301 - \b keeps click from filling these lines
    found = get_completion_class(shell)
    if found is None:  # a name that click does not know cannot pass the choice above
        raise click.BadParameter(shell)
    click.echo(found(ctx.find_root().command, {}, "retention", _VARIABLE).source())
