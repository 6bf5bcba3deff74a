"""Plans as the reports get them: a busy night, an empty one, and one with hostile texts."""

from datetime import UTC, date, datetime

from msgspec.structs import replace

from retention.details import (
    ColumnSummary,
    DatasetChange,
    Kept,
    PlanChanges,
    Remains,
    TableSummary,
)
from retention.finding import Finding, Severity
from retention.policy import LegalBasis, SourceStatus
from retention.reason import Reason
from retention.summary import DatasetSummary, HoldSummary, PlanSummary, PolicySummary, RuleSummary, SourceSummary
from retention.technique import DateToYear, IpPrefix, Nullify, Pseudonymise, Truncate, sentence
from retention.text import Text

DIGEST = "9f2c4e1ab07d5563c8e21f90ab34de7719c05b8264fd0e3aa1b7c69d20f4e815"
LIST = "Selectielijst gemeenten en intergemeentelijke organen (2020)"


def fingerprint(digit: str) -> str:
    return (digit * 3 + "4b1e07c9a2f86d35") * 4


def rule(dataset: str, period: str, nl: str, en: str, **given: object) -> RuleSummary:
    values = {"purpose": "", "minimum": False, "needs": (), **given}
    return RuleSummary(dataset=dataset, period=period, trigger=Text(nl=nl, en=en), **values)


POLICIES = (
    PolicySummary(
        purpose="schuldhulp",
        title=Text(nl="Schuldhulpverlening", en="Debt help"),
        legal_basis=LegalBasis.LEGAL_OBLIGATION.value,
        owner="teamleider schuldhulp",
        list_entry="P05",
        sha256="5a" * 32,
        reasons={
            "cvs.dossier": {
                Reason.DUE_EXPIRED: 1351,
                Reason.KEEP_RUNNING: 1640,
                Reason.KEEP_HOLD: 9,
                Reason.KEEP_RESTRICTED: 3,
                Reason.REVIEW_NO_TRIGGER: 103,
            },
            "cvs.client": {Reason.PARTIAL_PURPOSE: 96, Reason.KEEP_OTHER_PURPOSE: 2114},
        },
        sources=(SourceSummary(status=SourceStatus.SELECTION_LIST.value, citation=f"{LIST}, 8.1.9"),),
        rules=(
            rule(
                "cvs.dossier",
                "P5Y",
                "afgesloten_op",
                "afgesloten_op",
                condition=Text(nl="regime gelijk is aan “schuldhulp”", en="regime is “schuldhulp”"),
                applies=3106,
                expired=1391,
                oldest_start=date(2008, 2, 29),
            ),
            rule(
                "cvs.client", "P1Y", "aangemaakt_op", "aangemaakt_op", needs=("naam", "bsn"), applies=2210, expired=96
            ),
        ),
    ),
    PolicySummary(
        purpose="wmo-dossier",
        title=Text(nl="Ondersteuning op grond van de Wmo", en="Support under the Social Support Act"),
        legal_basis=LegalBasis.PUBLIC_TASK.value,
        owner="teamleider maatschappelijke dienstverlening",
        list_entry="P01",
        sources=(
            SourceSummary(status=SourceStatus.LAW.value, citation="Wmo 2015, art. 5.3.4 lid 1"),
            SourceSummary(status=SourceStatus.SELECTION_LIST.value, citation=f"{LIST}, 8.1.1"),
            SourceSummary(
                status=SourceStatus.OWN_CHOICE.value,
                citation="Kwadraad, privacyreglement",
                reasoning=Text(
                    nl="Wij tellen vanaf het sluiten van het laatste traject, zodat een dossier heel blijft.",
                    en="We count from the closing of the last track, so that a dossier stays whole.",
                ),
            ),
        ),
        rules=(
            rule(
                "cvs.dossier",
                "P15Y",
                "de laatste van afgesloten_op en de laatste ontvangen_op in bijbehorende Documenten (cvs.document)",
                "the latest of afgesloten_op and the latest ontvangen_op in related Documents (cvs.document)",
                condition=Text(nl="regime gelijk is aan “wmo”", en="regime is “wmo”"),
                remarks=Text(
                    nl="Na de sluiting van het laatste traject of het laatste stuk, wat het laatste is.",
                    en="After the closing of the last track or the last item, whichever is later.",
                ),
                applies=9800,
                expired=21,
                oldest_start=date(2010, 3, 1),
                minimum=True,
            ),
        ),
    ),
    PolicySummary(
        purpose="financieel",
        title=Text(nl="Financiële administratie", en="Accounting"),
        legal_basis=LegalBasis.LEGAL_OBLIGATION.value,
        owner="controller",
        list_entry="P15",
        sources=(SourceSummary(status=SourceStatus.LAW.value, citation="AWR, art. 52 lid 4"),),
        rules=(
            rule(
                "fin.factuur",
                "P7Y",
                "het einde van het jaar van factuurdatum",
                "the end of the year of factuurdatum",
                applies=30112,
                expired=0,
                minimum=True,
            ),
        ),
    ),
    PolicySummary(
        purpose="activiteit-deelname",
        title=Text(nl="Deelname aan cursussen en activiteiten", en="Taking part in courses and activities"),
        legal_basis=LegalBasis.CONTRACT.value,
        owner="hoofd activiteiten",
        list_entry="P10",
        sha256="7c" * 32,
        reasons={
            "act.inschrijving": {Reason.DUE_EXPIRED: 312, Reason.KEEP_RUNNING: 21700, Reason.REVIEW_ORPHAN: 28},
            "act.deelnemer": {Reason.DUE_EXPIRED: 118, Reason.KEEP_RUNNING: 6240, Reason.SETTLED: 131},
        },
        sources=(
            SourceSummary(
                status=SourceStatus.OWN_CHOICE.value,
                citation="",
                reasoning=Text(
                    nl="Twee jaar is lang genoeg voor vragen over certificaten en kort genoeg om niet te verzamelen.",
                    en="Two years is long enough for questions about certificates and short enough not to hoard.",
                ),
            ),
        ),
        rules=(
            rule(
                "act.inschrijving",
                "P2Y",
                "eind van de cursus",
                "end of the course",
                applies=22040,
                expired=312,
                oldest_start=date(2024, 6, 1),
            ),
            rule("act.deelnemer", "P2Y", "laatste deelname", "last taking part", applies=6504, expired=118),
        ),
    ),
    PolicySummary(
        purpose="website-statistiek",
        title=Text(nl="Bezoekstatistiek van de website", en="Statistics of visits to the website"),
        legal_basis=LegalBasis.LEGITIMATE_INTERESTS.value,
        owner="communicatie",
        list_entry="P26",
        sources=(
            SourceSummary(
                status=SourceStatus.UNCHECKED.value,
                citation="CNIL, richtlijn cookies",
            ),
        ),
        rules=(rule("web.klik", "P30D", "tijd_utc", "tijd_utc", needs=("ip",), applies=1480022, expired=4120),),
    ),
    PolicySummary(
        purpose="id-verificatie",
        title=Text(nl="Identiteit vaststellen bij een verzoek", en="Establishing identity for a request"),
        legal_basis=LegalBasis.LEGAL_OBLIGATION.value,
        owner="functionaris gegevensbescherming",
        list_entry="P35",
        sources=(SourceSummary(status=SourceStatus.PEER.value, citation="EDR Credit Services"),),
        rules=(rule("priv.id_controle", "P0D", "zodra het er is", "as soon as it exists", applies=0, expired=0),),
    ),
)

DATASETS = (
    DatasetSummary(
        id="act.deelnemer",
        title=Text(nl="Deelnemers", en="Participants"),
        fingerprint=fingerprint("a"),
        purposes=("activiteit-deelname",),
        judged=6504,
        planned=118,
        anonymise=118,
        reasons={
            Reason.DUE_EXPIRED: 118,
            Reason.KEEP_RUNNING: 6240,
            Reason.SETTLED: 131,
            Reason.REVIEW_NO_TRIGGER: 15,
        },
        limit=325,
        approved="standing",
        fields=("adres", "geboortedatum", "naam"),
        techniques={
            "adres": sentence(Truncate(4)),
            "geboortedatum": sentence(DateToYear()),
            "naam": sentence(Pseudonymise("hoofd")),
        },
        longest_overdue=31,
        oldest_start=date(2024, 5, 31),
        next_due=date(2026, 7, 4),
        overdue={"0": 80, "7": 36, "31": 2},
        coming={"2026-07": 300, "2026-08": 280, "2026-12": 410, "2027-06": 95},
        kept=(
            Kept(
                reason="KEEP_RUNNING",
                purpose="activiteit-deelname",
                records=6240,
                first=date(2026, 7, 4),
                last=date(2028, 6, 30),
            ),
            Kept(reason="SETTLED", purpose="", records=131),
            Kept(reason="REVIEW_NO_TRIGGER", purpose="", records=15),
        ),
        remains=Remains(columns=("adres", "geboortedatum", "team"), key=("deelnemer_id",), records=249, smallest="<5"),
    ),
    DatasetSummary(
        id="act.inschrijving",
        title=Text(nl="Inschrijvingen", en="Enrolments"),
        fingerprint=fingerprint("b"),
        purposes=("activiteit-deelname",),
        judged=22040,
        planned=312,
        delete=312,
        reasons={Reason.DUE_EXPIRED: 312, Reason.KEEP_RUNNING: 21700, Reason.REVIEW_ORPHAN: 28},
        children={"act.presentie": 2841},
        limit=1000,
        longest_overdue=12,
        oldest_start=date(2024, 6, 1),
        next_due=date(2026, 7, 2),
        overdue={"0": 300, "7": 12},
        coming={"2026-07": 900, "2026-09": 1200},
        kept=(
            Kept(
                reason="KEEP_RUNNING",
                purpose="activiteit-deelname",
                records=21700,
                first=date(2026, 7, 2),
                last=date(2028, 6, 30),
            ),
            Kept(reason="REVIEW_ORPHAN", purpose="", records=28),
        ),
    ),
    DatasetSummary(
        id="cvs.client",
        title=Text(nl="Cliënten", en="Clients"),
        fingerprint=fingerprint("c"),
        purposes=("schuldhulp", "wmo-dossier"),
        judged=9044,
        planned=96,
        erase_fields=96,
        reasons={
            Reason.PARTIAL_PURPOSE: 96,
            Reason.KEEP_OTHER_PURPOSE: 8931,
            Reason.KEEP_RESTRICTED: 3,
            Reason.KEEP_HOLD: 14,
        },
        limit=452,
        approved="list",
        fields=("bsn",),
        techniques={"bsn": sentence(Nullify())},
        longest_overdue=204,
        oldest_start=date(2020, 11, 12),
        next_due=date(2026, 9, 1),
        coming={"2026-09": 12},
        kept=(
            Kept(
                reason="KEEP_OTHER_PURPOSE",
                purpose="wmo-dossier",
                records=8931,
                first=date(2026, 9, 1),
                last=date(2041, 6, 30),
            ),
            Kept(
                reason="PARTIAL_PURPOSE",
                purpose="wmo-dossier",
                records=96,
                first=date(2030, 1, 1),
                last=date(2040, 1, 1),
            ),
            Kept(reason="KEEP_HOLD", purpose="", records=14),
            Kept(reason="KEEP_RESTRICTED", purpose="", records=3),
        ),
        notice=3,
    ),
    DatasetSummary(
        id="cvs.dossier",
        title=Text(nl="Dossiers", en="Dossiers"),
        fingerprint=fingerprint("d"),
        purposes=("schuldhulp", "wmo-dossier"),
        judged=14012,
        planned=1372,
        delete=1372,
        reasons={
            Reason.DUE_EXPIRED: 1372,
            Reason.KEEP_HOLD: 11,
            Reason.KEEP_RESTRICTED: 3,
            Reason.KEEP_COOLING_OFF: 2,
            Reason.KEEP_MINIMUM: 9779,
            Reason.KEEP_RUNNING: 1640,
            Reason.KEEP_OPEN_CASE: 588,
            Reason.REVIEW_NO_TRIGGER: 574,
            Reason.REVIEW_FUTURE: 29,
            Reason.REVIEW_IMPLAUSIBLE: 14,
        },
        children={"cvs.contactmoment": 17233, "cvs.document": 4410},
        limit=700,
        refused=True,
        longest_overdue=4872,
        oldest_start=date(2008, 2, 29),
        next_due=date(2026, 7, 2),
        gone_today=25,
        overdue={"0": 36, "31": 120, "92": 400, "366": 716, "1827": 99, "-1": 1},
        coming={"2026-07": 61, "2026-08": 72, "2026-10": 55, "2027-01": 512, "2027-03": 8},
        unlinked={"cvs.taak": 12},
        kept=(
            Kept(
                reason="KEEP_MINIMUM",
                purpose="wmo-dossier",
                records=9779,
                first=date(2026, 7, 2),
                last=date(2041, 6, 30),
            ),
            Kept(
                reason="KEEP_RUNNING", purpose="schuldhulp", records=1640, first=date(2026, 8, 1), last=date(2031, 6, 1)
            ),
            Kept(reason="KEEP_OPEN_CASE", purpose="wmo-dossier", records=588),
            Kept(reason="REVIEW_NO_TRIGGER", purpose="schuldhulp", records=574),
            Kept(reason="REVIEW_FUTURE", purpose="schuldhulp", records=29),
            Kept(reason="REVIEW_IMPLAUSIBLE", purpose="schuldhulp", records=14),
            Kept(reason="KEEP_HOLD", purpose="", records=11),
            Kept(reason="KEEP_RESTRICTED", purpose="", records=3),
            Kept(reason="KEEP_COOLING_OFF", purpose="", records=2),
        ),
    ),
    DatasetSummary(
        id="fin.factuur",
        title=Text(nl="Facturen", en="Invoices"),
        fingerprint=fingerprint("e"),
        purposes=("financieel",),
        judged=30112,
        reasons={Reason.KEEP_MINIMUM: 30112},
        next_due=date(2027, 1, 1),
        coming={"2027-01": 2814},
        kept=(
            Kept(
                reason="KEEP_MINIMUM",
                purpose="financieel",
                records=30112,
                first=date(2027, 1, 1),
                last=date(2034, 1, 1),
            ),
        ),
    ),
    DatasetSummary(
        id="priv.id_controle",
        title=Text(nl="Identiteitscontroles", en="Identity checks"),
        fingerprint=fingerprint("f"),
        purposes=("id-verificatie",),
        notice=0,
    ),
    DatasetSummary(
        id="web.klik",
        title=Text(nl="Klikgedrag", en="Clicks"),
        fingerprint=fingerprint("1"),
        purposes=("website-statistiek",),
        techniques={"ip": sentence(IpPrefix())},
        failed=Text(
            nl="De database web.db is op slot door een ander programma. Probeer het opnieuw als dat klaar is.",
            en="The database web.db is locked by another program. Try again when that has finished.",
        ),
    ),
)

HOLDS = (
    HoldSummary(
        id="H-20251101-5f0e12ab",
        kind="legal-hold",
        since=date(2025, 11, 1),
        review_on=date(2026, 12, 1),
        cooling_until=None,
        stops={"cvs.dossier": 11, "cvs.client": 14},
        covers={"cvs.dossier": 12, "cvs.client": 14, "msg.bericht": 40},
    ),
    HoldSummary(
        id="H-20260301-77ad0c31",
        kind="restriction",
        since=date(2026, 3, 1),
        review_on=date(2026, 6, 1),
        cooling_until=None,
        stops={"cvs.dossier": 3},
        covers={"cvs.dossier": 3, "cvs.client": 3},
    ),
    HoldSummary(
        id="H-20260511-0b9911fe",
        kind="open-request",
        since=date(2026, 5, 11),
        review_on=None,
        cooling_until=datetime(2026, 7, 6, 14, 30, tzinfo=UTC),
        stops={"cvs.dossier": 2},
        covers={},
    ),
)

FINDINGS = (
    Finding(
        severity=Severity.NOTICE,
        code="RULES_OVERLAP",
        where="cvs.client",
        text=Text(
            nl="Twee regels van één doel hebben hetzelfde veld nodig", en="Two rules of one purpose need the same field"
        ),
        hint=Text(
            nl="De langste termijn geldt. Ga na of dat de bedoeling is.",
            en="The longest counts. Check that this is meant.",
        ),
    ),
    Finding(
        severity=Severity.WARNING,
        code="REVIEW_NO_TRIGGER",
        where="cvs.dossier.afgesloten_op",
        text=Text(nl="Van deze dossiers ontbreekt de datum van afsluiten", en="These dossiers have no closing date"),
        hint=Text(
            nl="Sluit ze af in het cliëntsysteem, met de datum van het laatste contact en een reden.",
            en="Close them in the client system, with the date of the last contact and a reason.",
        ),
        count=574,
    ),
    Finding(
        severity=Severity.ERROR,
        code="NEW_REFERENCE",
        where="cvs.dossier",
        text=Text(nl="Een nieuwe tabel verwijst naar dossiers", en="A new table refers to dossiers"),
        hint=Text(
            nl="Neem cvs.evaluatie op in de beschrijving van de gegevens, als onderdeel van het dossier of juist niet.",
            en="Declare cvs.evaluatie in the data map, as part of the dossier or not.",
        ),
    ),
)

SINCE = PlanChanges(
    digest="1b" * 32,
    reference_date=date(2026, 6, 30),
    datasets=(
        DatasetChange(
            dataset="cvs.dossier",
            since=date(2026, 6, 30),
            before=1345,
            done=0,
            now=1372,
            joined=41,
            left=14,
            ended=36,
            rules_changed=True,
            released={"H-20260511-0b9911fe": 2},
            placed={"H-20251101-5f0e12ab": 11},
        ),
        DatasetChange(
            dataset="act.inschrijving",
            since=date(2026, 6, 30),
            before=290,
            done=290,
            now=312,
            joined=312,
            left=0,
            ended=300,
        ),
        DatasetChange(
            dataset="cvs.client", since=date(2025, 12, 31), before=40, done=12, now=96, joined=None, left=None
        ),
    ),
    new_datasets=("act.deelnemer",),
    gone_datasets=("act.wachtlijst",),
    policies=("schuldhulp",),
)


def columns(*names: str, role: str = "none") -> tuple[ColumnSummary, ...]:
    """Columns; a name in capitals looks like personal data."""
    return tuple(ColumnSummary(name=name.lower(), role=role, personal=name.isupper()) for name in names)


COVERAGE = (
    TableSummary(
        store="cvs",
        table="evaluatie",
        dataset=None,
        governed="no",
        columns=columns("evaluatie_id", "NAAM", "EMAIL", "cijfer"),
        rows=812,
    ),
    TableSummary(store="web", table="klik_kopie", dataset=None, governed="no", columns=columns("IP", "tijd_utc")),
    TableSummary(store="cvs", table="regime", dataset=None, governed="no", columns=columns("code", "label"), rows=4),
    TableSummary(
        store="cvs",
        table="dossier",
        dataset="cvs.dossier",
        governed="by rules",
        columns=(
            *columns("dossier_id", role="key"),
            *columns("SAMENVATTING", role="field"),
            *columns("afgesloten_op", role="date"),
            *columns("TOELICHTING", "team"),
        ),
        rows=14012,
    ),
    TableSummary(
        store="cvs",
        table="contactmoment",
        dataset="cvs.contactmoment",
        governed="by parent",
        columns=columns("contact_id", role="key"),
    ),
)

BUSY = PlanSummary(
    digest=DIGEST,
    made=datetime(2026, 7, 1, 4, 30, tzinfo=UTC),
    reference_date=date(2026, 7, 1),
    zone="Europe/Amsterdam",
    expires=date(2026, 7, 31),
    prepared_by="nacht",
    organisation="Stichting Welzijn Duinrand",
    tool="retention 0.1.0",
    policies=POLICIES,
    datasets=DATASETS,
    holds=HOLDS,
    findings=FINDINGS,
    approve_command=f"retention approve {DIGEST} --allow cvs.dossier=1372",
    since=SINCE,
    coverage=COVERAGE,
)
"""A night with everything in it: a refused dataset, one that could not be read, holds, findings, pseudonyms."""

EMPTY = replace(
    BUSY,
    policies=POLICIES[2:3],
    datasets=DATASETS[4:5],
    holds=(),
    findings=(),
    approve_command=None,
    since=None,
    coverage=(),
)
"""A night on which nothing is due."""

KEYLESS = replace(BUSY, digest=None, approve_command=None)
"""A report made where the keys are not."""

_EVIL = "<script>alert(1)</script>\"'&\u202egnp.exe\x1b[31m"

HOSTILE = replace(
    BUSY,
    organisation=_EVIL,
    prepared_by=_EVIL,
    tool=_EVIL,
    zone="Europe/Amsterdam",
    policies=tuple(
        replace(p, purpose=_EVIL, title=Text(nl=_EVIL, en=_EVIL), owner=_EVIL, list_entry=_EVIL) for p in POLICIES
    ),
    datasets=tuple(
        replace(
            d,
            title=Text(nl=_EVIL, en=_EVIL),
            failed=Text(nl=_EVIL, en=_EVIL),
            techniques={_EVIL: Text(nl=_EVIL, en=_EVIL)},
        )
        for d in DATASETS
    ),
    findings=tuple(
        replace(f, where=_EVIL, text=Text(nl=_EVIL, en=_EVIL), hint=Text(nl=_EVIL, en=_EVIL)) for f in FINDINGS
    ),
    coverage=tuple(
        replace(t, store=_EVIL, table=_EVIL, columns=(ColumnSummary(name=_EVIL, role="none", personal=True),))
        for t in COVERAGE
    ),
)
"""Texts that would break out of a page, a terminal or the reading direction."""
