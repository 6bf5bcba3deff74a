"""A notice in words: a subject that can be filtered on, what happened, what to do, and the checkpoint to keep."""

from __future__ import annotations

import re
import textwrap
from datetime import date
from functools import cache
from typing import Any, Final, assert_never

from jinja2 import Environment, PackageLoader, StrictUndefined
from msgspec import Struct

from retention.notices.facts import Facts, Failed, Late, Planned, Refused, Reviews, Tested, kind_of
from retention.reports.destruction import Kept
from retention.reports.words import Words, plain
from retention.text import Language

_WIDTH: Final = 76  # columns of a mail's text; commands and the checkpoint are never broken
_BLANKS: Final = re.compile(r"\n{3,}")
_COMMAND: Final = re.compile(r"`[^`]*`")
_LONGEST: Final = 60  # characters of an organisation's name in a subject


class Voice(Struct, frozen=True, kw_only=True):
    """For whom, and in which language, notices speak."""

    organisation: str
    language: Language
    zone: str  # IANA name
    reports_url: str = ""  # where the folders of days are served; empty: no links
    checkpoint: str | None = None  # the signed note, byte for byte; None: nothing was published

    @property
    def words(self) -> Words:
        """How its readers are spoken to."""
        return Words(self.language)

    def records(self, count: Kept) -> str:
        """1,286 records, <5 records."""
        words = self.words
        return words.ngettext("%(count)s record", "%(count)s records", 0) % {"count": words.kept(count)}


class Worded(Struct, frozen=True, kw_only=True):
    """A notice as people read it."""

    subject: str  # one line
    text: str  # what happened and what to do
    foot: str  # how often this comes, and the checkpoint

    @property
    def whole(self) -> str:
        """All of it."""
        return f"{self.text}\n{self.foot}"


def worded(facts: Facts, voice: Voice) -> Worded:
    """A notice in a voice."""
    kind = kind_of(facts)
    name = "test" if kind is None else kind.value
    given = {"facts": facts, "voice": voice, "words": voice.words, "kind": name, "link": _link(facts, voice)}
    organisation = " ".join(plain(voice.organisation).split())
    short = textwrap.shorten(organisation, _LONGEST, placeholder="\u2026")
    return Worded(
        subject=f"[retention {name}] {short}: {_subject(facts, voice.words)}",
        text=_rendered(f"{name}.txt.j2", voice.language, organisation=organisation, **given),
        foot=_foot(voice, name),
    )


def _subject(facts: Facts, words: Words) -> str:
    match facts:
        case Refused():
            said = words.gettext("something approved was refused")
        case Failed():
            said = words.gettext("a job failed")
        case Late():
            said = words.gettext("destruction is late")
        case Planned():
            said = words.gettext("a new plan to read")
        case Reviews():
            said = words.gettext("a hold to review")
        case Tested():
            said = words.gettext("a test")
        case _:
            assert_never(facts)
    return f"{said} ({words.date(facts.of)})"


def _foot(voice: Voice, name: str) -> str:
    """The checkpoint stands last, byte for byte: what follows the sentence above it can be copied whole."""
    said = _rendered("foot.txt.j2", voice.language, kind=name, voice=voice)
    return said if voice.checkpoint is None else f"{said}\n{voice.checkpoint}"


def _link(facts: Facts, voice: Voice) -> str | None:
    """Where the report of it is served; None: nowhere that is known."""
    match facts:
        case Planned():
            name = {Language.NL: "proefrun", Language.EN: "dry-run"}[voice.language]
        case Refused(runs=runs) | Failed(runs=runs) | Late(runs=runs) if runs:
            name = {Language.NL: "uitvoering", Language.EN: "run"}[voice.language]
        case _:
            return None
    return f"{voice.reports_url.rstrip('/')}/{_day(facts.of)}/{name}.html" if voice.reports_url else None


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"


def _rendered(template: str, language: Language, **given: Any) -> str:
    text = plain(_environment(language).get_template(template).render(**given)).strip("\n")
    lines = "\n".join(_wrapped(line) for line in text.splitlines())
    return _BLANKS.sub("\n\n", lines) + "\n"


def _wrapped(line: str) -> str:
    if line.startswith(" ") or len(line) <= _WIDTH:
        return line.rstrip()
    whole = _COMMAND.sub(lambda found: found[0].replace(" ", "\u00a0"), line)
    return textwrap.fill(whole, _WIDTH, break_long_words=False, break_on_hyphens=False).replace("\u00a0", " ")


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(  # noqa: S701 - plain text; `plain` takes out what would steer a reader
        loader=PackageLoader("retention.notices"),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    words = Words(language)
    environment.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment
