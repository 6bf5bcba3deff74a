"""What waits for a person, in words: each such alarm, and what to do about it, in two languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from retention.status.code import Alarm, Code
from retention.status.value import DatasetState, Expiry
from retention.text import Text, bare, records


def no_night_yet() -> Alarm:
    """Nothing has run, and it is not late."""
    return Alarm(
        code=Code.NO_NIGHT_YET,
        what=Text(nl="er is nog geen nacht geweest", en="there has been no night yet"),
        todo=Text(
            nl="maak een lijst met `retention plan`, keur die goed en laat `retention sweep` elke nacht starten",
            en="make a list with `retention plan`, approve it, and have `retention sweep` started every night",
        ),
    )


def open_intents(intents: Sequence[int]) -> Alarm:
    """Batches of which nobody knows yet what became of them."""
    named = ", ".join(map(str, intents[:5])) + (", …" if len(intents) > 5 else "")  # noqa: PLR2004 - enough to look up
    return Alarm(
        code=Code.OPEN_INTENTS,
        what=Text(nl=f"batches zonder uitkomst: {named}", en=f"batches without an outcome: {named}"),
        todo=Text(
            nl="de volgende run zoekt ze na, zodra hun bron bereikbaar is: retention sweep",
            en="the next run settles them, once their store can be reached: retention sweep",
        ),
        count=len(intents),
    )


def decision(code: Code, datasets: Mapping[str, int], command: str | None) -> Alarm:
    """Records, by dataset, that go once a person types a command; None: `retention plan` first."""
    over, total = code is Code.OVER_LIMIT, sum(datasets.values())
    named = next(iter(datasets)) if len(datasets) == 1 else f"{len(datasets)} datasets"
    nl = "meer dan de limiet" if over else "wacht op akkoord"
    en = "over the limit" if over else "waits for approval"
    typed = command or "retention plan"
    return Alarm(
        code=code,
        what=Text(nl=f"{named}: {records(total)}, {nl}", en=f"{named}: {records(total)}, {en}"),
        todo=Text(nl=f"lees de lijst; klopt hij: {typed}", en=f"read the list; if it is right: {typed}"),
        dataset=named if len(datasets) == 1 else None,
        count=total,
    )


def refused(one: DatasetState) -> Alarm:
    """What the last run refused though it was approved."""
    why = one.why or Text(nl="geweigerd", en="refused")
    return Alarm(
        code=Code.REFUSED,
        what=Text(nl=f"geweigerd: {bare(why.nl)}", en=f"refused: {bare(why.en)}"),
        todo=Text(nl="bekijk het in: retention report run last", en="look at it in: retention report run last"),
        dataset=one.id,
        count=one.refused,
    )


def approval_expiring(expiry: Expiry) -> Alarm:
    """A yes that is still needed and soon ends."""
    kinds = {
        "standing": Text(nl="doorlopend akkoord", en="standing approval"),
        "list": Text(nl="akkoord op lijst", en="approval of list"),
        "allowance": Text(nl="toestemming boven de limiet", en="allowance over the limit"),
    }
    kind = kinds[expiry.what]
    return Alarm(
        code=Code.APPROVAL_EXPIRING,
        what=Text(
            nl=f"{kind.nl} {expiry.of} loopt af op {expiry.expires}",
            en=f"{kind.en} {expiry.of} ends on {expiry.expires}",
        ),
        todo=Text(
            nl="laat de eigenaar opnieuw beslissen: retention approve DIGEST"
            + (" --standing" if expiry.what == "standing" else ""),
            en="have its owner decide again: retention approve DIGEST"
            + (" --standing" if expiry.what == "standing" else ""),
        ),
    )


def review_due(hold: str, day: date) -> Alarm:
    """A hold whose day of review has come."""
    return Alarm(
        code=Code.REVIEW_DUE,
        what=Text(
            nl=f"bewaarblokkade {hold} moest op {day} worden bekeken", en=f"hold {hold} was to be reviewed on {day}"
        ),
        todo=Text(
            nl=f"bekijk hem: retention hold show {hold}; is hij niet meer nodig: retention hold release {hold}",
            en=f"look at it: retention hold show {hold}; if no longer needed: retention hold release {hold}",
        ),
    )


def notice_undelivered(count: int) -> Alarm:
    """Notices that reached nobody, or not everybody."""
    return Alarm(
        code=Code.NOTICE_UNDELIVERED,
        what=Text(nl=f"niet bezorgde berichten: {count}", en=f"notices not delivered: {count}"),
        todo=Text(
            nl="controleer [notify] en de mailserver met: retention notify --test",
            en="check [notify] and the mail server with: retention notify --test",
        ),
        count=count,
    )
