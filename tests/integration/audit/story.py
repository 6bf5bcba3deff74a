"""A log of several nights with everything in it that can happen: written by the writer, for both verifiers."""

import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from retention.audit import entry as e
from retention.audit import keys
from retention.audit.log import Log
from retention.audit.reference import ReferenceKey, record_id, subject_id
from retention.audit.signer import from_uri
from retention.audit.trust import parse_trust
from tests.unit.audit.authority import MemoryAuthority

ORIGIN = "duinrand.example/retention/2026"
START = datetime(2026, 7, 1, tzinfo=UTC)
REFERENCE_DATE = date(2026, 7, 1)
CONFIG = "c0" * 32
DOSSIER, CLIENT = "cvs.dossier", "cvs.client"
PLAN = "9a" * 32


@dataclass
class Story:
    root: Path
    log: Log
    tx: MemoryAuthority = field(default_factory=MemoryAuthority)
    now: datetime = START
    refkey: ReferenceKey = field(default_factory=lambda: ReferenceKey(f"{DOSSIER}-2026", bytes(32)))

    @property
    def directory(self):
        return self.log.directory

    @property
    def trust_file(self):
        return self.root / "trust"

    @property
    def trust(self):
        return parse_trust(self.trust_file.read_text())

    def say(self, *entries):
        self.now += timedelta(minutes=1)
        return self.log.append(self.tx, entries, time=self.now)

    def publish(self):
        return self.log.publish(self.tx)

    def refs(self, *keys_):
        return self.refkey.refs(record_id(DOSSIER, (key,)) for key in keys_)

    def set_of(self, *keys_):
        return self.log.write_manifest(self.refs(*keys_))

    def start(self, night, plan=PLAN):
        run = f"202607{night:02}T020000Z-{night:08x}"
        prev = self.log.published_head(self.tx)
        self.say(e.RunStart(run=run, prev=prev, config=CONFIG, tool="retention/0.1.0", actor="sweeper", plan=plan))
        return run

    def intend(self, run, *keys_, dataset=DOSSIER, **changes):
        intent = {
            "run": run,
            "dataset": dataset,
            "action": "delete",
            "policies": ("schuldhulp",),
            "reference_date": REFERENCE_DATE,
            "ref_key": self.refkey.id,
            "manifest": self.set_of(*keys_),
        }
        return self.say(e.Intent(**{**intent, **changes}))[0]

    def settle(self, run, intent, *, dataset=DOSSIER, recovered=False, **sets):
        check = "locking-read" if recovered else "read-back"
        results = {name: self.set_of(*keys_) for name, keys_ in sets.items()}
        outcome = {"run": run, "intent": intent, "dataset": dataset, "check": check, "recovered": recovered, **results}
        return self.say(e.Outcome(**outcome))

    def end(self, run, status="done", open_=(), **totals):
        self.say(e.RunEnd(run=run, status=status, totals=e.Totals(**totals), open=open_))

    def copy(self, name="copy"):
        return shutil.copytree(self.directory, self.root / name)


def begin(root):
    """A log of one entry, and its trust file."""
    vkey = keys.make_log_key(root / "keys" / "log-2026.key", ORIGIN)
    keys.write_trust(root / "trust", vkey)
    signer = from_uri(f"file:{root / 'keys' / 'log-2026.key'}")
    story = Story(root, Log(signer=signer, directory=root / "state" / "log", scratch=root / "state" / "log.tmp"))
    story.log.initialise(story.tx, time=story.now)
    return story


def prepare(story, dossiers=20):
    """Policies, datasets, keys and an approved plan."""
    story.say(
        e.PolicyText(id="schuldhulp", version="1", sha256=story.log.write_text(b'{"purpose":"schuldhulp"}')),
        e.PolicyText(id="archief", version="1", sha256="b2" * 32),
        e.DatasetText(id=DOSSIER, sha256="d1" * 32),
        e.DatasetText(id=CLIENT, sha256="d2" * 32),
        e.RefKey(event="create", id=story.refkey.id, dataset=DOSSIER, commit=story.refkey.commit()),
        e.RefKey(event="create", id=f"{CLIENT}-2026", dataset=CLIENT),
        e.RefKey(event="create", id="subjects-2026", dataset=DOSSIER),
    )
    datasets = [
        e.PlannedDataset(id=DOSSIER, sha256="d1" * 32, count=dossiers),
        e.PlannedDataset(id=CLIENT, sha256="d2" * 32, count=5),
    ]
    story.say(e.PlanMade(digest=PLAN, reference_date=REFERENCE_DATE, prepared_by="records-manager", datasets=datasets))
    approval = {"role": "process-owner", "signer": "teamlead"}
    story.say(
        e.ApprovalEvent(
            event="grant", of=PLAN, mode="list", expires=date(2026, 7, 31), allow={DOSSIER: 14012}, **approval
        ),
        e.ApprovalEvent(event="grant", of="d2" * 32, mode="standing", expires=date(2027, 7, 1), **approval),
        e.HoldEvent(event="place", hold="H-1", kind="legal-hold", scope_commit="e1" * 32),
    )


def tell(root):
    """Five nights: a good one, a crash, a store out of reach, its settling, an empty one."""
    story = begin(root)
    prepare(story)
    run = story.start(2)
    first = story.intend(run, 1, 2, 3, 4)
    subjects = story.log.write_manifest(story.refkey.refs([subject_id("client", 7), subject_id("client", 8)]))
    story.say(
        e.Outcome(
            run=run, intent=first, dataset=DOSSIER, check="read-back", recovered=False,
            destroyed=story.set_of(1, 2, 3), kept=story.set_of(4), subjects=subjects,
            children={"cvs.document": 7}, by_policy={"schuldhulp": 3},
        )
    )  # fmt: skip
    erased = story.intend(
        run, 30, dataset=CLIENT, action="erase-fields", fields=("naam", "bsn"), policies=("archief", "schuldhulp")
    )
    story.settle(run, erased, dataset=CLIENT, destroyed=(30,))
    story.end(run, destroyed=4, kept=1)
    story.publish()
    run = story.start(3)
    killed = story.intend(run, 5, 6)  # here the sweep is killed; the next one settles it and ends the run
    story.settle(run, killed, recovered=True, destroyed=(5,), failed=(6,))
    story.end(run, status="aborted", destroyed=1, failed=1)
    story.publish()
    run = story.start(4)
    unreachable = story.intend(run, 6, 7)
    story.end(run, status="failed", open_=(unreachable,))
    story.publish()
    run = story.start(5)
    story.settle(run, unreachable, recovered=True, absent=(7,), destroyed=(6,))
    story.say(e.Anchor(size=1, witness="witness.example"))
    story.end(run, destroyed=1, absent=1)
    story.publish()
    story.say(
        e.ApprovalEvent(
            event="withdraw", of=PLAN, mode="list", role="process-owner", signer="teamlead", expires=date(2026, 7, 31)
        ),
        e.HoldEvent(event="release", hold="H-1", kind="legal-hold"),
    )
    run = story.start(6, plan=None)
    story.end(run)
    story.publish()
    return story
