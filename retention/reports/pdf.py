"""A declaration as PDF/A-3b, with the machine-readable files inside: the extra `[pdf]` (docs/adr/0020).

The page is the one of the browser, in its printed form. Fonts are embedded, colours have their profile, and nothing is
fetched: a file for an archive that needs nothing but itself.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from retention.errors import ConfigError
from retention.reports.destruction import Declaration, DestructionList
from retention.reports.render import file_name, html
from retention.reports.values import as_json
from retention.text import Language

VARIANT: Final = "pdf/a-3b"
_ON_PAPER: Final = """
@page { size: A4; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt "DejaVu Sans", sans-serif; } }
h1 { font-size: 20pt; }
body { font-family: "DejaVu Sans", sans-serif; } code, pre { font-family: "DejaVu Sans Mono", monospace; }
"""


def pdfs(declared: Declaration, listed: DestructionList) -> Mapping[str, bytes]:
    """A declaration as PDF/A in both languages, with its JSON and that of the stripped list attached.

    Raises:
        ConfigError: the extra is not installed.
    """
    name = file_name(declared)
    return {f"{name[language]}.pdf": _pdf(declared, listed, language) for language in Language}


def _pdf(declared: Declaration, listed: DestructionList, language: Language) -> bytes:
    weasyprint = _weasyprint()
    attached = [
        weasyprint.Attachment(
            string=text, name=name, description=said, relationship="Data", created=None, modified=None
        )
        for name, text, said in (
            (f"{file_name(declared).en}.json", as_json(declared), f"Declaration {declared.id}"),
            (declared.list_file, as_json(listed), f"Destruction list {listed.id}"),
        )
    ]
    page = weasyprint.HTML(string=html(declared, language), url_fetcher=_nothing, media_type="print")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves the file of its colour profile to the collector
        written: bytes = page.write_pdf(
            stylesheets=[weasyprint.CSS(string=_ON_PAPER)], attachments=attached, pdf_variant=VARIANT, pdf_tags=True
        )
    return written


def _weasyprint() -> Any:
    try:
        import weasyprint  # noqa: PLC0415 - an extra, asked for only here
    except (ImportError, OSError) as error:  # OSError: the package is there, and Pango is not
        raise ConfigError(
            "PDF/A needs WeasyPrint and the system's Pango: pip install 'retention-sweeper[pdf]', and on Debian "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0. The page and the JSON need neither."
        ) from error
    return weasyprint


def _nothing(url: str, *_args: object, **_more: object) -> NoReturn:
    raise ValueError(f"a report asks for nothing, and this one asked for {url[:40]}")
