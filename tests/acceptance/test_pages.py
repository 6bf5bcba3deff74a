"""The page of a plan: whole, safe, the same in both languages, and readable in a real browser."""

import itertools
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace

from retention.reason import SENTENCE, Reason
from retention.reports import render
from retention.reports.figures import figures
from retention.reports.render import render_plan
from retention.reports.words import Words
from retention.summary import PlanSummary
from retention.text import Language
from tests.summaries import BUSY, DIGEST, EMPTY, HOSTILE, KEYLESS

VOID = {"meta", "link", "br", "hr", "img", "input", "rect"}
PLANS = {"busy": BUSY, "empty": EMPTY, "keyless": KEYLESS, "hostile": HOSTILE}
every_plan = pytest.mark.parametrize("summary", PLANS.values(), ids=PLANS)
both_languages = pytest.mark.parametrize("language", Language)


class Page(HTMLParser):
    """A page taken apart, its tags checked for balance."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["script"]):
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@every_plan
@both_languages
def test_a_page_is_well_formed_and_every_link_on_it_leads_somewhere(summary: PlanSummary, language: Language) -> None:
    page = Page(render_plan(summary, language))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(a["href"]) for a in page.all("a")} <= {f"#{name}" for name in ids}


@every_plan
@both_languages
def test_a_page_needs_no_network(summary: PlanSummary, language: Language) -> None:
    text = render_plan(summary, language)
    page = Page(text)
    policy = next(str(m["content"]) for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none';")
    assert [link["href"] for link in page.all("link")] == ["data:,"]
    assert not any("src" in attributes for _, attributes in page.tags)
    assert not re.search(r"https?://|url\(|@import", text)
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


@both_languages
def test_a_page_can_be_heard_as_well_as_seen(language: Language) -> None:
    page = Page(render_plan(BUSY, language))
    assert page.all("html") == [{"lang": language.value}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("header")) == len(page.all("nav")) == 1
    assert len(page.all("table")) == len(page.all("caption")) > 10
    assert all("scope" in head for head in page.all("th"))
    levels = [int(name[1]) for name, _ in page.tags if re.fullmatch(r"h[1-6]", name)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@every_plan
@both_languages
def test_the_only_script_is_our_own_and_the_page_admits_no_other(summary: PlanSummary, language: Language) -> None:
    text = render_plan(summary, language)
    [script] = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert script == (Path(render.__file__).parent / "templates" / "tables.js").read_text().strip()
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert re.findall(r"script-src ([^;]*);", text) == [f"'sha256-{digest}'"]


@both_languages
def test_hostile_texts_stay_texts(language: Language) -> None:
    text = render_plan(HOSTILE, language)
    assert text.count("<script") == 1
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "<script>alert(1)</script>\"'&" in Page(text).text


@every_plan
def test_the_first_thing_said_is_that_nothing_was_destroyed(summary: PlanSummary) -> None:
    said = Page(render_plan(summary, Language.NL)).text
    assert "Dit is een proefrun. Er is niets gewijzigd of vernietigd. Peildatum 1 juli 2026 (Europe/Amsterdam)." in said


@both_languages
def test_a_page_has_the_numbers_of_the_plan(language: Language) -> None:
    words, total = Words(language), figures(BUSY.datasets)
    said = Page(render_plan(BUSY, language)).text
    for number in (total.delete, total.pseudonymise, total.erase_fields, total.stays, total.held, total.review):
        assert words.number(number) in said


@both_languages
def test_a_page_says_why_every_record_stays(language: Language) -> None:
    said = Page(render_plan(BUSY, language)).text
    for dataset in BUSY.datasets:
        for code, count in dataset.reasons.items():
            if code != Reason.DUE_EXPIRED:
                assert f"{SENTENCE[Reason(code)][language]} {code} {Words(language).number(count)}" in said


@both_languages
def test_a_page_says_how_to_approve_in_both_ways(language: Language) -> None:
    said = Page(render_plan(BUSY, language)).text
    assert f"retention approve {DIGEST} --allow cvs.dossier=1372" in said
    assert "ssh-keygen -Y sign -n retention-plan -f" in said
    assert f"--signature {DIGEST}.txt.sig" in said
    assert all(dataset.fingerprint in said for dataset in BUSY.datasets)


@both_languages
def test_a_page_made_without_keys_says_that_nothing_can_be_approved(language: Language) -> None:
    said = Page(render_plan(KEYLESS, language)).text
    assert "retention approve" not in said
    assert {"nl": "zonder de sleutels", "en": "without the keys"}[language] in said


def test_a_page_tells_law_from_choice_and_from_what_nobody_checked() -> None:
    said = Page(render_plan(BUSY, Language.NL)).text
    assert "Wet Wmo 2015, art. 5.3.4 lid 1. Nagelezen in de wettekst." in said
    assert "Deze termijn is een eigen keuze van de organisatie. Onderbouwing: Twee jaar" in said
    assert "Niet nagekeken CNIL, richtlijn cookies. Nog niet nagekeken" in said


def test_what_a_person_wrote_of_a_rule_comes_before_its_exact_words() -> None:
    said = Page(render_plan(BUSY, Language.NL)).text
    assert "15 jaar. Na de sluiting van het laatste traject of het laatste stuk, wat het laatste is." in said
    assert "Precies: 15 jaar na de laatste van afgesloten_op" in said


def test_on_the_page_of_a_large_organisation_the_detail_waits_until_it_is_asked_for() -> None:
    datasets = tuple(replace(BUSY.datasets[3], id=f"cvs.d{n}") for n in range(40))
    unfolded = [
        d for d in Page(render_plan(replace(BUSY, datasets=datasets), Language.NL)).all("details") if "open" in d
    ]
    assert unfolded == []


def test_a_pseudonym_is_never_called_anonymous() -> None:
    said = Page(render_plan(BUSY, Language.NL)).text
    assert "Te pseudonimiseren 118" in said
    assert "Te anonimiseren 0" in said
    assert "Een pseudoniem blijft een persoonsgegeven: die records zijn niet anoniem." in said


def test_a_dataset_that_could_not_be_judged_shows_no_0_for_what_is_not_known() -> None:
    said = Page(render_plan(BUSY, Language.NL)).text
    assert "Klikgedrag web.klik niet beoordeeld" + " \u2013" * 10 in said
    assert "Hier niet meegeteld, want niet te beoordelen: Klikgedrag." in said


def test_an_empty_night_asks_for_nothing() -> None:
    said = Page(render_plan(EMPTY, Language.NL)).text
    assert "Er is vandaag niets aan de beurt." in said
    assert "Nu te beslissen Er hoeft niets te worden beslist." in said


def test_the_dutch_page_has_no_english_left_in_it() -> None:
    said = Page(render_plan(BUSY, Language.NL)).text
    assert not re.findall(r"\b(?:the|of the|stays|goes|held|records are|period|approved|nothing|because)\b", said)


@both_languages
def test_a_large_organisation_still_gets_a_page_of_modest_size(language: Language) -> None:
    datasets = tuple(replace(BUSY.datasets[3], id=f"cvs.d{n}", refused=False) for n in range(200))
    assert len(render_plan(replace(BUSY, datasets=datasets), language).encode()) < 1_500_000
