"""Replicas that a run waits for: how long is counted over the whole run, not over one dataset's turn."""

from dataclasses import dataclass

from retention.pacing import Pace
from retention.replicas import Replicas


@dataclass
class Clock:
    now: float = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Behind:
    """A replica that is as far behind as one says."""

    seconds: float
    name: str = "replica"

    def lag(self) -> float:
        return self.seconds

    def close(self) -> None:
        pass


def of(clock: Clock, *replicas: Behind) -> Replicas:
    class Opener:
        def replicas(self, _store: str) -> tuple[Behind, ...]:
            return replicas

    pace = Pace(monotonic=lambda: clock.now, sleep=clock.sleep, replica_lag=30.0, replica_patience=600.0)
    return Replicas("cvs", Opener(), pace)


def turn(found: Replicas, clock: Clock, seconds: float) -> bool:
    """A dataset's share of the night, spent on waiting."""
    ends = clock.now + seconds
    return found.keep_up(lambda: clock.now >= ends)


def test_a_replica_that_never_catches_up_is_given_up_also_when_every_turn_is_shorter_than_that():
    clock = Clock()
    found = of(clock, Behind(3600))
    kept = [turn(found, clock, 180) for _ in range(4)]
    assert kept == [False] * 4
    assert found.behind is not None
    assert 600 < clock.now < 610


def test_a_replica_that_was_behind_when_a_turn_ended_is_asked_again_before_the_next_batch():
    clock = Clock()
    found = of(clock, Behind(3600))
    assert [turn(found, clock, 0), turn(found, clock, 0)] == [False, False]


def test_one_that_caught_up_in_between_is_waited_for_anew():
    clock, replica = Clock(), Behind(3600)
    found = of(clock, replica)
    turn(found, clock, 500)
    replica.seconds = 0
    assert turn(found, clock, 0)
    clock.now += 60
    replica.seconds = 3600
    assert not turn(found, clock, 500)
    assert found.behind is None
