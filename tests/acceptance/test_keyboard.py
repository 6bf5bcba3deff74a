"""Pages by keyboard, and what their script adds: tables that can be sorted and filtered, and say so."""

import pytest
from msgspec.structs import replace

from retention.reports.render import html
from retention.text import Language
from tests.acceptance.test_browser import ONE_OF_EACH
from tests.browser import Browser
from tests.examples import EVERY
from tests.registers import PUBLIC
from tests.reports import CHECKPOINT, DECLARATION, RUN
from tests.summaries import BUSY

TAB, ENTER = ("Tab", 9), ("Enter", 13, "\r")
FOCUSED = """(() => { const e = document.activeElement; return e === document.body ? null
  : [...document.querySelectorAll('*')].indexOf(e); })()"""
REACHABLE = """[...document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')]
  .filter(e => e.checkVisibility()).map(e => [...document.querySelectorAll('*')].indexOf(e))"""
OUTLINED = """(() => { const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  return parseFloat(style.outlineWidth) >= 2 && box.bottom > 0 && box.top < innerHeight && box.width > 0; })()"""
COLUMN = """(name => { const table = document.querySelector('#data table');
  const at = [...table.tHead.rows[0].cells].findIndex(cell => cell.textContent.trim() === name);
  return [...table.tBodies[0].rows].map(row => row.cells[at].textContent.trim()); })"""
SAID = "document.querySelector('[role=status]').textContent"


@pytest.fixture
def show(window: Browser, tmp_path):
    def shown(report, language=Language.NL, **window_size):
        page = tmp_path / "page.html"
        page.write_text(html(report, language), encoding="utf-8")
        window.show(page, **window_size)
        return window

    return shown


@pytest.mark.parametrize("name", ONE_OF_EACH.values())
def test_the_tab_key_reaches_everything_in_the_order_it_is_read_and_shows_where_it_is(show, name):
    window = show(EVERY[name])
    reached, unseen = [], 0
    for _ in range(400):
        window.press(*TAB)
        at = window.evaluate(FOCUSED)
        if at is None or at in reached:
            break
        reached.append(at)
        unseen += not window.evaluate(OUTLINED)
    assert reached == window.evaluate(REACHABLE)
    assert unseen == 0


def test_the_first_stop_leads_past_the_navigation(show):
    window = show(BUSY)
    window.press(*TAB)
    assert window.evaluate("document.activeElement.className") == "skip"
    window.press(*ENTER)
    assert window.evaluate("document.activeElement.id") == "main"
    window.press(*TAB)
    assert window.evaluate("document.activeElement.closest('main') !== null")


def press_head(window: Browser, name: str, times: int = 1) -> None:
    heads = "[...document.querySelectorAll('#data thead button')]"
    window.evaluate(f"{heads}.find(one => one.textContent.trim() === '{name}').focus()")
    for _ in range(times):
        window.press(*ENTER)


def test_the_enter_key_sorts_a_table_by_a_number_and_the_unknown_and_the_sum_stay_last(show):
    window = show(BUSY)
    press_head(window, "Gaat weg")
    assert window.evaluate(COLUMN + "('Gaat weg')") == ["0", "0", "0", "118", "312", "1.372", "\u2013", "1.802"]
    press_head(window, "Gaat weg")
    assert window.evaluate(COLUMN + "('Gaat weg')") == ["1.372", "312", "118", "0", "0", "0", "\u2013", "1.802"]


def test_a_sorted_table_says_so_to_whoever_cannot_see_it(show):
    window = show(BUSY, Language.EN)
    sorted_by = "[...document.querySelectorAll('#data th[aria-sort]')].map(e => [e.textContent, e.ariaSort])"
    assert window.evaluate(sorted_by) == []
    press_head(window, "Data")
    assert window.evaluate(sorted_by) == [["Data", "ascending"]]
    assert window.evaluate(SAID) == "Sorted by Data, ascending"
    press_head(window, "Held", times=2)
    assert window.evaluate(sorted_by) == [["Held", "descending"]]
    assert window.evaluate(SAID) == "Sorted by Held, descending"


def test_days_are_sorted_as_days(show):
    window = show(BUSY)
    since = "[...document.querySelectorAll('#holds tbody tr')].map(row => row.cells[1].textContent)"
    window.evaluate("document.querySelectorAll('#holds thead button')[1].click()")
    assert window.evaluate(since) == ["1 november 2025", "1 maart 2026", "11 mei 2026"]


def test_rows_that_hang_together_are_not_sorted_apart(show):
    window = show(PUBLIC)
    assert window.evaluate("document.querySelectorAll('table.groups tbody').length") > 1
    assert window.evaluate("document.querySelectorAll('table.groups button').length") == 0


MANY = replace(RUN, datasets=tuple(replace(RUN.datasets[0], id=f"cvs.d{number:02}") for number in range(12)))


def test_a_long_table_is_filtered_while_one_types_and_says_how_much_is_left(show):
    window = show(MANY)
    window.evaluate("document.querySelector('.filter input').focus()")
    for char in "d1":
        window.cdp("Input.dispatchKeyEvent", type="char", text=char)
    left = "[...document.querySelectorAll('#data tbody tr')].filter(e => e.checkVisibility()).length"
    assert window.evaluate(left) == 2
    assert window.evaluate(SAID) == "2 van 12 rijen"
    window.emulate(media="print")
    assert window.evaluate(left) == 12  # paper has every row
    window.emulate()


@pytest.mark.parametrize("report", [RUN, DECLARATION], ids=["run", "declaration"])
def test_the_checkpoint_is_three_lines_that_can_be_selected(show, report):
    window = show(report, width=320)
    copied = window.run(
        "getSelection().selectAllChildren(document.getElementById('checkpoint')); return getSelection().toString()"
    )
    assert copied.strip().splitlines() == list(CHECKPOINT)


def test_a_page_is_printed_on_a4(show):
    window = show(RUN)
    assert b"/MediaBox [0 0 594.95996 841.91998]" in window.pdf()
