"""The curve: from the steps of Kaplan and Meier to a point at each time of a grid, and to its middle and mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import ibis
import ibis.expr.types as ir

from stamm.analyses.kind import Question, column, row
from stamm.facts.survival import DAY_MICROSECONDS, Survival
from stamm.lang.interval import NOTHING, Z, log_log

_ = ibis._

EVENT = "event"
#: in days of 24 hours; a year has 365.25
GRIDS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4, "year": 365.25, EVENT: 0.0}
HALF = 0.5
#: the share still here is a product of many factors, so half of them is met to nine digits
SLACK = 1e-9
Bucket = Mapping[str, Any]
EMPTY: Bucket = {"spells": 0, "ended": 0, "exactly": 0}


@row
class Point:
    """Who is still here after that long, of one group.

    `survival` is the share still here after `days`, who leaves at that very moment being gone. `at_risk` counts the
    spells at least that long; `ended` and `censored` those that ended, or were still open when last seen, since the
    step before and up to this one.
    """

    group: str | None = column("group", "Gruppe", "text", key=True)
    step: int = column("step", "Schritt", "count", key=True)
    days: float = column("after", "nach", "days")
    survival: float | None = column("still here", "noch da", "share")
    low: float | None = column("95% interval from", "95-%-Intervall von", "share")
    high: float | None = column("95% interval to", "95-%-Intervall bis", "share")
    at_risk: int | None = column("observed that long", "so lange beobachtet", "count")
    ended: int | None = column("ended", "beendet", "count")
    censored: int | None = column("last seen open", "zuletzt noch offen", "count")
    complete: bool = column("final", "endgültig", "flag")
    reason: str = column("why not", "warum nicht", "text")


@row
class Summary:
    """The curve of one group in short; `longest` is how long the longest spell has been observed."""

    group: str | None = column("group", "Gruppe", "text", key=True)
    spells: int = column("spells", "Kundenzeiten", "count")
    ended: int = column("of them ended", "davon beendet", "count")
    median: float | None = column("half are gone after", "die Hälfte ist weg nach", "days")
    low: float | None = column("95% interval from", "95-%-Intervall von", "days")
    high: float | None = column("95% interval to", "95-%-Intervall bis", "days")
    mean: float | None = column("restricted mean", "beschränkter Mittelwert", "days")
    up_to: float = column("mean up to", "Mittelwert bis", "days")
    longest: float = column("longest observed", "am längsten beobachtet", "days")


@dataclass(frozen=True)
class Curve:
    """The curve of the question's spells on a grid, up to a horizon in years."""

    grid: str
    horizon_years: float

    @property
    def unit(self) -> int:
        """Length of a step of the grid, microseconds; 0 where each time of an end is one."""
        return round(GRIDS[self.grid] * DAY_MICROSECONDS)

    @property
    def horizon(self) -> int:
        """The horizon, microseconds."""
        return round(self.horizon_years * GRIDS["year"] * DAY_MICROSECONDS)

    # -- in the engine ---------------------------------------------------------------
    def placed(self, table: ir.Table) -> ir.Table:
        """Rows with `microseconds`, beside the `step` whose time they have reached, and that time, `at`."""
        step = ((_.microseconds + (self.unit - 1)) // self.unit).cast("int64")
        return table.mutate(step=step).mutate(at=_.step * self.unit)

    def buckets(self, question: Question) -> Sequence[Bucket]:
        """One row a group and step of the grid with anything in it, and what each adds to the summary."""
        area = Survival().area(self.horizon_years).column
        assert area is not None  # it is the sum of one
        steps = _steps(question)
        if self.unit:
            steps = self.placed(steps)
        else:
            before = ibis.window(group_by="group_value", order_by="microseconds", preceding=(None, 1))
            steps = steps.mutate(leaves=((_.ended > 0) & (_.microseconds > 0)).cast("int64"))
            steps = steps.mutate(
                step=(_.microseconds > 0).ifelse(_.leaves.sum().over(before).coalesce(0) + 1, 0),
                at=(_.ended > 0).ifelse(_.microseconds, None),
            )
        found = steps.group_by("group_value", "step").aggregate(
            spells=_.spells.sum(),
            ended=_.ended.sum(),
            exactly=_.spells.sum(where=(_.microseconds == _.at).coalesce(False)).coalesce(0),
            at=_.at.max(),
            longest=_.microseconds.max(),
            survival=_.remaining.min(),
            variance=_.variance.max(),
            half=(_.remaining <= HALF + SLACK).ifelse(_.microseconds, None).min(),
            # Brookmeyer and Crowley (1982): the times at which a share of one half is not refused
            half_low=(_.score >= -Z).ifelse(_.microseconds, None).min(),
            half_high=(_.score >= Z).ifelse(_.microseconds, None).min(),
            area=area.sum(),
        )
        return question.run(found)

    # -- in order --------------------------------------------------------------------
    def points(self, buckets: Sequence[Bucket], *, final: bool, reason: str) -> Iterator[Point]:
        """Every time of the grid as far as each group is observed."""
        for group, own in _groups(buckets).items():
            yield from self._points(group, own, final, reason)

    def summaries(self, buckets: Sequence[Bucket], *, final: bool) -> Iterator[Summary]:
        """One row a group; intervals of the median where the answer is `final`."""
        for group, own in _groups(buckets).items():
            longest = max(bucket["longest"] for bucket in own) / DAY_MICROSECONDS
            yield Summary(
                group=group,
                spells=sum(bucket["spells"] for bucket in own),
                ended=sum(bucket["ended"] for bucket in own),
                median=_first(own, "half"),
                low=_first(own, "half_low") if final else None,
                high=_first(own, "half_high") if final else None,
                mean=sum(bucket["area"] for bucket in own) * GRIDS["year"],
                up_to=min(longest, self.horizon / DAY_MICROSECONDS),
                longest=longest,
            )

    def _points(self, group: str | None, buckets: Sequence[Bucket], final: bool, reason: str) -> Iterator[Point]:
        by_step = {bucket["step"]: bucket for bucket in buckets}
        left = sum(bucket["spells"] for bucket in buckets)
        survival, variance = 1.0, 0.0
        for step, at in self._times(buckets):
            bucket = by_step.get(step, EMPTY)
            spells, ended = bucket["spells"], bucket["ended"]
            left -= spells
            if ended:  # between two ends the curve is flat, to the last digit
                survival, variance = bucket["survival"], bucket["variance"]
            low, high = log_log(survival, variance) if final else NOTHING
            yield Point(
                group=group,
                step=step,
                days=at / DAY_MICROSECONDS,
                survival=survival,
                low=low,
                high=high,
                at_risk=left + bucket["exactly"],
                ended=ended,
                censored=spells - ended,
                complete=final,
                reason=reason,
            )

    def _times(self, buckets: Sequence[Bucket]) -> Iterator[tuple[int, int]]:
        """Steps and their times: up to the longest spell observed, and to that step at which nobody is left."""
        if not self.unit:
            yield 0, 0
            yield from ((b["step"], b["at"]) for b in buckets if b["step"] and b["at"] and b["at"] <= self.horizon)
            return
        longest = max(bucket["longest"] for bucket in buckets)
        last = longest // self.unit if buckets[-1]["survival"] else buckets[-1]["step"]
        for step in range(min(last, self.horizon // self.unit) + 1):
            yield step, step * self.unit


def _steps(question: Question) -> ir.Table:
    """The steps of the curve, each with what holds after it.

    The share `remaining`, Greenwood's sum up to it, `variance`, and by how many standard errors the share lies below
    one half on the scale of log(-log S), `score`.
    """
    so_far = ibis.window(group_by="group_value", order_by="microseconds", following=0)
    stay = _.at_risk - _.ended
    steps = question["survival"].mutate(remaining=_.survival * (stay / _.at_risk))
    steps = steps.mutate(term=(_.ended / _.at_risk / stay.nullif(0)).coalesce(0.0))
    steps = steps.mutate(variance=_.term.sum().over(so_far))
    inside = ((_.remaining > 0) & (_.remaining < 1)).ifelse(_.remaining, None)
    steps = steps.mutate(log=-inside.ln())
    return steps.mutate(score=(_.log.ln() - log(-log(HALF))) * _.log / _.variance.nullif(0).sqrt())


def _groups(buckets: Sequence[Bucket]) -> dict[str | None, list[Bucket]]:
    """Buckets by group, groups in order, the unknown one last; those of a group by step."""
    groups: dict[str | None, list[Bucket]] = {}
    for bucket in sorted(buckets, key=lambda b: (b["group_value"] is None, b["group_value"] or "", b["step"])):
        groups.setdefault(bucket["group_value"], []).append(bucket)
    return groups


def _first(buckets: Sequence[Bucket], name: str) -> float | None:
    """The first of these times, in days; None where none was reached."""
    return min((bucket[name] / DAY_MICROSECONDS for bucket in buckets if bucket[name] is not None), default=None)
