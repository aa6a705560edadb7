"""Elapsed time between two moments of a row, in real numbers."""

from __future__ import annotations

import ibis
from ibis.common.deferred import Deferred

#: in the place of a beginning or an end that is not there, so that a join only compares moments: one that also asks
#: whether there is an end tries every pair of rows
BEFORE_ALL = ibis.timestamp("1000-01-01", timezone="UTC")
AFTER_ALL = ibis.timestamp("9999-01-01", timezone="UTC")

DAY_SECONDS = 86_400.0
YEAR_DAYS = 365.25


def seconds_between(start: Deferred, end: Deferred) -> Deferred:
    """Elapsed seconds, to the microsecond."""
    # counted in whole microseconds: as real numbers since 1970 they would differ by a quarter of one
    return end.delta(start, unit="microsecond").cast("float64") / 1_000_000.0


def minutes_between(start: Deferred, end: Deferred) -> Deferred:
    """Elapsed minutes."""
    return seconds_between(start, end) / 60.0


def hours_between(start: Deferred, end: Deferred) -> Deferred:
    """Elapsed hours."""
    return seconds_between(start, end) / 3_600.0


def days_between(start: Deferred, end: Deferred) -> Deferred:
    """Elapsed days, seconds / 86,400, to the microsecond."""
    return seconds_between(start, end) / DAY_SECONDS


def years_between(start: Deferred, end: Deferred) -> Deferred:
    """Elapsed years, days / 365.25."""
    return seconds_between(start, end) / (DAY_SECONDS * YEAR_DAYS)
