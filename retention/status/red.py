"""What is wrong, in words: each red alarm, and what to do about it, in two languages."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from retention.nights import ahead
from retention.run_summary import DatasetRun
from retention.status.code import Alarm, Code
from retention.status.facts import KeyKind, LostKey, ToldRun
from retention.status.value import Anchor, DatasetState, Disk
from retention.text import Text, bare, records

_MEGABYTE: Final = 1 << 20
_VERIFY: Final = Text(
    nl="bewaar het logboek zoals het is, zoek uit wie er bij kon, en draai: retention audit verify",
    en="keep the log as it is, find out who had access, and run: retention audit verify",
)
_PUT_BACK: Final = Text(
    nl="er wordt nu niets vernietigd; zet het nieuwste controlebestand terug",
    en="nothing is destroyed now; put the newest control store back",
)
_START: Final = Text(
    nl="kijk of cron, systemd of `retention schedule` de nacht start; doe het nu zelf met: retention sweep",
    en="see whether cron, systemd or `retention schedule` starts the night; do it now by hand: retention sweep",
)
_CLOCK: Final = Text(
    nl="de klok liep toen voor, of loopt nu achter: zet hem goed; zolang hij vóór het logboek ligt, draait er geen run",
    en="the clock was ahead then, or is behind now: set it right; no run goes on while it is before the log",
)


_KEY: Final = {
    KeyKind.LOG: Text(
        nl="er wordt nu niets vernietigd; zet de sleutel terug uit zijn reservekopie, er kan geen nieuwe voor komen",
        en="nothing is destroyed now; put the key back from its back-up, a new one cannot stand in for it",
    ),
    KeyKind.SPOOL: Text(
        nl="er wordt nu niets vernietigd; zet hem terug, of: retention init, een nieuw plan en een nieuw akkoord",
        en="nothing is destroyed now; put it back, or: retention init, a new plan and a new approval",
    ),
    KeyKind.REFERENCE: Text(
        nl="hiervan wordt nu niets vernietigd en er komt geen plan; zet de sleutel terug uit zijn reservekopie",
        en="nothing of it is destroyed now and no plan is made; put the key back from its back-up",
    ),
}


def control_unreadable(why: str) -> Alarm:
    """Our own memory cannot be read."""
    return Alarm(
        code=Code.CONTROL_UNREADABLE,
        what=Text(nl=f"controlebestand niet leesbaar: {bare(why)}", en=f"control store not readable: {bare(why)}"),
        todo=_PUT_BACK,
    )


def control_old_copy(why: str) -> Alarm:
    """Our own memory was restored from an older copy."""
    return Alarm(
        code=Code.CONTROL_OLD_COPY,
        what=Text(
            nl=f"het controlebestand is een oude kopie: {bare(why)}",
            en=f"the control store is an old copy: {bare(why)}",
        ),
        todo=_PUT_BACK,
    )


def log_unverifiable(why: str) -> Alarm:
    """The published log is not as signed."""
    return Alarm(
        code=Code.LOG_UNVERIFIABLE,
        what=Text(nl=f"het logboek klopt niet: {bare(why)}", en=f"the log does not verify: {bare(why)}"),
        todo=_VERIFY,
    )


def verification_failed(at: datetime) -> Alarm:
    """The last whole verification found something."""
    return Alarm(
        code=Code.LOG_UNVERIFIABLE,
        what=Text(
            nl=f"de laatste controle van het logboek, op {_utc(at)}, is mislukt",
            en=f"the last verification of the log, on {_utc(at)}, failed",
        ),
        todo=_VERIFY,
    )


def key_unusable(lost: LostKey) -> Alarm:
    """A key that the next sweep needs is not there, or cannot be used."""
    if lost.why is None:
        what = Text(nl=f"sleutel {lost.path} ontbreekt", en=f"key {lost.path} is missing")
    else:
        what = Text(nl=f"sleutel niet bruikbaar: {bare(lost.why)}", en=f"key not usable: {bare(lost.why)}")
    if lost.more:
        what = Text(nl=f"{what.nl}, en nog {lost.more}", en=f"{what.en}, and {lost.more} more")
    return Alarm(code=Code.KEY_UNUSABLE, what=what, todo=_KEY[lost.kind], dataset=None if lost.more else lost.dataset)


def night_missed(last_good: datetime | None, last: ToldRun | None, now: datetime) -> Alarm:
    """The last good night is too long ago."""
    if last_good is None:
        what = Text(nl="er is nog geen nacht goed gegaan", en="no night has gone well yet")
    else:
        what = Text(
            nl=f"de laatste goede nacht eindigde op {_utc(last_good)}",
            en=f"the last good night ended on {_utc(last_good)}",
        )
    if last is None or (last_good is not None and last.run.started <= last_good):
        return Alarm(code=Code.NIGHT_MISSED, what=what, todo=_START)
    if ahead(last.run, now):
        what = Text(
            nl=f"{what.nl}; de nieuwste run eindigde volgens de klok van toen pas op {_utc(last.run.ended or now)}",
            en=f"{what.en}; the newest run ended on {_utc(last.run.ended or now)} by the clock of then",
        )
        return Alarm(code=Code.NIGHT_MISSED, what=what, todo=_CLOCK)
    status = "-" if last.run.status is None else last.run.status.value
    what = Text(
        nl=f"{what.nl}; de nieuwste run ({status}) telt niet als goed",
        en=f"{what.en}; the newest run ({status}) is not a good one",
    )
    return Alarm(code=Code.NIGHT_MISSED, what=what, todo=_look(last.run.id))


def night_failed(one: ToldRun) -> Alarm:
    """The newest run failed as a whole."""
    status = "" if one.run.status is None else f" ({one.run.status.value})"
    remarks = () if one.told is None else one.told.remarks
    nl, en = "; ".join(said.nl for said in remarks), "; ".join(said.en for said in remarks)
    return Alarm(
        code=Code.NIGHT_FAILED,
        what=Text(
            nl=f"de laatste nacht is mislukt{status}" + (f": {bare(nl)}" if nl else ""),
            en=f"the last night failed{status}" + (f": {bare(en)}" if en else ""),
        ),
        todo=_look(one.run.id),
    )


def dataset_failed(one: DatasetRun, run: str) -> Alarm:
    """A dataset in which the newest run failed, or left work undone."""
    failed = sum(one.failed.values())
    count = None if one.late is None else failed + one.late
    nl, en = (f": {bare(one.why.nl)}", f": {bare(one.why.en)}") if one.why is not None else ("", "")
    return Alarm(
        code=Code.DATASET_FAILED,
        what=Text(
            nl=f"{one.id} is vannacht mislukt ({_known(count).nl}){nl}",
            en=f"{one.id} failed last night ({_known(count).en}){en}",
        ),
        todo=_look(run),
        dataset=one.id,
        count=count,
    )


def dataset_unjudged(name: str, why: Text) -> Alarm:
    """The newest plan could not judge a dataset: nobody knows what is overdue in it."""
    return Alarm(
        code=Code.DATASET_UNJUDGED,
        what=Text(
            nl=f"{name} kon niet worden beoordeeld: {bare(why.nl)}", en=f"{name} could not be judged: {bare(why.en)}"
        ),
        todo=Text(
            nl="wat er te laat is, is niet bekend; verhelp het en draai: retention plan",
            en="what is overdue is not known; repair it, then run: retention plan",
        ),
        dataset=name,
    )


def residue(one: DatasetState) -> Alarm:
    """Records that were to go, and of which nobody can show that they are gone."""
    return Alarm(
        code=Code.RESIDUE,
        what=Text(
            nl=f"van {records(one.residue)} in {one.id} is niet aangetoond dat ze weg zijn",
            en=f"{records(one.residue)} in {one.id} not shown to be gone",
        ),
        todo=Text(
            nl="lees waarom in: retention report run last; de volgende nacht probeert het opnieuw",
            en="read why in: retention report run last; the next night tries again",
        ),
        dataset=one.id,
        count=one.residue,
    )


def anchor_overdue(anchor: Anchor | None) -> Alarm:
    """No checkpoint has been verified and kept for too long."""
    what = (
        Text(nl="het logboek is nog nooit gecontroleerd", en="the log has never been verified")
        if anchor is None
        else Text(
            nl=f"het logboek is sinds {_utc(anchor.at)} niet gecontroleerd",
            en=f"the log has not been verified since {_utc(anchor.at)}",
        )
    )
    return Alarm(
        code=Code.ANCHOR_OVERDUE,
        what=what,
        todo=Text(
            nl="kijk waarom de taak verify_audit niet draait; doe het nu met: python -m retention_jobs.verify_audit",
            en="see why the job verify_audit does not run; do it now: python -m retention_jobs.verify_audit",
        ),
    )


def disk_low(disk: Disk) -> Alarm:
    """Too little room for the next run."""
    free, needed = disk.free // _MEGABYTE, -(-disk.needed // _MEGABYTE)
    return Alarm(
        code=Code.DISK_LOW,
        what=Text(
            nl=f"de schijf van de staat is bijna vol: {free} MB vrij, {needed} MB nodig",
            en=f"the state's disk is nearly full: {free} MB free, {needed} MB needed",
        ),
        todo=Text(
            nl="maak ruimte vóór de volgende nacht; zonder ruimte wordt er niets vernietigd",
            en="make room before the next night; without room nothing is destroyed",
        ),
    )


def _look(run: str) -> Text:
    return Text(nl=f"lees: retention report run {run}", en=f"read: retention report run {run}")


def _known(count: int | None) -> Text:
    return (
        Text(nl="aantal onbekend", en="number unknown") if count is None else Text(nl=records(count), en=records(count))
    )


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
