"""The message catalogues as files: `python -m retention.reports.catalogues` after changing a text.

Extracts the texts of templates and modules, updates the Dutch catalogue and compiles it. Tests refuse a text without
translation and a compiled file that is stale. Headers carry no dates: the same texts make the same bytes.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from retention.reports.words import LOCALES

_HERE: Final = Path(__file__).parent
_FOLDERS: Final = {
    _HERE: "",
    _HERE.parent / "notices": "notices",
}  # which have texts, and what stands before their files
_METHODS: Final = [("templates/**.j2", "jinja2"), ("**.py", "python")]
_KEYWORDS: Final = {"_": None, "gettext": None, "word": None, "ngettext": (1, 2)}
_OPTIONS: Final = {"templates/**.j2": {"silent": "false", "newstyle_gettext": "true", "trimmed": "true"}}
TEMPLATE: Final = LOCALES / "messages.pot"


class _Undated(Catalog):
    """A catalogue whose header says only what reading it needs: no dates, no tool."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What a reader of the file has to know."""
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "8bit")]
        if self.locale is None:
            return headers
        return [("Language", str(self.locale)), ("Plural-Forms", self.plural_forms), *headers]


def translated(locale: str) -> Path:
    """The file that people edit."""
    return LOCALES / locale / "LC_MESSAGES" / "messages.po"


def extracted() -> Catalog:
    """Every text that the reports and the notices ask for, in English."""
    catalogue = _Undated(header_comment="# Texts of the reports.", fuzzy=False)
    for folder, prefix in _FOLDERS.items():
        found = extract_from_dir(
            folder, method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS, comment_tags=("L10N:",)
        )
        for place, _, message, comments, context in found:
            where = (Path(prefix) / place).as_posix()
            catalogue.add(message, None, [(where, 0)], auto_comments=comments, context=context)
    return catalogue


def catalogue_of(locale: str) -> Catalog:
    """The catalogue of one language as it stands."""
    catalogue = _Undated(locale=locale, header_comment="# Texts of the reports.", fuzzy=False)
    with translated(locale).open("rb") as file:
        for message in read_po(file, locale=locale):
            if message.id:
                catalogue[message.id] = message
    return catalogue


def compiled(locale: str) -> bytes:
    """What the compiled file of a language should be."""
    file = io.BytesIO()
    write_mo(file, catalogue_of(locale))
    return file.getvalue()


def _update(locale: str) -> int:
    """Bring one language up to date; the number of texts that still need words."""
    path, catalogue = translated(locale), catalogue_of(locale)
    catalogue.update(extracted(), no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    _write(catalogue, path)
    path.with_suffix(".mo").write_bytes(compiled(locale))
    return sum(1 for message in catalogue if message.id and not message.string)


def _write(catalogue: Catalog, path: Path) -> None:
    file = io.BytesIO()
    write_po(file, catalogue, sort_output=True, include_lineno=False, width=120)
    path.write_bytes(file.getvalue())


def main() -> int:
    """Extract, update, compile; exit 1 while words are missing."""
    _write(extracted(), TEMPLATE)
    missing = _update("nl")
    sys.stdout.write(f"{missing} texts need words in {translated('nl')}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
