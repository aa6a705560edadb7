"""An alert in words: when it tells, what it found, and what is said of its history."""

from __future__ import annotations

from urllib.parse import urlencode

from stamm.automations.alerts import LEAST_ONE_IN, About, Finding
from stamm.automations.judging import Judgement
from stamm.lang.language import Language
from stamm.lang.window import Window


class AlertWords:
    """Words for one alert, whose metric has this unit."""

    def __init__(self, about: About, unit: str, currency: str, say: Language) -> None:
        self.about, self.unit, self.currency, self.say = about, unit, currency, say

    def value(self, value: float | None) -> str:
        """A number in the unit of the metric; whole money from a hundred on, and counts with a digit or two."""
        if value is not None and self.unit == "money":
            return self.say.money(value, self.currency, whole=abs(value) >= 10_000)
        if value is not None and self.unit == "count":
            return self.say.trimmed(value, 1 if abs(value) >= 1 else 2)
        return self.say.value(value, self.unit)

    @property
    def rule(self) -> str:
        """When somebody is told, and what is told without a cause."""
        say, about = self.say, self.about
        if about.line is not None:
            texts = {
                "above": say("above {line}; again only after a window was back at {back}"),
                "below": say("below {line}; again only after a window was back at {back}"),
            }
            back = about.line if about.back is None else about.back
            return texts[about.side].format(line=self.value(about.line), back=self.value(back))
        texts = {
            "day": say("{side}; about one day in {number} lies there without a cause"),
            "week": say("{side}; about one week in {number} lies there without a cause"),
            "month": say("{side}; about one month in {number} lies there without a cause"),
        }
        sides = {
            "above": say("above what was expected"),
            "below": say("below what was expected"),
            "both": say("outside of what was expected"),
        }
        return texts[about.grain].format(side=sides[about.side], number=say.number(about.one_in))

    @property
    def kept(self) -> str:
        """What the metric is kept to."""
        return " · ".join(condition.told(self.say) for condition in self.about.filter)

    def title(self, found: Finding) -> str:
        """What is told of a window, as a heading."""
        name, say = self.about.name, self.say
        if found.expected is None:
            text = "{name}: above the line" if found.side == "above" else "{name}: below the line"
        else:
            text = "{name}: more than expected" if found.side == "above" else "{name}: less than expected"
        return say(text, name=name)

    def against(self, found: Finding) -> str:
        """What the value of a finding is held against."""
        say = self.say
        if found.expected is None:
            return say("the line is {line}", line=self.value(found.low))
        return self.between(found.expected, found.low, found.high)

    def between(self, expected: float, low: float, high: float) -> str:
        """What was expected, and the ends of the band."""
        value, least, most = self.value(expected), self.value(low), self.value(high)
        return self.say("expected {value}, between {low} and {high}", value=value, low=least, high=most)

    def period(self, name: str) -> str:
        """A window by its name; of a day also which weekday."""
        window = Window.parse(name)
        if window.length > 1:
            return self.say.period(window)
        return f"{weekday(window.start.weekday(), self.say)}, {self.say.day(window.start)}"

    def query(self, window: str) -> str:
        """What an address says of it, with which it leads straight to the number."""
        about = self.about
        pairs = [("grain", about.grain), ("window", window), *about.settings]
        return urlencode([*(pair for pair in pairs if pair[1]), *(("where", each) for each in about.where)])

    def little(self, judgement: Judgement) -> str:
        """Why there is no band yet, or why nothing can lie on its side; empty where neither is so."""
        if self.about.line is not None:
            return ""
        say = self.say
        if any(each.band for each in judgement.judged[-1:]):
            return self._idle if _is_idle(self.about, judgement) else ""
        windows = {"day": say("days"), "week": say("weeks"), "month": say("months")}[self.about.grain]
        most = self.about.one_in - (judgement.needed - judgement.known)
        text = say(
            "Too little history: one false alarm in {number} needs {needed} {windows} with a value; there are {known}.",
            number=say.number(self.about.one_in),
            needed=say.number(judgement.needed),
            windows=windows,
            known=say.number(judgement.known),
        )
        if most < LEAST_ONE_IN:
            return f"{text} {say('Nothing is told until there is enough.')}"
        more = say("Choose one in {number} at most, or wait: nothing is told until there is enough.", number=most)
        return f"{text} {more}"

    @property
    def _idle(self) -> str:
        return self.say(
            "What is expected reaches down to 0 each time, so that nothing can lie below it and nothing is ever told. "
            "Watch weeks or months, or let there be more false alarms."
        )


def _is_idle(about: About, judgement: Judgement) -> bool:
    """Whether no window could have lain below: none of what is counted is less than nothing."""
    lows = [each.band.low for each in judgement.judged if each.band is not None]
    none_below = all(each.row.value is None or each.row.value >= 0 for each in judgement.judged)
    return about.side == "below" and none_below and max(lows, default=1.0) <= 0


def weekday(number: int, say: Language) -> str:
    """The name of a weekday, Monday being 0."""
    names = (
        say("Monday"),
        say("Tuesday"),
        say("Wednesday"),
        say("Thursday"),
        say("Friday"),
        say("Saturday"),
        say("Sunday"),
    )
    return names[number]
