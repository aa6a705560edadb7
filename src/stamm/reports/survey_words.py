"""What came of a survey in words and pictures: each score over time, and how many gave each answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from markupsafe import Markup

from stamm.charts.bar import bar
from stamm.charts.points import Point, extent_of
from stamm.charts.scale import scale_of
from stamm.charts.trend import Trend, trend_svg
from stamm.intake.words import said
from stamm.lang.language import Language
from stamm.lang.window import Window, moved
from stamm.reports.marked import Marked, exactly, filled, interval
from stamm.reports.trends import SIZES, picture
from stamm.surveys.by_itself import Asking
from stamm.surveys.results import OfQuestion, Results, Score, Share


@dataclass(frozen=True)
class ShareWords:
    """One answer: its words, how many gave it, their share with its interval, and a bar."""

    told: str
    count: Marked
    share: str
    between: str
    drawn: Markup


class QuestionWords:
    """One question of a survey as its page shows it."""

    def __init__(self, of: OfQuestion, say: Language, today: date) -> None:
        self.of, self.say, self.today = of, say, today
        self.told = said(of.question.told, say.code)
        self.metric = of.metric

    @property
    def name(self) -> str:
        """What its score is called."""
        assert self.metric is not None
        return self.metric.also or self.metric.title(self.say.code)

    @property
    def value(self) -> str:
        """The score, marked; or that there is none."""
        assert self.of.score is not None
        return self.number(self.of.score.value)

    def between(self, score: Score) -> str:
        """Its interval; empty where it has none."""
        if score.low is None or score.high is None:
            return ""
        return interval(self.number(score.low), self.number(score.high), self.say)

    @property
    def counted(self) -> str:
        """How many answered, and how many skipped it."""
        say = self.say
        n = exactly(self.of.n, say.number(self.of.n))
        if not self.of.skipped:
            return filled("n = {n}", n=n)
        skipped = exactly(self.of.skipped, say.number(self.of.skipped))
        return filled("n = {n} · " + say("{count} skipped it"), n=n, count=skipped)

    @property
    def spread(self) -> tuple[ShareWords, ...]:
        """How many gave each answer."""
        most = max((share.share or 0.0 for share in self.of.spread), default=0.0) or 1.0
        return tuple(self._share(share, most) for share in self.of.spread)

    def _share(self, share: Share, most: float) -> ShareWords:
        say = self.say
        told = "–" if share.share is None else exactly(share.share, say.percent(share.share))
        ends = [exactly(end, say.percent(end)) for end in (share.low, share.high) if end is not None]
        drawn = picture(bar(share.share or 0.0, 0.0, most, "", f"{share.told}: {told}"))
        return ShareWords(
            share.told,
            exactly(share.count, say.number(share.count)),
            told,
            interval(ends[0], ends[1], say) if len(ends) == 2 else "",
            drawn,
        )

    @property
    def windows(self) -> tuple[tuple[str, str, str, Marked], ...]:
        """The score of each week or month: its name, the value, the interval, and n."""
        return tuple(
            (
                self.say.period(window),
                self.number(each.value),
                self.between(each),
                exactly(each.n, self.say.number(each.n)),
            )
            for window, each in self._over_time()
        )

    @cached_property
    def charts(self) -> tuple[Markup, ...]:
        """The score over time, for each width; none before there are two windows."""
        found, say = self._over_time(), self.say
        if len(found) < 2:
            return ()
        assert self.metric is not None
        points = [Point(each.value, each.low, each.high, window.end <= self.today) for window, each in found]
        labels = [(say.period(window, short=True, year=False), "") for window, _ in found]
        drawn = []
        for kind, width, height in SIZES:
            scale = scale_of(*extent_of(points), self.metric.unit, say, lines=4 if width > 400 else 3)
            trend = Trend(points, labels, scale)
            drawn.append(picture(trend_svg(trend, width, height, label=f"{self.name}: {self.told}", kind=kind)))
        return tuple(drawn)

    def _over_time(self) -> list[tuple[Window, Score]]:
        found = [(each.start, each) for each in self.of.over_time if each.start is not None]
        grain = "week" if len(found) < 2 or (found[1][0] - found[0][0]).days == 7 else "month"
        return [(Window(start, moved(start, grain, 1)), each) for start, each in found]

    def number(self, value: float | None) -> str:
        """A score, marked; or that there is none."""
        assert self.metric is not None
        told = self.say.value(value, self.metric.unit)
        return told if value is None else exactly(value, told)


def response_words(made: Results, say: Language) -> Mapping[str, Any]:
    """Who was asked and who answered: the rate with its interval, and the counts beside it."""
    rate = made.rate
    low_high = (rate.low, rate.high) if rate else (None, None)
    ends = [exactly(end, say.percent(end)) for end in low_high if end is not None]
    return {
        "rate": exactly(rate.share, say.percent(rate.share)) if rate and rate.share is not None else "–",
        "between": interval(ends[0], ends[1], say) if len(ends) == 2 else "",
        "asked": exactly(made.asked, say.number(made.asked)),
        "answered": exactly(made.answered, say.number(made.answered)),
        "others": exactly(made.others, say.number(made.others)),
        "all": exactly(made.answered + made.others, say.number(made.answered + made.others)),
    }


def asks_words(about: Asking, say: Language) -> str:
    """How a survey asks by itself, in a sentence."""
    if not about.on:
        return say("It asks nobody by itself.")
    after = {
        "order": say.counted(about.days, "{count} day after an order", "{count} days after an order"),
        "delivery": say.counted(about.days, "{count} day after a delivery", "{count} days after a delivery"),
    }[about.after]
    return say("It asks by itself, by mail: {after}, at {hour}:00.", after=after, hour=f"{about.hour:02}")
