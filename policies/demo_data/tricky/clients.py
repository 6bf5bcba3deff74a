"""Tricky cases of clients and their dossiers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from retention.text import Text

from ..make_care import client, contact, document, dossier, person_in, relation, volunteer
from ..make_office import indexed
from ..rows import Row, Value, stamp
from .case import Case, Expected, number_of, someone


def _closed(case: int, regime: str, opened: date, closed: date | None, nth: int = 1, **more: Value) -> tuple[Row, ...]:
    """A client with one dossier, both with the case's nth number."""
    key = number_of(case, nth)
    return (
        client(key, someone(case, nth), opened),
        dossier(key, key, regime, opened, closed, **more),
        person_in(key, key),
    )


def _dossier(case: int, code: str, last_day: date | None = None, nth: int = 1) -> Expected:
    return Expected(dataset="cvs.dossier", key=(number_of(case, nth),), code=code, last_day=last_day)


def _k01() -> Case:
    last = document(number_of(1), number_of(1), "ondersteuningsplan", date(2011, 6, 30))
    return Case(
        number="K01",
        title=Text(nl="De grensdag", en="The boundary day"),
        inserted=(*_closed(1, "wmo", date(2010, 2, 1), date(2011, 6, 30)), last),
        expected=(
            _dossier(1, "DUE_EXPIRED", date(2026, 6, 30)),
            Expected(dataset="cvs.document", key=(number_of(1),), code="GOES_WITH_PARENT", last_day=date(2026, 6, 30)),
        ),
    )


def _k02() -> Case:
    return Case(
        number="K02",
        title=Text(nl="Een dag later", en="One day later"),
        inserted=_closed(2, "wmo", date(2010, 2, 1), date(2011, 7, 1)),
        expected=(_dossier(2, "KEEP_RUNNING", date(2026, 7, 1)),),
    )


def _k04() -> Case:
    reference = volunteer(number_of(4), someone(4), date(2012, 1, 1), None, client_ref=f"was cliënt {number_of(4)}")
    return Case(
        number="K04",
        title=Text(nl="Cliënt en ook vrijwilliger", en="A client who is also a volunteer"),
        inserted=(*_closed(4, "wmo", date(2009, 3, 1), date(2010, 5, 1)), reference),
        expected=(
            _dossier(4, "DUE_EXPIRED", date(2025, 5, 1)),
            Expected(
                dataset="vrij.vrijwilliger",
                key=(number_of(4),),
                code="PARTIAL_PURPOSE",
                erases=("client_ref",),
                stays="KEEP_RUNNING",
            ),
        ),
    )


def _k06() -> Case:
    child, parent = number_of(6, 1), number_of(6, 2)
    opened, changed = date(2018, 3, 1), date(2019, 9, 1)
    return Case(
        number="K06",
        title=Text(nl="Een kind wordt achttien", en="A child turns eighteen"),
        inserted=(
            client(child, someone(6, 1), opened, geboortedatum=date(2008, 6, 30)),
            client(parent, someone(6, 2), opened),
            relation(child, child, parent, "ouder", gezag_tot=date(2026, 6, 30)),
            dossier(child, child, "jeugd", opened, changed),
            person_in(child, child),
            person_in(child, parent, "ouder"),
        ),
        expected=(_dossier(6, "KEEP_RUNNING", date(2039, 9, 1)),),
    )


def _k07() -> Case:
    return Case(
        number="K07",
        title=Text(nl="Jeugd: de laatste wijziging", en="Youth: the last change"),
        inserted=_closed(7, "jeugd", date(2004, 9, 1), date(2006, 5, 10)),
        expected=(_dossier(7, "DUE_EXPIRED", date(2026, 5, 10)),),
    )


def _k09() -> Case:
    first, again = number_of(9, 1), number_of(9, 2)
    closed = date(2020, 2, 1)
    return Case(
        number="K09",
        title=Text(nl="Een heropend dossier", en="A reopened dossier"),
        inserted=(
            *_closed(9, "wmo", date(2008, 6, 1), date(2010, 3, 1)),
            dossier(again, first, "wmo", date(2019, 4, 1), closed, heropend_van_dossier_id=first),
            person_in(again, first),
        ),
        expected=(
            _dossier(9, "KEEP_RUNNING", date(2035, 2, 1)),
            _dossier(9, "KEEP_RUNNING", date(2035, 2, 1), nth=2),
        ),
    )


def _k11() -> Case:
    old = document(number_of(11), number_of(11), "indicatie", date(2010, 2, 1))
    rows = _closed(11, "wmo", date(2010, 1, 15), None, laatste_inhoudelijke_wijziging=date(2026, 5, 4))
    return Case(
        number="K11",
        title=Text(nl="Stuk of dossier", en="Item or dossier"),
        inserted=(*rows, old),
        expected=(
            _dossier(11, "KEEP_OPEN_CASE"),
            Expected(dataset="cvs.document", key=(number_of(11),), code="DUE_EXPIRED", last_day=date(2025, 2, 1)),
        ),
    )


def _k21() -> Case:
    return Case(
        number="K21",
        title=Text(nl="29 februari", en="29 February"),
        inserted=(
            *_closed(21, "wmo", date(2007, 1, 8), date(2008, 2, 29), 1),
            *_closed(21, "wmo", date(2011, 1, 10), date(2012, 2, 29), 2),
            *_closed(21, "jeugd", date(2003, 1, 6), date(2004, 2, 29), 3),
        ),
        expected=(
            _dossier(21, "DUE_EXPIRED", date(2023, 2, 28), 1),
            _dossier(21, "KEEP_RUNNING", date(2027, 2, 28), 2),
            _dossier(21, "DUE_EXPIRED", date(2024, 2, 29), 3),
        ),
    )


def _k25() -> Case:
    return Case(
        number="K25",
        title=Text(nl="De sluitingsdatum ontbreekt", en="The closing date is missing"),
        inserted=_closed(25, "wmo", date(2007, 2, 1), None, laatste_inhoudelijke_wijziging=date(2008, 5, 5)),
        expected=(_dossier(25, "REVIEW_NO_TRIGGER"),),
    )


def _k26() -> Case:
    return Case(
        number="K26",
        title=Text(nl="Weesrecords", en="Orphan rows"),
        inserted=(contact(number_of(26), 99_999, None, date(2009, 4, 2)),),
        expected=(Expected(dataset="cvs.contactmoment", key=(number_of(26),), code="REVIEW_ORPHAN"),),
    )


def _k27() -> Case:
    opened = date(2024, 9, 2)
    return Case(
        number="K27",
        title=Text(nl="Onmogelijke datums", en="Impossible dates"),
        inserted=(
            *_closed(27, "wmo", opened, date(2062, 3, 14), 1, laatste_inhoudelijke_wijziging=date(2026, 3, 14)),
            *_closed(27, "wmo", opened, date(1900, 1, 1), 2, laatste_inhoudelijke_wijziging=date(2026, 3, 14)),
            *_closed(27, "schuldhulp", date(2012, 5, 7), date(2011, 5, 7), 3),
        ),
        expected=(
            _dossier(27, "REVIEW_FUTURE", nth=1),
            _dossier(27, "REVIEW_IMPLAUSIBLE", nth=2),
            _dossier(27, "REVIEW_IMPLAUSIBLE", nth=3),
        ),
    )


def _k30() -> Case:
    key = number_of(30)
    opened, closed = date(2020, 9, 1), date(2023, 6, 1)
    return Case(
        number="K30",
        title=Text(nl="Een overleden cliënt", en="A deceased client"),
        inserted=(
            client(key, someone(30), opened, overleden_op=date(2024, 1, 10)),
            dossier(key, key, "wmo", opened, closed),
            person_in(key, key),
        ),
        expected=(_dossier(30, "KEEP_RUNNING", date(2038, 6, 1)),),
    )


_TWINS: Final = (17, 4711)


def _k35() -> Case:
    old, new = _TWINS
    who = someone(35)
    first, second = date(2007, 10, 1), date(2018, 2, 5)
    return Case(
        number="K35",
        title=Text(nl="Dezelfde persoon, twee keer", en="The same person, twice"),
        inserted=(
            client(old, who, first),
            client(new, who, second),
            dossier(number_of(35, 1), old, "wmo", first, date(2009, 11, 30)),
            dossier(number_of(35, 2), new, "wmo", second, date(2020, 8, 31)),
            person_in(number_of(35, 1), old),
            person_in(number_of(35, 2), new),
            indexed(number_of(35, 1), "cvs", old, who, first),
            indexed(number_of(35, 2), "cvs", new, who, second),
            contact(number_of(35), number_of(35, 1), old, date(2009, 11, 2), datum_tijd=stamp(date(2009, 11, 2), 13)),
        ),
        expected=(
            _dossier(35, "DUE_EXPIRED", date(2024, 11, 30), 1),
            _dossier(35, "KEEP_RUNNING", date(2035, 8, 31), 2),
        ),
    )


def cases() -> Iterator[Case]:
    """The cases, in order of number."""
    yield from (
        _k01(),
        _k02(),
        _k04(),
        _k06(),
        _k07(),
        _k09(),
        _k11(),
        _k21(),
        _k25(),
        _k26(),
        _k27(),
        _k30(),
        _k35(),
    )
