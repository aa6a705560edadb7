"""A number over the months: sparkline, chart and table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from stamm.answers.answer import Row
from stamm.answers.working import operand_words, unit_of
from stamm.charts.points import Point, extent_of
from stamm.charts.scale import scale_of
from stamm.charts.sparkline import sparkline
from stamm.charts.trend import Trend, trend_svg
from stamm.lang.window import Window
from stamm.metrics import Metric
from stamm.reports.exact import Exact
from stamm.reports.figures import Figure
from stamm.reports.workings import Workings

#: where a window of a picture leads
To = Callable[[Window], str]
#: class, width and height of the picture in each of the sizes a page may need
SIZES = (("when-wide", 760, 300), ("when-middle", 540, 270), ("when-narrow", 344, 240))


@dataclass(frozen=True)
class TableRow:
    """One month in words."""

    window: str
    #: the window as an address names it
    name: str
    note: str
    reason: str
    cells: tuple[Markup, ...]
    value: Markup
    interval: Markup
    n: Markup


@dataclass(frozen=True)
class TrendTable:
    """All months in words, the newest first. `banded` where there is an interval, `with_n` where n has its column."""

    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]
    banded: bool
    with_n: bool


@dataclass(frozen=True)
class TrendPicture:
    """The same picture for each width, and what its legend has to say."""

    charts: tuple[Markup, ...]
    banded: bool
    hatched: bool
    axis: str


class Trends:
    """Draws the figures of one report."""

    def __init__(self, workings: Workings) -> None:
        self.workings, self.words, self.say = workings, workings.words, workings.words.language

    # -- beside the number -----------------------------------------------------------------
    def spark(self, figure: Figure) -> Markup:
        """The figure in one small line."""
        return picture(sparkline(_points(figure), self._heard(figure)))

    def spark_ends(self, figure: Figure) -> tuple[str, str]:
        """What is written below the ends of that line."""
        first, last = figure.rows[0], figure.rows[-1]
        end = self.say.period(last.window, short=True, year=last.complete)
        first_words = "" if first is last else self.say.period(first.window, short=True)
        return first_words, end if last.complete else self.say("{month} so far", month=end)

    def title(self, figure: Figure) -> str:
        """What a picture or a table of the windows shows."""
        say, name = self.say, figure.metric.title(self.say.code)
        titles = {
            "day": say("{name} by day", name=name),
            "week": say("{name} by week", name=name),
            "month": say("{name} by month", name=name),
            "quarter": say("{name} by quarter", name=name),
            "year": say("{name} by year", name=name),
        }
        return titles[self.workings.months.grain]

    def _heard(self, figure: Figure) -> str:
        """What a picture shows, for somebody who does not see it."""
        known = [row for row in figure.rows if row.value is not None and row.complete]
        values = [row.value for row in known if row.value is not None]
        if not values:
            return self.title(figure)
        return self.say(
            "{title}, {first} to {last}: between {low} and {high}",
            title=self.title(figure),
            first=self.say.period(known[0].window),
            last=self.say.period(known[-1].window),
            low=self.words.value(min(values), figure.metric, figure.money),
            high=self.words.value(max(values), figure.metric, figure.money),
        )

    # -- the chart -----------------------------------------------------------------------
    def picture(self, figure: Figure, *, table: bool, to: To | None = None) -> TrendPicture | None:
        """The chart, None for a single month. `table` says whether its numbers stand below it, `to` where one leads."""
        points = _points(figure)
        if len(points) < 2:
            return None
        say, metric = self.say, figure.metric
        scale = scale_of(*extent_of(points), metric.unit, say, figure.money)
        return TrendPicture(
            charts=self._charts(figure, points, to, table=table),
            banded=any(point.low is not None for point in points),
            hatched=any(not point.complete for point in points),
            axis="" if scale.from_zero else say("axis starts at {value}", value=scale.words[0]),
        )

    def _charts(self, figure: Figure, points: list[Point], to: To | None, *, table: bool) -> tuple[Markup, ...]:
        say, metric = self.say, figure.metric
        labels = [(say.period(row.window, short=True, year=False), str(row.window.start.year)) for row in figure.rows]
        last = next((row for row in reversed(figure.rows) if row.complete and row.value is not None), None)
        marked = self.words.value(last.value, metric, figure.money) if last else ""
        label = self._heard(figure)
        if table:
            label = f"{label}. {say('The numbers are in the table below.')}"
        leads = [(to(row.window), self._titled(figure, row)) for row in figure.rows] if to else []
        drawn = []
        for kind, width, height in SIZES:
            scale = scale_of(*extent_of(points), metric.unit, say, figure.money, lines=4 if width > 400 else 3)
            trend = Trend(points, labels, scale, marked, self._note(figure, short=width < 400), leads)
            drawn.append(picture(trend_svg(trend, width, height, label=label, kind=kind)))
        return tuple(drawn)

    def _titled(self, figure: Figure, row: Row) -> str:
        return f"{self.say.period(row.window)}: {self.words.value(row.value, figure.metric, figure.money)}"

    def _note(self, figure: Figure, *, short: bool) -> str:
        row = figure.rows[-1]
        if row.complete or row.value is None:
            return ""
        days = self.workings.days_gone(figure, row.window)
        if short:
            return self.say("so far, {days}", days=days)
        value = self.words.value(row.value, figure.metric, figure.money)
        return self.say("{value} so far, {days}", value=value, days=days)

    # -- the table -----------------------------------------------------------------------
    def table(self, figure: Figure) -> TrendTable:
        """Every month with its parts."""
        metric, row = figure.metric, figure.row
        declared = metric.parts()
        known = row.parts if row is not None else {}
        shown = [name for name in metric.operands() if name in declared or known.get(name) is not None]
        heads = self._heads(metric, shown) if len(shown) > 1 or metric.interval else ()
        return TrendTable(
            heads=heads,
            rows=tuple(self._row(figure, r, shown if heads else []) for r in reversed(figure.rows)),
            banded=any(r.low is not None for r in figure.rows),
            with_n=_with_n(figure, shown),
        )

    def _heads(self, metric: Metric, shown: list[str]) -> tuple[str, ...]:
        words = operand_words(metric, self.say)
        return tuple(f"{words[name]} (n)" if name == metric.counted_by() else words[name] for name in shown)

    def _row(self, figure: Figure, row: Row, shown: list[str]) -> TableRow:
        say, metric, exact = self.say, figure.metric, Exact(row, figure.metric)
        value, interval, note, reason = self.words.value(row.value, metric, figure.money), Markup(), "", ""
        if row.value is None:
            reason = self.words.reason(figure, row)
        elif not row.complete:
            value = say("{value} so far", value=value)
            note = self.workings.open_because(figure, row)
        else:
            interval = exact.interval(self.words, figure.money)
        cells = tuple(
            Markup()
            if row.parts.get(name) is None
            else exact(f"parts.{name}", say.value(row.parts[name], unit_of(metric, name), figure.money))
            for name in shown
        )
        n = Markup() if row.n is None else exact("n", say.number(row.n))
        written = exact("value", value)
        return TableRow(say.window(row.window), row.window.name, note, reason, cells, written, interval, n)


def picture(svg: str) -> Markup:
    """What a chart drew, ready to stand in a page."""
    return Markup(svg)  # noqa: S704 - charts escape what they write


def _points(figure: Figure) -> list[Point]:
    return [Point(row.value, row.low, row.high, row.complete) for row in figure.rows]


def _with_n(figure: Figure, shown: list[str]) -> bool:
    """Whether n has a column of its own: not where it is a column already, nor where it is the value."""
    counted = figure.metric.counted_by()
    beside = counted in shown and (len(shown) > 1 or figure.metric.interval is not None)
    return bool(counted) and not beside and any(row.n != row.value for row in figure.rows)
