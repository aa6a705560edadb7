"""The headline numbers: a card each, and a chapter each on how it moved and how it came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from stamm.answers.answer import Answer, Row
from stamm.answers.plan import uses
from stamm.answers.working import operand_words, unit_of, working_of, working_of_row
from stamm.charts.points import Point, extent_of
from stamm.charts.scale import scale_of
from stamm.charts.sparkline import sparkline
from stamm.charts.trend import Trend, trend_svg
from stamm.lang.formula import Operation
from stamm.lang.reasons import CANCELLED_ORDERS, CUSTOMERLESS_ORDERS
from stamm.lang.window import Window, day_of
from stamm.metrics import Metric
from stamm.metrics.operands import operands_of
from stamm.reports.figures import Figure, Figures, Months
from stamm.reports.formula_markup import formula_markup
from stamm.reports.wording import ChangeWords, Words

MOST = 8
#: in the order in which they are shown; of a pair, the first that has a value
CANDIDATES: tuple[tuple[str, ...], ...] = (
    ("customer_retention_rate",),
    ("customer_count",),
    ("new_customers",),
    ("lost_customers",),
    ("revenue", "gross_revenue"),
    ("monthly_recurring_revenue",),
    ("order_count",),
    ("average_order_value",),
    ("repeat_purchase_rate",),
    ("net_promoter_score",),
    ("customer_satisfaction",),
    ("conversion_rate",),
    ("purchase_frequency",),
)
#: these make room first where there are more than MOST, and after them the last of the candidates
SPARE = ("new_customers", "purchase_frequency", "lost_customers", "order_count")
#: class, width and height of the picture in each of the sizes a page may need
SIZES = (("when-wide", 760, 300), ("when-middle", 540, 270), ("when-narrow", 344, 240))


@dataclass(frozen=True)
class TableRow:
    """One month in words."""

    window: str
    note: str
    reason: str
    cells: tuple[str, ...]
    value: str
    interval: str
    n: str


@dataclass(frozen=True)
class Number:
    """A headline number, ready to be written."""

    key: str
    name: str
    also: str
    sentence: str
    value: str
    long: bool
    change: ChangeWords | None
    no_change: str
    range: str
    spark: Markup
    spark_ends: tuple[str, str]
    charts: tuple[Markup, ...]
    banded: bool
    hatched: bool
    axis: str
    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]
    with_n: bool
    formula: Markup
    pairs: tuple[tuple[str, tuple[str, ...]], ...]
    command: tuple[str, ...]


def headline_figures(figures: Figures) -> tuple[Figure, ...]:
    """The figures to show first: those of the candidates that have a value in the current month."""
    chosen = []
    for keys in CANDIDATES:
        found = (figures[key] for key in keys)
        figure = next((figure for figure in found if figure is not None and figure.value is not None), None)
        if figure is not None:
            chosen.append(figure)
    for key in SPARE:
        if len(chosen) > MOST:
            chosen = [figure for figure in chosen if figure.metric.key != key]
    return tuple(chosen[:MOST])


class Headlines:
    """Makes the headline numbers of one report."""

    def __init__(self, figures: Figures, months: Months, words: Words) -> None:
        self.figures, self.months, self.words = figures, months, words
        self.say = words.language

    def number(self, figure: Figure) -> Number:
        """Everything shown of one figure."""
        say, metric, row, answer = self.say, figure.metric, figure.row, figure.answer
        assert row is not None  # a headline figure has a value
        assert answer is not None
        points = [Point(r.value, r.low, r.high, r.complete) for r in figure.rows]
        value = self.words.value(row.value, metric, figure.money)
        scale = scale_of(*extent_of(points), metric.unit, say, figure.money)
        declared = metric.parts()
        shown = [name for name in metric.operands() if name in declared or row.parts.get(name) is not None]
        return Number(
            key=metric.key,
            name=metric.title(say.code),
            also=metric.also,
            sentence=metric.sentence(say.code),
            value=value if row.complete else say("{value} so far", value=value),
            long=len(value) > 13,
            change=self._change(figure),
            no_change=self._no_change(figure),
            range=self._range(figure),
            spark=_picture(sparkline(points, self._heard(figure))),
            spark_ends=self._ends(figure),
            charts=self._charts(figure, points),
            banded=any(point.low is not None for point in points),
            hatched=any(not point.complete for point in points),
            axis="" if scale.from_zero else say("axis starts at {value}", value=scale.words[0]),
            heads=self._heads(metric, shown) if len(shown) > 1 or metric.interval else (),
            rows=tuple(self._table_row(figure, r, shown) for r in reversed(figure.rows)),
            with_n=self._with_n(figure, shown),
            formula=formula_markup(working_of_row(answer, row, say), say),
            pairs=tuple(self._pairs(figure, row)),
            command=(
                f"stamm metric {metric.key}",
                f"  --from {self.months.now.start} --to {self.months.now.end}",
                "  --grain month",
            ),
        )

    # -- the card ------------------------------------------------------------------------
    def _change(self, figure: Figure) -> ChangeWords | None:
        change, before = figure.change, self.months.before
        if change is None or before is None:
            return None
        return self.words.change(change, figure.metric, figure.money, before)

    def _no_change(self, figure: Figure) -> str:
        say, row, before = self.say, figure.row, figure.before
        if row is not None and not row.complete:
            return say("not over, so not compared")
        if before is None:
            return say("no month before it to compare with")
        month = say.month(before.window.start, year=False)
        if before.value is None:
            return say("no value in {month}: {reason}", month=month, reason=self.words.reason(figure, before))
        return say("{month} is not whole, so not compared", month=month)

    def _range(self, figure: Figure) -> str:
        row, metric = figure.row, figure.metric
        assert row is not None  # a headline figure has a value
        if not row.complete:
            interval = self.say("no interval until the month is over")
        else:
            interval = self.words.interval(row.low, row.high, metric, figure.money) or self.words.no_interval(metric)
        same = metric.unit == "count" and row.n == row.value
        return " · ".join(text for text in (interval, "" if same else self.words.count(row.n)) if text)

    def _heard(self, figure: Figure) -> str:
        """What the sparkline shows, for somebody who does not see it."""
        known = [row for row in figure.rows if row.value is not None and row.complete]
        values = [row.value for row in known if row.value is not None]
        if not values:
            return self.say("{name} by month", name=figure.metric.title(self.say.code))
        return self.say(
            "{name} by month, {first} to {last}: between {low} and {high}",
            name=figure.metric.title(self.say.code),
            first=self.say.month(known[0].window.start),
            last=self.say.month(known[-1].window.start),
            low=self.words.value(min(values), figure.metric, figure.money),
            high=self.words.value(max(values), figure.metric, figure.money),
        )

    def _ends(self, figure: Figure) -> tuple[str, str]:
        first, last = figure.rows[0], figure.rows[-1]
        end = self.say.month(last.window.start, short=True, year=last.complete)
        first_words = "" if first is last else self.say.month(first.window.start, short=True)
        return first_words, end if last.complete else self.say("{month} so far", month=end)

    # -- the chart -----------------------------------------------------------------------
    def _charts(self, figure: Figure, points: list[Point]) -> tuple[Markup, ...]:
        if len(points) < 2:
            return ()
        say, metric = self.say, figure.metric
        labels = [
            (say.month(row.window.start, short=True, year=False), str(row.window.start.year)) for row in figure.rows
        ]
        last = next((row for row in reversed(figure.rows) if row.complete and row.value is not None), None)
        marked = self.words.value(last.value, metric, figure.money) if last else ""
        label = f"{self._heard(figure)}. {say('The numbers are in the table below.')}"
        drawn = []
        for kind, width, height in SIZES:
            scale = scale_of(*extent_of(points), metric.unit, say, figure.money, lines=4 if width > 400 else 3)
            trend = Trend(points, labels, scale, marked, self._note(figure, short=width < 400))
            drawn.append(_picture(trend_svg(trend, width, height, label=label, kind=kind)))
        return tuple(drawn)

    def _note(self, figure: Figure, *, short: bool) -> str:
        row = figure.rows[-1]
        if row.complete or row.value is None:
            return ""
        days = self.days_gone(figure, row.window)
        if short:
            return self.say("so far, {days}", days=days)
        value = self.words.value(row.value, figure.metric, figure.money)
        return self.say("{value} so far, {days}", value=value, days=days)

    def days_gone(self, figure: Figure, window: Window) -> str:
        """18 of 30 days, for a month that is not over."""
        as_of = figure.answer.as_of if figure.answer else None
        if as_of is None:
            return ""
        last = day_of(as_of - timedelta(microseconds=1), self.figures.world.organisation.zone)
        days = min(max((last - window.start).days + 1, 0), window.length)
        return self.say("{days} of {length} days", days=days, length=window.length)

    # -- the table -----------------------------------------------------------------------
    def _heads(self, metric: Metric, shown: list[str]) -> tuple[str, ...]:
        words = operand_words(metric, self.say)
        return tuple(f"{words[name]} (n)" if name == metric.counted_by() else words[name] for name in shown)

    def _with_n(self, figure: Figure, shown: list[str]) -> bool:
        """Whether n has a column of its own: not where it is a column already, nor where it is the value."""
        counted = figure.metric.counted_by()
        beside = counted in shown and (len(shown) > 1 or figure.metric.interval is not None)
        return bool(counted) and not beside and any(row.n != row.value for row in figure.rows)

    def _table_row(self, figure: Figure, row: Row, shown: list[str]) -> TableRow:
        say, metric = self.say, figure.metric
        value, interval, note, reason = self.words.value(row.value, metric, figure.money), "", "", ""
        if row.value is None:
            reason = self.words.reason(figure, row)
        elif not row.complete:
            value = say("{value} so far", value=value)
            note = self._open(figure, row)
        else:
            interval = self.words.interval(row.low, row.high, metric, figure.money)
        cells = tuple(
            "" if row.parts.get(name) is None else say.value(row.parts[name], unit_of(metric, name), figure.money)
            for name in shown
        )
        n = "" if row.n is None else say.number(row.n)
        return TableRow(say.window(row.window), note, reason, cells, value, interval, n)

    def _open(self, figure: Figure, row: Row) -> str:
        as_of = figure.answer.as_of if figure.answer else None
        if as_of is not None and row.window.ends_at(self.figures.world.organisation.zone) > as_of:
            return self.say("not over: {days}", days=self.days_gone(figure, row.window))
        return self.say("the data begin within it")

    # -- how it came about -----------------------------------------------------------------
    def _pairs(self, figure: Figure, row: Row) -> list[tuple[str, tuple[str, ...]]]:
        say, metric, answer = self.say, figure.metric, figure.answer
        assert answer is not None  # there is a value
        found: list[tuple[str, tuple[str, ...]]] = []
        if self._by_spells(metric):
            found.append((say("Here"), (self.here(),)))
        if self.figures.world.organisation.history == "cut" and {"new", "first"} & set(metric.parts()):
            found.append((say("New"), (self.new(),)))
        found.append((say("Window"), (self._window(row.window),)))
        if metric.interval is not None:
            bounds = self.words.interval(row.low, row.high, metric, figure.money)
            rule = say("{rule}, 95%: {bounds}", rule=self.words.rule(metric), bounds=bounds or say("none"))
            found.append((say("Interval"), (rule,)))
        else:
            found.append((say("Interval"), (self.words.no_interval(metric),)))
        passed_over = self.figures.left_out(answer)
        if passed_over:
            found.append((say("Left out"), tuple(left_out_words(passed_over, self.words))))
        if metric.settings:
            found.append((say("Setting"), tuple(self._settings(metric))))
        examples = tuple(self._examples(metric))
        if examples:
            found.append((say("Worked example"), examples))
        found.append((say("Data"), (self._data(answer),)))
        return found

    def _by_spells(self, metric: Metric) -> bool:
        reductions, _ = operands_of(metric)
        return uses({reduction.fact for reduction in reductions.values()}, "spells", self.figures.world)

    def here(self) -> str:
        """Who is a customer, by the organisation's rule."""
        say, organisation = self.say, self.figures.world.organisation
        if organisation.spell_rule == "subscriptions":
            return say("whoever has a running subscription")
        text = (
            say("whoever ordered in the {days} days before; after a longer silence a customer has left")
            if organisation.spell_rule == "orders"
            else say(
                "whoever ordered or did something in the {days} days before; after a longer silence a customer has left"
            )
        )
        return text.format(days=organisation.lapse_days)

    def new(self) -> str:
        """Who counts as new where the data begin in the middle of the organisation's life."""
        return self.say(
            "whoever was not seen in the data before; they begin on {day}", day=self.say.day(self.months.first)
        )

    def _window(self, window: Window) -> str:
        return self.say(
            "{start} to {end}, end excluded, {zone}",
            start=self.say.day(window.start),
            end=self.say.day(window.end),
            zone=self.figures.world.organisation.zone,
        )

    def _settings(self, metric: Metric) -> list[str]:
        declared = metric.settings_declared()
        german = self.say.code == "de"
        return [
            f"{name} = {self.say('not set') if value is None else value}: "
            f"{declared[name].de if german else declared[name].en}"
            for name, value in metric.settings.items()
        ]

    def _examples(self, metric: Metric) -> list[str]:
        found = []
        for example in metric.examples if isinstance(metric.formula(), Operation) else ():
            if not example.is_facts and set(metric.operands()) <= set(example.given):
                working = working_of(metric, example.given, example.value, self.say)
                found.append(self.say("{formula} gives {result}", formula=working.in_numbers, result=working.result))
        return found[:2]

    def _data(self, answer: Answer) -> str:
        say = self.say
        assert answer.as_of is not None  # there is a value
        last = day_of(answer.as_of - timedelta(microseconds=1), self.figures.world.organisation.zone)
        text = say("snapshot {number}, to the end of {day}", number=answer.snapshot, day=say.day(last))
        return f"{text} · {say('Simulated data')}" if answer.simulated else text


def _picture(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 - charts escape what they write


def left_out_words(passed_over: Mapping[str, int], words: Words) -> list[str]:
    """Rows that were passed over, in words."""
    say = words.language
    texts = {
        CUSTOMERLESS_ORDERS: say("{count} orders without a customer"),
        CANCELLED_ORDERS: say("{count} cancelled orders"),
    }
    return [texts.get(what, "{count} " + what).format(count=say.number(number)) for what, number in passed_over.items()]
