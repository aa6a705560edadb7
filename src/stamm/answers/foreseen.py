"""What is foreseen of everybody: what they are worth, and what to recommend to them. Made once of a snapshot, and asked
of one customer at a time."""

from __future__ import annotations

from stamm.analyses.recommendations import Recommendations
from stamm.analyses.recommendations.learned import Learned
from stamm.analyses.worth import Valued, Worth
from stamm.answers.ask import Answers
from stamm.answers.inquiry import Inquiry
from stamm.answers.world import World
from stamm.lang.errors import TooLittleError
from stamm.lang.window import Window
from stamm.predictions.next_order import NextOfEach, NextOrder


def usual_worth(world: World) -> Worth:
    """Worth as it is asked where nobody says how."""
    return Worth().knowing(world.metrics, world.coverage)


def valued(answers: Answers, span: Window) -> Valued | None:
    """Everybody of whom a risk was kept, judged as usual; None where none was, or costs were never taken in."""
    asked = usual_worth(answers.world)
    question = Inquiry(answers, asked, span, None)
    return asked.of_each(question) if question.as_of is not None else None


def recommended(answers: Answers, span: Window) -> Learned | None:
    """What goes with what by the orders of those days; None where order lines were never taken in."""
    question = Inquiry(answers, Recommendations(), span, None)
    return Recommendations().learned(question) if question.as_of is not None else None


def next_of_each(answers: Answers, span: Window) -> NextOfEach | None:
    """When everybody is expected to order next; None where there is too little to tell."""
    try:
        return NextOrder().of_each(Inquiry(answers, NextOrder(), span, None))
    except TooLittleError:  # the page of the prediction says what is lacking
        return None
