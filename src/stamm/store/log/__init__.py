"""The durable log: what arrived and was acknowledged, until the lake holds it; and of what arrived once, for ever."""

from stamm.store.log.group_commit import GroupCommit, OverloadedError
from stamm.store.log.kind import Counters, Entry, Failed, Log, Outcome, Stored
from stamm.store.log.opened import open_log

__all__ = [
    "Counters",
    "Entry",
    "Failed",
    "GroupCommit",
    "Log",
    "Outcome",
    "OverloadedError",
    "Stored",
    "open_log",
]
