"""Runs, lists and declarations as values, for the pages: whole, broken off, idle, hostile."""

from datetime import UTC, date, datetime

from msgspec.structs import replace

from retention.reason import Reason
from retention.reports.destruction import (
    Declaration,
    DestructionList,
    Disclosed,
    Exclusion,
    Failure,
    Ground,
    Line,
    Remains,
    kept,
)
from retention.reports.run import Approved, DatasetDone, HoldEvent, PurposeDone, RunReport
from retention.run_summary import DatasetRun
from retention.technique import Nullify, Pseudonymise, sentence
from retention.text import Text
from tests.summaries import BUSY, DIGEST, FINDINGS, POLICIES

EVIL = "<script>alert(1)</script>\"'&\u202egnp.exe\x1b[31m=1+1"
CHECKPOINT = ("test.example/retention/2026", "74", "8JGcWbEoa7YUKVr93bXM+n1nLZ4rgCYQbXzR7T7kPew=")
APPROVED = (
    Approved(
        at=datetime(2026, 7, 1, 8, 30, tzinfo=UTC),
        role="process-owner",
        signer="eigenaar",
        mode="list",
        dataset=None,
        signed=True,
        allow=(("cvs.dossier", 1372),),
    ),
    Approved(
        at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
        role="process-owner",
        signer="eigenaar",
        mode="standing",
        dataset="act.deelnemer",
        signed=False,
    ),
)
DONE = (
    DatasetDone(
        id="cvs.dossier",
        title=Text(nl="Dossiers", en="Dossiers"),
        deleted=1201,
        failed=7,
        open=40,
        children={"cvs.contactmoment": 15003},
        told=DatasetRun(
            id="cvs.dossier",
            planned=1372,
            destroyed=1201,
            held={Reason.KEEP_HOLD: 90, Reason.KEEP_COOLING_OFF: 12},
            changed=15,
            gone=7,
            failed={Reason.FAIL_FK: 7},
            late=40,
        ),
    ),
    DatasetDone(
        id="act.deelnemer",
        title=Text(nl="Deelnemers", en="Participants"),
        anonymised=118,
        pseudonyms=True,
        fields=("naam",),
        told=DatasetRun(id="act.deelnemer", planned=118, destroyed=118),
    ),
    DatasetDone(
        id="cvs.client",
        title=Text(nl="Cliënten", en="Clients"),
        fields_erased=96,
        fields=("bsn",),
        told=DatasetRun(id="cvs.client", planned=96, destroyed=96),
    ),
    DatasetDone(
        id="act.inschrijving",
        title=Text(nl="Inschrijvingen", en="Enrolments"),
        told=DatasetRun(
            id="act.inschrijving",
            planned=312,
            refused=312,
            why=Text(nl="312 records is meer dan de limiet van 100", en="312 records is over the limit of 100"),
        ),
    ),
    DatasetDone(
        id="web.klik",
        title=Text(nl="Klikgedrag", en="Clicks"),
        failed=None,
        told=DatasetRun(id="web.klik", planned=0, late=None, why=Text(nl="op slot", en="locked")),
    ),
)
RUN = RunReport(
    organisation=BUSY.organisation,
    zone=BUSY.zone,
    tool="retention/0.1.0",
    run="20260702T000500Z-0a1b2c3d",
    actor="nacht",
    config="c" * 64,
    started=datetime(2026, 7, 2, 0, 5, tzinfo=UTC),
    ended=datetime(2026, 7, 2, 0, 17, tzinfo=UTC),
    status="failed",
    exit_status=1,
    reference_date=date(2026, 7, 2),
    plan=DIGEST,
    plan_reference_date=date(2026, 7, 1),
    plan_made=BUSY.made,
    prepared_by="nacht",
    datasets=DONE,
    purposes=tuple(PurposeDone(policy=policy, destroyed={"cvs.dossier": 1201}) for policy in POLICIES[:2]),
    approvals=APPROVED,
    holds=(
        HoldEvent(id="H-20260701-5f0e12ab", kind="legal-hold", placed=True, at=datetime(2026, 7, 1, 15, 2, tzinfo=UTC)),
        HoldEvent(id="H-20260511-77ad0c31", kind="restriction", placed=False, at=datetime(2026, 7, 1, 9, tzinfo=UTC)),
    ),
    findings=FINDINGS,
    remarks=(Text(nl="een afgebroken run is afgerond", en="a run that had broken off was ended"),),
    told=True,
    first_entry=18,
    last_entry=73,
    open_intents=(71,),
    settled={12: 40},
    checkpoint=CHECKPOINT,
)
BROKEN = replace(
    RUN, told=False, status="aborted", exit_status=None, datasets=tuple(replace(one, told=None) for one in DONE)
)
UNDER_WAY = replace(BROKEN, ended=None, status=None, last_entry=None)
IDLE = replace(
    RUN,
    status="waiting",
    exit_status=5,
    plan=None,
    plan_reference_date=None,
    plan_made=None,
    prepared_by=None,
    datasets=(),
    purposes=(),
    approvals=(),
    holds=(),
    findings=(),
    remarks=(),
    open_intents=(),
    settled={},
)
_BAD = Text(nl=EVIL, en=EVIL)
HOSTILE_RUN = replace(
    RUN,
    organisation=EVIL,
    tool=EVIL,
    actor=EVIL,
    run=EVIL,
    datasets=tuple(
        replace(one, title=_BAD, told=None if one.told is None else replace(one.told, why=_BAD)) for one in DONE
    ),
    findings=tuple(replace(one, where=EVIL, text=_BAD, hint=_BAD) for one in FINDINGS),
    remarks=(_BAD,),
    approvals=tuple(replace(one, role=EVIL, signer=EVIL, dataset=EVIL) for one in APPROVED),
    purposes=tuple(replace(one, policy=replace(one.policy, title=_BAD)) for one in RUN.purposes),
)
RUNS = {"whole": RUN, "broken off": BROKEN, "under way": UNDER_WAY, "idle": IDLE, "hostile": HOSTILE_RUN}

LINES = (
    Line(
        dataset="cvs.dossier",
        title=Text(nl="Dossiers", en="Dossiers"),
        store="cvs",
        action="delete",
        fields=(),
        techniques={},
        purposes=("schuldhulp", "wmo-dossier"),
        records=kept(1201),
        children={"cvs.contactmoment": kept(15003), "cvs.document": kept(3)},
        pseudonyms=False,
        entries=(20, 22, 24),
    ),
    Line(
        dataset="act.deelnemer",
        title=Text(nl="Deelnemers", en="Participants"),
        store="act",
        action="anonymise",
        fields=("naam",),
        techniques={"naam": sentence(Pseudonymise("hoofd"))},
        purposes=("activiteit-deelname",),
        records=kept(118),
        children={},
        pseudonyms=True,
        entries=(26,),
    ),
    Line(
        dataset="cvs.client",
        title=Text(nl="Cliënten", en="Clients"),
        store="cvs",
        action="erase-fields",
        fields=("bsn",),
        techniques={"bsn": sentence(Nullify())},
        purposes=("wmo-dossier",),
        records=kept(3),
        children={},
        pseudonyms=False,
        entries=(28,),
    ),
)
GROUNDS = tuple(Ground.of(policy) for policy in POLICIES[:3])
LIST = DestructionList(
    id=f"VL-{RUN.run}",
    organisation=RUN.organisation,
    zone=RUN.zone,
    tool=RUN.tool,
    run=RUN.run,
    reference_date=RUN.plan_reference_date,
    plan=RUN.plan,
    started=RUN.started,
    ended=RUN.ended,
    final=True,
    lines=LINES,
    grounds=GROUNDS,
)
DECLARATION = Declaration(
    id=f"VV-{RUN.run}",
    organisation=RUN.organisation,
    address="Lieven de Keylaan 24, Heemstede",
    zone=RUN.zone,
    tool=RUN.tool,
    run=RUN.run,
    actor=RUN.actor,
    reference_date=RUN.reference_date,
    plan=RUN.plan,
    plan_reference_date=RUN.plan_reference_date,
    prepared_by=RUN.prepared_by,
    started=RUN.started,
    ended=RUN.ended,
    final=True,
    told=True,
    list_id=LIST.id,
    list_file="destruction-list.json",
    list_sha256="d" * 64,
    lines=LINES,
    grounds=GROUNDS,
    approvals=APPROVED,
    exclusions=(
        Exclusion(
            dataset="cvs.dossier", title=Text(nl="Dossiers", en="Dossiers"), reason="SKIP_HOLD_LATE", records=kept(90)
        ),
        Exclusion(
            dataset="act.inschrijving",
            title=Text(nl="Inschrijvingen", en="Enrolments"),
            reason="refused",
            records=kept(312),
        ),
    ),
    failures=(
        Failure(dataset="cvs.dossier", title=Text(nl="Dossiers", en="Dossiers"), reasons=("FAIL_FK",), records=kept(7)),
        Failure(dataset="web.klik", title=Text(nl="Klikgedrag", en="Clicks"), reasons=(), records=None),
    ),
    disclosed=(
        Disclosed(
            dataset="cvs.dossier",
            title=Text(nl="Dossiers", en="Dossiers"),
            purpose=GROUNDS[0].purpose,
            purpose_title=GROUNDS[0].title,
            recipients="gemeente Heemstede; schuldeisers",
        ),
        Disclosed(
            dataset="act.deelnemer",
            title=Text(nl="Deelnemers", en="Participants"),
            purpose="klachten",
            purpose_title=Text(nl="Klachten", en="Complaints"),
            recipients=None,
        ),
    ),
    remains=(
        Remains(store="act", engine="postgresql", backups_until=None),
        Remains(store="cvs", engine="sqlite", backups_until=date(2026, 8, 6)),
        Remains(store="web", engine="mariadb", backups_until=date(2026, 8, 6)),
        Remains(store="x", engine="", backups_until=None),
    ),
    histories={"cvs.dossier": Text(nl="versies in de historietabel", en="versions in the history table")},
    open_intents=(),
    first_entry=18,
    last_entry=73,
    checkpoint=CHECKPOINT,
)
DRAFT = replace(
    DECLARATION,
    final=False,
    told=False,
    open_intents=(71,),
    failures=(
        Failure(dataset="cvs.dossier", title=Text(nl="Dossiers", en="Dossiers"), reasons=(), records=40, open=True),
    ),
)
EARLY = replace(
    DRAFT, ended=None, last_entry=None, lines=(), grounds=(), disclosed=(), remains=(), approvals=(), exclusions=()
)
HOSTILE_DECLARATION = replace(
    DECLARATION,
    organisation=EVIL,
    address=EVIL,
    actor=EVIL,
    lines=tuple(replace(line, title=_BAD, techniques=dict.fromkeys(line.fields, _BAD)) for line in LINES),
    grounds=tuple(replace(ground, title=_BAD, owner=EVIL) for ground in GROUNDS),
    failures=tuple(replace(one, title=_BAD) for one in DECLARATION.failures),
    disclosed=tuple(replace(one, title=_BAD, purpose_title=_BAD, recipients=EVIL) for one in DECLARATION.disclosed),
)
HOSTILE_LIST = replace(LIST, organisation=EVIL, lines=HOSTILE_DECLARATION.lines, grounds=HOSTILE_DECLARATION.grounds)
KEPT = {
    "declaration": DECLARATION,
    "draft": DRAFT,
    "early": EARLY,
    "hostile declaration": HOSTILE_DECLARATION,
    "list": LIST,
    "hostile list": HOSTILE_LIST,
}
