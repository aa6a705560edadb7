"""A metric of several segments, one beside the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stamm.answers.answer import Answer
from stamm.answers.inquiry import Door
from stamm.answers.members import in_segment
from stamm.facts.filter import SEGMENT, Filter
from stamm.lang.errors import UsageError
from stamm.lang.reasons import CANCELLED_ORDERS
from stamm.lang.window import Window
from stamm.metrics import Metric


def side_by_side(
    door: Door, metric: Metric, windows: Sequence[Window], names: Sequence[str], *, by: str | None, where: Filter
) -> Answer:
    """A row for each window and segment, in the order they are named in; who is in two of them stands in both.

    Raises UsageError where it shall be split as well.
    """
    if by is not None:
        raise UsageError(
            "Segments side by side cannot be split as well.", remedy="Name one segment, or ask without --by."
        )
    every = tuple(dict.fromkeys(names))
    asked = [door.ask(metric, windows, where=(*where, in_segment(name))) for name in every]
    rows = tuple(
        replace(row, group=name)
        for several in zip(*(answer.rows for answer in asked), strict=True)
        for name, row in zip(every, several, strict=True)
    )
    # what nobody can be told of is the same for all of them; of what is told of each there is no one number
    left_out = {what: number for what, number in asked[0].left_out.items() if what != CANCELLED_ORDERS}
    simulated = any(answer.simulated for answer in asked)
    return replace(asked[0], by=SEGMENT, where=where, rows=rows, left_out=left_out, simulated=simulated)
