"""When a customer will order next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.analyses.kind import ROWS, Question, column, row
from stamm.lang.definition import Setting
from stamm.lang.phrase import Phrase
from stamm.metrics.kind import Unit
from stamm.predictions.bought import Reals, bought
from stamm.predictions.buying.kind import BuyingModel
from stamm.predictions.examples import NEXT_ORDER
from stamm.predictions.from_buying import MODELS, FromBuying, Known
from stamm.predictions.kind import MODEL, Parameter

EARLY, MIDDLE, LATE = 0.1, 0.5, 0.9


@row
class Next:
    """When one customer is expected; empty where that is later than the days asked for, or never."""

    customer_id: str = column("customer", "Kunde", "text", key=True)
    next_on: str = column("next order", "nächste Bestellung", "text")
    low_on: str = column("80% interval from", "80-%-Intervall von", "text")
    high_on: str = column("80% interval to", "80-%-Intervall bis", "text")
    value: float | None = column("days ahead", "in Tagen", "days", detail=True)
    low: float | None = column("days, from", "Tage, von", "days", detail=True)
    high: float | None = column("days, to", "Tage, bis", "days", detail=True)
    orders: int = column("days with orders", "Tage mit Bestellung", "count")
    last_on: str = column("last one", "zuletzt", "text")


@dataclass(frozen=True)
class NextOfEach:
    """When everybody is expected, as it is told at the start of a day for so many days ahead."""

    known: Known
    days: tuple[Reals, ...]
    horizon: int

    def of(self, customer_id: str) -> tuple[float | None, ...] | None:
        """Of one customer after how many days an order is as likely as not, and its interval; each None where that is
        later or never. None for whoever never ordered."""
        place = pc.index(self.known.bought.customers, pa.scalar(customer_id)).as_py()
        if place < 0:
            return None
        return tuple(day if isfinite(day) else None for day in (float(each[place]) for each in self.days))


class NextOrder(FromBuying):
    """The day by which a customer's next order has come as likely as not, with an interval.

    By the interval's first day an order has come with a probability of 10 %, by its last with one of 90 %; that it may
    never come counts. So nothing stands where a customer has rather stopped than not, and the end of the interval
    stays open where more than one in ten such customers never come back.
    """

    de = "Nächste Bestellung"
    sentence_de = "Der Tag, bis zu dem die nächste Bestellung eher gekommen ist als nicht, mit einem Intervall."
    cited = "Schmittlein, Morrison and Colombo (1987); Fader, Hardie and Lee (2005)"
    unit = "days"
    tables: ClassVar = {ROWS: Next, MODEL: Parameter}
    greatest_first = False
    examples = NEXT_ORDER

    horizon = Setting(
        365,
        "Days beyond which no date is told.",
        "Tage, über die hinaus kein Datum genannt wird.",
        low=1,
        high=1095,
        title=Phrase("Days ahead", "Tage voraus"),
    )

    def foretell(self, model: BuyingModel, known: Known) -> tuple[Reals, ...]:
        days = (model.order_by(known.histories, share, self.horizon) for share in (MIDDLE, EARLY, LATE))
        return tuple(each[known.place] for each in days)

    def of_each(self, question: Question) -> NextOfEach:
        """Of everybody, for whoever asks of single customers. Raises TooLittleError below its gates."""
        known = Known.of(bought(question, self.day(question)))
        self.check_gates(known.counted())
        return NextOfEach(known, self.foretell(MODELS[self.model].fit(known.histories).model, known), self.horizon)

    def row(self, known: Known, customer_id: str, told: tuple[Any, ...], orders: int, last_on: str) -> Next:
        value, low, high = told
        middle, early, late = (after(known.bought.on, days) for days in told)
        return Next(customer_id, middle, early, late, value, low, high, orders, last_on)

    @property
    def unit_of_outcome(self) -> Unit:
        return "share"

    def outcome(self, kept: Mapping[str, Reals]) -> tuple[Reals, Reals]:
        """By the day told an order has come of half of them."""
        return np.full(len(kept["value"]), MIDDLE), (kept["first"] < kept["value"]).astype(np.float64)


def after(on: date, days: float | None) -> str:
    """The last of so many days from the start of a day."""
    return "" if days is None else (on + timedelta(days=int(days) - 1)).isoformat()
