"""The Dutch catalogue is whole, and what is compiled is what is written."""

import gettext
import re

from babel.messages.catalog import Message

from retention.reports import catalogues

HINT = "run `python -m retention.reports.catalogues`, and give the new texts words"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def messages() -> list[Message]:
    return [message for message in catalogues.catalogue_of("nl") if message.id]


def forms(strings: str | tuple[str, ...]) -> tuple[str, ...]:
    return strings if isinstance(strings, tuple) else (strings,)


def test_every_text_of_the_reports_is_in_the_dutch_catalogue_and_no_other() -> None:
    asked = {message.id for message in catalogues.extracted() if message.id}
    assert len(asked) > 100
    assert asked == {message.id for message in messages()}, HINT


def test_every_text_has_dutch_words() -> None:
    assert [m.id for m in messages() if not all(forms(m.string))] == [], HINT


def test_no_translation_is_a_guess() -> None:
    assert [m.id for m in messages() if m.fuzzy] == [], HINT


def test_a_translation_has_the_places_of_its_text() -> None:
    for message in messages():
        asked = set(PLACEHOLDER.findall(forms(message.id)[-1]))
        for string in forms(message.string):
            assert asked == set(PLACEHOLDER.findall(string)), message.id


def test_the_compiled_catalogue_is_what_is_written() -> None:
    with catalogues.translated("nl").with_suffix(".mo").open("rb") as file:
        found = gettext.GNUTranslations(file)
    for message in messages():
        if isinstance(message.id, tuple):
            assert message.string == tuple(found.ngettext(*message.id, n) for n in (1, 2)), HINT
        else:
            assert message.string == found.gettext(message.id), HINT


def test_compiling_twice_makes_the_same_bytes() -> None:
    assert catalogues.compiled("nl") == catalogues.compiled("nl")
    assert catalogues.compiled("nl") == catalogues.translated("nl").with_suffix(".mo").read_bytes(), HINT
