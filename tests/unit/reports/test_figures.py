"""The numbers of a plan as people count them."""

import pytest
from msgspec.structs import replace

from retention.reason import Reason
from retention.reports.figures import Fate, decisions, fate, figures, reasons_of
from retention.technique import Nullify, Pseudonymise, sentence
from tests.summaries import BUSY, DATASETS, EMPTY

DEELNEMER, INSCHRIJVING, CLIENT, DOSSIER, *_ = DATASETS


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_means_something_to_a_reader(reason: Reason) -> None:
    expected = {"DUE": Fate.GOES, "GOES": Fate.GOES, "REVIEW": Fate.REVIEW, "SKIP": Fate.UNDONE, "FAIL": Fate.UNDONE}
    kept = {Fate.STAYS, Fate.HELD, Fate.SETTLED}
    kind = reason.value.partition("_")[0]
    assert fate(reason) in ({expected[kind]} if kind in expected else kept)


def test_every_judged_record_is_counted_once() -> None:
    for dataset in DATASETS:
        mine = figures([dataset])
        assert dataset.judged == mine.goes + mine.stays + mine.held + mine.review + mine.settled


def test_the_numbers_of_several_datasets_are_their_sum() -> None:
    parts = [figures([dataset]) for dataset in DATASETS]
    whole = figures(DATASETS)
    assert whole.goes == sum(part.goes for part in parts) == 1802
    assert whole.held == 33
    assert whole.review == 660


def test_a_pseudonym_is_never_counted_as_anonymous() -> None:
    assert (figures([DEELNEMER]).anonymise, figures([DEELNEMER]).pseudonymise) == (0, 118)
    erased = replace(DEELNEMER, techniques={"naam": sentence(Nullify())})
    assert (figures([erased]).anonymise, figures([erased]).pseudonymise) == (118, 0)


def test_a_pseudonym_is_known_whatever_its_key() -> None:
    assert sentence(Pseudonymise("one")) == sentence(Pseudonymise("other"))


def test_reasons_come_the_most_frequent_first() -> None:
    counts = [count for _, count in reasons_of(DOSSIER, Fate.STAYS, Fate.HELD)]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) == 6


def test_what_waits_for_a_person_is_named_and_nothing_else() -> None:
    found = decisions(BUSY)
    assert [d.id for d in found.refused] == ["cvs.dossier"]
    assert [d.id for d in found.unapproved] == ["act.inschrijving"]
    assert [d.id for d in found.unjudged] == ["web.klik"]
    assert [f.code for f in found.errors] == ["NEW_REFERENCE"]
    assert not decisions(EMPTY)
