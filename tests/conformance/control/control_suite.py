"""What every control store must do; an implementation inherits these and says how it is made."""

import json
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from retention.control.claims import Claim
from retention.control.interface import ControlStore, EventKind, LoggedHold, RunStatus
from retention.control.wire import scope_commit
from retention.errors import AuditError, ControlError
from retention.notice import Channel, Delivery, NoticeKind, Trouble
from retention.plan import Block, Slice
from tests.conformance.control import control_values as v
from tests.conformance.control.standing_suite import StandingSuite


class Suite:
    @pytest.fixture
    def store(self) -> ControlStore:
        raise AssertionError("an implementation says how its store is made")


class TransactionSuite(Suite):
    def test_what_was_committed_is_read(self, store):
        with store.transaction() as control:
            control.place(v.hold())
        with store.reading() as control:
            assert control.holds() == (v.hold(),)

    def test_an_exception_rolls_everything_back(self, store):
        def placing_then_failing():
            with store.transaction() as control:
                control.place(v.hold())
                control.append_leaf(0, b"{}")
                raise KeyError("something else went wrong")

        with pytest.raises(KeyError):
            placing_then_failing()
        with store.reading() as control:
            assert (control.holds(), control.size()) == ((), 0)

    def test_a_reader_sees_the_state_before_an_open_transaction_and_does_not_wait(self, store):
        with store.transaction() as writing:
            writing.place(v.hold())
            with store.reading() as control:
                assert control.holds() == ()

    def test_a_second_writer_is_refused_when_the_lock_is_not_free_in_time(self, store):
        with store.transaction(), pytest.raises(ControlError, match="locked"), store.transaction():
            pytest.fail("two writers at once")

    def test_a_reader_cannot_write(self, store):
        with pytest.raises(ControlError), store.reading() as control:
            control.place(v.hold())

    def test_an_error_names_no_value(self, store):
        with store.transaction() as control:
            control.place(v.hold())
        with pytest.raises(ControlError) as refused, store.transaction() as control:
            control.place(v.hold())
        assert "zaak" not in str(refused.value)
        assert "zaak" not in str(refused.value.__cause__)


class HoldSuite(Suite):
    def test_holds_come_back_in_the_order_of_placing(self, store):
        holds = tuple(v.hold(number) for number in (3, 1, 2))
        with store.transaction() as control:
            for hold in holds:
                control.place(hold)
            assert holds == control.holds()

    def test_a_release_replaces_the_hold_and_adds_an_event(self, store):
        with store.transaction() as control:
            control.place(v.hold())
            control.release(v.released(v.hold()))
            assert control.holds() == (v.released(v.hold()),)
            kinds = [event.kind for event in control.unlogged()]
        assert kinds == [EventKind.HOLD_PLACE, EventKind.HOLD_RELEASE]

    def test_a_hold_is_released_once(self, store):
        with store.transaction() as control:
            control.place(v.hold())
            control.release(v.released(v.hold()))
        with pytest.raises(ControlError, match="not in force"), store.transaction() as control:
            control.release(v.released(v.hold()))

    def test_an_unknown_hold_is_not_released(self, store):
        with pytest.raises(ControlError, match="not in force"), store.transaction() as control:
            control.release(v.released(v.hold()))

    def test_an_event_waits_until_it_is_an_entry(self, store):
        with store.transaction() as control:
            control.place(v.hold())
            (event,) = control.unlogged()
            assert (EventKind.HOLD_PLACE, v.hold(), v.NOW) == (event.kind, event.hold, event.at)
            control.mark_logged(event.seq, 0)
            assert control.unlogged() == ()

    def test_an_event_becomes_one_entry_only(self, store):
        with store.transaction() as control:
            control.place(v.hold())
            (event,) = control.unlogged()
            control.mark_logged(event.seq, 0)
        with pytest.raises(ControlError), store.transaction() as control:
            control.mark_logged(event.seq, 1)

    def test_what_the_log_says_of_holds_is_read_from_its_entries(self, store):
        placed = {"event": "place", "hold": "H-1", "kind": "legal-hold", "scope_commit": "aa" * 32, "type": "hold"}
        other = placed | {"hold": "H-2"}
        gone = {"event": "release", "hold": "H-1", "kind": "legal-hold", "type": "hold"}
        policy = {"id": "hold", "sha256": "aa" * 32, "type": "policy"}
        with store.transaction() as control:
            for index, entry in enumerate((placed, policy, other, gone)):
                control.append_leaf(index, json.dumps(entry, separators=(",", ":")).encode())
            assert control.logged_holds() == (
                LoggedHold(id="H-1", last=EventKind.HOLD_RELEASE, scope_commit="aa" * 32),
                LoggedHold(id="H-2", last=EventKind.HOLD_PLACE, scope_commit="aa" * 32),
            )

    def test_a_scope_commitment_survives_the_store(self, store):
        with store.transaction() as control:
            control.place(v.hold())
        with store.reading() as control:
            assert scope_commit(v.hold()) == scope_commit(control.holds()[0])


class ApprovalSuite(Suite):
    def test_approvals_come_back_in_order_with_their_event(self, store):
        withdrawn = v.approval(granted=False, allow=())
        with store.transaction() as control:
            control.approve(v.approval(), {"cvs.dossier": v.FINGERPRINT})
            control.approve(withdrawn, {})
            assert control.approvals() == (v.approval(), withdrawn)
            assert [event.approval for event in control.unlogged()] == [v.approval(), withdrawn]

    def test_allowances_are_used_up_the_oldest_first(self, store):
        with store.transaction() as control:
            for digest in ("01" * 32, "02" * 32):
                control.approve(v.approval(of=digest), {"cvs.dossier": v.FINGERPRINT})
            control.use_allowance("cvs.dossier", v.FINGERPRINT, 60, v.NOW.date())
            assert [a.used for a in control.allowances("cvs.dossier", v.FINGERPRINT)] == [50, 10]

    def test_more_than_was_allowed_cannot_be_used(self, store):
        with store.transaction() as control:
            control.approve(v.approval(), {"cvs.dossier": v.FINGERPRINT})
        with pytest.raises(ControlError), store.transaction() as control:
            control.use_allowance("cvs.dossier", v.FINGERPRINT, 51, v.NOW.date())
        with store.reading() as control:
            assert [a.used for a in control.allowances("cvs.dossier", v.FINGERPRINT)] == [0]

    def test_an_expired_allowance_is_shown_but_not_used(self, store):
        with store.transaction() as control:
            control.approve(v.approval(), {"cvs.dossier": v.FINGERPRINT})
            (allowance,) = control.allowances("cvs.dossier", v.FINGERPRINT)
            control.use_allowance("cvs.dossier", v.FINGERPRINT, 1, allowance.expires)
        with pytest.raises(ControlError), store.transaction() as control:
            control.use_allowance("cvs.dossier", v.FINGERPRINT, 1, allowance.expires + timedelta(days=1))

    def test_a_withdrawal_ends_what_is_left_of_its_allowances(self, store):
        with store.transaction() as control:
            control.approve(v.approval(), {"cvs.dossier": v.FINGERPRINT})
            control.use_allowance("cvs.dossier", v.FINGERPRINT, 20, v.NOW.date())
            control.approve(v.approval(granted=False, allow=()), {})
        with pytest.raises(ControlError), store.transaction() as control:
            control.use_allowance("cvs.dossier", v.FINGERPRINT, 1, v.NOW.date())

    def test_allowing_records_of_a_plan_anew_replaces_what_was_left(self, store):
        with store.transaction() as control:
            control.approve(v.approval(), {"cvs.dossier": v.FINGERPRINT})
            control.use_allowance("cvs.dossier", v.FINGERPRINT, 20, v.NOW.date())
            control.approve(v.approval(allow=(("cvs.dossier", 30),)), {"cvs.dossier": v.FINGERPRINT})
            found = control.allowances("cvs.dossier", v.FINGERPRINT)
        assert [(a.records, a.used) for a in found] == [(20, 20), (30, 0)]

    def test_an_allowance_is_for_one_fingerprint(self, store):
        with store.transaction() as control:
            control.approve(v.approval(), {"cvs.dossier": v.FINGERPRINT})
            assert control.allowances("cvs.dossier", "ff" * 32) == ()


class PlanSuite(Suite):
    def planned(self, store, plan, count=3):
        with store.transaction() as control:
            draft = control.open_draft()
        with store.transaction() as control:
            control.spool(draft, "cvs.dossier", iter(v.spooled(count)), v.VAULT)
        with store.transaction() as control:
            control.seal_draft(draft, plan, '{"report": 1}')

    def test_a_sealed_plan_comes_back_whole(self, store):
        self.planned(store, v.plan())
        with store.reading() as control:
            assert control.plan(v.plan().digest) == v.plan()
            assert control.plan_report(v.plan().digest) == '{"report": 1}'

    def test_a_plan_is_found_by_a_beginning_of_eight_characters_and_no_fewer(self, store):
        self.planned(store, v.plan())
        digest = v.plan().digest
        with store.reading() as control:
            assert control.plan(digest[:8]) == v.plan()
            assert control.plan(digest[:7]) is None
            assert control.plan("%%%%%%%%") is None

    def test_plans_come_newest_first(self, store):
        for second in (2, 9, 4):
            self.planned(store, v.plan(second=second))
        with store.reading() as control:
            assert [plan.made.second for plan in control.plans()] == [9, 4, 2]

    def test_no_two_plans_are_made_in_the_same_second(self, store):
        self.planned(store, v.plan())
        with pytest.raises(ControlError, match="second"):
            self.planned(store, v.plan(reference_date=date(2026, 6, 1)))

    def test_a_slice_is_read_in_order_and_has_nothing_of_other_days(self, store):
        plan = v.plan(5)
        with store.transaction() as control:
            draft = control.open_draft()
            control.spool(draft, "cvs.dossier", v.dated(), v.VAULT)
            control.seal_draft(draft, plan, "{}")
        digest = plan.digest
        with store.reading() as control:
            assert control.spooled_days(digest, "cvs.dossier") == {None: 1, v.LONG_AGO: 2, v.LATELY: 2}
            for of, seqs in (
                (Slice(), [0, 1, 2, 3, 4]),
                (Slice(until=v.LONG_AGO), [1, 2, 4]),
                (Slice(until=date.min), [2]),
                (Slice(after=date.min, until=v.LONG_AGO), [1, 4]),
                (Slice(after=v.LONG_AGO), [0, 3]),
            ):
                assert [one.seq for one in control.spooled(digest, "cvs.dossier", -1, 9, v.VAULT, of)] == seqs
            [one] = control.spooled(digest, "cvs.dossier", 1, 1, v.VAULT, Slice(until=v.LONG_AGO))
            assert one.seq == 2
            assert list(control.spooled(digest, "cvs.dossier", -1, 9, v.VAULT)) == v.dated()

    def test_of_a_slice_nothing_of_other_days_is_opened(self, store):
        plan, opened = v.plan(8), []

        class Watched(v.Glass):
            def open(self, locked, where):
                opened.append(locked)
                return super().open(locked, where)

        days = {v.LONG_AGO: Block(4, b"o" * 32), v.LATELY: Block(4, b"l" * 32)}
        due = [day for day in days for _ in range(4)]
        records = [one._replace(due=day, block=days[day]) for one, day in zip(v.spooled(8), due, strict=True)]
        with store.transaction() as control:
            draft = control.open_draft()
            control.spool(draft, "cvs.dossier", records, v.VAULT)
            control.seal_draft(draft, plan, "{}")
        with store.reading() as control:
            page = control.spooled(plan.digest, "cvs.dossier", -1, 9, Watched(), Slice(after=v.LONG_AGO))
        assert list(page) == records[4:]
        assert len(opened) == 1

    def test_how_fast_a_dataset_went_is_what_was_noted_last(self, store):
        with store.transaction() as control:
            assert control.pace("cvs.dossier") is None
            control.note_pace("cvs.dossier", 10, 2.0)
            control.note_pace("cvs.dossier", 900, 1.5)
        with store.reading() as control:
            assert control.pace("cvs.dossier") == (900, 1.5)

    def test_a_plan_that_counts_other_than_what_was_spooled_is_refused(self, store):
        with pytest.raises(ControlError, match="counts"):
            self.planned(store, v.plan(count=4), count=3)

    def test_spooled_records_are_read_in_order_page_by_page(self, store):
        self.planned(store, v.plan(count=25), count=25)
        digest = v.plan(count=25).digest
        with store.reading() as control:
            first = control.spooled(digest, "cvs.dossier", -1, 20, v.VAULT)
            assert v.spooled(20) == list(first)
            assert v.spooled(5, 20) == list(control.spooled(digest, "cvs.dossier", first[-1].seq, 20, v.VAULT))

    def test_erasing_leaves_the_others(self, store):
        self.planned(store, v.plan())
        digest = v.plan().digest
        with store.transaction() as control:
            control.erase_spooled(digest, "cvs.dossier", [0, 2], v.VAULT)
            assert [record.seq for record in control.spooled(digest, "cvs.dossier", -1, 9, v.VAULT)] == [1]
            assert control.spooled_count(digest, "cvs.dossier") == 1
            control.erase_spooled(digest, "cvs.dossier", range(3), v.VAULT)
            assert control.spooled_count(digest, "cvs.dossier") == 0

    def test_a_page_has_whole_blocks_where_they_fit(self, store):
        plan = v.plan(20)
        block = Block(8, b"b" * 32)
        records = [one._replace(block=block if 4 <= one.seq < 12 else None) for one in v.spooled(20)]
        with store.transaction() as control:
            draft = control.open_draft()
            control.spool(draft, "cvs.dossier", records, v.VAULT)
            control.seal_draft(draft, plan, "{}")
        with store.reading() as control:
            for after, limit, seqs in (
                (-1, 7, range(4)),
                (-1, 12, range(12)),
                (3, 7, range(4, 11)),
                (5, 9, range(6, 12)),
            ):
                page = control.spooled(plan.digest, "cvs.dossier", after, limit, v.VAULT)
                assert page == [records[seq] for seq in seqs]

    def test_erasing_some_of_a_block_leaves_the_others_without_its_seal(self, store):
        plan = v.plan(20)
        with store.transaction() as control:
            draft = control.open_draft()
            control.spool(
                draft, "cvs.dossier", (one._replace(block=Block(20, b"b" * 32)) for one in v.spooled(20)), v.VAULT
            )
            control.seal_draft(draft, plan, "{}")
            control.erase_spooled(plan.digest, "cvs.dossier", [3, 9, 19], v.VAULT)
            left = control.spooled(plan.digest, "cvs.dossier", -1, 20, v.VAULT)
            assert list(left) == [one for one in v.spooled(20) if one.seq not in {3, 9, 19}]
            assert control.spooled_count(plan.digest, "cvs.dossier") == 17

    def test_what_two_plans_both_list_is_counted(self, store):
        self.planned(store, v.plan(count=25), count=25)
        with store.transaction() as control:
            draft = control.open_draft()
            control.spool(draft, "cvs.dossier", [one._replace(seq=one.seq - 20) for one in v.spooled(9, 20)], v.VAULT)
            assert control.listed_again(draft, "cvs.dossier", v.plan(count=25).digest) == 5
            assert control.listed_again(draft, "cvs.client", v.plan(count=25).digest) == 0

    def test_erasing_touches_no_other_plan(self, store):
        one, other = v.plan(second=1), v.plan(second=2)
        self.planned(store, one)
        self.planned(store, other)
        with store.transaction() as control:
            control.erase_spooled(one.digest, "cvs.dossier", range(3), v.VAULT)
            assert control.spooled_count(other.digest, "cvs.dossier") == 3

    def test_a_dataset_that_could_not_be_judged_leaves_the_draft_again(self, store):
        with store.transaction() as control:
            draft = control.open_draft()
            control.spool(draft, "cvs.dossier", v.spooled(3), v.VAULT)
            control.spool(draft, "cvs.client", v.spooled(2), v.VAULT)
            control.unspool(draft, "cvs.client")
            control.seal_draft(draft, v.plan(), "{}")
        with store.reading() as control:
            assert control.spooled_count(v.plan().digest, "cvs.dossier") == 3

    def test_what_an_expired_plan_still_has_in_the_spool_is_erased(self, store):
        self.planned(store, v.plan())
        plan = v.plan()
        with store.transaction() as control:
            control.erase_expired(plan.made)
            assert control.spooled_count(plan.digest, "cvs.dossier") == 3
            control.erase_expired(plan.made + timedelta(seconds=1))
            assert control.spooled_count(plan.digest, "cvs.dossier") == 0

    def test_a_draft_that_was_never_sealed_is_erased_by_the_next(self, store):
        with store.transaction() as control:
            stale = control.open_draft()
            control.spool(stale, "cvs.dossier", v.spooled(2), v.VAULT)
        with store.transaction() as control:
            fresh = control.open_draft()
        assert fresh != stale
        with pytest.raises(ControlError, match="not open"), store.transaction() as control:
            control.spool(stale, "cvs.dossier", v.spooled(1), v.VAULT)

    def test_a_sealed_plan_takes_no_more_records(self, store):
        with store.transaction() as control:
            draft = control.open_draft()
            control.spool(draft, "cvs.dossier", v.spooled(3), v.VAULT)
            control.seal_draft(draft, v.plan(), "{}")
        with pytest.raises(ControlError, match="not open"), store.transaction() as control:
            control.spool(draft, "cvs.dossier", v.spooled(1, 3), v.VAULT)


class RunSuite(Suite):
    def test_a_run_is_replaced_by_its_ended_form(self, store):
        ended = v.run(status=RunStatus.DONE, ended=v.NOW)
        with store.transaction() as control:
            control.start_run(v.run())
            assert control.runs() == (v.run(),)
            control.end_run(ended, "{}")
            assert control.runs() == (ended,)

    def test_what_a_run_told_is_kept_with_it_and_read_when_asked(self, store):
        with store.transaction() as control:
            for number in (1, 2):
                control.start_run(v.run(number))
            control.end_run(v.run(1, status=RunStatus.DONE, ended=v.NOW), '{"a": 1}')
            asked = [control.run_report(one) for one in (v.run(1).id, v.run(2).id, "nobody")]
        assert asked == ['{"a": 1}', None, None]

    def test_a_run_ends_once(self, store):
        ended = v.run(status=RunStatus.DONE, ended=v.NOW)
        with store.transaction() as control:
            control.start_run(v.run())
            control.end_run(ended, "{}")
        with pytest.raises(ControlError), store.transaction() as control:
            control.end_run(ended, "{}")

    def test_runs_come_newest_first(self, store):
        with store.transaction() as control:
            for number in (1, 2):
                control.start_run(v.run(number))
            assert [v.run(2), v.run(1)] == list(control.runs())

    def test_what_was_destroyed_adds_up_by_dataset_and_reference_date(self, store):
        with store.transaction() as control:
            for records in (5, 7):
                control.add_destroyed("cvs.dossier", v.NOW.date(), records)
            assert control.destroyed_on("cvs.dossier", v.NOW.date()) == 12
            assert control.destroyed_on("cvs.dossier", date(2026, 7, 2)) == 0
            assert control.destroyed_on("cvs.client", v.NOW.date()) == 0

    def test_a_batch_in_flight_comes_back_whole_until_it_is_settled(self, store):
        with store.transaction() as control:
            for intent in (7, 9):
                control.register(v.flight(intent))
            assert control.flights() == (v.flight(7), v.flight(9))
            control.settle(7)
            assert control.flights() == (v.flight(9),)
            control.settle(9)
            assert control.flights() == ()

    def test_a_batch_is_settled_once(self, store):
        with store.transaction() as control:
            control.register(v.flight())
            control.settle(7)
        with pytest.raises(ControlError, match="not in flight"), store.transaction() as control:
            control.settle(7)

    def test_what_the_log_recorded_last_is_remembered_by_kind_and_id(self, store):
        with store.transaction() as control:
            control.record("policy", "schuldhulp", "aa" * 32)
            control.record("policy", "schuldhulp", "bb" * 32)
            assert control.recorded("policy", "schuldhulp") == "bb" * 32
            assert control.recorded("dataset", "schuldhulp") is None


class LogSuite(Suite):
    def test_leaves_are_added_at_the_end_only(self, store):
        with store.transaction() as control:
            control.append_leaf(0, b"{}")
            control.append_leaf(1, b"[]")
            assert (control.leaves(0, 2), control.size()) == ([b"{}", b"[]"], 2)

    @pytest.mark.parametrize("index", [0, 2])
    def test_a_leaf_out_of_turn_is_refused(self, store, index):
        with store.transaction() as control:
            control.append_leaf(0, b"{}")
        with pytest.raises(AuditError), store.transaction() as control:
            control.append_leaf(index, b"{}")

    def test_missing_leaves_are_an_error_not_a_shorter_answer(self, store):
        with store.transaction() as control:
            control.append_leaf(0, b"{}")
        with pytest.raises(AuditError), store.reading() as control:
            control.leaves(0, 2)

    def test_the_last_leaf_tells_the_time(self, store):
        with store.transaction() as control:
            assert control.last_time() is None
            control.append_leaf(0, b'{"time":"2026-07-01T02:00:00Z"}')
            assert control.last_time() == "2026-07-01T02:00:00Z"

    def test_the_frontier_is_replaced_as_a_whole(self, store):
        with store.transaction() as control:
            control.set_frontier([b"a" * 32, b"b" * 32])
            control.set_frontier([b"c" * 32])
            assert control.frontier() == (b"c" * 32,)
            control.set_frontier([])
            assert control.frontier() == ()

    def test_a_second_different_note_of_a_size_is_refused_and_the_first_stays(self, store):
        with store.transaction() as control:
            control.add_checkpoint(4, "note")
            control.add_checkpoint(4, "note")
        with pytest.raises(AuditError, match="two histories"), store.transaction() as control:
            control.add_checkpoint(4, "another")
        with store.reading() as control:
            assert (control.checkpoint(4), control.checkpoint(3)) == ("note", None)

    def test_what_is_published_never_shrinks(self, store):
        with store.transaction() as control:
            assert control.published() is None
            control.set_published(4)
            control.set_published(4)
        with pytest.raises(AuditError), store.transaction() as control:
            control.set_published(3)


class ClaimSuite(Suite):
    def test_a_day_is_claimed_until_it_has_ended(self, store):
        with store.transaction() as control:
            assert control.claim("sweep", v.NOW.date(), v.NOW) is None
            begun = control.claim("sweep", v.NOW.date(), v.NOW + timedelta(hours=1))
            assert begun == Claim(job="sweep", day=v.NOW.date(), claimed=v.NOW)
            control.end_claim("sweep", v.NOW.date(), v.NOW, 5)
            ended = control.claim("sweep", v.NOW.date(), v.NOW + timedelta(hours=2))
            assert (ended.ended, ended.exit_status) == (v.NOW, 5)
            assert ended == control.last_claim("sweep")

    def test_a_claim_ends_once(self, store):
        with store.transaction() as control:
            control.claim("sweep", v.NOW.date(), v.NOW)
            control.end_claim("sweep", v.NOW.date(), v.NOW, 0)
        with pytest.raises(ControlError, match="not under way"), store.transaction() as control:
            control.end_claim("sweep", v.NOW.date(), v.NOW, 0)

    def test_the_last_claim_is_that_of_the_newest_day_of_its_job(self, store):
        with store.transaction() as control:
            control.claim("sweep", v.NOW.date(), v.NOW)
            control.claim("sweep", v.NOW.date() - timedelta(days=1), v.NOW)
            assert control.last_claim("sweep").day == v.NOW.date()
            assert control.last_claim("verify") is None


class DeliverySuite(Suite):
    KEY = (NoticeKind.FAILURE, date(2026, 7, 2), Channel.MAIL)

    def ended(self, **changes):
        kind, day, channel = self.KEY
        return replace(Delivery(kind=kind, day=day, channel=channel, attempts=1, tried_at=v.NOW), **changes)

    def test_a_notice_is_claimed_once_a_day_for_each_channel(self, store):
        kind, day, channel = self.KEY
        with store.transaction() as control:
            assert control.claim_delivery(kind, day, channel, v.NOW)
            assert not control.claim_delivery(kind, day, channel, v.NOW)
            assert control.claim_delivery(kind, day, Channel.WEBHOOK, v.NOW)
            assert control.claim_delivery(kind, day + timedelta(days=1), channel, v.NOW)
            assert control.claim_delivery(NoticeKind.PLAN, day, channel, v.NOW)

    def test_what_failed_may_be_claimed_again_and_counts_its_attempts(self, store):
        with store.transaction() as control:
            control.claim_delivery(*self.KEY, v.NOW)
            control.end_delivery(self.ended(trouble=Trouble.UNREACHABLE))
            assert control.claim_delivery(*self.KEY, v.NOW + timedelta(hours=4))
            control.end_delivery(self.ended(delivered_at=v.NOW + timedelta(hours=4), refused=2))
            assert not control.claim_delivery(*self.KEY, v.NOW + timedelta(hours=5))
        with store.reading() as control:
            [found] = control.deliveries()
        again = v.NOW + timedelta(hours=4)
        assert found == self.ended(attempts=2, tried_at=again, delivered_at=again, refused=2)

    def test_what_may_have_arrived_is_not_claimed_again(self, store):
        with store.transaction() as control:
            control.claim_delivery(*self.KEY, v.NOW)
            control.end_delivery(self.ended(trouble=Trouble.UNCONFIRMED))
            assert not control.claim_delivery(*self.KEY, v.NOW)

    def test_a_delivery_that_was_not_claimed_cannot_end(self, store):
        with pytest.raises(ControlError, match="not begun"), store.transaction() as control:
            control.end_delivery(self.ended(delivered_at=v.NOW))


class ControlSuite(
    TransactionSuite, HoldSuite, StandingSuite, ApprovalSuite, PlanSuite, RunSuite, ClaimSuite, DeliverySuite, LogSuite
):
    """All of it."""
