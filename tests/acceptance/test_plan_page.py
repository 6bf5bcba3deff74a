"""The page of a plan in detail: charts, what changed, coverage, sorting and filtering; all forms with one number."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from retention.details import ColumnSummary, TableSummary
from retention.reports.render import files, render_plan, sheets
from retention.reports.view_cover import MOST_TABLES
from retention.reports.words import Words
from retention.summary import PlanSummary
from retention.text import Language
from tests.acceptance.test_pages import Page, both_languages
from tests.browser import Browser, browser
from tests.summaries import BUSY, DATASETS, EMPTY


def test_a_plan_is_the_same_after_it_was_kept() -> None:
    assert PlanSummary.from_json(BUSY.to_json()) == BUSY


def test_a_plan_of_an_earlier_version_can_still_be_read() -> None:
    kept = json.loads(EMPTY.to_json())
    for later in ("since", "coverage"):
        del kept[later]
    kept["changes"] = [{"nl": "iets", "en": "something"}]
    for dataset in kept["datasets"]:
        for later in ("gone_today", "overdue", "coming", "kept", "unlinked", "remains"):
            del dataset[later]
    for policy in kept["policies"]:
        del policy["sha256"], policy["reasons"]
    read = PlanSummary.from_json(json.dumps(kept))
    assert "KEEP_MINIMUM 30.112" in Page(render_plan(read, Language.NL)).text


@both_languages
def test_a_chart_says_its_question_and_its_answer_to_who_cannot_see_it(language: Language) -> None:
    text = render_plan(BUSY, language)
    pictures = re.findall(r'<svg role="img" aria-labelledby="(\S+) (\S+)".*?</svg>', text, re.DOTALL)
    assert len(pictures) == 2
    for title, said in pictures:
        question = re.search(rf'<title id="{title}">([^<]+)</title>', text)
        assert question is not None
        assert question[1].endswith("?")
        assert re.search(rf'<desc id="{said}">[^<]*\d[^<]*\.</desc>', text)


@both_languages
def test_behind_a_chart_is_a_table_with_the_same_numbers(language: Language) -> None:
    drawn = {
        name: [int(re.sub(r"\D", "", n)) for n in re.findall(r'<text class="n"[^>]*>([^<]*)</text>', picture)]
        for name, picture in re.findall(
            r'<svg role="img" aria-labelledby="(\w+)-chart-title.*?(<title.*?)</svg>',
            render_plan(BUSY, language),
            re.DOTALL,
        )
    }
    late, ahead = (one for one in sheets(BUSY, language) if one.name in {"how-late", "hoe-laat", "ahead", "op-komst"})
    assert drawn["overdue"] == [sum(int(str(row[at])) for row in late.rows) for at in range(2, len(late.columns))]
    assert drawn["coming"] == [sum(int(str(row[at])) for row in ahead.rows) for at in range(1, len(ahead.columns))]
    assert sum(drawn["overdue"]) == 1802  # all that is due
    assert len(drawn["coming"]) == 12


def test_without_anything_late_or_ahead_there_is_no_empty_picture() -> None:
    nothing = replace(BUSY, datasets=tuple(replace(one, overdue={}, coming={}) for one in DATASETS))
    text = render_plan(nothing, Language.NL)
    assert 'role="img"' not in text
    assert "Er is niets te laat." in text


def test_the_page_tells_what_changed_and_why() -> None:
    said = Page(render_plan(BUSY, Language.NL)).text
    assert "Vergeleken met het plan van 30 juni 2026" in said
    assert "Gewijzigd beleid: Schuldhulpverlening." in said
    assert "Dossiers cvs.dossier 1.345 0 14 41 1.372 Sindsdien is de termijn voorbij: 36 records." in said
    assert "Blokkade H-20260511-0b9911fe is opgeheven; die hield 2 records tegen." in said
    assert "Nieuw of gewijzigd in de bron: 12 records." in said
    assert "Cliënten cvs.client 40 12 \u2013 \u2013 96 Een nieuw jaar heeft nieuwe sleutels" in said


def test_a_plan_without_one_before_does_not_speak_of_change() -> None:
    assert "Wat veranderde er" not in Page(render_plan(replace(BUSY, since=None), Language.NL)).text


def test_the_page_tells_who_decides_and_until_when() -> None:
    said = Page(render_plan(BUSY, Language.NL)).text
    assert "KEEP_MINIMUM 9.779 Ondersteuning op grond van de Wmo 2 juli 2026 tot en met 30 juni 2041" in said


def test_what_already_went_that_day_stands_beside_the_limit() -> None:
    said = Page(render_plan(BUSY, Language.NL)).text
    assert "Voor die dag al weg Dossiers cvs.dossier 1.372 700 0 25" in said


def test_what_remains_of_the_anonymised_is_masked_and_judged() -> None:
    plain = {**dict(DATASETS[0].techniques)}
    del plain["naam"]
    anonymised = replace(DATASETS[0], techniques=plain)
    said = Page(render_plan(replace(BUSY, datasets=(anonymised,)), Language.NL)).text.replace(" ,", ",")
    assert "adres, geboortedatum, team deelnemer_id 249 <5 niet anoniem: iemand is nog aan te wijzen" in said
    assert "pseudoniem: nog een persoonsgegeven" in Page(render_plan(BUSY, Language.NL)).text


def test_side_effects_are_told_per_record_that_causes_them() -> None:
    said = Page(render_plan(BUSY, Language.NL)).text
    assert "cvs.contactmoment gaat mee 17.233" in said
    assert "cvs.taak blijft, maar verliest de verwijzing 12" in said


def test_what_looks_personal_and_nobody_governs_comes_first() -> None:
    said = Page(render_plan(BUSY, Language.NL)).text
    assert "Lijkt persoonlijk en wordt nooit opgeruimd: 2." in said
    assert "cvs.evaluatie niet beschreven 812 naam, email" in said
    assert "Ontbreekt hier, want niet te lezen: act, fin en priv." in said


def test_a_page_lists_no_more_tables_than_fit_and_the_files_list_all() -> None:
    many = tuple(
        TableSummary(
            store="erp",
            table=f"t{n}",
            dataset=None,
            governed="no",
            columns=(ColumnSummary(name="naam", role="none", personal=True),),
        )
        for n in range(MOST_TABLES + 3)
    )
    summary = replace(BUSY, coverage=many)
    assert "Nog 3 tabellen staan in de CSV en in de JSON." in Page(render_plan(summary, Language.NL)).text
    [sheet] = [one for one in sheets(summary, Language.NL) if one.name == "dekking"]
    assert len(sheet.rows) == MOST_TABLES + 3


@both_languages
def test_page_table_and_json_have_the_same_numbers(language: Language) -> None:
    words, said = Words(language), Page(render_plan(BUSY, language)).text
    told = json.loads(files(BUSY)["plan.json"])
    tables = {one.name: one for one in sheets(BUSY, language)}
    names = list(tables)
    assert len(names) == len(sheets(BUSY, language))
    assert not [name for name in names if " " in name]
    data = tables[names[0]]
    for row, one, raw in zip(data.rows, BUSY.datasets, told["datasets"], strict=True):
        if one.failed is not None:
            continue
        assert row[2] == raw["judged"] == one.judged
        assert row[3] == one.delete + one.anonymise == raw["delete"] + raw["anonymise"]
        assert f"{words.number(one.judged)} {words.number(one.delete + one.anonymise)}" in said
    reasons = Counter[str]()
    for row in tables[{"nl": "redenen", "en": "reasons"}[language]].rows:
        reasons[str(row[1])] += int(str(row[3]))
    assert reasons == sum((Counter(one["reasons"]) for one in told["datasets"]), Counter())


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with browser() as found:
        yield found


def shown(window: Browser, folder: Path, summary: PlanSummary = BUSY) -> None:
    page = folder / "page.html"
    page.write_text(render_plan(summary, Language.NL), encoding="utf-8")
    window.show(page)


@pytest.mark.parametrize("width", [320, 375, 768])
def test_the_labels_of_a_chart_stay_clear_of_its_bars(window: Browser, tmp_path: Path, width: int) -> None:
    page = tmp_path / "page.html"
    for language in Language:
        page.write_text(render_plan(BUSY, language), encoding="utf-8")
        window.show(page, width=width)
        overlaps = """const box = e => e.getBoundingClientRect();
          const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom - 1 && b.top < a.bottom - 1;
          return [...document.querySelectorAll('.chart svg')].flatMap(svg => [...svg.querySelectorAll('text')]
            .filter(text => [...svg.querySelectorAll('rect')].some(bar => meet(box(text), box(bar))))
            .map(text => text.textContent));"""
        assert window.run(overlaps) == []
        assert window.run("return document.documentElement.scrollWidth") <= width
