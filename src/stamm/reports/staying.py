"""How long customers stay, in words: when half are gone, how many are observed that long, what is not known yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from stamm.analyses.survival import SUMMARY
from stamm.analyses.survival.curve import EVENT
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.reports.exact import Told
from stamm.reports.marked import filled, interval

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
    told = Told(answer, row, say, SUMMARY)
    steps = tuple(_step(point, answer, say) for point in answer.rows)
    apart = max(1, -(-len(steps) // COLUMNS))
    return Staying(
        sentence=_sentence(told, answer),
        censored=filled(
            say(
                "{ended} of {spells} customer times have ended. The other {open_} were still open when last seen: each "
                "counts for as long as it was observed, and as neither staying nor leaving after that (censored)."
            ),
            ended=told("ended"),
            spells=told("spells"),
            open_=told.less("spells", "ended"),
        ),
        at_risk=steps[::apart],
        steps=steps,
        whole=_stayed(told),
        longest=told("longest", digits=0),
        seen_from=say.day(answer.span.end - timedelta(days=1)),
    )


def stayed_by_group(parts: TableAnswer, say: Language) -> tuple[Stayed, ...]:
    """Each group, the largest first."""
    in_order = sorted(parts.tables[SUMMARY], key=lambda row: -row.spells)
    return tuple(_stayed(Told(parts, row, say, SUMMARY)) for row in in_order)


def _sentence(told: Told, answer: TableAnswer) -> str:
    say = told.say
    if told.row.median is not None:
        return filled(say("Half of the customers are gone after {days}."), days=told("median", digits=0))
    last = Told(answer, [point for point in answer.rows if point.survival is not None][-1], say)
    return filled(
        say("More than half stay longer than anybody was observed: after {days} {share} are still here."),
        days=last("days", digits=0),
        share=last("survival"),
    )


def _stayed(told: Told) -> Stayed:
    row, say = told.row, told.say
    return Stayed(
        name=say("unknown") if row.group is None else row.group,
        value=row.group or "",
        spells=told("spells"),
        ended=told("ended"),
        median=told("median", digits=0) or say("not reached"),
        interval=_interval(told),
        mean=filled(
            say("{mean}, counted up to {end}"),
            mean=say.value(None, "days") if row.mean is None else told("mean", digits=0),
            end=told("up_to", digits=0),
        ),
    )


def _interval(told: Told) -> str:
    say, low, high = told.say, told("low", digits=0), told("high", digits=0)
    if not low:
        return say("not reached") if told.row.median is None else ""
    return interval(low, high, say) if high else filled(say("{low} or more"), low=low)


def _step(point: Any, answer: TableAnswer, say: Language) -> Step:
    known, told = point.survival is not None, Told(answer, point, say)
    named = known and point.ended and answer.analysis.settings["grid"] != EVENT
    return Step(
        key=str(point.step) if named else "",
        time=told("days", digits=0),
        share=told("survival"),
        interval=told.interval(),
        at_risk=told("at_risk") if known else "",
        left=told("ended") if known else "",
        open_=told("censored") if known else "",
    )
