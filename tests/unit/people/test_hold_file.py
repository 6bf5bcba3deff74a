"""Holds from a file."""

from datetime import date

import pytest

from retention.errors import UsageError
from retention.hold_file import COLUMNS, HoldRequest, from_csv
from retention.holding import Known
from retention.holds import HoldKind, Scope

NAMES = Known(datasets=frozenset({"cvs.dossier"}), namespaces=frozenset({"client"}), purposes=frozenset({"schuldhulp"}))
HEADER = ",".join(COLUMNS)
GOOD = 'legal-hold,"zaak, 14",client=17,cvs.dossier=a=b,cvs.dossier,schuldhulp,2019-01-01,2020-12-31,2026-12-01'
REQUEST = HoldRequest(
    kind=HoldKind.LEGAL_HOLD,
    matter="zaak, 14",
    scope=Scope(
        subjects=frozenset({("client", "17")}),
        records=frozenset({("cvs.dossier", "a=b")}),
        datasets=frozenset({"cvs.dossier"}),
        purposes=frozenset({"schuldhulp"}),
        starts_from=date(2019, 1, 1),
        starts_to=date(2020, 12, 31),
    ),
    review_on=date(2026, 12, 1),
)


@pytest.fixture
def read(tmp_path):
    def read(text, encoding="utf-8"):
        path = tmp_path / "holds.csv"
        path.write_bytes(text.encode(encoding))
        return from_csv(path, NAMES)

    return read


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (f"{HEADER}\n{GOOD}\n", "utf-8"),
        (f"{HEADER}\r\n{GOOD}", "utf-8-sig"),
        (
            f"{HEADER}\n{GOOD}".replace("zaak, 14", "zaak; 14").replace(",", ";").replace("zaak; 14", "zaak, 14"),
            "utf-8",
        ),
    ],
    ids=["comma", "as Excel writes it", "semicolon"],
)
def test_every_column_is_read(read, text, encoding):
    assert read(text, encoding) == (REQUEST,)


def test_columns_may_be_left_out_and_stand_in_any_order(read):
    (request,) = read("subject,kind,matter\nclient=17,restriction,brief 3\n")
    assert (request.kind, request.scope) == (
        HoldKind.RESTRICTION,
        Scope(subjects=frozenset({("client", "17")})),
    )


def test_every_bad_line_is_named_by_its_number_and_none_is_placed(read):
    bad = [
        "legal-hold,zaak,klant=17,,,,,,",
        "legal-hold,zaak,,,,,,,",
        "freeze,zaak,client=17,,,,,,",
        "legal-hold,,client=17,,,,,,",
        "legal-hold,zaak,17,,,,,,",
        "legal-hold,zaak,client=17,,,,20190101,,",
        "legal-hold,zaak,client=17,,,,,,,more",
    ]
    with pytest.raises(UsageError) as refused:
        read("\n".join((HEADER, GOOD, *bad)))
    assert [f"line {number}:" in str(refused.value) for number in range(1, 11)] == [False, False, *[True] * 7, False]


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEADER,
        f"matter,subject\n{GOOD}",
        f"{HEADER},colour\n{GOOD}",
        f'{HEADER}\n"open',
        f"kind,kind,matter\n{GOOD}",
    ],
    ids=["empty", "no line", "no kind", "unknown column", "open quote", "column twice"],
)
def test_a_file_that_is_no_list_of_holds_is_refused(read, text):
    with pytest.raises(UsageError):
        read(text)


def test_a_file_in_another_encoding_is_refused(read):
    with pytest.raises(UsageError, match="UTF-8"):
        read(f"{HEADER}\nlegal-hold,café,client=17,,,,,,", "latin-1")


def test_a_file_too_large_is_refused(read):
    with pytest.raises(UsageError, match="lines"):
        read("\n".join((HEADER, *[GOOD] * 10_001)))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        from_csv(tmp_path / "none.csv", NAMES)
