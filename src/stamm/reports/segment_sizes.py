"""A segment over time in words and as a picture: how many were in it month by month, and who came and went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from markupsafe import Markup

from stamm.answers.segment_sizes import Sized, days_of, sizes_over
from stamm.answers.segments import Segments
from stamm.charts.points import Point, extent_of
from stamm.charts.scale import scale_of
from stamm.charts.sparkline import sparkline
from stamm.charts.trend import Trend, trend_svg
from stamm.lang.language import Language
from stamm.lang.window import Window, moved, windows
from stamm.reports.cards import Card
from stamm.reports.exact import of_segment
from stamm.reports.marked import exactly, filled
from stamm.reports.trends import SIZES, TrendPicture, picture
from stamm.reports.wording import ChangeWords
from stamm.segments.rule import Rule

#: whole windows that are shown at most
MOST = 24


@dataclass(frozen=True)
class SizeRow:
    """One window: how many were in it as it opened, entered, left, and were in it as it closed; why it is not whole."""

    window: str
    note: str
    start: str
    entered: str
    left: str
    end: str
    #: the window, and how many were in it as it closed, as numbers
    span: Window
    closes: Sized
    #: where that day leads, as its point in the picture does
    leads: str


@dataclass(frozen=True)
class SizesShown:
    """A segment window by window, the newest first, as a picture, and the days that it is asked by."""

    rows: tuple[SizeRow, ...]
    picture: TrendPicture | None
    start: date
    end: date

    @property
    def now(self) -> SizeRow:
        """The newest window that is over, or else the newest."""
        return next((row for row in self.rows if row.closes.complete), self.rows[0])


def sizes_shown(
    asked: Segments,
    rule: Rule,
    on: date | None,
    which: str,
    say: Language,
    *,
    grain: str = "month",
    to: Callable[[date], str] | None = None,
) -> SizesShown | None:
    """24 windows up to the start of a day, by default the one after all that is known; None for less than a window.

    `which` is the key of the rule or else the rule in words, `to` where the start of a day leads. Raises UsageError.
    """
    day = asked.day(on, rule)
    days = days_of(asked, rule, moved(day, grain, -MOST), day, grain)
    sizes = sizes_over(asked, rule, days, grain)
    if len(sizes) < 2:
        return None
    rows = tuple(_row(which, before, after, grain, say, to) for before, after in pairwise(sizes))
    return SizesShown(rows[::-1], _picture(sizes, grain, say, to), days[0], day)


def card_of_segment(shown: SizesShown, key: str, name: str, say: Language) -> Card | None:
    """Its number in the newest window that is over, with the change to the one before; None while none is over."""
    whole = [row for row in shown.rows if row.closes.complete]
    if not whole:
        return None
    now, before = whole[0], whole[1] if len(whole) > 1 else None
    size, change = now.closes.size, None
    if before is not None:
        more = size.customers - before.closes.size.customers
        arrow = "up" if more > 0 else "down" if more < 0 else "flat"
        text = exactly(more, say.number(more, signed=True)) if more else say("unchanged")
        change = ChangeWords(text, say("against {month}", month=say.period(before.span, year=False)), "", arrow)
    part = of_segment(key, "share", size.on, size.share, say.value(size.share, "share"))
    points = [Point(row.closes.size.customers, complete=bool(row.closes.complete)) for row in reversed(shown.rows)]
    label = f"{name}, {shown.rows[-1].window} {say('to')} {shown.rows[0].window}"
    return Card(
        key=key,
        name=name,
        value=Markup("{}").format(now.end),
        long=False,
        change=change,
        no_change="" if change else say("nothing before it to compare with"),
        range=Markup("{}").format(filled(say("{share} of all customers"), share=part)),
        spark=picture(sparkline(points, label)),
        spark_ends=(say.period(shown.rows[-1].span, short=True), say.period(shown.rows[0].span, short=True)),
        simulated=False,
    )


def _row(
    which: str, before: Sized, after: Sized, grain: str, say: Language, to: Callable[[date], str] | None
) -> SizeRow:
    (window,) = windows(before.size.on, after.size.on, grain)
    opens, closes = before.size, after.size

    def marked(column: str, when: object, number: int | None) -> str:
        return of_segment(which, column, when, number, "" if number is None else say.number(number))

    span = f"{opens.on}/{closes.on}"
    return SizeRow(
        window=say.period(window),
        note="" if after.complete else say("up to the start of {day}", day=say.short_day(closes.on)),
        start=marked("customers", opens.on, opens.customers),
        entered=marked("entered", span, after.entered),
        left=marked("left", span, after.left),
        end=marked("customers", closes.on, closes.customers),
        span=window,
        closes=after,
        leads=to(closes.on) if to else "",
    )


def _picture(
    sizes: Sequence[Sized], grain: str, say: Language, to: Callable[[date], str] | None
) -> TrendPicture | None:
    """How many were in it as each window closed; None where that is one number alone."""
    shown = sizes[1:]
    if len(shown) < 2:
        return None
    spans = [windows(before.size.on, after.size.on, grain)[0] for before, after in pairwise(sizes)]
    points = [Point(each.size.customers, complete=bool(each.complete)) for each in shown]
    labels = [(say.period(span, short=True, year=False), str(span.start.year)) for span in spans]
    whole = [each.size.customers for each in shown if each.complete]
    note = "" if shown[-1].complete else say("{value} so far", value=say.number(shown[-1].size.customers))
    leads = [(to(each.size.on), _told(span, each, say)) for span, each in zip(spans, shown, strict=True)] if to else []
    label = say(
        "{title}, {first} to {last}: between {low} and {high}",
        title=say("How many they were"),
        first=say.period(spans[0]),
        last=say.period(spans[-1]),
        low=say.number(min(point.value or 0 for point in points)),
        high=say.number(max(point.value or 0 for point in points)),
    )
    scales = [scale_of(*extent_of(points), "count", say, lines=4 if width > 400 else 3) for _, width, _ in SIZES]
    drawn = []
    for scale, (kind, width, height) in zip(scales, SIZES, strict=True):
        trend = Trend(points, labels, scale, say.number(whole[-1]) if whole else "", note, leads)
        drawn.append(picture(trend_svg(trend, width, height, label=label, kind=kind)))
    axis = "" if scales[0].from_zero else say("axis starts at {value}", value=scales[0].words[0])
    return TrendPicture(tuple(drawn), banded=False, hatched=bool(note), axis=axis)


def _told(span: Window, each: Sized, say: Language) -> str:
    return f"{say.period(span)}: {say.number(each.size.customers)}"
