"""The log's own rules, entry by entry, as audit-format 4.2 states them; the Go verifier checks the same.

Rules: intents only inside an open run of a recorded, approved plan, within its counts; each outcome accounts for
its whole intent; holds, reference keys and log keys change in turn; a run starts from a published checkpoint and
ends with the right sums. No rule looks at a file but through the reader.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NoReturn

from msgspec import Struct, field

from retention.audit.verify_entry import Members
from retention.audit.verify_files import Reader
from retention.errors import VerificationError

FOREVER: Final = 1 << 62
RESULTS: Final = ("destroyed", "kept", "failed", "absent")


class Planned(Struct):
    """A recorded plan, and how many of its references its intents have used."""

    members: Members
    prints: dict[str, str]  # dataset to fingerprint
    counts: dict[str, int]
    spent: dict[str, int] = field(default_factory=dict)


class OpenIntent(Struct):
    """An intent whose outcome has not been read yet."""

    members: Members
    plan: str


class History(Struct, kw_only=True):
    """What the entries read so far add up to."""

    origin: str
    archived: Mapping[int, str]  # size to root, in base64, of the archived checkpoints
    shredded: frozenset[str]  # reference keys destroyed somewhere in the log: their manifests may be gone
    reader: Reader
    manifests: bool  # whether to read them
    last_time: str = ""
    refs: int = 0
    destroyed: int = 0
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)  # vkey to the sizes it is in force for
    open: dict[int, OpenIntent] = field(default_factory=dict)
    _ref_keys: dict[str, str] = field(default_factory=dict)
    _policies: set[str] = field(default_factory=set)
    _datasets: dict[str, str] = field(default_factory=dict)  # id to the fingerprint recorded last
    _plans: dict[str, Planned] = field(default_factory=dict)
    _approved: dict[str, str] = field(default_factory=dict)  # digest or fingerprint to the last day of validity
    _holds: dict[str, bool] = field(default_factory=dict)
    _runs: set[str] = field(default_factory=set)
    _run: str | None = None  # the open one
    _plan: str = ""  # of the open run; empty: none
    _totals: dict[str, int] = field(default_factory=dict)

    def read(self, index: int, entry: Members) -> None:
        """Take the next entry.

        Raises: VerificationError, which names the entry and the rule it breaks.
        """
        try:
            if entry["time"] < self.last_time:
                _fail("version or time out of order")
            self.last_time = entry["time"]
            if (index == 0) != (entry["type"] == "log-init"):
                _fail("log-init must be entry 0 and only entry 0")
            getattr(self, "_on_" + entry["type"].replace("-", "_"))(index, entry)
        except VerificationError as error:
            raise VerificationError(f"entry {index} ({entry['type']}): {error}") from error

    def _on_log_init(self, _index: int, entry: Members) -> None:
        if entry["origin"] != self.origin:
            _fail("another origin than the checkpoint's")
        self.keys[entry["vkey"]] = (0, FOREVER)

    def _on_log_key(self, index: int, entry: Members) -> None:
        event, force = entry["event"], self.keys.get(entry["vkey"])
        if event == "add" and force is None:
            self.keys[entry["vkey"]] = (index + 1, FOREVER)
        elif event == "retire" and force is not None and force[1] == FOREVER:
            self.keys[entry["vkey"]] = (force[0], index + 1)  # may still sign the checkpoint that holds this entry
        else:
            _fail(f"key event {event} out of turn")

    def _on_ref_key(self, _index: int, entry: Members) -> None:
        before = {"create": None, "destroy": "create"}[entry["event"]]
        if self._ref_keys.get(entry["id"]) != before:
            _fail(f"event {entry['event']} out of turn")
        self._ref_keys[entry["id"]] = entry["event"]

    def _on_policy(self, _index: int, entry: Members) -> None:
        self._policies.add(entry["id"])

    def _on_dataset(self, _index: int, entry: Members) -> None:
        self._datasets[entry["id"]] = entry["sha256"]

    def _on_plan(self, _index: int, entry: Members) -> None:
        if entry["digest"] in self._plans:
            _fail("recorded before")
        for dataset in entry["datasets"]:
            if self._datasets.get(dataset["id"]) != dataset["sha256"]:
                _fail(f"dataset {dataset['id']} with a fingerprint that was not recorded last")
        prints = {dataset["id"]: dataset["sha256"] for dataset in entry["datasets"]}
        counts = {dataset["id"]: dataset["count"] for dataset in entry["datasets"]}
        self._plans[entry["digest"]] = Planned(entry, prints, counts)

    def _on_approval(self, _index: int, entry: Members) -> None:
        of, plan = entry["of"], self._plans.get(entry["of"])
        if (plan is None) == (entry["mode"] == "list") or (plan is None and of not in self._datasets.values()):
            _fail("of nothing recorded, or in the wrong mode")
        if plan is not None and plan.members["prepared_by"] == entry["signer"]:
            _fail(f"by {entry['signer']}, who prepared the plan")
        if entry["event"] == "grant":
            self._approved[of] = entry["expires"]
        else:
            self._approved.pop(of, None)

    def _on_hold(self, _index: int, entry: Members) -> None:
        placing = entry["event"] == "place"
        if self._holds.get(entry["hold"], False) == placing:
            _fail(f"event {entry['event']} of hold {entry['hold']} out of turn")
        self._holds[entry["hold"]] = placing

    def _on_run_start(self, index: int, entry: Members) -> None:
        if self._run is not None or entry["run"] in self._runs:
            _fail(f"run {entry['run']} already open or used")
        prev = entry["prev"]
        if prev["size"] > index or self.archived.get(prev["size"]) != prev["root"]:
            _fail("the checkpoint published before this run is not in the archive")
        self._plan = entry.get("plan", "")
        if self._plan and self._plan not in self._plans:
            _fail("its plan was not recorded before")
        self._run = entry["run"]
        self._runs.add(entry["run"])
        self._totals = dict.fromkeys(RESULTS, 0)

    def _on_intent(self, index: int, entry: Members) -> None:
        if self._run is None or entry["run"] != self._run or self._ref_keys.get(entry["ref_key"]) != "create":
            _fail("outside its run, without manifest or reference key")
        if entry["reference_date"] > _last_date(entry["time"]):
            _fail(f"dated {entry['reference_date']}, which has begun nowhere on earth")
        for policy in entry["policies"]:
            if policy not in self._policies:
                _fail(f"policy {policy} was not recorded before")
        self._check_plan(entry)
        if any(o.members["dataset"] == entry["dataset"] and o.members["run"] != self._run for o in self.open.values()):
            _fail(f"dataset {entry['dataset']} still has an open intent of an earlier run")
        if self._reads(entry):
            self.refs += len(self._manifest(entry["manifest"]))
        self.open[index] = OpenIntent(entry, self._plan)

    def _check_plan(self, entry: Members) -> None:
        plan, dataset = self._plans.get(self._plan), entry["dataset"]
        if plan is None or plan.members["reference_date"] != entry["reference_date"]:
            _fail("not in a run of a plan of that reference date")
        fingerprint = plan.prints.get(dataset)
        if fingerprint is None or fingerprint != self._datasets.get(dataset):
            _fail(f"dataset {dataset} is not in the plan of this run, or has changed since")
        until = max(self._approved.get(self._plan, ""), self._approved.get(fingerprint, ""))
        if until < entry["time"][:10]:
            _fail(f"dataset {dataset} was not approved, or its approval had expired")
        plan.spent[dataset] = plan.spent.get(dataset, 0) + entry["manifest"]["count"]
        if plan.spent[dataset] > plan.counts[dataset]:
            _fail(f"more references than the plan's {plan.counts[dataset]} of dataset {dataset}")

    def _on_outcome(self, _index: int, entry: Members) -> None:
        intent = self.open.pop(entry["intent"], None)
        if intent is None or self._run is None or entry["run"] != self._run:
            _fail("no open intent, or outside a run")
        if entry["dataset"] != intent.members["dataset"]:
            _fail("other dataset than its intent")
        if intent.members["run"] != self._run and not entry["recovered"]:
            _fail("in a later run than its intent without being recovered")
        counts = {name: entry[name]["count"] for name in RESULTS if name in entry}
        planned = intent.members["manifest"]["count"]
        if sum(counts.values()) != planned:
            _fail(f"accounts for {sum(counts.values())} of the intent's {planned} records")
        if self._reads(intent.members):
            self._check_sets(entry, intent.members)
        for name, count in counts.items():
            self._totals[name] += count
        gone = counts.get("destroyed", 0)
        self.destroyed += gone
        self._plans[intent.plan].spent[entry["dataset"]] -= planned - gone

    def _check_sets(self, entry: Members, intent: Members) -> None:
        union = {ref for name in RESULTS if name in entry for ref in self._manifest(entry[name])}
        # The counts add up to the intent's, so that none missing also means none twice and none foreign.
        for ref in self._manifest(intent["manifest"]):
            if ref not in union:
                _fail(f"reference {ref[:6].hex()} of the intent has no outcome")
        if "subjects" in entry:
            self._manifest(entry["subjects"])

    def _on_anchor(self, index: int, entry: Members) -> None:
        if entry["size"] > index or entry["size"] not in self.archived:
            _fail("of a checkpoint that is not in the archive")
        if "tsr_sha256" in entry:
            token = self.reader.read(f"anchors/{entry['size']:012}.tsr", "token")
            if sha256(token).hexdigest() != entry["tsr_sha256"]:
                _fail("its token is another than the one recorded")

    def _on_run_end(self, _index: int, entry: Members) -> None:
        if self._run is None or entry["run"] != self._run:
            _fail("no such open run")
        if entry["totals"] != self._totals:
            _fail("totals differ from the outcomes")
        if entry.get("open", []) != sorted(self.open):
            _fail(f"{len(self.open)} intents left open, {len(entry.get('open', []))} named, or others")
        self._run = None

    def _reads(self, intent: Members) -> bool:
        """Manifests are read unless that was declined, or they are gone with their reference key."""
        kept = intent["ref_key"] not in self.shredded or self.reader.has_manifest(intent["manifest"]["root"])
        return self.manifests and kept

    def _manifest(self, manifest: Mapping[str, Any]) -> list[bytes]:
        return self.reader.manifest(manifest["count"], manifest["root"])


def _fail(message: str) -> NoReturn:
    raise VerificationError(message)


def _last_date(utc: str) -> str:
    """Return the latest calendar date that it is anywhere on earth at a UTC time: the line islands are 14 h ahead."""
    return (datetime.fromisoformat(utc) + timedelta(hours=14)).date().isoformat()
