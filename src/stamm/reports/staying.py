"""How long customers stay, in words: when half are gone, how many are observed that long, what is not known yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from stamm.analyses.survival import SUMMARY
from stamm.analyses.survival.curve import EVENT
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language

#: columns of the table of those at risk
COLUMNS = 8


@dataclass(frozen=True)
class Step:
    """One time of the curve in words; `key` names its row, empty where nobody can be named."""

    key: str
    time: str
    share: str
    interval: str
    at_risk: str
    left: str
    open_: str


@dataclass(frozen=True)
class Stayed:
    """One group: how many, and when half are gone; `value` is its name in the data."""

    name: str
    value: str
    spells: str
    ended: str
    median: str
    interval: str
    mean: str


@dataclass(frozen=True)
class Staying:
    """All of it: the sentence, what is censored, the picture, who is at risk, and every step."""

    sentence: str
    censored: str
    at_risk: tuple[Step, ...]
    steps: tuple[Step, ...]
    whole: Stayed
    longest: str
    seen_from: str


def staying_of(answer: TableAnswer, say: Language) -> Staying | None:
    """The curve in words; None where nothing is known."""
    if not answer.tables[SUMMARY]:
        return None
    (row,) = answer.tables[SUMMARY]
    steps = tuple(_step(point, answer, say) for point in answer.rows)
    apart = max(1, -(-len(steps) // COLUMNS))
    return Staying(
        sentence=_sentence(row, answer.rows, say),
        censored=say(
            "{ended} of {spells} customer times have ended. The other {open_} were still open when last seen: each "
            "counts for as long as it was observed, and as neither staying nor leaving after that (censored).",
            ended=say.number(row.ended),
            spells=say.number(row.spells),
            open_=say.number(row.spells - row.ended),
        ),
        at_risk=steps[::apart],
        steps=steps,
        whole=_stayed(row, say),
        longest=say.value(row.longest, "days", digits=0),
        seen_from=say.day(answer.span.end - timedelta(days=1)),
    )


def stayed_by_group(parts: TableAnswer, say: Language) -> tuple[Stayed, ...]:
    """Each group, the largest first."""
    return tuple(_stayed(row, say) for row in sorted(parts.tables[SUMMARY], key=lambda row: -row.spells))


def _sentence(row: Any, points: Sequence[Any], say: Language) -> str:
    if row.median is not None:
        return say("Half of the customers are gone after {days}.", days=say.value(row.median, "days", digits=0))
    last = [point for point in points if point.survival is not None][-1]
    return say(
        "More than half stay longer than anybody was observed: after {days} {share} are still here.",
        days=say.value(last.days, "days", digits=0),
        share=say.percent(last.survival),
    )


def _stayed(row: Any, say: Language) -> Stayed:
    return Stayed(
        name=say("unknown") if row.group is None else row.group,
        value=row.group or "",
        spells=say.number(row.spells),
        ended=say.number(row.ended),
        median=say("not reached") if row.median is None else say.value(row.median, "days", digits=0),
        interval=_interval(row, say),
        mean=say(
            "{mean}, counted up to {end}",
            mean=say.value(row.mean, "days", digits=0),
            end=say.value(row.up_to, "days", digits=0),
        ),
    )


def _interval(row: Any, say: Language) -> str:
    low, high = (None if each is None else say.value(each, "days", digits=0) for each in (row.low, row.high))
    if low is None:
        return say("not reached") if row.median is None else ""
    return say("{low} or more", low=low) if high is None else f"{low} {say('to')} {high}"


def _step(point: Any, answer: TableAnswer, say: Language) -> Step:
    known = point.survival is not None
    named = known and point.ended and answer.analysis.settings["grid"] != EVENT
    return Step(
        key=str(point.step) if named else "",
        time=say.value(point.days, "days", digits=0),
        share=say.percent(point.survival) if known else "",
        interval="" if point.low is None else f"{say.percent(point.low)} {say('to')} {say.percent(point.high)}",
        at_risk=say.number(point.at_risk) if known else "",
        left=say.number(point.ended) if known else "",
        open_=say.number(point.censored) if known else "",
    )
