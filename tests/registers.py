"""Registers, changes of policies and histories as values, for the pages: full, empty, hostile."""

from datetime import date
from functools import partial

from msgspec.structs import replace

from retention.dataset import Dataset
from retention.period import AT_ONCE, years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.reports.activities import Controller, Declared, processing_register
from retention.reports.history import History, Month, OpenHold, Refusal
from retention.reports.policy_change import Impact, PolicyChange, Sentence
from retention.reports.public import public_table
from retention.technique import Nullify
from retention.text import Text
from retention.trigger import birth, end_of_year
from tests.reports import EVIL

DAY = date(2026, 7, 1)
_BAD = Text(nl=EVIL, en=EVIL)
CONTROLLER = Controller(
    name="Stichting Welzijn Duinrand",
    address="Duinweg 1, Duinrand",
    contact="info@duinrand.example",
    everywhere=Declared(security="Beveiligingsplan 2026"),
    of={"hulp": Declared(recipients="gemeente Duinrand")},
)
OWN = Text(nl="Twee jaar volstaat.", en="Two years suffice.")


def register(title: Text = Text(nl="Dossiers", en="Dossiers"), *, shown: Text | None = None) -> Register:  # noqa: B008 - frozen
    """A register of two purposes, of one dataset that has a name for people and one that has none."""
    dossier = Dataset(
        id="cvs.dossier",
        title=title,
        key=("dossier_id",),
        subjects={"client": "client_id"},
        fields={"tekst_van_het_verslag": Nullify(), "kenmerk_intern": Nullify()},
    )
    log = Dataset(id="cvs.lees_log", key=("log_id",), subjects={"medewerker": "wie"}, fields={"wie": Nullify()})
    source = Source(status=SourceStatus.OWN_CHOICE, reasoning=OWN)
    policy = partial(Policy, legal_basis=LegalBasis.PUBLIC_TASK, owner="team", prepared_by="nacht")
    return Register(
        policies=(
            policy(
                purpose="hulp",
                title=title,
                sources=(Source(status=SourceStatus.LAW, title="Wmo 2015", article="art. 5.3.4"), source),
                rules=(
                    Rule(dossier, starts_on=end_of_year("gesloten_kolom"), keep_for=years(15), minimum=True),
                    Rule(dossier, starts_on=birth("geboren_kolom"), keep_for=years(19)),
                    Rule(dossier, needs=("kenmerk_intern",), keep_for=AT_ONCE),
                ),
            ),
            policy(
                purpose="inzage_intern",
                title=title,
                sources=(source,),
                rules=(Rule(log, starts_on="tijdstip_kolom", keep_for=years(2), shown=shown),),
            ),
        )
    )


REGISTER = register()
INTERNAL = ("cvs.", "lees_log", "tekst_van_het_verslag", "kenmerk_intern", "_kolom", "inzage_intern", "nacht", "team")
"""What is nobody's business on a website."""
PROCESSING = processing_register(REGISTER, CONTROLLER, tool="retention/0.1.0", made=DAY)
PUBLIC = public_table(REGISTER, CONTROLLER, made=DAY)
_EVIL_REGISTER = register(_BAD, shown=_BAD)
_EVIL_CONTROLLER = replace(
    CONTROLLER, name=EVIL, address=EVIL, contact=EVIL, privacy_officer=EVIL, everywhere=Declared(transfers=EVIL)
)

CHANGE = PolicyChange(
    organisation=CONTROLLER.name,
    zone="Europe/Amsterdam",
    tool="retention/0.1.0",
    reference_date=DAY,
    old="policies-2025",
    new="policies",
    sentences=(
        Sentence(
            purpose="hulp",
            dataset="cvs.dossier",
            old=Text(nl="Dossiers: vernietigen 5 jaar na sluiting.", en="Dossiers: destroy 5 years after closing."),
            new=Text(nl="Dossiers: vernietigen 7 jaar na sluiting.", en="Dossiers: destroy 7 years after closing."),
        ),
        Sentence(purpose="", dataset="cvs.client", old=None, new=Text(nl="bsn: leegmaken", en="bsn: emptied")),
    ),
    impacts=(
        Impact(
            dataset="cvs.dossier",
            title=Text(nl="Dossiers", en="Dossiers"),
            old_due=1372,
            new_due=1201,
            leaves=191,
            joins=20,
            otherwise=7,
            kept_by={"hulp": 191},
            freed_by={"": 20},
            gone={"hulp": 412},
            gone_together=412,
            gone_since=date(2024, 7, 2),
            unknown=33,
        ),
        Impact(dataset="web.klik", title=Text(nl="Klikgedrag", en="Clicks"), why=Text(nl="op slot", en="locked")),
    ),
    unaffected=47,
    purposes={"hulp": Text(nl="Hulp", en="Help")},
)
NO_CHANGE = replace(CHANGE, sentences=(), impacts=())
PAST = History(
    organisation=CONTROLLER.name,
    zone="Europe/Amsterdam",
    tool="retention/0.1.0",
    made=DAY,
    months=(
        Month(month="2026-05", runs=0, destroyed=0, by_purpose={}, overdue=None, late=None, refused=0, failed=0),
        Month(month="2026-06", runs=30, destroyed=1586, by_purpose={"hulp": 1586, "wmo-dossier": 1201}, overdue=412,
              late=12, refused=3, failed=1),
        Month(month="2026-07", runs=1, destroyed=7, by_purpose={"hulp": 7}, overdue=0, late=0, refused=0, failed=0),
    ),
    purposes={"hulp": Text(nl="Hulp", en="Help")},
    holds=(
        OpenHold(id="H-20250101-0a1b2c3d", kind="legal-hold", since=date(2025, 1, 1), days=546,
                 review_on=date(2026, 1, 1), forgotten=True),
        OpenHold(id="H-20260601-0a1b2c3d", kind="restriction", since=date(2026, 6, 1), days=30, review_on=None,
                 forgotten=False),
    ),
    refusals=(
        Refusal(dataset="cvs.dossier", title=Text(nl="Dossiers", en="Dossiers"), times=3, records=312, last=DAY,
                why=Text(nl="312 records is meer dan de limiet van 100", en="312 records is over the limit of 100")),
    ),
)  # fmt: skip
NO_PAST = replace(PAST, months=PAST.months[:1], holds=(), refusals=(), purposes={})
REGISTERS = {
    "register": PROCESSING,
    "public table": PUBLIC,
    "change": CHANGE,
    "no change": NO_CHANGE,
    "history": PAST,
    "no history": NO_PAST,
    "hostile register": processing_register(_EVIL_REGISTER, _EVIL_CONTROLLER, tool=EVIL, made=DAY),
    "hostile public table": public_table(_EVIL_REGISTER, _EVIL_CONTROLLER, made=DAY),
    "hostile change": replace(
        CHANGE,
        organisation=EVIL,
        old=EVIL,
        new=EVIL,
        sentences=(Sentence(purpose=EVIL, dataset=EVIL, old=_BAD, new=_BAD),),
        impacts=tuple(replace(one, title=_BAD, why=one.why and _BAD) for one in CHANGE.impacts),
        purposes={"hulp": _BAD},
    ),
    "hostile history": replace(
        PAST,
        organisation=EVIL,
        tool=EVIL,
        purposes={"hulp": _BAD},
        refusals=tuple(replace(one, title=_BAD, why=_BAD) for one in PAST.refusals),
    ),
}
