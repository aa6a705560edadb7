"""A funnel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from stamm.analyses.funnel.attempts import ANY, ORDERED, STRICT, Attempts
from stamm.analyses.funnel.examples import EXAMPLES
from stamm.analyses.funnel.steps import Arranging, Step
from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question
from stamm.analyses.reach import known_until, reach_within
from stamm.analyses.signs import PEOPLE, VISITORS, Sign, facts_of, left_out
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase
from stamm.lang.reasons import GROWING

FEWEST, MOST = 2, 12
ARROW = ">"


class Funnel(Analysis):
    """Of those who began, how many reached each step within a time, and where the others dropped.

    A step is an order, a visit (its start) or an event: of a kind, by its name (track:Signed up) or on a page
    (page:/cart, page:/product/*). Cancelled orders do not count, and neither do stays, which only tell how long a
    page was looked at. People are visitors, of whom some are customers, or customers alone; only customers can be
    named. An order of nobody is left out and counted.

    An attempt begins with each first step that somebody does in the span. The other steps follow within the time
    counted from it; exactly at its end still counts, also after the span. Everybody counts once, with the attempt
    that got furthest, of equal ones the earliest; each step of it is the soonest that can follow the one before.
    What somebody does at one moment has an order: a visit comes before the events, these before orders, and events
    among each other and orders among each other go by their id. One thing done is one step of an attempt, so the
    same step twice needs it done twice.

    `ordered` lets anything lie between two steps. `strict` lets nothing: each step has to be the very next thing
    that the person did, in that order, among all that the facts of the steps tell of. These are visits if a step is
    a visit, all events if a step is one, and orders if a step is an order; an order that was cancelled is nothing.
    In `any` order an attempt begins with any of the steps, a line tells how many different ones were done, and one
    thing done is all the steps that it is.

    A share has a Wilson interval. While the time of an attempt runs beyond the data, the person may still get
    further: then the steps not reached are not final, and the answer says how many people that are. The median is
    exact, over those who reached the step, since the step before.
    """

    de = "Trichter"
    sentence_de = "Wie viele von denen, die begannen, jeden Schritt rechtzeitig erreichten, und wo andere absprangen."
    tables: ClassVar = {ROWS: Step}
    reasons: ClassVar = {GROWING: Phrase("can still grow", "kann noch wachsen")}
    examples = EXAMPLES

    steps = Setting(
        "visit > order",
        "The steps, in order: order, visit, event, page, screen, track, activity, page:/cart, track:Signed up.",
        "Die Schritte der Reihe nach: order, visit, event, page, screen, track, activity, page:/cart, track:Kauf.",
        title=Phrase("Steps", "Schritte"),
    )
    mode = Setting(
        ORDERED,
        "Whether other things may lie between two steps (ordered), nothing may (strict), or order plays no part (any).",
        "Ob zwischen Schritten anderes liegen darf (ordered), nichts (strict) oder die Folge keine Rolle spielt (any).",
        choices=(ORDERED, STRICT, ANY),
        title=Phrase("Order of steps", "Folge der Schritte"),
        words={
            ORDERED: Phrase("in order, others between", "der Reihe nach, anderes dazwischen"),
            STRICT: Phrase("in order, nothing between", "der Reihe nach, nichts dazwischen"),
            ANY: Phrase("in any order", "in beliebiger Folge"),
        },
    )
    within_hours = Setting(
        168.0,
        "Within how many hours after the first step all others have to be done.",
        "Binnen wie vieler Stunden nach dem ersten Schritt alle anderen getan sein müssen.",
        low=0,
        high=87_600,
        title=Phrase("Within hours", "Binnen Stunden"),
    )
    people = Setting(
        VISITORS,
        "Who is counted: visitors, known or not, or customers alone.",
        "Wer gezählt wird: Besucher, bekannt oder nicht, oder nur Kunden.",
        choices=tuple(PEOPLE),
        title=Phrase("Who is counted", "Wer gezählt wird"),
        words=PEOPLE,
    )

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._steps = tuple(Sign.read(text.strip(), "steps") for text in self.steps.split(ARROW))
        if not FEWEST <= len(self._steps) <= MOST:
            raise UsageError(
                f"A funnel has {FEWEST} to {MOST} steps, not {len(self._steps)}.",
                remedy='Write them with > between, such as "page:/cart > track:Checkout Started > order".',
            )
        if self.mode == ANY and len(set(self._steps)) < len(self._steps):
            raise UsageError(
                "In any order a step cannot be there twice.", remedy="Leave out the second, or ask with mode=ordered."
            )

    # -- the question ----------------------------------------------------------------
    def facts(self) -> tuple[str, ...]:
        return facts_of(self._steps)

    def answer(self, question: Question) -> Found:
        until, reach = known_until(question, self.facts()), reach_within(question, self.facts(), question.windows[0])
        arranging = Arranging(self._words(), reach.reason)
        if until is None or not reach.known:
            return Found({ROWS: arranging.unknown()})
        steps = arranging.steps(self._attempts().reached(question, until))
        undecided = sum(step.undecided or 0 for step in steps if step.step == len(self._steps))
        return Found(
            {ROWS: steps},
            left_out=left_out(question, self._steps, anonymous=self.people == VISITORS),
            notes=(_undecided(undecided),) if undecided else (),
        )

    def customers(self, question: Question, row: Any) -> Behind:
        until = known_until(question, self.facts())
        if until is None or row.reached is None:
            raise UsageError("Nothing is known of this step, so that nobody can be named.")
        return self._attempts().customers(question, until, row.group, row.step)

    # -- how -------------------------------------------------------------------------
    def _attempts(self) -> Attempts:
        return Attempts(self._steps, self.mode, timedelta(hours=self.within_hours), self.people)

    def _words(self) -> list[Phrase]:
        if self.mode != ANY:
            return [Phrase(str(step), str(step)) for step in self._steps]
        many = len(self._steps)
        return [Phrase(f"{number} of {many}", f"{number} von {many}") for number in range(1, many + 1)]


def _undecided(people: int) -> Phrase:
    return Phrase(
        f"Can still get further, since their time is not over: {people}.",
        f"Können noch weiter kommen, weil ihre Zeit nicht um ist: {people}.",
    )
