"""The vocabulary of operators' log lines: every event's name, when it comes, and the fields it carries.

docs/events.md lists it. A name is a noun, then what happened to it. Logs are for operators, the audit log is for proof;
neither stands in for the other. An event carries ids and counts, never a value of a record, a key, or a subject (P7).
"""

from __future__ import annotations

from typing import Final, Self


class Event(str):
    """The name of an event."""

    __slots__ = ("fields", "when")

    when: str  # it comes, and what an operator may want to know about it
    fields: tuple[str, ...]  # that its lines carry, besides those of every line and of what it is part of

    def __new__(cls, name: str, when: str, *fields: str) -> Self:
        """Name an event."""
        made = super().__new__(cls, name)
        made.when, made.fields = when, fields
        return made


COMMON: Final = ("event", "level", "timestamp")
"""Fields of every line."""
CONTEXT: Final = {"job": "a job", "run_id": "a run", "batch": "a batch: the index of its intent in the audit log"}
"""Fields of every line that is part of something, and of what."""

RUN_STARTED: Final = Event("run_started", "a sweep begins; no plan: nothing is approved and announced", "plan", "today")
RUN_ENDED: Final = Event("run_ended", "a sweep has ended, and its checkpoint is published", "status", "exit_status")
RUN_TIME_UP: Final = Event("run_time_up", "a window or a budget ended; what is left is for other nights", "records")
RUN_STOPPING: Final = Event("run_stopping", "a signal asked to stop; the batch under way is settled first", "signal")

PLAN_MADE: Final = Event("plan_made", "a dry run has ended", "digest", "records")

DATASET_DONE: Final = Event(
    "dataset_done",
    "a dataset was gone through",
    "dataset", "planned", "destroyed", "held", "changed", "gone", "failed", "late",
)  # fmt: skip
DATASET_REFUSED: Final = Event(
    "dataset_refused", "a dataset is left alone: too many, not approved, other rules", "dataset", "status", "records"
)
DATASET_FAILED: Final = Event(
    "dataset_failed", "a dataset could not be begun: its store, its schema", "dataset", "status", "records"
)
DATASET_PROGRESSED: Final = Event(
    "dataset_progressed", "a dataset is under way: at its first batch and every ten seconds", "dataset", "records"
)
DATASET_POSTPONED: Final = Event(
    "dataset_postponed", "there was no more time for a dataset", "dataset", "records", "nights"
)

PACE_SLOWED: Final = Event("pace_slowed", "smaller batches from now on, with pauses", "dataset", "cause", "level")
PACE_RECOVERED: Final = Event("pace_recovered", "back to full speed", "dataset")
REPLICA_LAGS: Final = Event("replica_lags", "the sweep waits for a replica", "store", "replica", "seconds")
REPLICA_CAUGHT_UP: Final = Event("replica_caught_up", "the sweep goes on", "store")
REPLICA_UNKNOWN: Final = Event(
    "replica_unknown", "a replica cannot be asked, and is not waited for", "store", "replica"
)

BATCH_RECOVERED: Final = Event(
    "batch_recovered", "what became of a batch that an earlier run left open was looked up", "dataset", "destroyed"
)
BATCH_FAILED: Final = Event("batch_failed", "nothing of a batch was destroyed", "dataset", "records", "cause")
BATCH_SPLIT: Final = Event("batch_split", "a batch that failed is tried in halves", "dataset", "records")

LIST_WRITTEN: Final = Event("list_written", "a full list, with keys, was written", "plan", "records", "until")
LIST_REMOVED: Final = Event("list_removed", "full lists were removed: their day had passed", "lists")

LOG_PUBLISHED: Final = Event("log_published", "the audit log was published", "size")

JOB_STARTED: Final = Event("job_started", "a job begins")
JOB_ENDED: Final = Event("job_ended", "a job has ended, with the gravest of its parts", "exit_status")
PART_ENDED: Final = Event("part_ended", "one command of a job has ended", "part", "exit_status")
JOB_MISSED: Final = Event("job_missed", "a job's time passed: longer ago than the grace, or it is still under way")
JOB_CAUGHT_UP: Final = Event("job_caught_up", "a job's time had passed, within the grace, and it begins now", "day")
JOB_DONE_ELSEWHERE: Final = Event("job_done_elsewhere", "another scheduler did the day's work", "day")
JOB_UNCLAIMED: Final = Event(
    "job_unclaimed", "the control store could not note who does a job", "day", "error", "exception"
)
JOB_TAKEN_OVER: Final = Event("job_taken_over", "whoever began a job has died; it is done again", "day")
SCHEDULE_STARTED: Final = Event("schedule_started", "`retention schedule` keeps the time", "jobs")
SCHEDULE_STOPPED: Final = Event("schedule_stopped", "it has stopped, and no job is under way")

NOTICE_SENT: Final = Event(
    "notice_sent", "a notice was delivered, but to so many recipients", "kind", "channel", "host", "refused"
)
NOTICE_FAILED: Final = Event("notice_failed", "a notice reached nobody", "kind", "channel", "host", "trouble")
NOTICES_UNTOLD: Final = Event("notices_untold", "after a job nobody could be told anything", "exception")

METRICS_LISTENING: Final = Event("metrics_listening", "/metrics and /healthz answer", "host", "port")
METRICS_EXPOSED: Final = Event("metrics_exposed", "other hosts can read them too, without a password", "host", "port")
ALIVE_CALLED: Final = Event("alive_called", "the dead man's switch was told of a good night", "host")
ALIVE_FAILED: Final = Event("alive_failed", "it could not be told, after a few attempts", "host", "trouble")
WATCH_FAILED: Final = Event(
    "watch_failed", "after a job its end, its metrics or its sign of life could not be told", "exception"
)

VOCABULARY: Final = {str(value): value for value in tuple(globals().values()) if isinstance(value, Event)}
"""Every event, by its name."""
