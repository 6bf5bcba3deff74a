"""Reason codes: one code, two languages (domain.md C.2)."""

from __future__ import annotations

from enum import StrEnum

from retention.text import Text


class Reason(StrEnum):
    """Why a record goes, stays, waits for a person, or was not disposed of after all."""

    DUE_EXPIRED = "DUE_EXPIRED"
    PARTIAL_PURPOSE = "PARTIAL_PURPOSE"
    KEEP_RUNNING = "KEEP_RUNNING"
    KEEP_OTHER_PURPOSE = "KEEP_OTHER_PURPOSE"
    KEEP_MINIMUM = "KEEP_MINIMUM"
    KEEP_PERMANENT = "KEEP_PERMANENT"
    KEEP_PARENT = "KEEP_PARENT"
    KEEP_HOLD = "KEEP_HOLD"
    KEEP_RESTRICTED = "KEEP_RESTRICTED"
    KEEP_COOLING_OFF = "KEEP_COOLING_OFF"
    KEEP_OPEN_REQUEST = "KEEP_OPEN_REQUEST"
    KEEP_OPEN_CASE = "KEEP_OPEN_CASE"
    REVIEW_NO_TRIGGER = "REVIEW_NO_TRIGGER"
    REVIEW_FUTURE = "REVIEW_FUTURE"
    REVIEW_IMPLAUSIBLE = "REVIEW_IMPLAUSIBLE"
    REVIEW_ORPHAN = "REVIEW_ORPHAN"
    REVIEW_UNMAPPED = "REVIEW_UNMAPPED"
    REVIEW_UNREADABLE = "REVIEW_UNREADABLE"
    REVIEW_UNGOVERNED = "REVIEW_UNGOVERNED"
    SETTLED = "SETTLED"
    GOES_WITH_PARENT = "GOES_WITH_PARENT"
    SKIP_CHANGED = "SKIP_CHANGED"
    SKIP_HOLD_LATE = "SKIP_HOLD_LATE"
    SKIP_GONE = "SKIP_GONE"
    FAIL_STORE = "FAIL_STORE"
    FAIL_FK = "FAIL_FK"
    FAIL_LOCKED = "FAIL_LOCKED"


SENTENCE: dict[Reason, Text] = {
    Reason.DUE_EXPIRED: Text(nl="bewaartermijn verstreken", en="retention period expired"),
    Reason.PARTIAL_PURPOSE: Text(nl="alleen velden van verlopen doel", en="only columns of the expired purpose"),
    Reason.KEEP_RUNNING: Text(nl="bewaartermijn loopt nog", en="period still running"),
    Reason.KEEP_OTHER_PURPOSE: Text(nl="nog nodig voor ander doel", en="still needed for another purpose"),
    Reason.KEEP_MINIMUM: Text(nl="wettelijke bewaarplicht", en="statutory minimum"),
    Reason.KEEP_PERMANENT: Text(nl="blijvend te bewaren", en="to be kept permanently"),
    Reason.KEEP_PARENT: Text(nl="volgt het record waar het bij hoort", en="follows the record it belongs to"),
    Reason.KEEP_HOLD: Text(nl="bewaarblokkade actief", en="legal hold active"),
    Reason.KEEP_RESTRICTED: Text(nl="verwerking beperkt (art. 18 AVG)", en="processing restricted"),
    Reason.KEEP_COOLING_OFF: Text(nl="bedenktijd loopt", en="cooling-off period running"),
    Reason.KEEP_OPEN_REQUEST: Text(nl="lopend verzoek van betrokkene", en="open data-subject request"),
    Reason.KEEP_OPEN_CASE: Text(nl="dossier niet afgesloten", en="dossier not closed"),
    Reason.REVIEW_NO_TRIGGER: Text(nl="startdatum ontbreekt", en="trigger date missing"),
    Reason.REVIEW_FUTURE: Text(nl="datum in de toekomst", en="date in the future"),
    Reason.REVIEW_IMPLAUSIBLE: Text(nl="onwaarschijnlijke datum", en="implausible date"),
    Reason.REVIEW_ORPHAN: Text(nl="weesrecord", en="orphan row"),
    Reason.REVIEW_UNMAPPED: Text(nl="doel onbekend", en="purpose unknown"),
    Reason.REVIEW_UNREADABLE: Text(nl="identiteit niet leesbaar", en="identity not readable"),
    Reason.REVIEW_UNGOVERNED: Text(nl="geen enkel doel van toepassing", en="no purpose applies"),
    Reason.SETTLED: Text(nl="al afgehandeld", en="already settled"),
    Reason.GOES_WITH_PARENT: Text(nl="gaat mee met het bovenliggende record", en="goes with the record above it"),
    Reason.SKIP_CHANGED: Text(nl="gewijzigd sinds proefrun", en="changed since dry run"),
    Reason.SKIP_HOLD_LATE: Text(nl="blokkade geplaatst na akkoord", en="hold placed after approval"),
    Reason.SKIP_GONE: Text(nl="al verdwenen sinds proefrun", en="already gone since dry run"),
    Reason.FAIL_STORE: Text(nl="bron niet bereikbaar", en="store unreachable"),
    Reason.FAIL_FK: Text(nl="gekoppelde gegevens verhinderen verwijdering", en="linked data prevent deletion"),
    Reason.FAIL_LOCKED: Text(nl="in gebruik bij een ander programma", en="in use by another program"),
}
