"""A funnel in words and bars: who reached each step, and where the others stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from stamm.analyses.funnel import Funnel
from stamm.analyses.funnel.attempts import ANY
from stamm.analyses.funnel.steps import Step
from stamm.analyses.signs import Sign
from stamm.answers.table import TableAnswer
from stamm.charts.points import Point, extent_of
from stamm.charts.scale import scale_of
from stamm.charts.steps import step_bar
from stamm.charts.whisker import whisker
from stamm.lang.formula import ratio
from stamm.lang.language import Language
from stamm.reports.analyses import why_not
from stamm.reports.exact import Told
from stamm.reports.journeys.signs import sign_words
from stamm.reports.marked import filled
from stamm.reports.trends import picture

HOURS_A_DAY, MINUTES_AN_HOUR = 24, 60
#: groups that are shown one by one, the largest first
MOST = 12


@dataclass(frozen=True)
class Reached:
    """One step: who got there, of those who began; what was lost on the way to it; and its row, to name customers."""

    number: int
    name: str
    people: str
    share: str
    interval: str
    drawn: Markup
    lost: str
    waited: str
    still: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class FunnelWords:
    """The steps, how many got to the last one, and the sentence that says where most are lost."""

    steps: tuple[Reached, ...]
    sentence: str
    share: str
    interval: str
    hatched: bool


@dataclass(frozen=True)
class Group:
    """One group beside the others: who began, and which share got to the last step."""

    name: str
    value: str
    began: str
    share: str
    drawn: Markup
    lost_at: str


@dataclass(frozen=True)
class Groups:
    """The groups, the largest first; how many are left, and the ends of their axis."""

    shown: tuple[Group, ...]
    left: int
    ends: tuple[str, str]


def funnel_of(answer: TableAnswer, say: Language) -> FunnelWords | None:
    """The funnel of everybody together; None where nobody began, or nothing is known."""
    steps: Sequence[Step] = answer.rows
    first, last = steps[0], steps[-1]
    if not first.reached:
        return None
    words = [step_words(answer, number, say) for number in range(len(steps))]
    drawn = [_reached(answer, step, before, words, say) for before, step in zip((None, *steps), steps, strict=False)]
    return FunnelWords(
        steps=tuple(drawn),
        sentence=_sentence(answer, words, say),
        share=Told(answer, last, say)("of_first"),
        interval=Told(answer, last, say).interval("of_first_low", "of_first_high"),
        hatched=any(step.undecided for step in steps),
    )


def nothing_of(answer: TableAnswer, say: Language) -> str:
    """Why there is no funnel."""
    first = answer.rows[0]
    if first.reached is None:
        return why_not(first.reason, answer, say)
    return say("Nobody began with {step} in these days.", step=say.quoted(step_words(answer, 0, say)))


def groups_of(answer: TableAnswer, say: Language) -> Groups:
    """The funnels of groups beside each other."""
    funnels: dict[str | None, list[Step]] = {}
    for step in answer.rows:
        funnels.setdefault(step.group, []).append(step)
    ordered = sorted(funnels.values(), key=lambda steps: (-(steps[0].reached or 0), steps[0].group or ""))
    shown = ordered[:MOST]
    points = [Point(steps[-1].of_first, steps[-1].of_first_low, steps[-1].of_first_high, True) for steps in shown]
    scale = scale_of(*extent_of(points), "share", say, lines=2)
    return Groups(
        shown=tuple(
            Group(
                name=say("unknown") if steps[0].group is None else steps[0].group,
                value=steps[0].group or "",
                began=Told(answer, steps[0], say)("reached"),
                share=Told(answer, steps[-1], say)("of_first"),
                drawn=picture(
                    whisker(
                        point, None, scale, _interval(point.low, point.high, say) or say.value(point.value, "share")
                    )
                ),
                lost_at=_lost_at(answer, steps, say),
            )
            for steps, point in zip(shown, points, strict=True)
        ),
        left=len(ordered) - len(shown),
        ends=(scale.words[0], scale.words[-1]),
    )


def step_words(answer: TableAnswer, place: int, say: Language) -> str:
    """The name of a step; in any order, how many there are."""
    assert isinstance(answer.analysis, Funnel)
    if answer.analysis.mode == ANY:
        return str(answer.rows[place].what.of(say.code))
    return sign_names(answer.analysis, say)[place]


def sign_names(funnel: Funnel, say: Language) -> list[str]:
    """The steps as people say them."""
    return [sign_words(sign, say) for sign in signs_of(funnel)]


def signs_of(funnel: Funnel) -> list[Sign]:
    """The steps of a funnel, in their order."""
    return [Sign.read(text.strip(), "steps") for text in funnel.steps.split(">")]


def duration(minutes: float, say: Language) -> str:
    """How long something takes, in the unit that people would name."""
    if minutes < 2:
        return say.value(60 * minutes, "seconds", digits=0)
    if minutes < 2 * MINUTES_AN_HOUR:
        return say.value(minutes, "minutes", digits=0)
    hours = minutes / MINUTES_AN_HOUR
    if hours < 2 * HOURS_A_DAY:
        return say.value(hours, "hours", digits=1)
    return say.value(hours / HOURS_A_DAY, "days", digits=1)


# -- words ---------------------------------------------------------------------------------------------------
def _reached(answer: TableAnswer, step: Step, before: Step | None, words: list[str], say: Language) -> Reached:
    first = answer.rows[0].reached
    told = Told(answer, step, say)
    people, share = told("reached"), told("of_first")
    # that all who began have begun is no estimate
    bounds = (step.of_first_low, step.of_first_high) if before else (None, None)
    still = ratio(step.undecided or 0, first) or 0.0
    name = words[step.step - 1]
    label = say("{name}: {people}, {share} of those who began", name=name, people=people, share=share)
    return Reached(
        number=step.step,
        name=name,
        people=people,
        share=share,
        interval=told.interval("of_first_low", "of_first_high") if before else "",
        drawn=picture(step_bar(step.of_first or 0.0, *bounds, still, label)),
        lost=_lost(told, before),
        waited=""
        if step.minutes is None
        else filled(say("median {time}"), time=told("minutes", duration(step.minutes, say))),
        still=filled(say("{count} can still get here"), count=told("undecided")) if step.undecided else "",
        who=tuple(f"{name}={value}" for name, value in answer.name_of(step).items()),
    )


def _lost(told: Told, before: Step | None) -> str:
    if before is None or not before.reached or told.row.of_before is None:
        return ""
    pattern = told.say("{count} stopped here, {share}")
    return filled(pattern, count=told("dropped"), share=told.less("1", "of_before"))


def _sentence(answer: TableAnswer, words: list[str], say: Language) -> str:
    steps: Sequence[Step] = answer.rows
    worst = _worst(steps)
    began = filled(
        say("Of {count} who began, {reached} got to the end."),
        count=Told(answer, steps[0], say)("reached"),
        reached=Told(answer, steps[-1], say)("reached"),
    )
    if worst is None:
        return began
    lost = filled(
        say("Most are lost before {step}: {count}."),
        step=say.quoted(words[worst.step - 1]),
        count=Told(answer, worst, say)("dropped"),
    )
    return filled("{began} {lost}", began=began, lost=lost)


def _worst(steps: Sequence[Step]) -> Step | None:
    """The step before which most stop; None where nobody does, or several are lost at equally."""
    most = max((step.dropped or 0 for step in steps), default=0)
    found = [step for step in steps if step.dropped == most]
    return found[0] if most and len(found) == 1 else None


def _lost_at(answer: TableAnswer, steps: Sequence[Step], say: Language) -> str:
    worst = _worst(steps)
    return "" if worst is None else step_words(answer, worst.step - 1, say)


def _interval(low: float | None, high: float | None, say: Language) -> str:
    if low is None or high is None:
        return ""
    return f"{say.percent(low)} {say('to')} {say.percent(high)}"
