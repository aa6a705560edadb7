"""New, returning, resurrected and dormant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from stamm.analyses.calendar import UNITS
from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question, column, row
from stamm.analyses.lifecycle.examples import EXAMPLES
from stamm.analyses.lifecycle.turns import DORMANT, NEW, RESURRECTED, RETURNING, Turns
from stamm.analyses.reach import Reach, begins_before, known_until, reach
from stamm.analyses.signs import ORDER, PEOPLE, VISITORS, WORDS, Sign, left_out
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.formula import ratio
from stamm.lang.interval import NOTHING, wilson
from stamm.lang.phrase import Phrase
from stamm.lang.reasons import BEGINS_BEFORE
from stamm.lang.window import Window, moved, windows

CUSTOMERS = "customers"
ACTIVE = (NEW, RETURNING, RESURRECTED)
TURNS = (*ACTIVE, DORMANT)
CUT = Phrase(
    "The data begin in mid-life, so 'new' means: not seen in the data before.",
    "Die Daten beginnen mittendrin; „neu“ heißt also: vorher nicht in den Daten.",
)


@row
class Period:
    """One period (and group): who is active in it, as what, and who no longer is.

    active = new + returning + resurrected, and before = returning + dormant. `kept` is 0..1; `low` and `high` are None
    where it is not final.
    """

    period: Window = column("period", "Zeitraum", "window", key=True)
    group: str | None = column("group", "Gruppe", "text", key=True)
    active: int | None = column("active", "aktiv", "count")
    new: int | None = column("new", "neu", "count")
    returning: int | None = column("returning", "geblieben", "count")
    resurrected: int | None = column("resurrected", "wieder da", "count")
    dormant: int | None = column("dormant", "verstummt", "count")
    before: int | None = column("active in the one before", "im vorigen aktiv", "count", detail=True)
    kept: float | None = column("kept", "gehalten", "share")
    low: float | None = column("95% from", "95 % ab", "share")
    high: float | None = column("95% to", "95 % bis", "share")
    complete: bool = column("final", "endgültig", "flag", detail=True)
    reason: str = column("why not", "warum nicht", "text")


class Lifecycle(Analysis):
    """How many are new, stay, come back after a pause or go quiet, in one period after the other.

    Who shows a sign of life in a period is active in it: new with the first sign ever, returning if active in the
    period before, resurrected if not in that but in an earlier one. Who was active in the period before and is not in
    this one is dormant in it. So it always adds up: active = new + returning + resurrected, and those active in the
    period before = returning + dormant. Of them, the share that returned is kept; it has a Wilson interval.

    Periods are days, weeks (from Monday), months or quarters of the organisation's calendar. People are customers, or
    visitors, of whom some are customers; who turns out to be a customer later was the same person before. What nobody
    is known to have done and cancelled orders are left out and counted.

    A period that is not over shows what is known so far: who is dormant may still come. Where the history is cut,
    nobody knows who was there before the data: the first period, and what begins before the data, tell who is active
    and no more; and new means not seen in the data before.

    Split by an attribute, who is active counts with what was known of them at their first sign in the period, who is
    dormant with what was known when it began. Those active in the period before are then counted as of this one.
    """

    de = "Lebenszyklus"
    sentence_de = "Wie viele neu sind, bleiben, nach einer Pause wiederkommen oder verstummen, Zeitraum für Zeitraum."
    tables: ClassVar = {ROWS: Period}
    examples = EXAMPLES

    active_with = Setting(
        ORDER,
        "The sign of life: order, visit, event, page, screen, track, activity, page:/cart, track:Signed up.",
        "Das Lebenszeichen: order, visit, event, page, screen, track, activity, page:/cart, track:Kauf.",
        title=Phrase("Sign of life", "Lebenszeichen"),
        words=WORDS,
    )
    period = Setting(
        "month",
        "The unit of the calendar that a period is.",
        "Die Kalendereinheit, die ein Zeitraum ist.",
        choices=("day", "week", "month", "quarter"),
        title=Phrase("A period is", "Eine Periode ist"),
        words=UNITS,
    )
    people = Setting(
        CUSTOMERS,
        "Who is counted: customers alone, or visitors, known or not.",
        "Wer gezählt wird: nur Kunden oder Besucher, bekannt oder nicht.",
        choices=(CUSTOMERS, VISITORS),
        title=Phrase("Who is counted", "Wer gezählt wird"),
        words=PEOPLE,
    )

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._sign = Sign.read(self.active_with, "active_with")
        self._turns = Turns(self._sign, self.period, self.people)

    def facts(self) -> tuple[str, ...]:
        return self._sign.facts

    def windows(self, span: Window) -> tuple[Window, ...]:
        return windows(span.start, span.end, self.period)

    def answer(self, question: Question) -> Found:
        until = known_until(question, self.facts())
        reaches = [self._reach(question, window) for window in question.windows]
        some = until is not None and any(each.known for each in reaches)
        counts = self._turns.counts(question, until) if until is not None and some else {}
        told = {group for number, group, _ in counts if reaches[number].known}
        groups = sorted(told or {None}, key=lambda group: (group is None, group or ""))
        cut = question.organisation.history == "cut"
        return Found(
            {
                ROWS: [
                    self._row(window, group, {turn: counts.get((number, group, turn), 0) for turn in TURNS}, each)
                    for number, (window, each) in enumerate(zip(question.windows, reaches, strict=True))
                    for group in groups
                ]
            },
            left_out=left_out(question, [self._sign], anonymous=self.people == VISITORS) if some else {},
            notes=(CUT,) if cut else (),
        )

    def customers(self, question: Question, row: Any) -> Behind:
        until = known_until(question, self.facts())
        if until is None or row.active is None:
            raise UsageError("Nothing is known of this period, so that nobody can be named.")
        return self._turns.customers(question, until, question.windows.index(row.period), row.group)

    def _reach(self, question: Question, window: Window) -> Reach:
        """What is known of a period, and so of the one before."""
        found = reach(question, self.facts(), window)
        cut = begins_before(question, self.facts(), moved(window.start, self.period, -1))
        return Reach(True, BEGINS_BEFORE) if found.known and cut else found

    def _row(self, window: Window, group: str | None, counts: Mapping[str, int], reach: Reach) -> Period:
        told = reach.known and reach.reason != BEGINS_BEFORE
        turns: dict[str, int | None] = {turn: count if told else None for turn, count in counts.items()}
        before = counts[RETURNING] + counts[DORMANT] if told else None
        bounds = wilson(counts[RETURNING], before) if before and reach.final else NOTHING
        return Period(
            period=window,
            group=group,
            active=sum(counts[turn] for turn in ACTIVE) if reach.known else None,
            **turns,
            before=before,
            kept=ratio(counts[RETURNING], before),
            low=bounds.low,
            high=bounds.high,
            complete=reach.final,
            reason=reach.reason,
        )
