"""What notices are made of, as their tests get it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from retention.control.interface import Run, RunStatus
from retention.holds import Hold
from retention.notices.due import Seen
from retention.notices.facts import Ended, Failed, Late, Listed, Planned, Refused, Reviews, Tested, ToReview
from retention.notices.wording import Voice
from retention.run_summary import DatasetRun, RunSummary
from retention.text import Language
from tests.summaries import DIGEST

NIGHT = datetime(2026, 7, 2, 0, 10, tzinfo=UTC)  # 02:10 in Amsterdam
TODAY = date(2026, 7, 2)
RUN_ID = "20260702T000005Z-5f0c1a77"
CHECKPOINT = (
    "duinrand.example/retention/2026\n74\n8JGcWbEoa7YUKVr93bXM+n1nLZ4rgCYQbXzR7T7kPew=\n\n"
    "\u2014 duinrand.example/retention/2026 "
    "c2lnbmF0dXJlIG9mIHRoZSBsb2csIGFzIGxvbmcgYXMgb25lIGlzIGluIHRydXRoLCBhbmQgbm90IGFueSBsb25nZXI=\n"
)


def run(number: int = 1, **changes: object) -> Run:
    """A run that ended just now."""
    ended = NIGHT - timedelta(minutes=1)
    made = Run(
        id=f"20260702T000005Z-{number:08x}",
        started=ended - timedelta(minutes=5),
        reference_date=TODAY,
        actor="nightly",
        plan=DIGEST,
        status=RunStatus.DONE,
        ended=ended,
    )
    return replace(made, **changes)


def told(of: Run, exit_status: int = 0, *datasets: DatasetRun) -> tuple[Run, RunSummary]:
    """A run with what it told."""
    summary = RunSummary(
        run=of.id,
        status="done",
        exit_status=exit_status,
        started=of.started,
        ended=of.ended or NIGHT,
        reference_date=of.reference_date,
        plan=of.plan,
        plan_reference_date=date(2026, 7, 1),
        datasets=datasets,
    )
    return of, summary


def seen(*runs: tuple[Run, RunSummary | None], **changes: object) -> Seen:
    """Our memory, with a good run of this night unless others are given."""
    made = Seen(
        now=NIGHT,
        zone=ZoneInfo("Europe/Amsterdam"),
        late_after=timedelta(hours=30),
        runs=runs or (told(run()),),
        plan=None,
        planned_since=NIGHT - timedelta(days=9),
        holds=(),
    )
    return replace(made, **changes)


def held(one: Hold, review_on: date | None) -> Hold:
    """A hold with a day on which somebody looks at it."""
    return replace(one, review_on=review_on)


def voice(language: Language = Language.EN, **changes: object) -> Voice:
    """Somebody to speak for."""
    made = Voice(
        organisation="Stichting Welzijn Duinrand",
        language=language,
        zone="Europe/Amsterdam",
        reports_url="https://intranet.example/retention/",
        checkpoint=CHECKPOINT,
    )
    return replace(made, **changes)


FACTS = {
    "refusal": Refused(of=TODAY, runs=(RUN_ID,), datasets={"cvs.dossier": 1402, "act.deelnemer": "<5"}),
    "failure": Failed(
        of=TODAY,
        ended=Ended.FAILED,
        job="sweep",
        runs=(RUN_ID,),
        datasets={"cvs.dossier": 12, "fin.factuur": 0},
        open_intents=1,
    ),
    "failure-not-started": Failed(
        of=TODAY, ended=Ended.NOT_STARTED, job="plan", runs=(), datasets={}, open_intents=0
    ),
    "failure-at-risk": Failed(of=TODAY, ended=Ended.AT_RISK, job="sweep", runs=(), datasets={}, open_intents=0),
    "failure-verify": Failed(of=TODAY, ended=Ended.FAILED, job="verify", runs=(), datasets={}, open_intents=0),
    "lateness": Late(
        of=TODAY,
        last_good=NIGHT - timedelta(days=2),
        overdue=True,
        runs=(RUN_ID,),
        datasets={"cvs.dossier": 40, "cvs.client": None},
    ),
    "lateness-never": Late(of=TODAY, last_good=None, overdue=True, runs=(), datasets={}),
    "plan": Planned(
        of=TODAY,
        digest=DIGEST,
        reference_date=TODAY,
        expires=date(2026, 8, 1),
        records="\u22651353",
        datasets=(
            Listed(id="cvs.dossier", purposes=("schuldhulp", "wmo-dossier"), records=1351, over_limit=True,
                   approved=None, judged=True),
            Listed(id="act.deelnemer", purposes=("activiteit-deelname",), records="<5", over_limit=False,
                   approved="standing", judged=True),
            Listed(id="act.inschrijving", purposes=("activiteit-deelname",), records="<5", over_limit=False,
                   approved=None, judged=True),
            Listed(id="fin.factuur", purposes=("financieel",), records=0, over_limit=False, approved=None,
                   judged=False),
        ),
        to_mend=2,
    ),
    "plan-approved": Planned(
        of=TODAY,
        digest=DIGEST,
        reference_date=TODAY,
        expires=date(2026, 8, 1),
        records=51,
        datasets=(
            Listed(id="cvs.client", purposes=("wmo-dossier",), records=51, over_limit=False, approved="standing",
                   judged=True),
        ),
        to_mend=0,
    ),
    "hold-review": Reviews(
        of=TODAY,
        holds=(
            ToReview(id="H-20260101-0000000a", kind="legal-hold", review_on=date(2026, 7, 1)),
            ToReview(id="H-20260102-0000000b", kind="restriction", review_on=TODAY),
        ),
    ),
    "test": Tested(of=TODAY),
}  # fmt: skip
"""Every way a notice can be, by the name of its golden mail."""
