"""The start-up guard: control store, log and journal know the same holds, or nothing is destroyed."""

import json
import shutil

import pytest

from retention.control.guard import events_of, reconcile
from retention.control.journal import Journal
from retention.control.sqlite import SqliteControlStore
from retention.control.wire import scope_commit
from retention.errors import ControlError
from retention.holds import Scope
from tests.conformance.control.control_values import hold, released

ONE, TWO = hold(1), hold(2)


@pytest.fixture
def path(tmp_path):
    SqliteControlStore.create(tmp_path / "control.db").close()
    return tmp_path / "control.db"


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "holds.journal")


@pytest.fixture
def write(path):
    """Do something in one transaction, each time with a store newly opened."""

    def write(what):
        store = SqliteControlStore.open(path)
        try:
            with store.transaction() as control:
                what(control)
        finally:
            store.close()

    return write


@pytest.fixture
def guard(write, journal):
    return lambda: write(lambda control: reconcile(control, journal))


def _log(control, commit=scope_commit):
    """What the holder of the key does with events that are not yet entries."""
    for event in control.unlogged():
        entry = {
            "event": event.kind.value.removeprefix("hold-"),
            "hold": event.hold.id,
            "kind": event.hold.kind.value,
            "scope_commit": commit(event.hold),
            "type": "hold",
        }
        index = control.size()
        control.append_leaf(index, json.dumps(entry, separators=(",", ":")).encode())
        control.mark_logged(event.seq, index)


def _place(*holds):
    def place(control):
        for placed in holds:
            control.place(placed)

    return place


def test_what_only_the_store_has_is_added_to_the_journal(write, journal, guard):
    write(_place(ONE, TWO))
    write(lambda control: control.release(released(TWO)))
    guard()
    assert journal.read().events == (*events_of(ONE), *events_of(released(TWO)))


def test_a_guard_that_finds_nothing_amiss_writes_nothing(write, guard, tmp_path):
    write(_place(ONE))
    guard()
    before = (tmp_path / "holds.journal").read_bytes()
    guard()
    assert (tmp_path / "holds.journal").read_bytes() == before


def test_no_hold_and_no_journal_is_sound(guard):
    guard()


def test_a_store_restored_from_before_a_hold_is_refused_by_the_journal(write, guard, path, tmp_path):
    write(_place(ONE))
    guard()
    shutil.copy(path, tmp_path / "back-up")
    write(_place(TWO))
    guard()
    shutil.copy(tmp_path / "back-up", path)
    with pytest.raises(ControlError, match=TWO.id):
        guard()


def test_a_store_restored_from_before_a_release_is_refused(write, guard, path, tmp_path):
    write(_place(ONE))
    guard()
    shutil.copy(path, tmp_path / "back-up")
    write(lambda control: control.release(released(ONE)))
    guard()
    shutil.copy(tmp_path / "back-up", path)
    with pytest.raises(ControlError, match=ONE.id):
        guard()


@pytest.mark.parametrize("logged", [True, False], ids=["logged", "not yet logged"])
def test_placed_and_released_holds_agree_with_the_log(write, guard, logged):
    write(_place(ONE, TWO))
    write(_log)
    write(lambda control: control.release(released(ONE)))
    if logged:
        write(_log)
    guard()


def _sql(path, *statements):
    """Tamper with the file, as nobody may."""
    store = SqliteControlStore.open(path)
    with store._writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for statement in statements:
            connection.exec_driver_sql(statement)
    store._writer.dispose()
    store.close()


@pytest.mark.parametrize(
    "tampering",
    [
        ("DELETE FROM event", "DELETE FROM hold"),
        ("DELETE FROM hold",),
        ("UPDATE hold SET released_at = placed_at",),
        ("UPDATE hold SET salt = zeroblob(32)",),
        ('UPDATE hold SET scope = \'{"datasets":["cvs.other"]}\'',),
    ],
    ids=["hold and event gone", "hold gone", "released without an event", "other salt", "other scope"],
)
def test_a_hold_that_the_log_knows_otherwise_is_refused(write, guard, path, tampering):
    write(_place(ONE))
    write(_log)
    _sql(path, *tampering)
    with pytest.raises(ControlError, match=ONE.id):
        guard()


def test_a_hold_without_an_event_is_refused(write, guard, path):
    write(_place(ONE))
    _sql(path, "DELETE FROM event")
    with pytest.raises(ControlError, match=ONE.id):
        guard()


def test_a_scope_that_the_log_committed_to_otherwise_is_refused(write, guard):
    write(_place(ONE))
    write(lambda control: _log(control, lambda _: "00" * 32))
    with pytest.raises(ControlError, match="another scope"):
        guard()


def test_a_scope_that_the_journal_has_otherwise_is_refused(write, journal, guard):
    write(_place(ONE))
    journal.append(*events_of(hold(1, scope=Scope(datasets=frozenset({"cvs.other"})))))
    with pytest.raises(ControlError, match=ONE.id):
        guard()


def _cut(path, length):
    path.write_bytes(path.read_bytes()[:length])


@pytest.mark.parametrize("short", [1, 30, 200])
def test_a_last_line_cut_off_by_a_crash_is_completed_when_the_store_has_it(write, journal, guard, tmp_path, short):
    write(_place(ONE, TWO))
    guard()
    _cut(tmp_path / "holds.journal", -short)
    guard()
    assert journal.read().events == (*events_of(ONE), *events_of(TWO))
    assert journal.read().torn == b""


def test_a_last_line_cut_off_of_a_hold_the_store_lacks_is_refused(write, journal, guard, tmp_path):
    write(_place(ONE))
    journal.append(*events_of(ONE), *events_of(TWO))
    _cut(tmp_path / "holds.journal", -1)
    with pytest.raises(ControlError, match="cut off"):
        guard()


def test_a_damaged_line_in_the_middle_is_refused(write, guard, tmp_path):
    write(_place(ONE, TWO))
    guard()
    file = tmp_path / "holds.journal"
    file.write_bytes(file.read_bytes().replace(b'"kind":"legal-hold"', b'"kind":"nothing"', 1))
    with pytest.raises(ControlError, match="Line 1"):
        guard()


def test_a_line_of_another_spelling_is_refused(write, guard, tmp_path):
    write(_place(ONE))
    guard()
    file = tmp_path / "holds.journal"
    file.write_bytes(file.read_bytes().replace(b',"v":1', b', "v":1'))
    with pytest.raises(ControlError, match="did not write"):
        guard()


def test_the_journal_is_its_owners_alone(write, guard, tmp_path):
    write(_place(ONE))
    guard()
    assert (tmp_path / "holds.journal").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_journal_that_others_can_reach_is_refused(write, guard, tmp_path, mode):
    write(_place(ONE))
    guard()
    (tmp_path / "holds.journal").chmod(mode)
    with pytest.raises(ControlError, match="chmod 600"):
        guard()


def test_the_same_event_twice_is_one_line(journal):
    journal.append(*events_of(ONE))
    journal.append(*events_of(ONE), *events_of(TWO))
    assert journal.read().events == (*events_of(ONE), *events_of(TWO))
