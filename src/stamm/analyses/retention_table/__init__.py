"""Retention by cohort."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from stamm.analyses.calendar import DAY, STEP, UNITS, Periods
from stamm.analyses.kind import ROWS, Analysis, Behind, Column, ColumnUnit, Found, Fraction, Matrix, Question
from stamm.analyses.retention_table.cells import CONTRIBUTION, CUSTOMERS, START, Arranging, Cell, Known
from stamm.analyses.retention_table.counting import Counting
from stamm.analyses.retention_table.examples import EXAMPLES
from stamm.analyses.retention_table.signs import MEASURES, Signs
from stamm.analyses.retention_table.words import (
    CUT,
    DENOMINATORS,
    ENTRIES,
    MEASURED,
    PERIODS,
    REASONS,
    RULES,
    fraction_of,
)
from stamm.analyses.signs import ORDER, WORDS, Sign
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase
from stamm.lang.window import GRAINS, Window, day_start, windows

POOLED = "pooled"
SAME = "same"
#: measures that somebody brings without coming back, such as what is sent back
BROUGHT_BY_ALL = ("revenue", CONTRIBUTION)


class RetentionTable(Analysis):
    """Of the customers who began at the same time, the share who came back in each period after it.

    A cohort holds everybody whose entry lies in the same unit of the calendar (`cohort`), in local days of the
    organisation. `entry` says which one it is: the first sign ever, the first in the range, or, recurring, the
    first in each cohort, so that somebody can be in many. A sign is an order, a visit, an event or any of them.
    Anonymous visitors and orders without a customer are left out and counted; cancelled orders do not count.

    Periods are counted from the customer's own entry: units of the calendar (weeks begin on Monday), or steps of
    24 hours to the microsecond. The entry is one occurrence in period 0, and not another one where it is a return
    by itself. `on` counts who came back in a period at least `minimum` times; `on_or_after` in it or in any later
    one, which can still grow and is marked; `bracket` in the periods of a bracket.

    A cell is empty until its period is over for the last one who entered. The last line divides all who came back
    by all who could have, over the cohorts whose cell can be observed; it is no mean of percentages. Shares of a
    cohort's customers that are final have a Wilson interval, other ratios have none.

    Of `orders` and `gross_revenue` counts what customers who came back brought then; of `revenue` everything, less
    what was paid back for returns in the period. These are divided by the same sum in period 0 or in the period
    before, or by the customers of the cohort. Nothing is divided by what is not above zero.

    `contribution` is cumulative: up to and with the period, what the cohort's customers paid for orders since their
    entry, less the cost of these goods, less what was paid back for returns, less messages sent to them, less
    costs for service, retention and rewards that name them. A cost known by its day alone counts from the entry
    on if it lies on the day of the entry. Costs shared by all are not spread over cohorts, winning customers
    (acquisition, advertising) is no part of it, and goods whose cost is not known cost nothing; the answer counts
    both. It needs orders, returns, messages and costs to be covered; `[coverage]` in stamm.toml says of a shop that
    has none of a kind that there were none.
    """

    en = "Retention by cohort"
    de = "Kundenbindung nach Kohorten"
    sentence_de = "Anteil der Kunden mit gleichem Beginn, die in jeder Periode danach wiederkamen."
    also = "cohorts"
    tables: ClassVar = {ROWS: Cell, POOLED: Cell}
    matrix = Matrix(down="cohort", across="period", shown="value", beside="size", to="last_period", total=POOLED)
    reasons: ClassVar = REASONS
    examples = EXAMPLES

    of = Setting(
        CUSTOMERS,
        "What is counted.",
        "Was gezählt wird.",
        choices=tuple(MEASURES),
        title=Phrase("Counted", "Gezählt"),
        words=MEASURED,
    )
    entry = Setting(
        "first_ever",
        "Who begins: with the first sign ever, with the first in the range asked for, or anew in every cohort.",
        "Wer beginnt: mit dem ersten Zeichen überhaupt, dem ersten im gefragten Zeitraum oder in jeder Kohorte neu.",
        choices=tuple(ENTRIES),
        title=Phrase("Who begins", "Wer beginnt"),
        words=ENTRIES,
    )
    begins_with = Setting(
        ORDER,
        "What begins it: order, visit, event, page, screen, track, activity, or an event by name (track:Signed up).",
        "Womit es beginnt: order, visit, event, page, screen, track, activity oder ein Ereignis (track:Signed up).",
        title=Phrase("Begins with", "Beginnt mit"),
        words=WORDS,
    )
    returns_with = Setting(
        SAME,
        "What counts as coming back: the same, or any of those.",
        "Was als Wiederkommen zählt: dasselbe (same) oder eines von jenen.",
        title=Phrase("Counts as return", "Zählt als Rückkehr"),
        words={SAME: Phrase("the same", "dasselbe"), **WORDS},
    )
    least_minor = Setting(
        0,
        "An order below this amount is no return.",
        "Eine Bestellung unter diesem Betrag ist kein Wiederkommen.",
        low=0,
        title=Phrase("Orders of at least", "Bestellungen ab"),
        money=True,
    )
    rule = Setting(
        "on",
        "When: in the period, in it or any later one, or in a bracket of periods.",
        "Wann: in der Periode, in ihr oder einer späteren, oder in einer Gruppe von Perioden.",
        choices=tuple(RULES),
        title=Phrase("Came back", "Wieder da"),
        words=RULES,
    )
    brackets = Setting(
        "1-3,4-7,8-14",
        "The brackets of periods, for that rule.",
        "Die Gruppen von Perioden, für diese Regel.",
        title=Phrase("Groups of periods", "Gruppen von Perioden"),
    )
    minimum = Setting(
        1,
        "How often somebody has to come back in it to count.",
        "Wie oft jemand darin wiederkommen muss, um zu zählen.",
        low=1,
        high=1000,
        title=Phrase("How often at least", "Wie oft mindestens"),
    )
    period = Setting(
        "month",
        "What a period is: a unit of the calendar, or a step of the customer's own 24 hours.",
        "Was eine Periode ist: eine Einheit des Kalenders oder ein Schritt eigener 24 Stunden.",
        choices=tuple(PERIODS),
        title=Phrase("A period is", "Eine Periode ist"),
        words=PERIODS,
    )
    step_days = Setting(
        1,
        "How many times 24 hours a step has.",
        "Wie viele Male 24 Stunden ein Schritt hat.",
        low=1,
        high=366,
        title=Phrase("Days of a step", "Tage eines Schritts"),
    )
    periods = Setting(
        12,
        "How many periods after the first.",
        "Wie viele Perioden nach der ersten.",
        low=1,
        high=400,
        title=Phrase("Periods", "Perioden"),
    )
    cohort = Setting(
        "month",
        "The unit of the calendar in which those of a cohort began.",
        "Die Kalendereinheit, in der die einer Kohorte begannen.",
        choices=GRAINS,
        title=Phrase("Cohorts by", "Kohorten nach"),
        words=UNITS,
    )
    denominator = Setting(
        START,
        "Divided by: period 0 (of customers: the cohort), the period before, or the customers of the cohort.",
        "Geteilt durch: Periode 0 (bei Kunden: die Kohorte), die Periode davor oder die Kunden der Kohorte.",
        choices=tuple(DENOMINATORS),
        title=Phrase("Divided by", "Geteilt durch"),
        words=DENOMINATORS,
    )

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        begins = Sign.read(self.begins_with, "begins_with")
        returns = begins if self.returns_with == SAME else Sign.read(self.returns_with, "returns_with")
        self._signs = Signs(begins, returns, self.least_minor, self.of, by_day=self.period != STEP)
        self._places = self._brackets() if self.rule == "bracket" else [(p, p) for p in range(self.periods + 1)]
        if self.of in BROUGHT_BY_ALL and (self.returns_with != SAME or self.minimum > 1 or self.least_minor):
            raise UsageError(
                f"With of={self.of} all counts that the cohort brought, whoever came back.",
                remedy="Leave out returns_with, minimum and least_minor.",
            )
        if self.of == CONTRIBUTION and self.rule != "on":
            raise UsageError("A contribution is cumulative, so it goes with rule=on alone.")

    def _brackets(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for text in self.brackets.split(","):
            match = re.fullmatch(r"\s*(\d{1,3})\s*(?:-\s*(\d{1,3})\s*)?", text)
            first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, -1)
            if first > last or last > 400 or (found and first <= found[-1][1]):
                raise UsageError(
                    f"The parameter brackets cannot be {self.brackets!r}.",
                    remedy="Write periods from 0 to 400 in order and apart, such as 1-3,4-7,8-14.",
                )
            found.append((first, last))
        return found if found[0][0] == 0 else [(0, 0), *found]

    # -- the question ----------------------------------------------------------------
    def facts(self) -> tuple[str, ...]:
        return self._signs.facts

    def windows(self, span: Window) -> tuple[Window, ...]:
        return windows(span.start, span.end, self.cohort)

    def answer(self, question: Question) -> Found:
        known = self._known(question)
        tallies = self._counting(question).tallies(question) if known else {}
        arranging = Arranging(
            cohorts=question.windows,
            places=self._places,
            periods=self._periods_of(question),
            of=self.of,
            denominator=self.denominator,
            later_too=self.rule == "on_or_after",
        )
        cells = arranging.cells(tallies, known)
        return Found(
            tables={ROWS: cells, POOLED: arranging.pooled(cells)},
            left_out=self._signs.left_out(question) if known else {},
            notes=self._notes(question),
        )

    def fraction(self) -> Fraction:
        return fraction_of(self.of, self.rule, self.denominator)

    def customers(self, question: Question, row: Any) -> Behind:
        if row.cohort is None:
            raise UsageError("All cohorts together are not one group of customers.", remedy="Name a cohort.")
        number = question.windows.index(row.cohort)
        place = [first for first, _ in self._places].index(row.period)
        return self._counting(question).customers(question, (number, row.group), place)

    def unit_of(self, column: Column) -> ColumnUnit:
        amount: ColumnUnit = "count" if self.of in (CUSTOMERS, "orders") else "money"
        if column.name == "amount":
            return amount
        if column.name == "denominator":
            return "count" if self.denominator == CUSTOMERS else amount
        if column.name == "value" and self.denominator == CUSTOMERS and self.of != CUSTOMERS:
            return "ratio" if self.of == "orders" else "money"
        return column.unit

    # -- how -------------------------------------------------------------------------
    def _periods_of(self, question: Question) -> Periods:
        return Periods(self.period, self.step_days, question.organisation.zone)

    def _counting(self, question: Question) -> Counting:
        return Counting(
            signs=self._signs,
            entry=self.entry,
            periods=self._periods_of(question),
            places=self._places,
            later_too=self.rule == "on_or_after",
            minimum=self.minimum,
            strict=self.of not in BROUGHT_BY_ALL,
        )

    def _known(self, question: Question) -> Known | None:
        everything = question.covered(self.facts())
        entries, following = (question.covered(f) for f in (self._signs.begins.facts, self._signs.following))
        if question.as_of is None or everything is None or entries is None or following is None:
            return None
        return Known(
            as_of=question.as_of,
            until=min(question.as_of, day_start(everything[1] + DAY, question.organisation.zone)),
            entries_from=entries[0],
            returns_from=following[0],
            complete_history=question.organisation.history == "complete",
        )

    def _notes(self, question: Question) -> tuple[Phrase, ...]:
        cut = question.organisation.history == "cut" and self.entry == "first_ever"
        return (CUT,) if cut else ()
