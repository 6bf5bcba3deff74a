"""One value in, every form out: pages, spreadsheet tables and JSON of a report, all from the same value.

A report is one of a closed union; a new one does not type-check until it has a page, tables, and a name for its files
(docs/reports.md).
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from importlib.resources import files as files_of
from typing import Any, assert_never

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from msgspec import Struct

from retention.reports.activities import ProcessingRegister
from retention.reports.destruction import Declaration, DestructionList
from retention.reports.figures import decisions, figures
from retention.reports.history import History
from retention.reports.policy_change import PolicyChange
from retention.reports.public import PublicTable
from retention.reports.run import RunReport
from retention.reports.sheets import run_sheets
from retention.reports.sheets_destruction import declaration_sheets, list_sheets
from retention.reports.sheets_history import history_sheets
from retention.reports.sheets_plan import plan_sheets
from retention.reports.sheets_policies import change_sheets
from retention.reports.sheets_register import public_sheets, register_sheets
from retention.reports.table import Sheet, to_csv
from retention.reports.values import as_json
from retention.reports.view import PlanPage
from retention.reports.view_destruction import DeclarationPage, ListPage
from retention.reports.view_history import HistoryPage
from retention.reports.view_policies import ChangePage
from retention.reports.view_register import PublicPage, RegisterPage
from retention.reports.view_run import RunPage
from retention.reports.words import Words, plain
from retention.summary import PlanSummary
from retention.text import Language, Text

Report = (
    PlanSummary | RunReport | DestructionList | Declaration | ProcessingRegister | PublicTable | PolicyChange | History
)


def file_name(report: Report) -> Text:
    """What the files of a report are called, without what they end in; JSON goes by the English name."""
    match report:
        case PlanSummary():
            return Text(nl="proefrun", en="dry-run")
        case RunReport():
            return Text(nl="uitvoering", en="run")
        case DestructionList():
            return Text(nl="vernietigingslijst", en="destruction-list")
        case Declaration():
            return Text(nl="verklaring-van-vernietiging", en="declaration-of-destruction")
        case ProcessingRegister():
            return Text(nl="verwerkingsregister", en="processing-register")
        case PublicTable():
            return Text(nl="bewaartermijnen", en="retention-periods")
        case PolicyChange():
            return Text(nl="beleidswijziging", en="policy-change")
        case History():
            return Text(nl="terugblik", en="history")
        case _:
            assert_never(report)


def html(report: Report, language: Language) -> str:
    """A report as a self-contained page."""
    match report:
        case PlanSummary():
            return render_plan(report, language)
        case RunReport():
            return _page("run.html.j2", language, page=RunPage.of(report, Words(language)), report=report)
        case DestructionList():
            return _page("list.html.j2", language, page=ListPage.of(report, Words(language)), report=report)
        case Declaration():
            page = DeclarationPage.of(report, Words(language))
            return _page("declaration.html.j2", language, page=page, report=report)
        case ProcessingRegister():
            return _page("register.html.j2", language, page=RegisterPage.of(report, Words(language)), report=report)
        case PublicTable():
            return _page("public.html.j2", language, page=PublicPage.of(report, Words(language)), report=report)
        case PolicyChange():
            return _page("change.html.j2", language, page=ChangePage.of(report, Words(language)), report=report)
        case History():
            past = HistoryPage.of(report, Words(language))
            return _page("history.html.j2", language, page=past, report=report)
        case _:
            assert_never(report)


def sheets(report: Report, language: Language) -> tuple[Sheet, ...]:
    """A report as tables."""
    match report:
        case PlanSummary():
            return plan_sheets(report, Words(language))
        case RunReport():
            return run_sheets(report, Words(language))
        case DestructionList():
            return list_sheets(report, Words(language))
        case Declaration():
            return declaration_sheets(report, Words(language))
        case ProcessingRegister():
            return register_sheets(report, Words(language))
        case PublicTable():
            return public_sheets(report, Words(language))
        case PolicyChange():
            return change_sheets(report, Words(language))
        case History():
            return history_sheets(report, Words(language))
        case _:
            assert_never(report)


def files(report: Report) -> Mapping[str, bytes]:
    """Every form of a report in both languages, as the files that it is written to."""
    name = file_name(report)
    found: dict[str, str] = {}
    for language in Language:
        found[f"{name[language]}.html"] = html(report, language)
        for sheet in sheets(report, language):
            found[f"{name[language]}-{sheet.name}.csv"] = to_csv(sheet, language)
    found[f"{_json_name(report)}.json"] = as_json(report)
    return {path: text.encode() for path, text in found.items()}


def _json_name(report: Report) -> str:
    return "plan" if isinstance(report, PlanSummary) else file_name(report).en


def render_plan(summary: PlanSummary, language: Language) -> str:
    """A plan as a self-contained page."""
    return _page(
        "plan.html.j2",
        language,
        page=PlanPage.of(summary, Words(language)),
        summary=summary,
        figures=figures(summary.datasets),
        decisions=decisions(summary),
    )


def _page(template: str, language: Language, **given: Any) -> str:
    return _environment(language).get_template(template).render(words=Words(language), script=_script(), **given)


class _Script(Struct, frozen=True, kw_only=True):
    """What makes tables sortable, and the hash by which a page lets this script run and no other."""

    text: Markup
    sha256: str  # base64


@cache
def _script() -> _Script:
    text = files_of("retention.reports").joinpath("templates", "tables.js").read_text("utf-8").strip()
    sha256 = b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return _Script(text=Markup(text), sha256=sha256)  # noqa: S704 - our own file


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("retention.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_steered,
    )
    words = Words(language)
    environment.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment


def _steered(value: object) -> object:
    """Every text that a template prints, without characters that would steer how the page reads."""
    if isinstance(value, Markup):
        return Markup(plain(value))  # noqa: S704 - it was markup, and nothing that markup is made of is added
    return plain(value) if isinstance(value, str) else value
