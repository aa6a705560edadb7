"""Judging windows: which lie across the line or outside of what was expected, and of which of them somebody is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import ibis

from stamm.answers.answer import Row
from stamm.answers.ask import Answers
from stamm.answers.reach import covered, kinds_needed
from stamm.answers.world import World
from stamm.automations.alerts import About, Finding
from stamm.automations.expected import Band, bands, windows_asked, windows_needed
from stamm.facts.sources import SOME
from stamm.goals.aim import meant
from stamm.lang.window import Window, day_of
from stamm.metrics import Metric

_ = ibis._

#: windows that are shown of each grain, and judged at most at once
SHOWN = {"day": 91, "week": 52, "month": 36}


@dataclass(frozen=True)
class Judged:
    """A whole window: its value, the band before it was known (None: of a line, or too little history), and its side.

    `side` is empty within, `told` says whether somebody is told of it.
    """

    row: Row
    band: Band | None
    side: str
    told: bool

    @property
    def window(self) -> Window:
        """The window itself."""
        return self.row.window


@dataclass(frozen=True)
class Judgement:
    """Windows judged one after the other, the oldest first, and the side that the last one left it on.

    `known` are whole windows with a value, `needed` those without which there is no band.
    """

    about: About
    metric: Metric
    currency: str
    judged: tuple[Judged, ...]
    state: str
    known: int
    needed: int
    simulated: bool = False

    @property
    def until(self) -> date | None:
        """The day after the last of them."""
        return self.judged[-1].window.end if self.judged else None

    @property
    def findings(self) -> list[Finding]:
        """What is told."""
        return [self._finding(each) for each in self.judged if each.told]

    def _finding(self, each: Judged) -> Finding:
        about, band, value = self.about, each.band, each.row.value
        assert value is not None  # nothing without a value lies anywhere
        low, high = (band.low, band.high) if band else (about.line or 0.0, about.line or 0.0)
        expected = band.expected if band else None
        return Finding(each.window.name, float(value), each.side, low, high, self.metric.unit, self.currency, expected)


def judgement(
    about: About, answers: Answers, known: datetime, *, after: date | None = None, state: str = ""
) -> Judgement | None:
    """The whole windows that end after a day, judged from the side that was left; without a day those last ones shown.

    `known` is when facts last came in: what ends after it is not over. None where no whole window ends after the day.
    Raises StammError where it cannot be asked.
    """
    world, shown = answers.world, SHOWN[about.grain]
    metric, where = about.of(world.metrics), meant(about.filter, world.saved)
    back = 0 if about.line is not None else windows_asked(about.grain, about.one_in)
    found = whole_windows(answers, metric, about.grain, shown + back, known)
    if after is not None:
        late = [window for window in found if window.end > after][-shown:]
        # what has not ended for good, as of a metric that looks ahead, is not counted with all before it in vain
        if not late or not any(row.complete for row in answers.ask(metric, late, where=where).rows):
            return None
    if not found:
        return None
    answer = answers.ask(metric, found, where=where)
    rows = [row for row in answer.rows if row.complete]
    values = [None if row.value is None else float(row.value) for row in rows]
    banded: Sequence[Band | None] = (
        [None] * len(rows)
        if about.line is not None
        else bands(values, about.grain, about.one_in, metric.unit, about.side)
    )
    judged, last, begun = [], state, after is not None
    for row, band in zip(rows, banded, strict=True):
        if after is not None and row.window.end <= after:
            continue
        side = _side(about, row, band, last)
        judged.append(Judged(row, band, side, told=bool(side) and side != last and begun))
        if row.value is not None and (about.line is not None or band is not None):
            last, begun = side, True  # the first of all is where it begins, and is not told
    count = sum(value is not None for value in values)
    needed = 0 if about.line is not None else windows_needed(about.grain, about.one_in)
    return Judgement(about, metric, answer.currency, tuple(judged[-shown:]), last, count, needed, answer.simulated)


def whole_windows(answers: Answers, metric: Metric, grain: str, most: int, known: datetime) -> list[Window]:
    """The last calendar windows that the metric's facts cover from their first day to their last, the oldest first.

    Facts of a day cover all of it, a file of noon the evening, too: so a window is over once facts of each kind came in
    after it.
    """
    world = answers.world
    kinds = kinds_needed(metric, world)
    days, until = covered(world, kinds), world.known_until(kinds)
    if days is None or until is None:
        return []
    end = min(days.end, day_of(min(until, known, *_came_in(world, kinds)), world.organisation.zone))
    if end <= days.start:
        return []
    windows = Window(days.start, end).whole_before_end(grain, most)
    return [window for window in windows if window.start >= days.start]


def _came_in(world: World, kinds: Sequence[str]) -> Iterator[datetime]:
    """When facts of each kind last came in, from sources that bring all of a kind where there are any."""
    for kind in kinds:
        table = world.engine.table(kind)
        if {"source", "received_at"} <= set(table.columns):
            some = _.source.coalesce("").isin(sorted(SOME))
            last = table.aggregate(whole=some.ifelse(None, _.received_at).max(), some=_.received_at.max())
            (row,) = world.engine.run(last).to_pylist()
            if (at := row["whole"] or row["some"]) is not None:
                yield at


def _side(about: About, row: Row, band: Band | None, before: str) -> str:
    """On which side a window lies; of a line also one that is not back yet."""
    value = row.value
    if value is None:
        return ""
    if about.line is not None:
        edge = about.back if before == about.side and about.back is not None else about.line
        across = value > edge if about.side == "above" else value < edge
        return about.side if across else ""
    if band is None or band.low <= value <= band.high:
        return ""
    side = "above" if value > band.high else "below"
    return side if about.side in (side, "both") else ""
