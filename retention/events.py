"""Names of the events that operators' log lines carry, in one place: noun, then what happened to it.

Logs are for operators, the audit log is for proof; neither stands in for the other. An event carries ids and counts,
never a value of a record, a key, or a subject (P7).
"""

from typing import Final

RUN_STARTED: Final = "run_started"  # plan, today
RUN_ENDED: Final = "run_ended"  # status, exit_status
RUN_TIME_UP: Final = "run_time_up"  # records: what is left is for other nights
RUN_STOPPING: Final = "run_stopping"  # a signal asked for it; the batch under way is settled first

PLAN_MADE: Final = "plan_made"  # digest, records

DATASET_DONE: Final = "dataset_done"  # dataset, destroyed, held, changed, failed
DATASET_REFUSED: Final = "dataset_refused"  # dataset, why
DATASET_FAILED: Final = "dataset_failed"  # dataset, why
DATASET_PROGRESSED: Final = "dataset_progressed"  # dataset, records

DATASET_POSTPONED: Final = "dataset_postponed"  # dataset, records, nights: there was no more time

PACE_SLOWED: Final = "pace_slowed"  # dataset, cause, level: smaller batches, and pauses between them
PACE_RECOVERED: Final = "pace_recovered"  # dataset
REPLICA_LAGS: Final = "replica_lags"  # store, replica, seconds: the sweep waits for it
REPLICA_CAUGHT_UP: Final = "replica_caught_up"  # store
REPLICA_UNKNOWN: Final = "replica_unknown"  # store, replica: it cannot be asked, and is not waited for

BATCH_RECOVERED: Final = "batch_recovered"  # dataset, intent: of an earlier run
BATCH_SPLIT: Final = "batch_split"  # dataset, records: it failed, and is tried in halves

LIST_WRITTEN: Final = "list_written"  # plan, records, until: a full list, with keys
LIST_REMOVED: Final = "list_removed"  # lists: their day had passed

LOG_PUBLISHED: Final = "log_published"  # size

JOB_STARTED: Final = "job_started"  # job
JOB_ENDED: Final = "job_ended"  # job, exit_status
PART_ENDED: Final = "part_ended"  # job, part, exit_status: one command of a job
JOB_MISSED: Final = "job_missed"  # job: its time passed, longer ago than the grace or on an earlier day
JOB_CAUGHT_UP: Final = "job_caught_up"  # job, day: its time had passed, within the grace
JOB_DONE_ELSEWHERE: Final = "job_done_elsewhere"  # job, day: another scheduler did it
JOB_UNCLAIMED: Final = "job_unclaimed"  # job, day, error: the control store could not note who does it
JOB_TAKEN_OVER: Final = "job_taken_over"  # job, day: whoever began it has died
SCHEDULE_STARTED: Final = "schedule_started"  # jobs
SCHEDULE_STOPPED: Final = "schedule_stopped"
