"""Questions: asked on a terminal, and nowhere else, so that a job never waits for an answer."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final

import click

from retention.errors import UsageError
from retention.text import Language, Text

_ANSWERS: Final = {"j": True, "ja": True, "y": True, "yes": True, "n": False, "nee": False, "no": False, "": False}


def ask(question: str, option: str) -> str:
    """An answer typed by a person.

    Raises:
        UsageError: there is no terminal; the message names the option that answers.

    """
    if not sys.stdin.isatty():
        raise UsageError(f"{option} is missing, and there is no terminal to ask on. Give {option}.")
    return str(click.prompt(question, err=True)).strip()


def choose(question: str, option: str, choices: Mapping[str, str]) -> str:
    """One of a few answers, given by its number or its name; `choices` is each one's name to its meaning in words.

    Raises:
        UsageError: there is no terminal; the message names the option that answers.

    """
    if not sys.stdin.isatty():
        raise UsageError(f"{option} is missing, and there is no terminal to ask on. Give {option} {'|'.join(choices)}.")
    names = list(choices)
    for number, (name, meaning) in enumerate(choices.items(), 1):
        click.echo(f"  {number}  {name}: {meaning}", err=True)
    while True:
        answer = str(click.prompt(question, err=True)).strip().lower()
        if answer in choices:
            return answer
        if answer.isdecimal() and 0 < int(answer) <= len(names):
            return names[int(answer) - 1]
        click.echo(f"  1-{len(names)}, {', '.join(names)}", err=True)


def confirm(question: str, option: str, language: Language) -> None:
    """A yes typed by a person.

    Raises:
        UsageError: it was a no, or there is no terminal; the message names the option that says yes.

    """
    if not sys.stdin.isatty():
        raise UsageError(f"This asks for a yes, and there is no terminal to ask on. Say it with {option}.")
    hint = Text(nl="[j/N]", en="[y/N]")[language]
    while (
        answer := _ANSWERS.get(str(click.prompt(f"{question} {hint}", "", show_default=False, err=True)).lower())
    ) is None:
        click.echo(Text(nl="  j of n", en="  y or n")[language], err=True)
    if not answer:
        raise UsageError("Not confirmed; nothing was done.")
