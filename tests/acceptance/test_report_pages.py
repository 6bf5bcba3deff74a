"""The pages of a run, a stripped list and a declaration: whole, safe, in both languages, in a real browser."""

import csv
import io
import itertools
import json
import re

import pytest
from msgspec.structs import replace
from rich.console import Console

from retention.reports.destruction import Declaration, DestructionList
from retention.reports.pdf import pdfs
from retention.reports.render import Report, files, html, sheets
from retention.reports.run import RunReport
from retention.reports.table import to_csv
from retention.reports.terminal import report_tables
from retention.reports.words import Words
from retention.text import Language
from tests import servers
from tests.acceptance.test_pages import Page, both_languages
from tests.registers import CHANGE, INTERNAL, NO_PAST, PAST, PROCESSING, PUBLIC, REGISTERS
from tests.reports import BROKEN, CHECKPOINT, DECLARATION, DRAFT, EARLY, KEPT, LINES, LIST, RUN, RUNS, UNDER_WAY

REPORTS: dict[str, Report] = {**RUNS, **KEPT, **REGISTERS}
every_report = pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
HOSTILE = {name: report for name, report in REPORTS.items() if "hostile" in name}
every_hostile = pytest.mark.parametrize("report", HOSTILE.values(), ids=HOSTILE)


def said(report: Report, language: Language = Language.NL) -> str:
    return Page(html(report, language)).text


def shown(report: Report, language: Language) -> str:
    """What a terminal shows."""
    console = Console(file=io.StringIO(), width=300)
    console.print(report_tables(report, language))
    return console.file.getvalue()  # type: ignore[attr-defined]


@every_report
@both_languages
def test_a_page_is_well_formed_and_every_link_on_it_leads_somewhere(report: Report, language: Language):
    page = Page(html(report, language))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(a["href"]) for a in page.all("a")} <= {f"#{name}" for name in ids}


@every_report
@both_languages
def test_a_page_needs_no_network_and_has_no_script_but_ours(report: Report, language: Language):
    text = html(report, language)
    assert len(Page(text).all("script")) == 1
    assert not re.search(r"https?://|url\(|@import|\son\w+=", text)


@every_report
@both_languages
def test_a_page_can_be_heard_as_well_as_seen(report: Report, language: Language):
    page = Page(html(report, language))
    assert page.all("html") == [{"lang": language.value}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("header")) == len(page.all("nav")) == 1
    assert len(page.all("table")) == len(page.all("caption"))
    assert all("scope" in head for head in page.all("th"))
    levels = [int(name[1]) for name, _ in page.tags if re.fullmatch(r"h[1-6]", name)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@every_hostile
@both_languages
def test_hostile_texts_stay_texts_in_every_form(report: Report, language: Language):
    text = html(report, language)
    assert text.count("<script") == 1  # our own
    for form in (text, shown(report, language), *(to_csv(one, language) for one in sheets(report, language))):
        assert "\u202e" not in form
        assert "\x1b[31m" not in form


@every_hostile
@both_languages
def test_no_cell_of_a_table_begins_a_formula(report: Report, language: Language):
    separator = {Language.NL: ";", Language.EN: ","}[language]
    for sheet in sheets(report, language):
        text = to_csv(sheet, language).removeprefix("\ufeff")
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
        assert {len(row) for row in rows} == {len(sheet.columns)}
        assert not [cell for row in rows for cell in row if (cell[:1] and cell[0] in "=+@\t") or cell[:2] == "-="]


@pytest.mark.parametrize(
    ("report", "first"),
    [
        (UNDER_WAY, "Deze uitvoering is niet klaar"),
        (BROKEN, "Deze uitvoering is afgebroken"),
        (DRAFT, "Dit is nog geen verklaring: van een deel van de records is niet bekend"),
        (EARLY, "Dit is nog geen verklaring: de uitvoering is niet klaar"),
    ],
)
def test_what_is_unfinished_says_so_on_top(report: Report, first: str):
    text = said(report)
    assert first in text
    assert text.index(first) < text.index("Wat is vernietigd?" if report in (DRAFT, EARLY) else "In één oogopslag")
    assert first in " ".join(shown(report, Language.NL).split())


@pytest.mark.parametrize("report", [UNDER_WAY, BROKEN])
def test_what_only_the_run_knew_is_unknown_and_no_0(report: Report):
    text = said(report)
    for name in ("Nieuw geblokkeerd", "Uitgesteld", "Gewijzigd", "Al weg", "Geweigerd", "Wacht", "Te laat"):
        assert f"{name} \u2013" in text
    assert "Vernietigd 1.201" in text
    rows = next(sheet.rows for sheet in sheets(report, Language.NL))
    assert {row[7:11] for row in rows} == {(None,) * 4}


@both_languages
def test_page_table_terminal_and_json_of_a_run_have_the_same_numbers(language: Language):
    words, table = Words(language), next(iter(sheets(RUN, language)))
    page, terminal = said(RUN, language), shown(RUN, language)
    told = {one["id"]: one for one in json.loads(files(RUN)["run.json"])["datasets"]}
    for row, one in zip(table.rows, RUN.datasets, strict=True):
        numbers = (one.deleted, one.anonymised, one.fields_erased, one.along, one.held, one.postponed)
        assert row[3:9] == numbers
        assert (told[one.id]["deleted"], told[one.id]["anonymised"]) == numbers[:2]
        for number in (one.deleted, one.anonymised, one.fields_erased, one.held, one.postponed):
            assert words.number(number or 0) in page
            assert words.number(number or 0) in terminal or not number


@pytest.mark.parametrize("report", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("width", [80, 120])
@both_languages
def test_on_a_narrow_terminal_no_number_is_cut(report: RunReport, width: int, language: Language):
    console = Console(file=io.StringIO(), width=width)
    console.print(report_tables(report, language))
    lines = console.file.getvalue().split()  # type: ignore[attr-defined]
    numbers = {part.strip("(),.:;") for part in lines}
    for one in report.datasets:
        for number in (one.deleted, one.anonymised, one.fields_erased, one.along, one.held, one.changed, one.failed):
            assert not number or Words(language).number(number) in numbers
    if report is RUN and width == 120:  # on 80 a long name is folded
        assert {"cvs.dossier", "act.deelnemer", "cvs.client", "act.inschrijving", "web.klik"} <= numbers


def test_a_pseudonym_is_never_called_anonymous():
    assert "Geanonimiseerd 0" in said(RUN)
    assert "Gepseudonimiseerd 118" in said(RUN)
    assert "het blijft een persoonsgegeven en is niet anoniem" in said(DECLARATION)
    assert "Deelnemers: gepseudonimiseerd" in said(DECLARATION)


@pytest.mark.parametrize("report", [DECLARATION, LIST], ids=["declaration", "list"])
@both_languages
def test_a_report_for_keeping_shows_no_group_of_fewer_than_five(report: Report, language: Language):
    text = said(report, language)
    assert "<5" in text
    assert "cvs.document (<5)" in text
    assert "\u22651" in text  # the sum gives nothing away either
    every = "".join(content.decode() for content in files(report).values())
    assert '"records": 3,' not in every


@both_languages
def test_a_declaration_says_everything_that_article_8_and_its_readers_ask_for(language: Language):
    text = said(DECLARATION, language)
    for asked in (
        DECLARATION.id,
        DECLARATION.address,
        DECLARATION.run,
        str(DECLARATION.plan),
        DECLARATION.list_sha256,
        DECLARATION.actor,
        "process-owner",
        "eigenaar",
        Words(language).date(date_of := DECLARATION.reference_date),
        *CHECKPOINT,
    ):
        assert asked in text
    assert date_of
    for section in ("what", "ground", "manner", "who", "stayed", "told", "remains", "proof", "sign"):
        assert f'<section id="{section}"' in html(DECLARATION, language)


@pytest.mark.parametrize(
    ("language", "declared", "nobody"),
    [
        (Language.NL, "gemeente Heemstede; schuldeisers niet bekend", "niet opgegeven niet bekend"),
        (Language.EN, "gemeente Heemstede; schuldeisers not known", "not declared not known"),
    ],
)
def test_who_may_have_received_the_data_is_said_in_every_form_and_that_telling_them_is_not_known(
    language: Language, declared: str, nobody: str
):
    page, terminal = said(DECLARATION, language), shown(DECLARATION, language)
    assert declared in page
    assert nobody in page
    assert "gemeente Heemstede" in terminal
    *_, table = sheets(DECLARATION, language)
    assert [" ".join(map(str, row[3:])) for row in table.rows] == [declared, nobody]
    [told] = [json.loads(content) for name, content in files(DECLARATION).items() if name.endswith(".json")]
    assert [one["informed"] for one in told["disclosed"]] == [None, None]


@pytest.mark.parametrize("report", [DECLARATION, LIST], ids=["declaration", "list"])
@both_languages
def test_page_table_terminal_and_json_of_what_is_kept_have_the_same_numbers(report: Report, language: Language):
    page, terminal, table = said(report, language), shown(report, language), next(iter(sheets(report, language)))
    [told] = [json.loads(content) for name, content in files(report).items() if name.endswith(".json")]
    assert [row[3] for row in table.rows] == [line.records for line in LINES]
    assert [one["records"] for one in told["lines"]] == [line.records for line in LINES]
    for line in LINES:
        number = line.records if isinstance(line.records, str) else Words(language).number(line.records)
        assert f" {number} " in page
        assert f" {number} " in terminal


def test_what_was_allowed_by_name_is_said_of_a_run_and_not_kept_for_good():
    assert "toegestaan boven de limiet: Dossiers (1.372)" in said(RUN)
    assert "1.372" not in said(DECLARATION)


@both_languages
def test_a_run_over_two_hundred_datasets_still_has_a_page_of_modest_size(language: Language):
    many = tuple(replace(RUN.datasets[0], id=f"cvs.d{n}") for n in range(200))
    assert len(html(replace(RUN, datasets=many), language).encode()) < 1_000_000


def test_hostile_texts_do_no_harm_in_a_pdf():
    servers.need("pango")
    declared, listed = HOSTILE["hostile declaration"], HOSTILE["hostile list"]
    assert isinstance(declared, Declaration)
    assert isinstance(listed, DestructionList)
    assert {content[:5] for content in pdfs(declared, listed).values()} == {b"%PDF-"}


def test_a_declaration_uses_the_sentences_that_were_agreed():
    text = said(DECLARATION)
    assert "Ondergetekende verklaart dat de hieronder gespecificeerde gegevens zijn vernietigd" in text
    assert "Definitief na afloop van de back-upcyclus, op 6 augustus 2026." in text
    assert "Hoe lang back-ups van deze bron worden bewaard, is niet ingesteld" in text
    assert "Wat een database zelf bewaart Dossiers cvs.dossier : versies in de historietabel" in text


@every_report
def test_the_dutch_pages_have_no_english_left_in_them(report: Report):
    text = re.sub(r"(?:retention|process-owner|sha256sum) \S*", "", said(report))
    assert not re.findall(r"\b(?:the|of the|stays|goes|held|records are|period|approved|nothing|because)\b", text)


@both_languages
def test_a_public_table_has_plain_words_and_nothing_internal_in_any_form(language: Language):
    for content in files(PUBLIC).values():
        assert not [name for name in INTERNAL if name in content.decode()]
    text = said(PUBLIC, language)
    for told in {
        Language.NL: ("15 jaar", "Na de geboorte.", "Overige gegevens", "Een deel hiervan moeten we volgens de wet"),
        Language.EN: ("15 years", "After birth.", "Other data", "We must keep part of this by law"),
    }[language]:
        assert told in text


def test_what_nobody_put_in_words_is_counted_for_whoever_publishes_it():
    assert PUBLIC.unworded == 2  # a dataset without a title, and a start that is a column
    assert "Op 2 plekken in het beleid" in " ".join(shown(PUBLIC, Language.NL).split())
    assert "2 plekken" not in said(PUBLIC)


@both_languages
def test_a_register_says_what_was_declared_and_where_nobody_said_it(language: Language):
    text, nothing = said(PROCESSING, language), Words(language).gettext("not declared")
    assert text.count("Beveiligingsplan 2026") == 2
    assert text.count("gemeente Duinrand") == 1
    assert PROCESSING.undeclared == 4  # the officer, recipients of one, transfers of both
    assert text.count(nothing) == 4 + 1  # and the sentence that adds them up
    for asked in ("Duinweg 1, Duinrand", "client", "tekst_van_het_verslag", "Wmo 2015, art. 5.3.4"):
        assert asked in text


@both_languages
def test_page_table_terminal_and_json_of_a_change_and_a_history_have_the_same_numbers(language: Language):
    words = Words(language)
    data, months = next(iter(sheets(CHANGE, language))), next(iter(sheets(PAST, language)))
    impact = CHANGE.impacts[0]
    assert data.rows[0][2:8] == (1372, 191, 20, 1201, 7, 412)
    assert data.rows[1][2:7] == (None,) * 5  # not judged is not 0
    for number in (impact.old_due, impact.leaves, impact.joins, impact.new_due, impact.gone_together):
        assert number is not None
        assert words.number(number) in said(CHANGE, language)
        assert words.number(number) in shown(CHANGE, language)
    assert [row[2] for row in months.rows] == [one.destroyed for one in PAST.months] == [0, 1586, 7]
    for number in (1586, 412, 12, 3):
        assert words.number(number) in said(PAST, language)
        assert words.number(number) in shown(PAST, language)


def test_a_month_that_nobody_knows_is_a_dash_and_no_0():
    row = html(NO_PAST, Language.NL).split('<th scope="row">mei 2026</th>')[1].split("</tr>")[0]
    assert re.findall(r">([^<]*)</td>", row) == ["0", "0", "\u2013", "\u2013", "0", "0"]
