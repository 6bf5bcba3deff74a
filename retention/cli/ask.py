"""Questions: asked on a terminal, and nowhere else, so that a job never waits for an answer."""

from __future__ import annotations

import sys

import click

from retention.errors import UsageError


def ask(question: str, option: str) -> str:
    """An answer typed by a person.

    Raises:
        UsageError: there is no terminal; the message names the option that answers.

    """
    if not sys.stdin.isatty():
        raise UsageError(f"{option} is missing, and there is no terminal to ask on. Give {option}.")
    return str(click.prompt(question, err=True)).strip()


def choose(question: str, option: str, choices: list[str]) -> str:
    """One of a few answers.

    Raises:
        UsageError: there is no terminal; the message names the option that answers.

    """
    if not sys.stdin.isatty():
        raise UsageError(f"{option} is missing, and there is no terminal to ask on. Give {option} {'|'.join(choices)}.")
    return str(click.prompt(question, type=click.Choice(choices), err=True))


def confirm(question: str, option: str) -> None:
    """A yes typed by a person.

    Raises:
        UsageError: it was a no, or there is no terminal; the message names the option that says yes.

    """
    if not sys.stdin.isatty():
        raise UsageError(f"This asks for a yes, and there is no terminal to ask on. Say it with {option}.")
    if not click.confirm(question, err=True):
        raise UsageError("Not confirmed; nothing was done.")
