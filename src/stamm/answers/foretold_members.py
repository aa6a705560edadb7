"""What was foretold, of the members of a segment alone."""

from __future__ import annotations

from dataclasses import replace

from stamm.answers.members import in_segment, settled_in
from stamm.answers.segments import Segments
from stamm.answers.table import TableAnswer
from stamm.answers.world import World
from stamm.lang.window import day_of
from stamm.segments.named import named


def of_members(answer: TableAnswer, segment: str, world: World) -> TableAnswer:
    """The rows of those who were in a segment as the day began as of which it is foretold.

    The model is learned from everybody all the same: a risk does not change with who else is looked at. Raises
    UsageError for a segment that there is not, or that nobody can be counted in on that day.
    """
    assert answer.as_of is not None  # nothing is foretold without facts
    segments = Segments(world)
    rule = named(segment, segments.saved)
    on = segments.day(day_of(answer.as_of, answer.zone), rule)
    inside = frozenset(segments.members(rule, on)["customer_id"].to_pylist())
    tables = {
        name: tuple(row for row in rows if getattr(row, "customer_id", None) in inside)
        if _names(answer, name)
        else rows
        for name, rows in answer.tables.items()
    }
    return replace(answer, tables=tables, where=settled_in((in_segment(segment),), world))


def _names(answer: TableAnswer, table: str) -> bool:
    """Whether a table has customers in it."""
    return any(column.name == "customer_id" for column in answer.analysis.columns(table))
