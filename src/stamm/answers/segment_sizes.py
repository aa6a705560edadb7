"""How many were in a segment over time: when days began, and how many entered and left between them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from stamm.answers.remembered import digest
from stamm.answers.segments import Segments, Size
from stamm.lang.errors import UsageError
from stamm.lang.window import Window, windows
from stamm.segments.named import resolved
from stamm.segments.rule import Rule

#: days of one question
MOST_DAYS = 120
#: customers, everybody, entered and left
Counts = tuple[int, int, int | None, int | None]
#: as they are written away
COLUMNS = ("day", "customers", "everybody", "share", "entered", "left", "complete")


@dataclass(frozen=True)
class Sized:
    """How many were in a segment when a day began, and how many had entered and left since the day before it in a row.

    These two make up for the difference: `customers` of the row before, and `entered`, less `left`. `complete` says
    whether the days between are one whole window. All three are None of the first day.
    """

    size: Size
    entered: int | None = None
    left: int | None = None
    complete: bool | None = None

    def record(self) -> dict[str, Any]:
        """As it is written away, by `COLUMNS`."""
        size = self.size
        cells = (size.on, size.customers, size.everybody, size.share, self.entered, self.left, self.complete)
        return dict(zip(COLUMNS, cells, strict=True))


def days_of(asked: Segments, rule: Rule, start: date | None, end: date | None, grain: str) -> tuple[date, ...]:
    """The first days of the windows between two days, and the last of these two: as far as it is known who was in it.

    Without days, all that the facts of the rule cover. Raises UsageError for too many of them.
    """
    known = asked.known(rule)
    first, last = start or known.start, end or known.end
    cut = windows(first, last, grain)
    last = min(last, known.end)
    days = [day for day in (*(each.start for each in cut if each.start < last), last) if known.start < day]
    days = days if first <= last else []
    if len(days) > MOST_DAYS:
        raise UsageError(
            f"That would be {len(days):,} days; at once there are at most {MOST_DAYS:,}.",
            remedy="Ask for fewer days, or a coarser grain.",
        )
    return tuple(days)


def sizes_over(asked: Segments, rule: Rule, days: Sequence[date], grain: str) -> tuple[Sized, ...]:
    """How many were in it as each of some days began, from what was known then; kept, as it stays the same."""
    memory, meant = asked.world.remembered, resolved(rule, asked.saved)
    question = digest("segment over time", meant.written(), [str(day) for day in days])
    counts = memory.read(question, _counts) if memory else None
    if counts is None:
        counts = list(_counted(asked, meant, days))
        if memory:
            memory.write(question, json.dumps(counts))
    complete = (None, *(windows(*two, grain) == (Window(*two),) for two in pairwise(days)))
    return tuple(
        Sized(Size(day, customers, everybody), entered, left, whole)
        for day, whole, (customers, everybody, entered, left) in zip(days, complete, counts, strict=True)
    )


def _counted(asked: Segments, rule: Rule, days: Sequence[date]) -> Iterator[Counts]:
    before: pa.ChunkedArray | None = None
    for size, now in asked.over_time(rule, days):
        if before is None:
            yield size.customers, size.everybody, None, None
        else:
            stayed = pc.sum(pc.is_in(now, value_set=before)).as_py() or 0
            yield size.customers, size.everybody, len(now) - stayed, len(before) - stayed
        before = now


def _counts(text: str) -> list[Counts]:
    return [tuple(each) for each in json.loads(text)]
