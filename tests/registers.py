"""Registers, public tables and changes of policies as values, for the pages: of the demo organisation, and hostile."""

from dataclasses import replace
from datetime import date

from policies import REGISTER as WHOLE
from retention.period import years
from retention.policy import Register
from retention.reports.activities import Controller, Declared, processing_register
from retention.reports.policy_change import Impact, PolicyChange, sentences
from retention.reports.public import public_table
from retention.text import Text
from tests.reports import EVIL

REGISTER = Register(policies=[*WHOLE][:7], datasets=WHOLE.datasets)
DAY = date(2026, 7, 1)
CONTROLLER = Controller(
    name="Stichting Welzijn Duinrand",
    address="Lieven de Keylaan 24, Heemstede",
    privacy_officer="fg@duinrand.example",
    everywhere=Declared(security="Rollen, versleutelde schijven, een logboek van inzage."),
    of={"schuldhulp": Declared(recipients="Gemeente, schuldeisers met toestemming")},
)
_BAD = Text(nl=EVIL, en=EVIL)

PROCESSING = processing_register(REGISTER, CONTROLLER, tool="retention 0.1.0", made=DAY)
PUBLIC = public_table(REGISTER, CONTROLLER, made=DAY)
HOSTILE_PROCESSING = replace(
    PROCESSING,
    organisation=EVIL,
    address=EVIL,
    privacy_officer=EVIL,
    activities=tuple(
        replace(one, title=_BAD, owner=EVIL, declared=Declared(security=EVIL)) for one in PROCESSING.activities
    ),
)
HOSTILE_PUBLIC = replace(
    PUBLIC, organisation=EVIL, purposes=tuple(replace(one, title=_BAD, description=_BAD) for one in PUBLIC.purposes)
)

_first = next(iter(REGISTER))
_longer = replace(_first, rules=tuple(replace(rule, keep_for=years(30)) for rule in _first.rules))
CHANGED = Register(policies=(_longer, *[*REGISTER][1:]), datasets=WHOLE.datasets)
CHANGE = PolicyChange(
    organisation="Stichting Welzijn Duinrand",
    zone="Europe/Amsterdam",
    tool="retention 0.1.0",
    reference_date=DAY,
    old="v2026-06",
    new="v2026-09",
    sentences=sentences(REGISTER, CHANGED),
    impacts=(
        Impact(
            dataset="cvs.dossier",
            title=Text(nl="Dossiers", en="Dossiers"),
            old_due=1372,
            new_due=1201,
            leaves=180,
            joins=9,
            otherwise=0,
            kept_by={_first.purpose: 180},
            freed_by={_first.purpose: 9},
            gone={_first.purpose: 412},
            gone_together=412,
            gone_since=date(2024, 3, 1),
            unknown=7,
        ),
        Impact(
            dataset="web.klik",
            title=Text(nl="Klikgedrag", en="Clicks"),
            why=Text(nl="de bron web is niet bereikbaar", en="store web cannot be reached"),
        ),
    ),
    unaffected=31,
    purposes={policy.purpose: policy.title for policy in REGISTER},
)
HOSTILE_CHANGE = replace(
    CHANGE,
    organisation=EVIL,
    old=EVIL,
    new=EVIL,
    impacts=tuple(replace(one, title=_BAD, why=_BAD) for one in CHANGE.impacts),
)
