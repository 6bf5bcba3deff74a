"""Techniques as declarations: which columns can take them, and how people read them."""

from datetime import date, datetime
from decimal import Decimal
from typing import get_args

import pytest

from retention.errors import PolicyError
from retention.technique import (
    AgeBand,
    Band,
    DateToMonth,
    DateToYear,
    FixedText,
    IpPrefix,
    Nullify,
    Pseudonymise,
    Technique,
    Truncate,
    fits,
    is_pseudonym,
    sentence,
)
from retention.text import Language

EXAMPLES: dict[type, Technique] = {
    Nullify: Nullify(),
    FixedText: FixedText("verwijderd"),
    Truncate: Truncate(4),
    DateToYear: DateToYear(),
    DateToMonth: DateToMonth(),
    IpPrefix: IpPrefix(),
    Band: Band(10),
    AgeBand: AgeBand(5),
    Pseudonymise: Pseudonymise("main"),
}


@pytest.mark.parametrize(
    ("technique", "nullable", "python_type", "length"),
    [
        (Nullify(), True, bytes, None),
        (Nullify(), True, None, None),
        (FixedText("weg"), False, str, 3),
        (Truncate(4), False, str, 5),
        (DateToYear(), False, date, None),
        (DateToMonth(), False, datetime, None),
        (AgeBand(), True, str, 10),
        (IpPrefix(), True, str, 15),
        (Band(10), False, int, None),
        (Band(10), False, Decimal, None),
        (Band(10), True, float, None),
        (Pseudonymise("main"), False, str, 36),
    ],
    ids=repr,
)
def test_a_technique_fits(technique: Technique, nullable: bool, python_type: type | None, length: int | None) -> None:  # noqa: FBT001
    assert fits(technique, nullable=nullable, python_type=python_type, length=length) is None


@pytest.mark.parametrize(
    ("technique", "nullable", "python_type", "length", "reason"),
    [
        (Nullify(), False, str, None, "NOT NULL"),
        (IpPrefix(), False, str, None, "NOT NULL"),
        (DateToYear(), False, str, None, "NOT NULL"),
        (Band(10), False, float, None, "NOT NULL"),
        (FixedText("weg"), True, str, 2, "3 characters"),
        (FixedText("weg"), True, int, None, "holds int"),
        (Truncate(4), True, str, 4, "nothing would go"),
        (Truncate(4), True, int, None, "holds int"),
        (DateToMonth(), True, int, None, "holds int"),
        (AgeBand(), True, int, None, "holds int"),
        (IpPrefix(), True, bytes, None, "holds bytes"),
        (Band(10), True, str, None, "holds str"),
        (Band(10), True, bool, None, "holds bool"),
        (Band(10), True, None, None, "unknown type"),
        (Pseudonymise("main"), True, str, 35, "36 characters"),
        (Pseudonymise("main"), True, int, None, "holds int"),
        (Pseudonymise("main", marker=""), True, str, None, "marker"),
    ],
    ids=repr,
)
def test_a_technique_does_not_fit(
    technique: Technique,
    nullable: bool,  # noqa: FBT001
    python_type: type | None,
    length: int | None,
    reason: str,
) -> None:
    assert reason in str(fits(technique, nullable=nullable, python_type=python_type, length=length))


@pytest.mark.parametrize("kind", get_args(Technique))
def test_every_technique_has_its_own_sentence_in_both_languages(kind: type) -> None:
    others = [technique for other, technique in EXAMPLES.items() if other is not kind]
    for language in Language:
        assert sentence(EXAMPLES[kind])[language] not in {sentence(other)[language] for other in others}


def test_a_pseudonym_is_called_personal_data_and_never_anonymous() -> None:
    text = sentence(Pseudonymise("main"))
    assert "blijft een persoonsgegeven" in text.nl
    assert "still personal data" in text.en
    assert "anon" not in (text.nl + text.en).lower()
    assert [kind for kind, technique in EXAMPLES.items() if is_pseudonym(technique)] == [Pseudonymise]


@pytest.mark.parametrize(
    "declare",
    [
        lambda: Truncate(0),
        lambda: Band(1),
        lambda: AgeBand(1),
        lambda: IpPrefix(v4=32),
        lambda: IpPrefix(v4=0),
        lambda: IpPrefix(v6=128),
    ],
)
def test_a_technique_that_would_do_nothing_is_refused(declare: object) -> None:
    with pytest.raises(PolicyError):
        declare()  # type: ignore[operator]
