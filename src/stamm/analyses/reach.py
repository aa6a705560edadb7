"""How far an answer over one span reaches: whether anything is known, and why it is not final."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from stamm.analyses.calendar import DAY
from stamm.analyses.kind import Known, Question
from stamm.lang.reasons import BEGINS_BEFORE, NO_FACTS, NOT_BEGUN, NOT_OVER, OUTSIDE
from stamm.lang.window import Window, day_start


class Reach(NamedTuple):
    """Whether anything is `known` of a span, and the `reason` why nothing is, or why it is not final."""

    known: bool
    reason: str

    @property
    def final(self) -> bool:
        """Whether nothing that comes later can change the answer."""
        return self.known and not self.reason


def reach(question: Question, facts: Sequence[str], span: Window) -> Reach:
    """What these facts tell of a span, seen from its end."""
    zone, days = question.organisation.zone, question.covered(facts)
    if question.as_of is None or days is None:
        return Reach(False, NO_FACTS)
    if span.starts_at(zone) >= question.as_of:
        return Reach(False, NOT_BEGUN)
    if span.end <= days[0] or span.start > days[1]:
        return Reach(False, OUTSIDE)
    over = span.ends_at(zone) <= question.as_of and span.end <= days[1] + DAY
    return Reach(True, "" if over else NOT_OVER)


def reach_within(question: Question, facts: Sequence[str], span: Window) -> Reach:
    """The same where all of the span counts, its beginning, too."""
    found = reach(question, facts, span)
    return Reach(True, BEGINS_BEFORE) if found.final and begins_before(question, facts, span.start) else found


def begins_before(question: Question, facts: Sequence[str], day: date) -> bool:
    """Whether a day lies before the data, where nobody says that nothing was then."""
    days = question.covered(facts)
    return days is not None and day < days[0] and question.organisation.history == "cut"


def known_until(question: Question, facts: Sequence[str]) -> datetime | None:
    """The moment (UTC) up to which all of these facts are known; None where one was never imported."""
    days = question.covered(facts)
    if question.as_of is None or days is None:
        return None
    return min(question.as_of, day_start(days[1] + DAY, question.organisation.zone))


def end_of(question: Known, span: Window) -> ir.TimestampScalar:
    """The span's end (UTC), or as_of where that comes first."""
    assert question.as_of is not None  # nothing is asked of facts that were never imported
    return moment(min(span.ends_at(question.organisation.zone), question.as_of))


def moment(at: datetime) -> ir.TimestampScalar:
    """A moment for an expression."""
    return ibis.timestamp(at.astimezone(UTC).replace(tzinfo=None), timezone="UTC")
