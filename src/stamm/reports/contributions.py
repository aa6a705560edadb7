"""Which groups a change of a share comes from: computed, not guessed; who, and not why.

A group counts k of its s customers. Of the whole it is K of S, and the share is R = K / S. With 0 for before and 1 for
now, the group's part of the change is (k1 - R0 s1) / S1 - (k0 - R0 s0) / S0: by how much it pulled the whole away from
R0 then, and now. The parts of all groups add up to R1 - R0, whoever moves between them. (A shift-share decomposition
about the earlier level.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from stamm.answers.answer import Row
from stamm.charts.bar import bar
from stamm.lang.formula import Name, Operation
from stamm.reports.exact import Exact
from stamm.reports.figures import Figure
from stamm.reports.marked import exactly
from stamm.reports.splits import dimensions_for
from stamm.reports.trends import Trends, picture

#: a group's part and whole of a share
Counts = tuple[float, float]
#: what was answered of each group
Groups = dict[str | None, Row]
#: groups that are shown; a dimension with more of them explains nothing that one could act on
MOST = 12
#: a group is named in the sentence where it makes up at least so much of the change
NAMED = 0.5


@dataclass(frozen=True)
class Part:
    """One group in words: its share before and now, and what it adds to the change."""

    name: str
    before: Markup
    now: Markup
    counted: Markup
    drawn: Markup
    points: str


@dataclass(frozen=True)
class Explained:
    """A change by the dimension in which one group makes up most of it; the parts add up to the last line."""

    by: str
    sentence: str
    parts: tuple[Part, ...]
    total: Part


def contributions(before: Mapping[str | None, Counts], now: Mapping[str | None, Counts]) -> dict[str | None, float]:
    """What each group adds to the change of the share of all; the parts add up to it. Empty where there is no share."""
    whole_before = sum(whole for _, whole in before.values())
    whole_now = sum(whole for _, whole in now.values())
    if not whole_before or not whole_now:
        return {}
    level = sum(part for part, _ in before.values()) / whole_before

    def pull(counts: Mapping[str | None, Counts], group: str | None, all_: float) -> float:
        part, whole = counts.get(group, (0.0, 0.0))
        return (part - level * whole) / all_

    groups = dict.fromkeys((*before, *now))
    return {group: pull(now, group, whole_now) - pull(before, group, whole_before) for group in groups}


def explained(figure: Figure, trends: Trends) -> Explained | None:
    """Where a clear change of a share comes from; None where it is not clear, or nothing tells groups apart."""
    names = _share_of(figure)
    if figure.change is None or figure.change.judgement not in ("better", "worse") or names is None:
        return None
    change, best = figure.change.difference, None
    dimensions = dimensions_for(figure.metric, personal=False)
    months, figures = trends.workings.months, trends.workings.figures
    assert months.before is not None  # there is a change
    figures.answers.prepare_each(figure.metric, [months.before, months.now], dimensions, where=figures.where)
    for by in dimensions:
        sides = _sides(figure, by, trends)
        if sides is None:
            continue
        found = contributions(*({group: _pair(row, names) for group, row in side.items()} for side in sides))
        leading = max((value / change for value in found.values()), default=0.0)
        if found and (best is None or leading > best[0]):
            best = leading, by, sides, found
    return None if best is None else _told(figure, best[1], names, best[2], best[3], trends)


def _share_of(figure: Figure) -> tuple[str, str] | None:
    """The names of part and whole, where the value is one share of two counts."""
    tree = figure.metric.formula()
    if figure.metric.unit != "share" or not isinstance(tree, Operation) or tree.sign != "/":
        return None
    return (tree.left.name, tree.right.name) if isinstance(tree.left, Name) and isinstance(tree.right, Name) else None


def _sides(figure: Figure, by: str, trends: Trends) -> tuple[Groups, Groups] | None:
    """By group, before and now; None where there are too few or too many groups."""
    months, figures = trends.workings.months, trends.workings.figures
    assert months.before is not None  # there is a change
    answer = figures.answers.ask(figure.metric, [months.before, months.now], by=by, where=figures.where)
    found: dict[bool, Groups] = {False: {}, True: {}}
    for row in answer.rows:
        found[row.window == months.now][row.group] = row
    groups = {group for side in found.values() for group in side}
    return (found[False], found[True]) if 2 <= len(groups) <= MOST else None


def _pair(row: Row, names: tuple[str, str]) -> Counts:
    part, whole = (float(row.parts.get(name) or 0) for name in names)
    return part, whole


def _told(
    figure: Figure,
    by: str,
    names: tuple[str, str],
    sides: tuple[Groups, Groups],
    found: dict[str | None, float],
    trends: Trends,
) -> Explained:
    say, change = trends.say, figure.change
    assert change is not None  # it is explained
    before, now = sides
    ordered = sorted(found, key=lambda group: (-found[group] / change.difference, str(group)))
    low, high = min(0.0, *found.values()), max(0.0, *found.values())
    worse = change.judgement == "worse"

    def line(group: str | None) -> Part:
        name = say("unknown") if group is None else str(group)
        points = exactly(found[group], say.number(100 * found[group], 2, signed=True))
        looks = ("worse" if worse else "better") if found[group] * change.difference > 0 else "pale"
        drawn = picture(bar(found[group], low, high, looks, say("{points} points", points=points)))
        rows = (before.get(group), now.get(group))
        return _part(name, figure, rows, by, names, drawn, points, trends)

    points = exactly(change.difference, say.number(100 * change.difference, 2, signed=True))
    whole = (figure.before, figure.row)
    total = _part(say("all together"), figure, whole, "", names, Markup(), points, trends)
    first, sentence = ordered[0], ""
    if found[first] / change.difference >= NAMED:
        sentence = say(
            "{group} ({dimension}) makes up {part} of the {whole} points.",
            group=say("unknown") if first is None else str(first),
            dimension=trends.words.dimension(by),
            part=say.number(abs(100 * found[first]), 1),
            whole=say.number(abs(100 * change.difference), 1),
        )
    return Explained(trends.words.dimension(by), sentence, tuple(line(group) for group in ordered), total)


def _part(
    name: str,
    figure: Figure,
    rows: tuple[Row | None, Row | None],
    by: str,
    names: tuple[str, str],
    drawn: Markup,
    points: str,
    trends: Trends,
) -> Part:
    say = trends.say
    before, now = (None if row is None else Exact(row, figure.metric, by) for row in rows)

    def percent(row: Exact | None) -> Markup:
        return row("value", say.percent(row.row.value)) if row and row.row.value is not None else Markup()

    counted = Markup()
    if now:
        part, whole = (now(f"parts.{name}", say.number(now.row.parts.get(name) or 0)) for name in names)
        counted = Markup(say("{part} of {whole}")).format(part=part, whole=whole)  # noqa: S704 - our own words
    return Part(name, percent(before), percent(now), counted, drawn, points)
