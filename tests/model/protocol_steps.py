"""The sweep protocol, step by step: each function is one atomic step of one process.

Atomic is: one statement in the target, or one transaction in the control store. Two sweepers and a hold placer act;
a process may stand still between any two steps for any time, which is what SIGSTOP does. Misfortunes (a crash, a
session ended by the server, a swallowed answer, a delete that the store silently ignores, a store out of reach,
another writer) are drawn from a budget. There is no time: what waits, waits until it may go on.

`world.keeps(step)` is where a step can be left out, or done in the wrong order.
"""

from collections.abc import Callable

from tests.model.protocol_state import (
    ABSENT,
    CHANGED,
    DOCUMENT,
    DOCUMENTS,
    DUE,
    GONE,
    HELD,
    NONE,
    A,
    Intent,
    Moves,
    Session,
    State,
    Step,
    Sweeper,
    World,
    destroy,
    gone,
    leave,
    locked,
    next_batch,
    put,
    unlucky,
    write,
)

# A run, in order; the numbers are those of the flow in `docs/protocol.md`.


def start(state: State, i: int, world: World) -> Moves:
    if state.lock_holder is None or not world.keeps(Step.SWEEP_LOCK):
        yield "takes the sweep lock", put(state._replace(lock_holder=i), i, at="connect")


def connect(state: State, i: int, world: World) -> Moves:
    if not world.session_lock or not world.keeps(Step.END_OLD_SESSION):
        yield "connects", put(state, i, at="settle")
        return
    other = state.sweepers[1 - i].session
    old = [session for session in (*state.orphans, other) if session.pending]
    ended = put(state._replace(orphans=()), i, at="settle")
    ended = put(ended, 1 - i, session=Session("lost")) if other.pending else ended
    yield "takes the session lock, old sessions roll back", ended
    for session in old:
        if session.status == "committing":  # ended too late
            yield "takes the session lock, the old commit was through", destroy(ended, session.deletes)


def settle(state: State, i: int, world: World) -> Moves:
    intent = min(state.in_flight, default=None)
    if intent is None or not world.keeps(Step.SETTLE_FIRST):
        yield "goes on to the plan", next_batch(state, i, world, 0)
        return
    keys = state.log[intent].records
    if not locked(state, keys, i) or not world.keeps(Step.LOCKING_READ):
        found = gone(state, keys) if world.keeps(Step.LOOK_UP) else NONE
        yield "looks the open batch up", put(state, i, at="outcome", intent=intent, found_gone=found)
    if state.misfortunes and world.keeps(Step.DATASET_WAITS):
        yield "ends with the intent open, the store is out of reach", leave(unlucky(state), i)
    elif state.misfortunes:
        yield "goes on, the store was out of reach for a moment", next_batch(unlucky(state), i, world, 0)


def lock(state: State, i: int, world: World) -> Moves:
    """1: a locking statement."""
    me = state.sweepers[i]
    batch = world.batches[me.batch]
    rows = batch if world.keeps(Step.ROW_LOCKS) else NONE
    rows |= DOCUMENTS if A in rows and world.keeps(Step.CHILD_LOCKS) else NONE
    hasty = DOCUMENTS if A in batch and not world.keeps(Step.CHILDREN_OF_CLEARED) else NONE
    if not locked(state, rows, i):
        after = "read" if world.keeps(Step.READ_AFTER_LOCK) else "clear"
        yield "locks the batch", put(state, i, at=after, session=Session(locks=rows, deletes=hasty))


def read(state: State, i: int, world: World) -> Moves:
    """1: a later statement, and 2: judge again."""
    me = state.sweepers[i]
    batch, values = world.batches[me.batch], dict(state.rows)
    children = DOCUMENTS if A in batch and values[DOCUMENT] == DUE else NONE
    kept_by_child = HELD if values[DOCUMENT] == CHANGED else NONE
    due = frozenset(key for key in batch if values[key] == DUE) - kept_by_child
    if not world.keeps(Step.JUDGE_AGAIN):
        due = batch - gone(state, batch)
    if state.held and not world.keeps(Step.HOLDS_WHEN_REGISTERING):
        due -= HELD
    after = "clear" if world.keeps(Step.READ_AFTER_LOCK) else "lock"
    yield "reads and judges", put(state, i, at=after, due=due, children=children)


def clear(state: State, i: int, world: World) -> Moves:
    """3: one transaction in the control store. It cannot know whether the target's session still lives."""
    me = state.sweepers[i]
    reads = world.keeps(Step.READ_HOLDS) and world.keeps(Step.HOLDS_WHEN_REGISTERING)
    cleared = me.due - HELD if state.held and reads else me.due
    if not cleared:
        yield "clears nothing", next_batch(destroy(state, me.session.deletes), i, world, me.batch + 1)
        return
    intent = len(state.log)
    if world.keeps(Step.INTENT_FIRST):
        state = state._replace(log=(*state.log, Intent(cleared)))
        if world.keeps(Step.REGISTER):
            state = state._replace(in_flight=state.in_flight | {intent})
    yield "clears, registers and signs", put(state, i, at="delete", cleared=cleared, intent=intent)


def delete(state: State, i: int, world: World) -> Moves:
    """4: children of the cleared, then the cleared, by key."""
    me = state.sweepers[i]
    records = me.cleared if world.keeps(Step.CLEARED_ONLY) else me.due
    keys = records | me.children if A in records else records
    if locked(state, keys, i):
        return
    if state.misfortunes:
        yield "deletes, which the store silently ignores", put(unlucky(state), i, at="commit")
    deleted = keys | me.session.deletes
    if not world.keeps(Step.ONE_TRANSACTION):
        state, deleted = destroy(state, me.children), records
    session = Session(locks=me.session.locks | keys, deletes=deleted)
    yield "deletes", put(state, i, at="commit", session=session)


def commit(state: State, i: int, world: World) -> Moves:
    """4: COMMIT is sent; `server` carries it out."""
    if not world.keeps(Step.IN_FLIGHT_UNTIL_SETTLED):
        state = state._replace(in_flight=state.in_flight - {state.sweepers[i].intent})
    yield "sends COMMIT", put(state, i, at="answer", session=state.sweepers[i].session._replace(status="committing"))


def answer(state: State, i: int, world: World) -> Moves:
    """4: COMMIT is answered; 5: read back."""
    me = state.sweepers[i]
    if me.session.status == "committed":
        found = gone(state, me.cleared) if world.keeps(Step.READ_BACK) else me.cleared
        yield "reads back", put(state, i, at="outcome", session=Session(), found_gone=found)


def outcome(state: State, i: int, world: World) -> Moves:
    """5: one transaction in the control store, of a run and of the settling of an earlier one."""
    me = state.sweepers[i]
    if not world.keeps(Step.INTENT_FIRST):
        state = state._replace(log=(*state.log, Intent(me.cleared)))
    if world.keeps(Step.OUTCOME):
        intent = state.log[me.intent]
        intent = intent._replace(outcomes=(*intent.outcomes, me.found_gone))
        state = state._replace(log=(*state.log[: me.intent], intent, *state.log[me.intent + 1 :]))
    if world.keeps(Step.OUTCOME_WITH_RELEASE):
        yield from release(state, i, world)
    else:
        yield "signs the outcome only", put(state, i, at="release")


def release(state: State, i: int, world: World) -> Moves:
    me = state.sweepers[i]
    state = state._replace(in_flight=state.in_flight - {me.intent})
    settled = put(state, i, **Sweeper(at="settle")._asdict())
    yield "settles the batch", settled if me.batch < 0 else next_batch(state, i, world, me.batch + 1)


def end(state: State, i: int, _world: World) -> Moves:
    yield "ends", leave(state, i, at="ended")


RUN: dict[str, Callable[[State, int, World], Moves]] = {
    step.__name__: step
    for step in (start, connect, settle, lock, read, clear, delete, commit, answer, outcome, release, end)
}


def sweep(state: State, i: int, world: World) -> Moves:
    """What process i can do next; a session found lost ends the process, and its intent stays open."""
    me = state.sweepers[i]
    if me.session.status == "lost" and me.at in ("lock", "read", "delete", "commit", "answer", "end"):
        if world.keeps(Step.NO_RECONNECT) or me.at != "delete":
            yield "finds its session gone and gives up", leave(state, i)
        else:
            yield "reconnects", put(state, i, session=Session())
    elif me.at in RUN:
        yield from RUN[me.at](state, i, world)


def place_hold(state: State, world: World) -> Moves:
    """Bind, wait, exit 0 with a receipt."""
    binds_first = world.keeps(Step.HOLD_BINDS_FIRST)
    waits = world.keeps(Step.HOLD_WAITS) and any(state.log[i].records & HELD for i in state.in_flight)
    listed = frozenset().union(*(keys for intent in state.log for keys in intent.outcomes)) & HELD
    if state.placer == "bind":
        early = state.receipt if world.keeps(Step.RECEIPT_AFTER_WAIT) else listed
        yield "commits the hold", state._replace(held=True, placer="wait" if binds_first else "exited", receipt=early)
    elif state.placer == "wait" and not waits:
        late = listed if world.keeps(Step.RECEIPT_AFTER_WAIT) else state.receipt
        after = state._replace(receipt=late, gone_before=gone(state, HELD))
        yield "sees its batches settled", after._replace(placer="exited" if binds_first else "bind")


def server(state: State, world: World) -> Moves:
    """What the target does by itself, sooner or later."""
    for i, sweeper in enumerate(state.sweepers):
        if sweeper.session.status == "committing":
            after = destroy(state, sweeper.session.deletes)
            yield f"commits for sweeper {i}", put(after, i, session=Session("committed"))
    for session in state.orphans:
        rest = state._replace(orphans=tuple(other for other in state.orphans if other is not session))
        if session.status == "committing":
            yield "commits, though the client died", destroy(rest, session.deletes)
            yield "never saw the COMMIT", rest._replace(orphans=(*rest.orphans, session._replace(status="open")))
        elif not world.session_lock:
            yield "ends a dead client's session", rest
    if not world.keeps(Step.TARGET_DURABLE):
        rows = tuple((key, DUE if value == GONE else value) for key, value in state.rows)
        yield "loses power, and the last commit with it", state._replace(rows=rows)


def misfortune(state: State, world: World) -> Moves:
    if not state.misfortunes:
        return
    state = unlucky(state)
    for i, sweeper in enumerate(state.sweepers):
        if sweeper.at not in ("start", "ended"):
            yield f"kills sweeper {i}", leave(state, i)
            if not world.keeps(Step.INTENT_DURABLE) and sweeper.intent == len(state.log) - 1:
                cut = state._replace(log=state.log[:-1], in_flight=state.in_flight - {sweeper.intent})
                yield f"kills sweeper {i} with its host", leave(cut, i)
        session = sweeper.session
        if session.pending:
            yield f"cuts the session of sweeper {i}", put(state, i, session=Session("lost"))
        if session.status == "committing":
            after = destroy(state, session.deletes)
            yield f"swallows the answer to sweeper {i}", put(after, i, session=Session("lost"))
    if state.lock_holder is not None and not world.keeps(Step.LOCK_UNTIL_DEATH):
        yield "the sweep lock expires while its holder stands still", state._replace(lock_holder=None)
    for session in state.orphans:
        rest = tuple(other for other in state.orphans if other is not session)
        yield "ends a dead client's session", state._replace(orphans=rest)
    yield from other_writer(state)


def other_writer(state: State) -> Moves:
    values = dict(state.rows)
    if not locked(state, HELD):  # a foreign key makes a new child wait for its parent's lock
        if values[A] == DUE:
            yield "another writer reopens A", write(state, A, CHANGED)
        if values[DOCUMENT] == ABSENT and values[A] in (DUE, CHANGED):
            yield "another writer adds a document to A", write(state, DOCUMENT, DUE)
    if values[DOCUMENT] == DUE and not locked(state, DOCUMENTS):
        yield "another writer moves the date of A's document", write(state, DOCUMENT, CHANGED)


def moves(state: State, world: World) -> Moves:
    """Every step that somebody can take now."""
    alike = state.sweepers[0] == state.sweepers[1]  # then whatever one does, the other could: one of the two will do
    for i in (0,) if alike else (0, 1):
        yield from ((f"sweeper {i} {what}", after) for what, after in sweep(state, i, world))
    yield from ((f"hold place {what}", after) for what, after in place_hold(state, world))
    yield from ((f"the target {what}", after) for what, after in server(state, world))
    yield from ((f"bad luck: {what}", after) for what, after in misfortune(state, world))
