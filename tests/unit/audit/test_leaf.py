from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from msgspec.structs import replace

from retention.audit import entry as e
from retention.audit.leaf import MAX_LEAF, TYPES, encode
from retention.errors import AuditError

TIME = datetime(2026, 7, 2, 0, 0, 1, 999_999, tzinfo=UTC)
HASH, OTHER = "ab" * 32, "cd" * 32
ROOT = "A" * 43 + "="
VKEY = "duinrand.example/retention/2026+0123abcd+" + "A" * 44
RUN = "20260702T000001Z-0123abcd"
SET = e.Manifest(count=2, root=HASH)

HEAD = '"time":"2026-07-02T00:00:01Z"'
GOLDEN = {
    "log-init": (
        e.LogInit(origin="duinrand.example/retention/2026", vkey=VKEY),
        f'{{"origin":"duinrand.example/retention/2026",{HEAD},"type":"log-init","v":1,"vkey":"{VKEY}"}}',
    ),
    "log-init after another log": (
        e.LogInit(origin="a/2027", vkey=VKEY, prev_log=e.PreviousLog(origin="a/2026", root=ROOT, size=9)),
        (
            f'{{"origin":"a/2027","prev_log":{{"origin":"a/2026","root":"{ROOT}","size":9}},'
            f'{HEAD},"type":"log-init","v":1,"vkey":"{VKEY}"}}'
        ),
    ),
    "log-key": (
        e.LogKey(event="add", vkey=VKEY),
        f'{{"event":"add",{HEAD},"type":"log-key","v":1,"vkey":"{VKEY}"}}',
    ),
    "ref-key": (
        e.RefKey(event="create", id="cvs.dossier-2026", dataset="cvs.dossier", commit=HASH),
        (
            f'{{"commit":"{HASH}","dataset":"cvs.dossier","event":"create","id":"cvs.dossier-2026",'
            f'{HEAD},"type":"ref-key","v":1}}'
        ),
    ),
    "policy": (
        e.PolicyText(id="schuldhulp", version="3", sha256=HASH),
        f'{{"id":"schuldhulp","sha256":"{HASH}",{HEAD},"type":"policy","v":1,"version":"3"}}',
    ),
    "dataset": (
        e.DatasetText(id="cvs.dossier", sha256=HASH),
        f'{{"id":"cvs.dossier","sha256":"{HASH}",{HEAD},"type":"dataset","v":1}}',
    ),
    "plan": (
        e.PlanMade(
            digest=HASH,
            reference_date=date(2026, 7, 1),
            prepared_by="records-manager",
            datasets=[e.PlannedDataset(id=i, sha256=OTHER, count=n) for i, n in (("z.b", 0), ("a.b", 12))],
        ),
        (
            f'{{"datasets":[{{"count":12,"id":"a.b","sha256":"{OTHER}"}},{{"count":0,"id":"z.b","sha256":"{OTHER}"}}],'
            f'"digest":"{HASH}","prepared_by":"records-manager","reference_date":"2026-07-01",{HEAD},"type":"plan","v":1}}'
        ),
    ),
    "plan of nothing": (
        e.PlanMade(digest=HASH, reference_date=date(2026, 7, 1), prepared_by="p", datasets=()),
        (
            f'{{"datasets":[],"digest":"{HASH}","prepared_by":"p","reference_date":"2026-07-01",'
            f'{HEAD},"type":"plan","v":1}}'
        ),
    ),
    "approval": (
        e.ApprovalEvent(
            event="grant",
            of=HASH,
            mode="list",
            role="process-owner",
            signer="teamlead",
            expires=date(2026, 7, 31),
            signature_sha256=OTHER,
            allow={"z.b": 5, "a.b": 14012},
        ),
        (
            f'{{"allow":[{{"count":14012,"dataset":"a.b"}},{{"count":5,"dataset":"z.b"}}],"event":"grant",'
            f'"expires":"2026-07-31","mode":"list","of":"{HASH}","role":"process-owner","signature_sha256":"{OTHER}",'
            f'"signer":"teamlead",{HEAD},"type":"approval","v":1}}'
        ),
    ),
    "hold": (
        e.HoldEvent(event="release", hold="H-17", kind="legal-hold"),
        f'{{"event":"release","hold":"H-17","kind":"legal-hold",{HEAD},"type":"hold","v":1}}',
    ),
    "run-start": (
        e.RunStart(
            run=RUN,
            prev=e.TreeHead(size=1, root=ROOT),
            config=HASH,
            tool="retention/0.1.0",
            actor="sweeper",
            plan=OTHER,
        ),
        (
            f'{{"actor":"sweeper","config":"{HASH}","plan":"{OTHER}","prev":{{"root":"{ROOT}","size":1}},"run":"{RUN}",'
            f'{HEAD},"tool":"retention/0.1.0","type":"run-start","v":1}}'
        ),
    ),
    "intent": (
        e.Intent(
            run=RUN,
            dataset="cvs.dossier",
            action="erase-fields",
            policies=("schuldhulp", "archief"),
            reference_date=date(2026, 7, 1),
            ref_key="cvs.dossier-2026",
            manifest=SET,
            fields=("samenvatting", "Naam"),
        ),
        (
            f'{{"action":"erase-fields","dataset":"cvs.dossier","fields":["Naam","samenvatting"],'
            f'"manifest":{{"count":2,"root":"{HASH}"}},"policies":["archief","schuldhulp"],"ref_key":"cvs.dossier-2026",'
            f'"reference_date":"2026-07-01","run":"{RUN}",{HEAD},"type":"intent","v":1}}'
        ),
    ),
    "outcome": (
        e.Outcome(
            run=RUN,
            intent=9,
            dataset="cvs.dossier",
            check="read-back",
            recovered=False,
            destroyed=SET,
            kept=e.Manifest(count=0, root=OTHER),
            children={"cvs.document": 7, "cvs.contact": 0},
        ),
        (
            f'{{"check":"read-back","children":[{{"count":0,"dataset":"cvs.contact"}},'
            f'{{"count":7,"dataset":"cvs.document"}}],"dataset":"cvs.dossier","destroyed":{{"count":2,"root":"{HASH}"}},'
            f'"intent":9,"recovered":false,"run":"{RUN}",{HEAD},"type":"outcome","v":1}}'
        ),
    ),
    "anchor": (
        e.Anchor(size=46, tsr_sha256=HASH, tsa="tsa-1"),
        f'{{"size":46,{HEAD},"tsa":"tsa-1","tsr_sha256":"{HASH}","type":"anchor","v":1}}',
    ),
    "run-end": (
        e.RunEnd(run=RUN, status="at-risk", totals=e.Totals(destroyed=2), open=(40, 9)),
        (
            f'{{"open":[9,40],"run":"{RUN}","status":"at-risk",{HEAD},'
            f'"totals":{{"absent":0,"destroyed":2,"failed":0,"kept":0}},"type":"run-end","v":1}}'
        ),
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_each_type_has_its_golden_bytes(name):
    entry, golden = GOLDEN[name]
    assert golden.encode() == encode(entry, TIME)


def test_every_type_of_the_schema_has_a_golden_leaf():
    assert set(TYPES) == {type(entry) for entry, _ in GOLDEN.values()}


BAD = {
    "an origin with a scheme": replace(GOLDEN["log-init"][0], origin="https://duinrand.example"),
    "an origin with a plus": replace(GOLDEN["log-init"][0], origin="a+b"),
    "an unknown event": replace(GOLDEN["ref-key"][0], event="rotate"),
    "an upper-case hash": replace(GOLDEN["policy"][0], sha256="AB" * 32),
    "a short hash": replace(GOLDEN["dataset"][0], sha256="ab"),
    "a trailing newline": replace(GOLDEN["dataset"][0], sha256=HASH + "\n"),
    "a person's name": replace(GOLDEN["run-start"][0], actor="Jan de Vries"),
    "an e-mail address": replace(GOLDEN["approval"][0], signer="jan@duinrand.example"),
    "a missing required member": replace(GOLDEN["run-start"][0], run=None),
    "a wrong run": replace(GOLDEN["run-start"][0], run="run-1"),
    "a root in hex": replace(GOLDEN["run-start"][0], prev=e.TreeHead(size=1, root=HASH)),
    "a negative count": replace(GOLDEN["intent"][0], manifest=e.Manifest(count=-1, root=HASH)),
    "a boolean count": replace(GOLDEN["intent"][0], manifest=e.Manifest(count=True, root=HASH)),
    "an integer JSON readers disagree on": replace(GOLDEN["outcome"][0], intent=2**53),
    "an unknown action": replace(GOLDEN["intent"][0], action="shred"),
    "a policy named twice": replace(GOLDEN["intent"][0], policies=("a", "a")),
    "a dataset named twice": replace(GOLDEN["plan"][0], datasets=GOLDEN["plan"][0].datasets[:1] * 2),
    "a child with a free name": replace(GOLDEN["outcome"][0], children={"Jan de Vries": 1}),
    "an unknown status": replace(GOLDEN["run-end"][0], status="ok"),
    "recovered as text": replace(GOLDEN["outcome"][0], recovered="true"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_outside_the_schema_is_refused_without_being_quoted(name):
    with pytest.raises(AuditError, match="nothing was signed") as refusal:
        encode(BAD[name], TIME)
    assert "Vries" not in str(refusal.value)
    assert "duinrand" not in str(refusal.value)


def test_a_leaf_longer_than_a_bundle_can_say_is_refused():
    datasets = [e.PlannedDataset(id=f"a.{n:05}", sha256=HASH, count=n) for n in range(1000)]
    with pytest.raises(AuditError, match=f"more than {MAX_LEAF}"):
        encode(replace(GOLDEN["plan"][0], datasets=datasets), TIME)


def test_times_are_written_in_utc():
    there = TIME.astimezone(timezone(timedelta(hours=2)))
    assert encode(GOLDEN["policy"][0], TIME) == encode(GOLDEN["policy"][0], there)


def test_a_naive_time_is_refused():
    with pytest.raises(AuditError, match="time zone"):
        encode(GOLDEN["policy"][0], TIME.replace(tzinfo=None))
