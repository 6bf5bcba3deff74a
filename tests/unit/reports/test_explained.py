"""Why one record is kept, in sentences that name both dates and never the matter."""

from datetime import UTC, date, datetime

import pytest

from retention.condition import Equals
from retention.dataset import Dataset
from retention.disposition import Action
from retention.holds import Gate, Hold, HoldKind, Scope
from retention.judge import Judgement, RuleReading, State
from retention.period import years
from retention.policy import LegalBasis, Policy, Rule
from retention.reason import Reason
from retention.reports.explained import gate_words, judgement_words, reading_words, state_words
from retention.reports.kinds import kind_words
from retention.technique import Nullify
from retention.text import Text

DOSSIER = Dataset(id="cvs.dossier", key=("id",), subjects={"client": "client_id"}, fields={"naam": Nullify()})
RULE = Rule(DOSSIER, where=Equals("regime", "wmo"), starts_on="afgesloten_op", keep_for=years(15))
POLICY = Policy(
    purpose="wmo",
    title=Text(nl="Wmo", en="Social support"),
    legal_basis=LegalBasis.PUBLIC_TASK,
    sources=(),
    owner="team",
    prepared_by="anna",
    rules=(RULE,),
)
HOLD = Hold(
    id="H-20251101-5f0e12ab",
    kind=HoldKind.LEGAL_HOLD,
    scope=Scope(subjects=frozenset({("client", "17")})),
    matter="rechtszaak tegen Jansen",
    placed_at=datetime(2025, 11, 1, tzinfo=UTC),
    placed_by="juridisch",
    salt=bytes(32),
    review_on=date(2026, 12, 1),
)


def test_a_reading_says_the_period_where_it_stands_and_both_dates() -> None:
    reading = RuleReading(POLICY, RULE, State.EXPIRED, date(2011, 6, 30), date(2026, 6, 30))
    expected = Text(
        nl="Wmo: 15 jaar na afgesloten_op, als regime gelijk is aan “wmo”. Termijn verstreken. Begonnen op "
        "30 juni 2011. Laatste bewaardag 30 juni 2026, eerste vernietigingsdag 1 juli 2026.",
        en="Social support: 15 years after afgesloten_op, if regime is “wmo”. Period expired. Started on "
        "30 June 2011. Last day kept 30 June 2026, first day destructible 1 July 2026.",
    )
    assert expected == reading_words(reading)


def test_a_reading_without_a_start_names_no_date() -> None:
    said = reading_words(RuleReading(POLICY, RULE, State.NO_TRIGGER))
    assert said.nl.endswith("De startdatum ontbreekt, dus de termijn loopt niet.")


def test_a_judgement_says_why_and_which_purpose_decides() -> None:
    reading = RuleReading(POLICY, RULE, State.RUNNING, date(2020, 1, 1), date(2035, 1, 1))
    judgement = Judgement(DOSSIER, Reason.KEEP_RUNNING, (reading,), decider=reading)
    assert judgement_words(judgement) == Text(
        nl="cvs.dossier: bewaartermijn loopt nog. Dit bepaalt het doel Wmo.",
        en="cvs.dossier: period still running. The purpose Social support decides.",
    )


def test_a_judgement_of_fields_says_what_is_erased_and_why_the_record_stays() -> None:
    judgement = Judgement(
        DOSSIER, Reason.PARTIAL_PURPOSE, (), Action.ERASE_FIELDS, ("naam",), stays=Reason.KEEP_MINIMUM
    )
    assert judgement_words(judgement).nl == (
        "cvs.dossier: alleen velden van verlopen doel. Gewist wordt alleen: naam. Het record zelf blijft: "
        "wettelijke bewaarplicht."
    )


def test_a_hold_is_named_with_its_review_date_and_without_its_matter() -> None:
    said = gate_words(Gate(Reason.KEEP_HOLD, HOLD))
    assert said == Text(
        nl="Niet vernietigd: bewaarblokkade actief (H-20251101-5f0e12ab), herbeoordeling op 1 december 2026.",
        en="Not destroyed: legal hold active (H-20251101-5f0e12ab), review on 1 December 2026.",
    )
    assert "Jansen" not in said.nl + said.en


@pytest.mark.parametrize("state", State)
def test_every_state_has_words(state: State) -> None:
    assert state_words(state).nl != state_words(state).en


@pytest.mark.parametrize("kind", HoldKind)
def test_every_kind_of_hold_has_words(kind: HoldKind) -> None:
    assert kind_words(kind).nl != kind_words(kind).en
