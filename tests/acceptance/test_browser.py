"""Every page in a real browser: silent, alone, without barriers, whole on a phone and on paper, also without script."""

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from retention.reports.render import html
from retention.text import Language
from tests import servers
from tests.browser import Browser
from tests.examples import EVERY, KINDS

A4 = 688  # pixels between the margins of a page on paper
PHONE = 360
WIDTHS = (320, PHONE, 768)  # 320: WCAG 2.2, 1.4.10
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ONE_OF_EACH = {kind: name for name, report in reversed(EVERY.items()) for kind in KINDS if isinstance(report, kind)}

IN_BOTH = {*ONE_OF_EACH.values(), "run-under-way"}  # an example of the same kind says other numbers, no other words
every_page = pytest.mark.parametrize(
    ("name", "language"),
    [(name, one) for name in EVERY for one in Language if one is Language.NL or name in IN_BOTH],
)

AXE = """axe.run(document, %s).then(found => found.violations.flatMap(
  one => one.nodes.map(node => `${one.id}: ${node.target}
    ${node.any.concat(node.all, node.none).map(c => c.message)}`)))"""

CUT = """[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1)
  .map(e => `${e.ariaLabel} ${e.scrollWidth} in ${e.clientWidth}`)"""

FOLDED = "[...document.querySelectorAll('details .in')].filter(e => !e.checkVisibility()).length"

# What sticks out of its cell, its card or its paper, or is cut off by what it stands in.
CLIPPED = """(() => {
  const found = [], name = e => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 40)}`;
  const seen = e => e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true});
  for (const e of document.querySelectorAll('body *')) {
    if (!seen(e) || e.closest('.skip, .unseen, script')) continue;
    const style = getComputedStyle(e);
    const cuts = style.overflowX !== 'visible' && !e.closest('svg');
    if (cuts && e.scrollWidth > e.clientWidth + 1) found.push(`cut: ${name(e)}`);
    if (e.getBoundingClientRect().right > innerWidth + 1) found.push(`off the paper: ${name(e)}`);
  }
  const range = document.createRange();
  for (const e of document.querySelectorAll('td, th, caption, li, p, pre, dt, dd, h1, h2, h3, h4')) {
    if (!seen(e) || !e.textContent.trim()) continue;
    range.selectNodeContents(e);
    const box = e.getBoundingClientRect(), text = range.getBoundingClientRect();
    if (text.right > box.right + 1 || text.left < box.left - 1) found.push(`sticks out: ${name(e)}`);
  }
  return found;
})()"""

# Texts that stand out less than 4.5 to 1 (WCAG 2.2, 1.4.3): quicker than axe, so on every page.
FAINT = """(() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92
    : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const faint = [];
  for (const e of document.querySelectorAll('body *')) {
    if (e.matches('.skip, script') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) faint.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)} ${e.textContent.slice(0, 30)}`);
  }
  return faint;
})()"""

READ = """(() => { const whole = document.body.cloneNode(true);
  whole.querySelectorAll('script, .filter, .unseen').forEach(e => e.remove());
  return whole.textContent.replace(/\\s+/g, ' ').trim(); })()"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one page showed, looked at once for all tests."""

    asked_for: list[str]
    complaints: list[dict[str, Any]]
    barriers: dict[str, list[str]]
    faint: dict[str, list[str]]
    sideways: dict[int, int]  # by the window's width, the pixels that it has to scroll
    cut: list[str]  # the tables that a desk's window does not show whole
    clipped: list[str]  # on paper
    folded: int  # what stays closed on paper
    read: dict[str, str]


@pytest.fixture(scope="session")
def seen(window: Browser, tmp_path_factory: pytest.TempPathFactory):
    """Looks at a page, once."""
    script = servers.need("axe")
    assert isinstance(script, Path)
    axe = script.read_text("utf-8")

    def barriers(name: str, language: Language) -> list[str]:
        """All that axe finds; its look at colours takes ten times as long as all the rest, so one of each has it.

        FAINT looks at the colours of every page.
        """
        asked = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
        colours = name in ONE_OF_EACH.values() and language is Language.NL
        rules = {"color-contrast": colours, "landmark-unique": "hostile" not in name}
        return window.evaluate(AXE % json.dumps(asked | {"rules": {one: {"enabled": on} for one, on in rules.items()}}))

    @functools.cache
    def look(name: str, language: Language) -> Seen:
        page = stored(tmp_path_factory.mktemp("page"), name, language)
        window.show(page)
        asked_for, complaints = window.requests(), window.log("browser")
        read = {"with": window.evaluate(READ)}
        window.evaluate(axe + ";0")
        found, faint = {"desktop, light": barriers(name, language)}, {"light": window.evaluate(FAINT)}
        window.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        cut = window.evaluate(CUT)
        window.emulate(width=PHONE, height=740, dark=True)
        found["phone, dark"], faint["dark"] = barriers(name, language), window.evaluate(FAINT)
        sideways = {}
        for width in WIDTHS:
            window.emulate(width=width)
            sideways[width] = window.evaluate("document.documentElement.scrollWidth") - width
        window.emulate(media="print", width=A4)
        clipped = window.evaluate(CLIPPED)
        window.scripts(run=False)
        try:
            window.show(page, width=A4)
            read["without"] = window.evaluate(READ)
            window.emulate(media="print", width=A4)
            folded = window.evaluate(FOLDED)
        finally:
            window.scripts(run=True)
        return Seen(
            asked_for=[one for one in asked_for if one != page.as_uri()],
            complaints=complaints,
            barriers=found,
            faint=faint,
            sideways=sideways,
            cut=cut,
            clipped=clipped,
            folded=folded,
            read=read,
        )

    return look


def stored(folder: Path, name: str, language: Language) -> Path:
    page = folder / "page.html"
    page.write_text(html(EVERY[name], language), encoding="utf-8")
    return page


def test_there_is_an_example_of_every_kind_of_report():
    assert set(ONE_OF_EACH) == set(KINDS), "add its examples' module to tests.examples.MODULES"


@every_page
def test_a_page_asks_for_nothing_but_itself(seen, name, language):
    assert seen(name, language).asked_for == []


@every_page
def test_a_browser_complains_of_nothing(seen, name, language):
    assert seen(name, language).complaints == []


@every_page
@pytest.mark.parametrize("reader", ["desktop, light", "phone, dark"])
def test_a_page_has_no_barrier_that_axe_finds(seen, name, language, reader):
    assert seen(name, language).barriers[reader] == []


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(seen, name, language, scheme):
    assert seen(name, language).faint[scheme] == []


@every_page
def test_a_page_fits_its_window_without_scrolling_sideways(seen, name, language):
    assert max(seen(name, language).sideways.values()) <= 0


@every_page
def test_on_a_desk_every_table_is_there_as_a_whole(seen, name, language):
    assert "hostile" in name or seen(name, language).cut == []  # their words are too long to break


@every_page
def test_on_paper_nothing_is_clipped(seen, name, language):
    assert seen(name, language).clipped == []


@every_page
def test_on_paper_nothing_stays_folded(seen, name, language):
    assert seen(name, language).folded == 0


@every_page
def test_without_scripts_a_page_reads_the_same(seen, name, language):
    read = seen(name, language).read
    assert len(read["without"]) > 500
    assert read["with"] == read["without"]
