"""Rules read aloud, in Dutch and in English: these sentences are what people approve."""

from datetime import date
from decimal import Decimal
from typing import get_args

import pytest

from retention.condition import And, Compare, Condition, Empty, Equals, Exists, In, Not, Or, exists
from retention.dataset import Dataset, Day, Kept
from retention.disposition import Anonymise
from retention.period import AT_ONCE, PERMANENT, days, months, years
from retention.policy import Rule
from retention.relation import Join
from retention.reports.conditions import condition_words
from retention.reports.sentences import left_words, remark_words, rule_sentence, trigger_words
from retention.technique import Nullify, Pseudonymise
from retention.text import Text
from retention.trigger import (
    Birth,
    Column,
    Earliest,
    EndOfYear,
    Ends,
    FollowedBy,
    Latest,
    LatestOf,
    OpenWhileEmpty,
    Trigger,
    Year,
    earliest,
    end_of_year,
    ends,
    followed_by,
    latest,
    latest_of,
    open_while_empty,
    year,
)

DOSSIER = Dataset(
    id="cvs.dossier",
    title=Text(nl="Dossiers", en="Dossiers"),
    key=("dossier_id",),
    subjects={"client": "client_id"},
    fields={"samenvatting": Nullify()},
    dates={"afgesloten_op": Day()},
)
DOCUMENT = Dataset(
    id="cvs.document",
    title=Text(nl="Documenten", en="Documents"),
    key=("document_id",),
    subjects={"client": "client_id"},
)
CLIENT = Dataset(id="cvs.client", key=("client_id",), subjects={"client": "client_id"}, fields={"naam": Nullify()})
CONTRACT = Dataset(id="crm.contract", key=("id",), subjects={}, then=Anonymise(), fields={"ondertekenaar": Nullify()})
SCORE = Dataset(id="tel.kaart", key=("id",), subjects={}, then=Anonymise(), fields={"naam": Pseudonymise("hoofd")})

RULES = [
    (
        Rule(DOSSIER, where=Equals("regime", "schuldhulp"), starts_on="afgesloten_op", keep_for=years(5)),
        "Dossiers (cvs.dossier), als regime gelijk is aan “schuldhulp”: vernietigen 5 jaar na afgesloten_op.",
        "Dossiers (cvs.dossier), if regime is “schuldhulp”: destroy 5 years after afgesloten_op.",
    ),
    (
        Rule(
            CLIENT,
            needs=("naam",),
            while_referenced_by=DOSSIER,
            on="client_id",
            starts_on="aangemaakt_op",
            keep_for=years(1),
        ),
        (
            "cvs.client: vernietigen 1 jaar na aangemaakt_op. Zolang Dossiers (cvs.dossier) ernaar verwijst, "
            "blijft het record. Voor dit doel zijn alleen nodig: naam."
        ),
        (
            "cvs.client: destroy 1 year after aangemaakt_op. While Dossiers (cvs.dossier) refers to it, "
            "the record stays. This purpose needs only: naam."
        ),
    ),
    (
        Rule(CONTRACT, starts_on=end_of_year("tot"), keep_for=years(7), minimum=True, at_most=years(10)),
        (
            "crm.contract: anonimiseren 7 jaar na het einde van het jaar van tot. Dit is een wettelijke bewaarplicht. "
            "Langer dan 10 jaar mag niet."
        ),
        (
            "crm.contract: anonymise 7 years after the end of the year of tot. This is a statutory minimum. "
            "Longer than 10 years is not allowed."
        ),
    ),
    (
        Rule(SCORE, starts_on="tijd", keep_for=days(90), shown=Text(nl="Zo kozen wij.", en="So we chose.")),
        "tel.kaart: pseudonimiseren 90 dagen na tijd. Zo kozen wij.",
        "tel.kaart: pseudonymise 90 days after tijd. So we chose.",
    ),
    (
        Rule(DOSSIER, keep_for=AT_ONCE),
        "Dossiers (cvs.dossier): vernietigen zodra het er is.",
        "Dossiers (cvs.dossier): destroy as soon as it exists.",
    ),
    (
        Rule(DOSSIER, starts_on="ingetrokken_op", keep_for=AT_ONCE),
        "Dossiers (cvs.dossier): vernietigen meteen na ingetrokken_op.",
        "Dossiers (cvs.dossier): destroy immediately after ingetrokken_op.",
    ),
    (
        Rule(DOSSIER, keep_for=PERMANENT),
        "Dossiers (cvs.dossier): blijvend bewaren.",
        "Dossiers (cvs.dossier): keep permanently.",
    ),
]


@pytest.mark.parametrize(("rule", "nl", "en"), RULES, ids=[sentence for _, _, sentence in RULES])
def test_a_rule_reads_as_a_sentence(rule: Rule, nl: str, en: str) -> None:
    assert Text(nl=nl, en=en) == rule_sentence(rule)


def test_the_choice_of_trigger_comes_before_what_protects_and_what_bounds() -> None:
    rule = Rule(
        CLIENT,
        starts_on="op",
        keep_for=years(1),
        while_referenced_by=DOSSIER,
        on="client_id",
        at_most=years(2),
        shown=Text(nl="Zo kozen wij.", en="So we chose."),
    )
    assert remark_words(rule) == Text(
        nl="Zo kozen wij. Zolang Dossiers (cvs.dossier) ernaar verwijst, blijft het record. "
        "Langer dan 2 jaar mag niet.",
        en="So we chose. While Dossiers (cvs.dossier) refers to it, the record stays. "
        "Longer than 2 years is not allowed.",
    )


def test_a_plain_rule_asks_for_no_remark() -> None:
    assert remark_words(Rule(DOSSIER, starts_on="afgesloten_op", keep_for=years(5))) is None


TRIGGERS: list[tuple[Trigger, str, str]] = [
    (Column("afgesloten_op"), "afgesloten_op", "afgesloten_op"),
    (
        ends("tot"),
        "de einddatum tot (leeg of in de toekomst: het loopt nog)",
        "the end date tot (empty or ahead: it still runs)",
    ),
    (Year("jaar"), "het einde van het jaar in jaar", "the end of the year in jaar"),
    (Birth("geboren"), "de geboortedatum (geboren)", "the date of birth (geboren)"),
    (latest("a", "b", "c"), "de laatste van a, b en c", "the latest of a, b and c"),
    (
        latest("a", end_of_year("b"), year("c")),
        "de laatste van a; het einde van het jaar van b; het einde van het jaar in c",
        "the latest of a; the end of the year of b; the end of the year in c",
    ),
    (earliest("a", "b"), "de eerste van a en b", "the earliest of a and b"),
    (end_of_year("datum"), "het einde van het jaar van datum", "the end of the year of datum"),
    (
        latest_of(DOCUMENT, "ontvangen_op", "dossier_id", if_none="geopend_op"),
        "de laatste ontvangen_op in bijbehorende Documenten (cvs.document) (zijn die er niet: geopend_op)",
        "the latest ontvangen_op in related Documents (cvs.document) (where there are none: geopend_op)",
    ),
    (
        followed_by("afgesloten_op", {"heropend_van": "dossier_id"}),
        "afgesloten_op van de laatste opvolger (zonder opvolger: van het record zelf)",
        "afgesloten_op of its last successor (without one: of the record itself)",
    ),
    (
        open_while_empty("afgesloten_op", activity="laatste_activiteit", stale_after=months(18)),
        "afgesloten_op (leeg: nog open, tot 18 maanden na laatste_activiteit)",
        "afgesloten_op (empty: still open, until 18 months after laatste_activiteit)",
    ),
]


@pytest.mark.parametrize(("trigger", "nl", "en"), TRIGGERS, ids=[type(t).__name__ for t, _, _ in TRIGGERS])
def test_a_trigger_reads_on_after_a_period(trigger: Trigger, nl: str, en: str) -> None:
    assert Text(nl=nl, en=en) == trigger_words(trigger)


def test_every_kind_of_trigger_is_tried() -> None:
    assert {type(trigger) for trigger, _, _ in TRIGGERS} == set(get_args(Trigger))
    assert {Column, Ends, Year, Birth, Latest, Earliest, EndOfYear, LatestOf, FollowedBy, OpenWhileEmpty} == set(
        get_args(Trigger)
    )


A, B, C = Equals("a", 1), Empty("b"), Compare("c", ">", Decimal("0.5"))
CONDITIONS: list[tuple[Condition, str, str]] = [
    (Equals("regime", "wmo"), "regime gelijk is aan “wmo”", "regime is “wmo”"),
    (Equals("jaar", 2020), "jaar gelijk is aan 2020", "jaar is 2020"),
    (Equals("financieel", value=True), "financieel gelijk is aan ja", "financieel is yes"),
    (In("soort", ("a", "b", "c")), "soort gelijk is aan “a”, “b” of “c”", "soort is “a”, “b” or “c”"),
    (B, "b leeg is", "b is empty"),
    (C, "c groter is dan 0,5", "c is more than 0.5"),
    (
        Compare("op", "<", date(2020, 1, 1)),
        "op vóór 1 januari 2020 ligt",
        "op is before 1 January 2020",
    ),
    (
        And(A, Or(B, C)),
        "a gelijk is aan 1 en (b leeg is of c groter is dan 0,5)",
        "a is 1 and (b is empty or c is more than 0.5)",
    ),
    (Or(A, B), "a gelijk is aan 1 of b leeg is", "a is 1 or b is empty"),
    (Not(B), "b ingevuld is", "b is filled in"),
    (
        exists(DOCUMENT, "dossier_id", Equals("soort", "brief")),
        "er bijbehorende Documenten (cvs.document) zijn waarvan soort gelijk is aan “brief”",
        "there are related Documents (cvs.document) of which soort is “brief”",
    ),
]


@pytest.mark.parametrize(("condition", "nl", "en"), CONDITIONS, ids=[en for _, _, en in CONDITIONS])
def test_a_condition_reads_on_after_if(condition: Condition, nl: str, en: str) -> None:
    assert Text(nl=nl, en=en) == condition_words(condition)


def test_every_kind_of_condition_is_tried() -> None:
    assert {type(condition) for condition, _, _ in CONDITIONS} == set(get_args(Condition))


NEGATIONS: list[tuple[Condition, str, str]] = [
    (A, "a niet gelijk is aan 1", "a is not 1"),
    (In("a", ("x", "y")), "a niet gelijk is aan “x” of “y”", "a is not “x” or “y”"),
    (C, "c niet groter is dan 0,5", "c is not more than 0.5"),
    (Not(B), "b leeg is", "b is empty"),
    (And(A, B), "a niet gelijk is aan 1 of b ingevuld is", "a is not 1 or b is filled in"),
    (Or(A, B), "a niet gelijk is aan 1 en b ingevuld is", "a is not 1 and b is filled in"),
    (
        Exists(DOCUMENT, Join((("dossier_id", "dossier_id"),))),
        "er geen bijbehorende Documenten (cvs.document) zijn",
        "there are no related Documents (cvs.document)",
    ),
]


@pytest.mark.parametrize(("condition", "nl", "en"), NEGATIONS, ids=[en for _, _, en in NEGATIONS])
def test_a_negation_goes_inside_and_turns_and_into_or(condition: Condition, nl: str, en: str) -> None:
    assert Text(nl=nl, en=en) == condition_words(Not(condition))


HISTORISED = Dataset(
    id="cvs.zaak",
    title=Text(nl="Zaken", en="Cases"),
    key=("id",),
    subjects={},
    history=Kept(Text(nl="mutaties blijven een jaar staan", en="mutations stay for a year")),
)


def test_a_rule_says_what_the_database_keeps_when_its_records_go() -> None:
    said = rule_sentence(Rule(HISTORISED, starts_on="op", keep_for=years(5)))
    assert said.nl.endswith(
        "De database zelf kan bewaren wat hier verdwijnt of verandert: mutaties blijven een jaar staan."
    )
    assert said.en.endswith("The database itself may keep what goes or changes here: mutations stay for a year.")


@pytest.mark.parametrize(
    ("versions", "nl", "en"),
    [
        (3, "wat deze run vernietigde of wiste: 3.", "what this run destroyed or erased: 3."),
        (None, "is niet na te gaan.", "cannot be counted."),
    ],
)
def test_a_run_says_how_much_is_left_in_a_history_or_that_nobody_can_say(
    versions: int | None, nl: str, en: str
) -> None:
    said = left_words(HISTORISED, versions)
    assert (said.nl.endswith(nl), said.en.endswith(en)) == (True, True)
