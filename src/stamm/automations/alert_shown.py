"""What a page shows of an alert: its last windows as a picture and a table, and which of them it would have told."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from stamm.automations.alert_words import AlertWords
from stamm.automations.judging import Judged, Judgement
from stamm.charts.scale import scale_of
from stamm.charts.watched import Watched, watched_svg
from stamm.lang.language import Language
from stamm.reports.trends import SIZES, picture

#: windows on the narrowest picture
NARROW = 45


@dataclass(frozen=True)
class Line:
    """A window in words: its value, what it is held against, where it leads, and whether it is told."""

    window: str
    value: str
    against: str
    query: str
    told: bool


@dataclass(frozen=True)
class Shown:
    """All of it; `little` says why there is no band, `summary` how many of the windows would have been told."""

    rule: str
    summary: str
    little: str
    charts: tuple[Markup, ...]
    lines: tuple[Line, ...]
    banded: bool
    simulated: bool

    @property
    def told(self) -> tuple[Line, ...]:
        """Those that would have been told."""
        return tuple(line for line in self.lines if line.told)


def shown(found: Judgement, say: Language) -> Shown:
    """A judgement as a page shows it, the newest window first."""
    words = AlertWords(found.about, found.metric.unit, found.currency, say)
    judged = [each for each in found.judged if found.about.line is not None or each.band is not None]
    told = sum(each.told for each in judged)
    summary = say(
        "Of the last {judged} windows it would have told {told}.", judged=say.number(len(judged)), told=say.number(told)
    )
    return Shown(
        words.rule,
        summary,
        words.little(found),
        _charts(found, words, summary),
        tuple(_line(each, words) for each in reversed(found.judged)),
        found.about.line is None and bool(judged),
        found.simulated,
    )


def _line(each: Judged, words: AlertWords) -> Line:
    name, band = each.window.name, each.band
    against = ""
    if band is not None:
        against = words.between(band.expected, band.low, band.high)
    elif words.about.line is not None:
        against = words.say("the line is {line}", line=words.value(words.about.line))
    value = words.value(each.row.value)
    return Line(words.period(name), value, against, words.query(name), each.told)


def _charts(found: Judgement, words: AlertWords, summary: str) -> tuple[Markup, ...]:
    """The picture for each width, the narrow one of fewer windows; none of a single window."""
    say, line, drawn = words.say, found.about.line, []
    name = found.metric.title(say.code)
    for kind, width, height in SIZES:
        some = found.judged if width > 400 else found.judged[-NARROW:]
        values = [None if each.row.value is None else float(each.row.value) for each in some]
        known = [value for value in values if value is not None]
        if len(known) < 2:
            return ()
        bands = [None if each.band is None else (each.band.low, each.band.high) for each in some]
        # a band that is wide to begin with does not make the values flat
        reach = max(known) - min(known) or abs(max(known)) or 1.0
        ends = [end for band in bands if band for end in band]
        low = max(min([*known, *ends]), min(known) - reach)
        high = min(max([*known, *ends]), max(known) + reach)
        if line is not None:
            low, high = min(low, line), max(high, line)
        scale = scale_of(low, high, found.metric.unit, say, found.currency, lines=4 if width > 400 else 3)
        labels = [say.period(each.window, short=True, year=False) for each in some]
        told = [place for place, each in enumerate(some) if each.told]
        watched = Watched(values, bands, labels, scale, told, line)
        drawn.append(picture(watched_svg(watched, width, height, label=f"{name}. {summary}", kind=kind)))
    return tuple(drawn)
