"""The words of the protocol model: its steps by name, what a state holds, and how it changes.

`protocol_steps.py` says who does what when, `protocol_search.py` what must hold, and looks everywhere.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple

Keys = frozenset[str]
NONE: Keys = frozenset()
A, B, DOCUMENT = "A", "B", "A's document"  # two dossiers; the first may have a child
DOCUMENTS: Keys = frozenset({DOCUMENT})
HELD: Keys = frozenset({A})  # what the hold covers

# What the target has committed for a row.
DUE, CHANGED, ABSENT, GONE, WRONGLY_GONE = "due", "changed", "absent", "gone", "changed, yet destroyed"


class Step(Enum):
    """A step of the protocol; its value is what it says in `docs/protocol.md`."""

    SWEEP_LOCK = "one sweep at a time"
    LOCK_UNTIL_DEATH = "the sweep lock is freed only by the death of its holder"
    END_OLD_SESSION = "connecting takes the session lock and ends the old session"
    SETTLE_FIRST = "a run settles what an earlier run left open"
    LOOK_UP = "settling looks the keys up"
    LOCKING_READ = "settling reads with a lock"
    DATASET_WAITS = "a dataset with an open intent gets no new one"
    ROW_LOCKS = "the batch's rows are locked"
    CHILD_LOCKS = "their children are locked"
    READ_AFTER_LOCK = "the values are read after the lock"
    JUDGE_AGAIN = "the values are judged again"
    READ_HOLDS = "the holds are read for each batch"
    HOLDS_WHEN_REGISTERING = "the holds are read in the transaction that registers the batch"
    REGISTER = "the batch is registered in flight"
    INTENT_FIRST = "the intent is signed before the delete"
    INTENT_DURABLE = "the control store's commits are durable"
    CLEARED_ONLY = "only what was cleared is deleted"
    CHILDREN_OF_CLEARED = "only children of the cleared are deleted"
    ONE_TRANSACTION = "children and parents go in one transaction"
    TARGET_DURABLE = "the target's commits are durable"
    NO_RECONNECT = "a sweeper never reconnects within a batch"
    IN_FLIGHT_UNTIL_SETTLED = "the batch stays in flight until its commit is known"
    READ_BACK = "the keys are read back"
    OUTCOME = "the outcome is signed"
    OUTCOME_WITH_RELEASE = "outcome and batch out of flight are one transaction"
    HOLD_BINDS_FIRST = "the hold binds before the wait"
    HOLD_WAITS = "placing a hold waits for the batches in flight that it touches"
    RECEIPT_AFTER_WAIT = "the receipt is drawn up after the wait"


class World(NamedTuple):
    """What does not change during one search."""

    batches: tuple[Keys, ...]  # the plan, in key order
    document: str  # DUE or ABSENT at the start
    session_lock: bool  # True: the target has one, and never notices a dead client. False: none, and it does notice
    misfortunes: int  # how many may happen
    without: Step | None = None  # None: the protocol as designed

    def keeps(self, step: Step) -> bool:
        return step is not self.without


class Session(NamedTuple):
    """Our connection in the target. It may outlive the process that opened it."""

    status: str = "open"  # open | committing | committed | lost
    locks: Keys = NONE
    deletes: Keys = NONE  # not yet committed

    @property
    def pending(self) -> bool:
        """Whether the target still has something of it to finish or to roll back."""
        return self.status == "committing" or (self.status == "open" and bool(self.locks | self.deletes))


class Intent(NamedTuple):
    """One batch in the log."""

    records: Keys
    outcomes: tuple[Keys, ...] = ()  # each: the references it calls destroyed; it calls the others failed


class Sweeper(NamedTuple):
    """A process of ours; after its death the slot stands for the next run."""

    at: str = "start"  # the step that comes next
    session: Session = Session()
    batch: int = -1  # of the plan; -1: none yet
    due: Keys = NONE
    children: Keys = NONE  # as read
    cleared: Keys = NONE
    intent: int = -1  # the one being executed or settled; -1: none
    found_gone: Keys = NONE


class State(NamedTuple):
    """Everything that is committed, and where everybody is."""

    rows: tuple[tuple[str, str], ...]
    misfortunes: int  # still to come
    sweepers: tuple[Sweeper, ...] = (Sweeper(), Sweeper())
    orphans: tuple[Session, ...] = ()  # sessions of dead processes
    lock_holder: int | None = None  # of the sweep lock
    log: tuple[Intent, ...] = ()
    in_flight: frozenset[int] = frozenset()  # intents
    held: bool = False
    placer: str = "bind"  # bind | wait | exited
    receipt: Keys = NONE  # what the hold placer lists as destroyed before it returned
    gone_before: Keys = NONE  # what really was; nobody can see this


Moves = Iterator[tuple[str, State]]


def initial(world: World) -> State:
    placer = "bind" if world.keeps(Step.HOLD_BINDS_FIRST) else "wait"
    rows = ((A, DUE), (B, DUE), (DOCUMENT, world.document))
    return State(rows=rows, misfortunes=world.misfortunes, placer=placer)


def gone(state: State, keys: Keys) -> Keys:
    return frozenset(key for key, value in state.rows if key in keys and value in (GONE, WRONGLY_GONE))


def locked(state: State, keys: Keys, me: int | None = None) -> bool:
    """Whether a session that is not mine has a lock on one of the keys."""
    others = (sweeper.session for i, sweeper in enumerate(state.sweepers) if i != me)
    return any(session.locks & keys for session in (*others, *state.orphans))


def write(state: State, key: str, value: str) -> State:
    return state._replace(rows=tuple((k, value if k == key else v) for k, v in state.rows))


def destroy(state: State, keys: Keys) -> State:
    after = {DUE: GONE, CHANGED: WRONGLY_GONE}
    return state._replace(rows=tuple((k, after.get(v, v) if k in keys else v) for k, v in state.rows))


def put(state: State, i: int, **changes: Any) -> State:
    """Change sweeper i."""
    sweepers = list(state.sweepers)
    sweepers[i] = sweepers[i]._replace(**changes)
    return state._replace(sweepers=tuple(sweepers))


def leave(state: State, i: int, at: str = "start") -> State:
    """End process i: the sweep lock goes with it, what it had pending in the target does not."""
    sweepers = list(state.sweepers)
    session, sweepers[i] = sweepers[i].session, Sweeper(at=at)
    orphans = (*state.orphans, session) if session.pending else state.orphans
    holder = None if state.lock_holder == i else state.lock_holder
    return state._replace(sweepers=tuple(sweepers), orphans=orphans, lock_holder=holder)


def unlucky(state: State) -> State:
    return state._replace(misfortunes=state.misfortunes - 1)


def next_batch(state: State, i: int, world: World, batch: int) -> State:
    first = "lock" if world.keeps(Step.READ_AFTER_LOCK) else "read"
    return put(state, i, **Sweeper(at=first if batch < len(world.batches) else "end", batch=batch)._asdict())
