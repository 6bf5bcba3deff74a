"""What every command shares: the configuration, the language, JSON, and how an error reaches a person.

Each command takes `--config` and `--lang` before or after its name. An error is printed on standard error as
"Error: what, where, what to do", and ends the command with the status of its class (design.md section 8).
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import traceback
from collections.abc import Callable, Generator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from msgspec import Struct

from retention.collecting import not_at_the_end
from retention.errors import RetentionError
from retention.text import Language, Text

if TYPE_CHECKING:
    from retention.config import Settings

INTERRUPTED: Final = 130  # as shells say it
FAULT: Final = 1
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Edge(Struct, kw_only=True, dict=True):
    """What was said on the command line about how to run, and the settings once they are needed."""

    config: Path | None = None  # None: RETENTION_CONFIG, else ./retention.toml
    lang: Language | None = None  # None: the organisation's language
    as_json: bool = False

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once."""
        from retention import config  # noqa: PLC0415 - help and most of completion read no settings

        return config.load(config.find(self.config, os.environ, Path.cwd()), os.environ)

    @property
    def language(self) -> Language:
        """The language of what people read; Dutch where nothing says otherwise."""
        if self.lang is not None:
            return self.lang
        try:
            return self.settings.organisation.language
        except RetentionError:
            return Language.NL

    def say(self, text: Text) -> str:
        """A text in the command's language."""
        return text[self.language]


pass_edge = click.make_pass_decorator(Edge, ensure=True)


def _keep(ctx: click.Context, option: click.Parameter, value: Any) -> None:
    if value is not None and value is not False:
        setattr(ctx.ensure_object(Edge), str(option.name), value)


def _keep_language(ctx: click.Context, option: click.Parameter, value: str | None) -> None:
    _keep(ctx, option, None if value is None else Language(value))


def _common() -> list[click.Parameter]:
    return [
        click.Option(
            ["--config"],
            type=click.Path(path_type=Path, dir_okay=False),
            expose_value=False,
            callback=_keep,
            help="The configuration; else RETENTION_CONFIG, else ./retention.toml.",
        ),
        click.Option(
            ["--lang"],
            type=click.Choice([language.value for language in Language]),
            envvar="RETENTION_LANG",
            expose_value=False,
            callback=_keep_language,
            help="Language of what people read; else RETENTION_LANG, else the organisation's.",
        ),
    ]


def json_option(command: Decorated) -> Decorated:
    """Let a command answer in JSON, for programs."""
    return click.option(
        "--json", "as_json", is_flag=True, expose_value=False, callback=_keep, help="Answer in JSON, for programs."
    )(command)


class EdgeCommand(click.Command):
    """A command with the options that all share."""

    def __init__(self, *args: Any, params: list[click.Parameter] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"params": [*(params or []), *_common()]}))


class EdgeGroup(click.Group):
    """A group of commands; the outermost one turns errors into one line and an exit status."""

    command_class = EdgeCommand
    group_class = type

    def __init__(self, *args: Any, params: list[click.Parameter] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"params": [*(params or []), *_common()]}))

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command; what it returns is its exit status."""
        alone = kwargs.pop("standalone_mode", True)
        run: Callable[[], Any] = functools.partial(super().main, *args, standalone_mode=False, **kwargs)
        if not alone:
            return run()
        not_at_the_end()
        with errors_shown():
            status: int | None = run()
            sys.stdout.flush()
        sys.exit(status)


@contextlib.contextmanager
def errors_shown() -> Generator[None]:
    """End the process as an error says: one clear line each, never a trace with somebody's data in it."""
    try:
        yield
    except RetentionError as error:
        _fail(str(error), error.exit_status, error)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt) as error:
        _fail("interrupted; nothing more was done.", INTERRUPTED, error)
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more while it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAULT)
    except Exception as error:  # noqa: BLE001 - the last door: a fault may not print what it carries (P7)
        _fail(f"{_fault(error)}. This is a fault of the program: report it with this line.", FAULT, error)


def _fail(message: str, status: int, error: BaseException) -> None:
    click.echo(f"Error: {message}", err=True)
    if os.environ.get("RETENTION_DEBUG"):  # for a developer, on data that is nobody's
        traceback.print_exception(error)
    sys.exit(status)


def _fault(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"unexpected {type(error).__name__}{where}"
