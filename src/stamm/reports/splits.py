"""A number told apart by a dimension: its groups in the current window, beside each other and beside the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from stamm.answers.answer import Row
from stamm.answers.side_by_side import side_by_side
from stamm.charts.points import Point, extent_of
from stamm.charts.scale import scale_of
from stamm.charts.whisker import whisker
from stamm.facts import FACTS
from stamm.facts.filter import Condition, dimensions_of
from stamm.metrics import Metric
from stamm.metrics.operands import facts_used
from stamm.reports.change import change_between
from stamm.reports.exact import Exact
from stamm.reports.figures import Figure
from stamm.reports.trends import Trends, picture
from stamm.reports.wording import ChangeWords

#: groups that are shown one by one, the largest first
MOST = 12


@dataclass(frozen=True)
class Group:
    """One group in words, and the row that they are of."""

    row: Row
    name: str
    #: the condition that keeps a page to it
    where: str
    value: Markup
    reason: str
    n: Markup
    interval: str
    drawn: Markup
    change: ChangeWords | None


@dataclass(frozen=True)
class Split:
    """The groups, the largest first, how many are left, and the ends of their axis."""

    by: str
    groups: tuple[Group, ...]
    left: int
    ends: tuple[str, str]
    whole: str


def dimensions_for(metric: Metric, *, personal: bool = True) -> tuple[str, ...]:
    """By what the metric can be told apart: what all its facts have, in the order of the first.

    Not `personal`: without what may tell who somebody is, such as a city.
    """
    facts = [FACTS[key] for key in sorted(facts_used(metric))]
    if not facts:
        return ()
    first, *others = (dimensions_of(fact) for fact in facts)
    columns = {**FACTS["customers"].columns(), **{n: c for fact in facts for n, c in fact.columns().items()}}
    shared = (name for name in first if all(name in other for other in others))
    return tuple(name for name in shared if personal or not columns[name].personal)


def splits_by_segment(metric: Metric) -> bool:
    """Whether all that it counts is of customers, so that it can be told of those in a segment."""
    facts = [FACTS[key] for key in facts_used(metric)]
    return bool(facts) and all(fact.per_window or "customer_id" in fact.columns() for fact in facts)


def split_of(figure: Figure, by: str, trends: Trends, segments: Mapping[str, str] | None = None) -> Split:
    """The figure's current window told apart by a dimension, and what changed since the one before.

    By segments it is told side by side of each of these, by their keys with their names: who is in two stands in both.
    Raises UsageError where a fact lacks the dimension.
    """
    workings, words, metric = trends.workings, trends.words, figure.metric
    months, figures = workings.months, workings.figures
    asked = [window for window in (months.before, months.now) if window is not None]
    names: dict[str | None, str] = {}
    if segments is None:
        answer = figures.answers.ask(metric, asked, by=by, where=figures.where)
    else:
        names.update(segments)
        answer = side_by_side(figures.answers, metric, asked, tuple(segments), by=None, where=figures.where)
    now = sorted((row for row in answer.rows if row.window == months.now), key=_size)
    before = {row.group: row for row in answer.rows if row.window == months.before}
    shown = now[:MOST]
    points = [Point(row.value, row.low, row.high, row.complete) for row in shown]
    whole = figure.value
    known = [*points, *([Point(whole, None, None, True)] if whole is not None else [])]
    scale = scale_of(*extent_of(known), metric.unit, words.language, figure.money, lines=2)
    groups = []
    for row, point in zip(shown, points, strict=True):
        exact = Exact(row, metric, by)
        interval = words.interval(row.low, row.high, metric, figure.money)
        value = words.value(row.value, metric, figure.money)
        earlier = before.get(row.group)
        change = change_between(metric, row, earlier) if earlier is not None else None
        groups.append(
            Group(
                row=row,
                name=names.get(row.group) or (words.language("unknown") if row.group is None else str(row.group)),
                where=str(Condition(by, (row.group,))),
                value=exact("value", value),
                reason="" if row.value is not None else words.reason(figure, row),
                n=Markup() if row.n is None else exact("n", words.language.number(row.n)),
                interval=interval,
                drawn=picture(whisker(point, whole, scale, interval or value)),
                change=words.change(change, metric, figure.money, months.before, far=months.far)
                if change and months.before
                else None,
            )
        )
    return Split(
        by=words.dimension(by),
        groups=tuple(groups),
        left=len(now) - len(shown),
        ends=(scale.words[0], scale.words[-1]) if scale.words else ("", ""),
        whole=words.value(whole, metric, figure.money),
    )


def _size(row: Row) -> tuple[float, str]:
    """The largest first: by n where there is one, else by the value."""
    return -(row.n if row.n is not None else row.value or 0), str(row.group)
