"""Placing and releasing holds."""

from datetime import UTC, date, datetime, timedelta

import pytest

from retention.control.guard import reconcile
from retention.control.journal import Journal
from retention.control.memory import MemoryControlStore
from retention.dataset import Dataset, NoSubject, via
from retention.errors import ControlError, UsageError
from retention.holding import check_names, known, new_hold, place, place_all, release, touches
from retention.holds import HoldKind, Scope
from retention.period import years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.text import Text
from tests.conformance.control.control_values import NOW, flight, hold, released

CLIENT = Dataset(id="cvs.client", key=("id",), subjects={"client": "id"})
DOSSIER = Dataset(id="cvs.dossier", key=("id",), subjects={"client": via("client_id", CLIENT, "id")})
COUNTS = Dataset(id="cvs.counts", key=("id",), subjects=NoSubject(Text(nl="tellingen", en="counts")))
POLICY = Policy(
    purpose="schuldhulp",
    title=Text(nl="Schuldhulp", en="Debt help"),
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
    sources=(Source(status=SourceStatus.LAW, title="Wgs"),),
    owner="team",
    prepared_by="j.jansen",
    rules=(Rule(DOSSIER, starts_on="gesloten_op", keep_for=years(5)),),
)
REGISTER = Register(policies=(POLICY,), datasets=(CLIENT, COUNTS))
CLIENT_17 = Scope(subjects=frozenset({("client", "17")}))
WEEK = timedelta(days=7)


class Time:
    """Seconds that pass only while somebody sleeps; `then` happens at the first sleep."""

    def __init__(self, then=lambda: None):
        self.seconds, self.then = 0.0, then

    def __call__(self):
        return self.seconds

    def sleep(self, seconds):
        self.seconds += seconds
        self.then()
        self.then = lambda: None


@pytest.fixture
def store():
    store = MemoryControlStore(lock_wait=0.01)
    yield store
    store.close()


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "holds.journal")


def _place(store, journal, placed, time=None):
    time = time or Time()
    return place(store, journal, placed, names=known(REGISTER), clock=time, sleep=time.sleep)


def _release(store, journal, **changes):
    given = {"by": "k.smit", "reason": "zaak gesloten", "now": NOW, "cooling_off": WEEK}
    return release(store, journal, hold().id, **given | changes)


def test_a_new_hold_has_an_id_of_its_day_and_a_salt_of_its_own():
    made = new_hold(
        kind=HoldKind.LEGAL_HOLD, matter=" zaak ", scope=CLIENT_17, by="j.jansen", now=NOW, random=lambda n: b"\xab" * n
    )
    assert (made.id, made.salt, made.matter) == ("H-20260701-abababab", b"\xab" * 32, "zaak")


@pytest.mark.parametrize("matter", ["  ", "\udcff"], ids=["none", "not Unicode"])
def test_a_hold_without_a_matter_that_can_be_written_is_refused(matter):
    with pytest.raises(UsageError):
        new_hold(kind=HoldKind.EXEMPTION, matter=matter, scope=CLIENT_17, by="j", now=NOW, random=bytes)


def test_a_placed_hold_is_in_force_and_in_the_journal(store, journal):
    assert _place(store, journal, hold(scope=CLIENT_17)).unsettled == ()
    with store.reading() as control:
        assert control.holds() == (hold(scope=CLIENT_17),)
    assert [event.hold for event in journal.read().events] == [hold(scope=CLIENT_17)]


@pytest.mark.parametrize(
    ("scope", "named"),
    [
        (Scope(subjects=frozenset({("klant", "17")})), "'klant'. Known: client."),
        (Scope(datasets=frozenset({"cvs.dosier"})), "'cvs.dosier'. Known: cvs.client, cvs.counts, cvs.dossier."),
        (Scope(records=frozenset({("cvs.dosier", "1")})), "'cvs.dosier'"),
        (Scope(datasets=frozenset({"cvs.dosier"})), "Did you mean cvs.dossier?"),
        (Scope(purposes=frozenset({"wmo"})), "'wmo'. Known: schuldhulp."),
        (Scope(starts_from=date(2020, 1, 2), starts_to=date(2020, 1, 1)), "holds no day"),
    ],
)
def test_an_unknown_name_places_nothing_and_lists_the_known_ones(store, journal, scope, named):
    with pytest.raises(UsageError) as refused:
        _place(store, journal, hold(scope=scope))
    assert named in str(refused.value)
    with store.reading() as control:
        assert control.holds() == ()


def test_placing_waits_until_the_batch_it_touches_is_settled(store, journal):
    with store.transaction() as control:
        control.register(flight())

    def settle():
        with store.transaction() as control:
            control.settle(flight().intent)

    placed = _place(store, journal, hold(scope=CLIENT_17), Time(settle))
    assert placed.unsettled == ()
    assert placed.waited > 0


def test_a_batch_that_does_not_settle_is_named_after_thirty_seconds(store, journal):
    with store.transaction() as control:
        control.register(flight())
    placed = _place(store, journal, hold(scope=CLIENT_17))
    assert (flight(),) == placed.unsettled
    assert placed.waited == pytest.approx(30, abs=1)


def test_a_batch_registered_after_the_hold_is_not_waited_for(store, journal):
    with store.transaction() as control:
        control.register(flight(7))

    def settle_and_go_on():
        with store.transaction() as control:
            control.settle(7)
            control.register(flight(9))

    assert _place(store, journal, hold(scope=CLIENT_17), Time(settle_and_go_on)).unsettled == ()


def test_a_batch_that_holds_nothing_of_the_scope_is_not_waited_for(store, journal):
    with store.transaction() as control:
        control.register(flight())
    placed = _place(store, journal, hold(scope=Scope(subjects=frozenset({("client", "18")}))))
    assert (placed.waited, placed.unsettled) == (0, ())


@pytest.mark.parametrize(
    ("scope", "touched"),
    [
        (CLIENT_17, True),
        (Scope(subjects=frozenset({("client", "18")})), False),
        (Scope(records=frozenset({("cvs.document", "9")})), True),
        (Scope(records=frozenset({("cvs.document", "10")})), False),
        (Scope(datasets=frozenset({"cvs.document"})), True),
        (Scope(datasets=frozenset({"cvs.client"})), False),
        (Scope(purposes=frozenset({"schuldhulp"})), True),
        (Scope(purposes=frozenset({"wmo"})), False),
        (Scope(starts_from=date(2020, 1, 1)), True),
        (Scope(subjects=CLIENT_17.subjects, purposes=frozenset({"wmo"})), False),
    ],
)
def test_a_batch_is_touched_when_every_selector_may_match(scope, touched):
    assert touches(scope, flight()) is touched


@pytest.mark.parametrize("unknown", [{"subjects": {}}, {"members": {}}, {"purposes": ()}])
def test_what_a_batch_does_not_say_counts_as_touched(unknown):
    scope = Scope(
        subjects=frozenset({("client", "17")}),
        records=frozenset({("cvs.dossier", "a,b")}),
        datasets=frozenset({"cvs.dossier"}),
        purposes=frozenset({"schuldhulp"}),
    )
    assert touches(scope, flight(**unknown))


def test_several_holds_are_placed_all_or_none(store, journal):
    time = Time()
    with pytest.raises(ControlError):
        place_all(
            store,
            journal,
            (hold(1, scope=CLIENT_17), hold(1, scope=CLIENT_17)),
            names=known(REGISTER),
            clock=time,
            sleep=time.sleep,
        )
    with store.reading() as control:
        assert control.holds() == ()


def test_placing_completes_a_journal_that_a_crash_cut_off(store, journal, tmp_path):
    _place(store, journal, hold(1, scope=CLIENT_17))
    with store.transaction() as control:
        control.place(hold(2, scope=CLIENT_17))  # and the process died while it wrote the line
    whole = (tmp_path / "holds.journal").read_bytes()
    (tmp_path / "holds.journal").write_bytes(whole + whole[: len(whole) // 2].replace(b"00000001", b"00000002"))
    _place(store, journal, hold(3, scope=CLIENT_17))
    assert {event.hold.id[-1] for event in journal.read().events} == {"1", "2", "3"}


def test_a_hold_that_cannot_be_journalled_is_said_to_be_in_force(store, tmp_path):
    (tmp_path / "holds.journal").mkdir()
    with pytest.raises(ControlError, match="is in force, but not yet written"):
        _place(store, Journal(tmp_path / "holds.journal"), hold(scope=CLIENT_17))
    with store.reading() as control:
        assert len(control.holds()) == 1


def test_a_release_cools_off(store, journal):
    _place(store, journal, hold(scope=CLIENT_17))
    assert _release(store, journal).cooling_until == NOW + WEEK


def test_an_immediate_release_does_not_cool_off(store, journal):
    _place(store, journal, hold(scope=CLIENT_17))
    assert _release(store, journal, immediately=True).cooling_until is None


def test_store_and_journal_agree_after_a_release(store, journal):
    _place(store, journal, hold(scope=CLIENT_17))
    _release(store, journal)
    with store.reading() as control:
        reconcile(control, journal)
    assert len(journal.read().events) == 2


def test_a_release_needs_a_reason(store, journal):
    _place(store, journal, hold(scope=CLIENT_17))
    with pytest.raises(UsageError, match="reason"):
        _release(store, journal, reason=" ")


def test_an_unknown_hold_lists_those_in_force(store, journal):
    _place(store, journal, hold(2, scope=CLIENT_17))
    with pytest.raises(UsageError, match="In force: H-20260701-00000002"):
        _release(store, journal)


def test_a_hold_is_not_released_twice(store, journal):
    _place(store, journal, hold(scope=CLIENT_17))
    _release(store, journal)
    with pytest.raises(UsageError, match="already"):
        _release(store, journal)


@pytest.mark.parametrize(
    ("notified", "word"), [(None, "--notified"), (date(2026, 7, 2), "future")], ids=["not told", "told tomorrow"]
)
def test_a_restriction_is_lifted_only_when_its_subject_was_told(store, journal, notified, word):
    _place(store, journal, hold(kind=HoldKind.RESTRICTION, scope=CLIENT_17))
    with pytest.raises(UsageError, match=word):
        _release(store, journal, notified=notified)


def test_a_restriction_whose_subject_was_told_today_is_lifted(store, journal):
    _place(store, journal, hold(kind=HoldKind.RESTRICTION, scope=CLIENT_17))
    assert _release(store, journal, notified=date(2026, 7, 1)).notified_on == date(2026, 7, 1)


def test_a_register_that_lost_what_an_open_hold_names_is_told_so():
    names = check_names(Register(policies=(), datasets=(COUNTS,)), [hold()])
    assert [sentence.split("names ")[1].split(",")[0] for sentence in names] == [
        "dataset 'cvs.dossier'",
        "namespace 'client'",
        "purpose 'schuldhulp'",
    ]


def test_a_released_hold_keeps_nothing_in_the_register():
    assert check_names(Register(policies=(), datasets=(COUNTS,)), [released(hold())]) == ()


def test_a_time_without_a_zone_is_never_kept(store):
    with pytest.raises(ValueError, match="zone"), store.transaction() as control:
        control.place(hold(placed_at=datetime(2026, 7, 1, tzinfo=UTC).replace(tzinfo=None)))
