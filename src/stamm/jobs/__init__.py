"""Jobs and timers: what is to be done, when, and how it came out.

A job is a row. It is claimed with others for a while, done, and its effect and its end are written in one transaction;
what is done outside carries the job's key, which stays the same however often it is tried. Time and chance are
arguments. Rows lie beside keys and acts, on SQLite and on PostgreSQL.
"""

from stamm.jobs.calendar import Rhythm
from stamm.jobs.kind import Job, Kind
from stamm.jobs.outcome import Cancel, Done, Outcome, Retry, Snooze
from stamm.jobs.queue import enqueue
from stamm.jobs.tables import TABLES
from stamm.jobs.timers import remove_timer, set_timer
from stamm.jobs.worker import Worker

__all__ = [
    "TABLES",
    "Cancel",
    "Done",
    "Job",
    "Kind",
    "Outcome",
    "Retry",
    "Rhythm",
    "Snooze",
    "Worker",
    "enqueue",
    "remove_timer",
    "set_timer",
]
