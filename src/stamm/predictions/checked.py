"""What was foretold and kept, held against what came."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import ClassVar, NamedTuple, Self

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stamm.analyses.kind import ROWS, Analysis, Column, ColumnUnit, Found, Question, column, row
from stamm.lang.definition import Setting
from stamm.lang.interval import NOTHING
from stamm.lang.reasons import NOT_OVER
from stamm.lang.registry import Registry
from stamm.lang.window import day_of
from stamm.metrics import Metric
from stamm.predictions.churn.quality import auc, brier
from stamm.predictions.kind import RELIABILITY, Prediction
from stamm.predictions.tried import bounds_of, parts_of

_ = ibis._

Reals = npt.NDArray[np.float64]


@row
class Came:
    """One day's kept predictions of one kind: what they told on average, and what came of those customers.

    `auc` and `brier` only where a probability was told and some of both came. Nothing is told of one whose days are not
    over.
    """

    predicted_on: str = column("foretold as of", "vorhergesagt zum", "text", key=True)
    model: str = column("model", "Modell", "text", key=True)
    customers: int = column("customers", "Kunden", "count")
    told: float = column("told", "vorhergesagt", "number")
    came: float | None = column("came", "eingetreten", "number")
    low: float | None = column("95% interval from", "95-%-Intervall von", "number")
    high: float | None = column("95% interval to", "95-%-Intervall bis", "number")
    auc: float | None = column("AUC", "AUC", "number")
    brier: float | None = column("Brier score", "Brier-Score", "number")
    complete: bool = column("final", "endgültig", "flag")
    reason: str = column("why not", "warum nicht", "text")


@row
class CamePart:
    """A tenth of the customers of one day's kept predictions, by what was told of them, once the days are over."""

    predicted_on: str = column("foretold as of", "vorhergesagt zum", "text", key=True)
    model: str = column("model", "Modell", "text", key=True)
    tenth: int = column("tenth", "Zehntel", "count", key=True)
    customers: int = column("customers", "Kunden", "count")
    told: float = column("told", "vorhergesagt", "number")
    came: float = column("came", "eingetreten", "number")
    low: float | None = column("95% interval from", "95-%-Intervall von", "number")
    high: float | None = column("95% interval to", "95-%-Intervall bis", "number")


class Checked(Analysis):
    """What was foretold and kept, held against what came in the days that it was foretold for.

    Of the kept predictions of one kind, all of one day and model are one row. Whole local days count, and orders that
    stand now. Who was erased since is in none.
    """

    abstract = True  # asked of one prediction, it has no key of its own
    key = "checked"
    en = "Predictions held against what came"
    de = "Vorhersagen und was eintrat"
    sentence_de = "Was vorhergesagt und aufbewahrt wurde, gemessen an dem, was in diesen Tagen kam."
    tables: ClassVar = {ROWS: Came, RELIABILITY: CamePart}
    splits = False

    prediction = Setting("", "Which prediction: its key.", "Welche Vorhersage: ihr Schlüssel.")

    def __init__(self, asked: Prediction) -> None:
        asked.check_checked()
        super().__init__(prediction=asked.key)
        self._asked = asked

    @property
    def address(self) -> str:
        return f"{self._asked.key}/check"

    def having(self, settings: Mapping[str, object]) -> Self:
        return type(self)(self._asked.having(settings))

    def knowing(self, metrics: Registry[Metric], known: Collection[str] = ()) -> Self:
        return self

    def unit_of(self, column: Column) -> ColumnUnit:
        own = column.name in ("told", "came", "low", "high")
        return self._asked.unit_of_outcome if own else column.unit

    def facts(self) -> tuple[str, ...]:
        return self._asked.outcome_facts()

    def beside(self) -> tuple[str, ...]:
        return ("predictions",)

    def answer(self, question: Question) -> Found:
        if question.as_of is None:
            return Found({ROWS: (), RELIABILITY: ()})
        until = day_of(question.as_of, question.organisation.zone)
        kept = list(_parts(question.table(self._beside(question))))
        return Found({ROWS: tuple(self._rows(kept, until)), RELIABILITY: tuple(self._tenths(kept, until))})

    def _beside(self, question: Question) -> ir.Table:
        """One row a kept prediction: what was told, and what the customer did in the days it was told for."""
        told = question["predictions"].filter(_.name == self._asked.key, _.customer_id.notnull())
        told = told.select("model", "customer_id", "predicted_on", "horizon_days", "value")
        days = self._asked.doings(question)
        both = told.left_join(days, [told.customer_id == days.who, told.predicted_on <= days.on])
        both = both.mutate(after=_.on.delta(_.predicted_on, unit="day"))
        inside = _.after < _.horizon_days
        return both.group_by("model", "customer_id", "predicted_on", "horizon_days", "value").aggregate(
            orders=inside.ifelse(1, 0).sum().coalesce(0),
            amount=inside.ifelse(_.amount, 0).sum().coalesce(0),
            first=_.after.min(),
        )

    def _tenths(self, kept: Iterable[Kept], until: date) -> Iterator[CamePart]:
        share = self._asked.unit_of_outcome == "share"
        for (on, model, horizon), part in kept:
            if on + timedelta(days=horizon) <= until:
                told, came = self._asked.outcome(part)
                for each in parts_of(told, came, share=share, by=part["value"] if share else None):
                    yield CamePart(on.isoformat(), model, **vars(each))

    def _rows(self, kept: Iterable[Kept], until: date) -> Iterator[Came]:
        share = self._asked.unit_of_outcome == "share"
        for (on, model, horizon), part in kept:
            told, came = self._asked.outcome(part)
            if not len(told):  # it was told of those who order, and nobody did
                continue
            over = on + timedelta(days=horizon) <= until
            some = over and share and 0 < came.sum() < len(came) and len(set(told)) > 1
            low, high = bounds_of(came, share=share) if over else NOTHING
            yield Came(
                predicted_on=on.isoformat(),
                model=model,
                customers=len(told),
                told=float(told.mean()),
                came=float(came.mean()) if over else None,
                low=low,
                high=high,
                auc=auc(told, came == 1) if some else None,
                brier=brier(told, came == 1) if some else None,
                complete=over,
                reason="" if over else NOT_OVER,
            )


class Group(NamedTuple):
    """Kept predictions that were made together."""

    on: date
    model: str
    horizon: int


Kept = tuple[Group, dict[str, Reals]]


def _parts(found: pa.Table) -> Iterator[Kept]:
    """The rows of each day, model and horizon, the latest first; cells without a number are NaN."""
    columns = (found[name].to_pylist() for name in ("predicted_on", "model", "horizon_days"))
    keys = [Group(*key) for key in zip(*columns, strict=True)]
    cells = {n: found[n].cast(pa.float64()).to_numpy() for n in ("value", "orders", "amount", "first")}
    places: dict[Group, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    for key in sorted(places, key=lambda each: (-each.on.toordinal(), each.model, each.horizon)):
        yield key, {name: column[places[key]] for name, column in cells.items()}
