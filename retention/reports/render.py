"""Pages: one file each, no network, no script, made from one value."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from retention.reports.figures import decisions, figures
from retention.reports.view import PlanPage
from retention.reports.words import Words, plain
from retention.summary import PlanSummary
from retention.text import Language


def render_plan(summary: PlanSummary, language: Language) -> str:
    """A plan as a self-contained HTML page."""
    words = Words(language)
    page = PlanPage(summary, words)
    return (
        _environment(language)
        .get_template("plan.html.j2")
        .render(
            summary=summary,
            words=words,
            page=page,
            figures=figures(summary.datasets),
            decisions=decisions(summary),
        )
    )


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
