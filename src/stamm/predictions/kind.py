"""What a prediction is: a number foretold of each customer, from what was known at the start of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from stamm.analyses.kind import ROWS, Analysis, Column, ColumnUnit, Found, Question, column, row
from stamm.facts.orders import Orders
from stamm.lang.definition import Setting
from stamm.lang.errors import TooLittleError, UsageError
from stamm.lang.phrase import Phrase
from stamm.lang.window import day_of
from stamm.metrics.kind import Unit
from stamm.predictions.tried import Tried

_ = ibis._

Reals = npt.NDArray[np.float64]
#: the table beside the customers: what the model is made of
MODEL = "model"
#: tables of how a prediction did, and of what came in tenths of the customers
QUALITY, RELIABILITY = "quality", "reliability"
FORETOLD = ("value", "low", "high")
TOO_LITTLE = "Take in more of them, or look ahead over fewer days."

#: said where facts were never imported, by the first that is needed
NOTHING_KNOWN: Mapping[str, str] = {
    "orders": "There are no orders to foretell anything from.",
    "subscriptions": "There are no subscriptions to foretell anything from.",
}


class Gate(NamedTuple):
    """How much of something there has to be before anything is foretold; `key` names it among what was counted."""

    key: str
    words: Phrase
    least: int


@row
class Foretold:
    """What is foretold of one customer, and what they did so far; the largest value comes first."""

    customer_id: str = column("customer", "Kunde", "text", key=True)
    value: float | None = column("foretold", "vorhergesagt", "number")
    low: float | None = column("from", "von", "number", detail=True)
    high: float | None = column("to", "bis", "number", detail=True)
    orders: int = column("days with orders", "Tage mit Bestellung", "count")
    last_on: str = column("last one", "zuletzt", "text")


@row
class Parameter:
    """One number that the model was fitted to, with its standard error; empty where the data do not tell it."""

    parameter: str = column("parameter", "Parameter", "text", key=True)
    estimate: float = column("estimate", "Schätzwert", "number")
    error: float | None = column("standard error", "Standardfehler", "number")


class Prediction(Analysis):
    """A number foretold of each customer who has ever ordered, for some days ahead.

    Asked of all that is known up to a day, it knows nothing that came later. Below its gates it is refused. Kept as
    facts (`stamm predict KEY --keep`), it can be held against what came.
    """

    abstract = True
    splits = False
    tables: ClassVar = {ROWS: Foretold, MODEL: Parameter}
    #: of the number foretold
    unit: ClassVar[Unit]
    gates: ClassVar[tuple[Gate, ...]] = ()
    #: whether it is learned from the past anew each time, so that no example can be followed by hand
    learned: ClassVar[bool] = False
    #: whether it can be held against what came, and so is worth keeping
    checks: ClassVar[bool] = True
    #: what to do below its gates
    instead: ClassVar[str] = TOO_LITTLE

    horizon = Setting(
        90,
        "For how many days ahead, from the day as of which it is asked.",
        "Für wie viele Tage im Voraus, vom Tag der Vorhersage an.",
        low=1,
        high=1095,
        title=Phrase("Days ahead", "Tage voraus"),
    )

    def unit_of(self, column: Column) -> ColumnUnit:
        return self.unit if column.name in FORETOLD else column.unit

    def day(self, question: Question) -> date:
        """The local day at whose start it is foretold; raises TooLittleError without facts."""
        if question.as_of is None:
            raise TooLittleError(NOTHING_KNOWN[self.facts()[0]], remedy=TOO_LITTLE)
        return day_of(question.as_of, question.organisation.zone)

    def check_gates(self, counted: Mapping[str, int]) -> None:
        """Raises TooLittleError for the first gate that is not met, saying which."""
        for gate in self.gates:
            if counted[gate.key] < gate.least:
                raise TooLittleError(
                    f"This prediction needs at least {gate.least} {gate.words.en}, and there are {counted[gate.key]}.",
                    remedy=self.instead,
                )

    def answer(self, question: Question) -> Found:
        raise NotImplementedError

    def check_checked(self) -> None:
        """Raises UsageError for one that nobody can hold against what came."""
        if not self.checks:
            raise UsageError(
                f"Nobody can ever see whether {self.key} came true, so it is neither kept nor checked.",
                remedy="Keep and check what it is made of: churn_risk, no_order_risk and value_ahead.",
            )

    def measured(self, question: Question) -> dict[str, int]:
        """What its gates ask for, as it is on the day."""
        raise NotImplementedError

    def tried(self, question: Question) -> Tried:
        """How it did on the last day whose outcome is known, knowing nothing of later. Raises TooLittleError."""
        raise NotImplementedError

    # -- afterwards ------------------------------------------------------------------
    @property
    def unit_of_outcome(self) -> Unit:
        """The unit in which what was told and what came are compared."""
        return self.unit

    def outcome_facts(self) -> tuple[str, ...]:
        """Keys of the facts that tell what came."""
        return ("orders",)

    def doings(self, question: Question) -> ir.Table:
        """What came: a row for each customer (`who`) and local day (`on`) with it, with the `amount` paid."""
        orders = question["orders"].filter(Orders().stands(), _.customer_id.notnull())
        return orders.group_by(who=_.customer_id, on=_.ordered_on).aggregate(amount=_.amount_minor.sum())

    def outcome(self, kept: Mapping[str, Reals]) -> tuple[Reals, Reals]:
        """What was told of each customer, and what came, to be compared on average.

        `kept` has columns of equal length: `value` as it was kept, and of the days it was told for the number of days
        with an order or what else it tells of (`orders`) and what was paid (`amount`); `first` is after how many days
        the first of them came, or NaN.
        """
        raise NotImplementedError

    @property
    def mark(self) -> str:
        """What tells this prediction from others of the same customer and moment; the model of its facts."""
        return f"{self.key}:{self.horizon}d"

    def told(self, row: Any) -> dict[str, float | None]:
        """Of a row of its answer what is kept as a fact: value, low and high."""
        return {name: getattr(row, name) for name in FORETOLD}
