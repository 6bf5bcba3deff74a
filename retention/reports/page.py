"""What every page says where a template would have to think: findings, links, commands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Final

from msgspec import Struct

from retention.finding import Finding, Severity
from retention.reports.words import Words
from retention.text import Text

_FEW: Final = 8  # datasets
_OPTION: Final = re.compile(r"-\S+ [^-\s]\S*|\S+")


class Tile(Struct, frozen=True):
    """One number at a glance."""

    kind: str
    label: str
    count: int | str | None  # a text: masked, in a report for keeping; None: not known
    note: str = ""


class Page(Struct, frozen=True, dict=True):
    """A report as its page tells it, to one reader; `templates/report.html.j2` is the skeleton of every one."""

    words: Words
    organisation: str
    tool: str
    titles: Mapping[str, str]  # what each dataset is called
    found: tuple[Finding, ...]

    @property
    def heading(self) -> str:
        """What the page is, and of which day."""
        raise AttributeError(type(self).__name__)  # each page says its own

    @property
    def sections(self) -> list[tuple[str, str]]:
        """What the page can be read by: anchors with their names."""
        return []

    @cached_property
    def short(self) -> bool:
        """Whether there is so little that everything may lie open."""
        return len(self.titles) <= _FEW

    @cached_property
    def anchors(self) -> Mapping[str, str]:
        """Where each dataset is on the page."""
        return {name: f"dataset-{number}" for number, name in enumerate(self.titles, start=1)}

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, the gravest first."""
        grave = list(Severity)
        return tuple(sorted(self.found, key=lambda f: (grave.index(f.severity), f.where, f.code)))

    @property
    def to_mend(self) -> tuple[Finding, ...]:
        """The findings that ask for something to be done."""
        return tuple(finding for finding in self.findings if finding.severity is not Severity.NOTICE)

    @property
    def to_know(self) -> tuple[Finding, ...]:
        """The findings that only want to be known."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.NOTICE)

    def sentence(self, text: Text) -> str:
        """A text as a sentence begins."""
        said = self.words.text(text)
        return said[:1].upper() + said[1:]

    def severity(self, severity: Severity) -> str:
        """How a finding stands in the way."""
        match severity:
            case Severity.ERROR:
                return self.words.gettext("stops")
            case Severity.WARNING:
                return self.words.gettext("mend")
            case Severity.NOTICE:
                return self.words.gettext("to know")

    def per_dataset(self, counts: Mapping[str, int]) -> str:
        """Records per dataset, as a list in a sentence."""
        return self.words.listed(
            f"{self.titles.get(name, name)} ({self.words.count(count)})" for name, count in counts.items() if count
        )

    def pieces(self, command: str) -> list[list[str]]:
        """A command's lines in pieces that should not be broken: an option stays with its value."""
        return [_OPTION.findall(line) for line in command.split("\n")]
