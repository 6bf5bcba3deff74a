"""How the demonstration talks: a numbered line for each step, what was typed, what it said, and tables."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

from msgspec import Struct, field
from rich import box
from rich.console import Console
from rich.table import Table

from retention.demo.shell import Ran
from retention.text import Language, Text

_WIDE: Final = 120  # columns, where no terminal says how wide it is


class Verdict(Struct, frozen=True, kw_only=True):
    """What was tried, what answered, and whether that was expected."""

    tried: Text
    said: str
    expected: bool
    quiet: bool  # of no interest unless it was not expected


class Teller(Struct, dict=True):
    """Tells the story on standard output, in one language."""

    language: Language
    verdicts: list[Verdict] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)
    _steps: int = 0

    @cached_property
    def _console(self) -> Console:
        """As wide as the terminal, if there is one."""
        width = None if sys.stdout.isatty() else _WIDE
        return Console(file=sys.stdout, width=width, markup=False, highlight=False, emoji=False)

    @property
    def seconds(self) -> float:
        """How long the story has lasted."""
        return time.monotonic() - self._began

    def step(self, title: Text) -> None:
        """Begin a step: what happens, and what to notice."""
        self._steps += 1
        self._console.print(f"\n{self._steps}. {title[self.language]}", style="bold")

    def say(self, text: Text) -> None:
        """Say a sentence."""
        self._console.print(f"   {text[self.language]}", soft_wrap=True)

    def show(self, ran: Ran, lines: Iterable[str] | None = None) -> None:
        """Show a command as it was typed, (part of) what it said, and its exit status."""
        self._console.print(f"   $ {ran.typed}", style="cyan", soft_wrap=True)
        for line in ran.lines if lines is None else lines:
            self._console.print(f"     {line.rstrip()}", soft_wrap=True)
        told = Text(nl=f"status {ran.status}", en=f"exit status {ran.status}")[self.language]
        self._console.print(f"     [{told}, {ran.seconds:.1f} s]", style="dim")

    def judge(self, tried: Text, said: str, *, expected: bool, quiet: bool = False) -> None:
        """Note a verdict for the table at the end."""
        self.verdicts.append(Verdict(tried=tried, said=said, expected=expected, quiet=quiet))

    def table(self, headers: Sequence[Text], rows: Iterable[Sequence[object]], *, numbers: int = 0) -> None:
        """Print a table; its last `numbers` columns to the right."""
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for index, header in enumerate(headers):
            right = index >= len(headers) - numbers
            table.add_column(header[self.language], justify="right" if right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(str(value) for value in row))
        self._console.print(table)

    def print_verdicts(self) -> None:
        """Print what was tried, what was said, and whether it was expected; quiet ones only when they were not."""
        headers = (
            Text(nl="wat er gebeurde", en="what was done"),
            Text(nl="wat retention zei", en="what retention said"),
            Text(nl="verwacht", en="expected"),
        )
        yes, no = Text(nl="ja", en="yes"), Text(nl="NEE", en="NO")
        self.table(
            headers,
            [
                (one.tried[self.language], one.said, (yes if one.expected else no)[self.language])
                for one in self.verdicts
                if not (one.quiet and one.expected)
            ],
        )

    @property
    def all_expected(self) -> bool:
        """Whether everything ended as it should."""
        return all(one.expected for one in self.verdicts)
