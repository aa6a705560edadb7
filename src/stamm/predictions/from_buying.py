"""Predictions made by a model of buying, fitted to the whole customer base at once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import cached_property
from math import inf, isfinite
from typing import Any, ClassVar

import numpy as np

from stamm.analyses.kind import ROWS, Found, Question
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase
from stamm.predictions.bought import EPOCH, Bought, Reals, bought, came_of
from stamm.predictions.buying.bg_nbd import BgNbd
from stamm.predictions.buying.gamma_gamma import GammaGamma
from stamm.predictions.buying.histories import Histories, Places
from stamm.predictions.buying.kind import BuyingModel
from stamm.predictions.buying.likelihood import Fit
from stamm.predictions.buying.mbg_nbd import MbgNbd
from stamm.predictions.buying.pareto_nbd import ParetoNbd
from stamm.predictions.kind import MODEL, Foretold, Gate, Parameter, Prediction
from stamm.predictions.tried import AS_BEFORE, NOBODY, OWN, SINCE, Tried, Way

MODELS: Mapping[str, type[BuyingModel]] = {"pareto_nbd": ParetoNbd, "bg_nbd": BgNbd, "mbg_nbd": MbgNbd}
CUT = Phrase(
    "The data begin in mid-life: who bought before them looks newer here than they are.",
    "Die Daten beginnen mitten im Leben des Geschäfts: wer davor kaufte, sieht hier neuer aus, als er ist.",
)


@dataclass(frozen=True)
class Known:
    """What the model is asked of: everybody's days of purchase, the different histories, and whose is which."""

    bought: Bought
    histories: Histories
    place: Places

    @classmethod
    def of(cls, seen: Bought) -> Known:
        """The histories of everybody as they are at the start of the day."""
        return cls(seen, *Histories.collapsed(seen.counts - 1, seen.last - seen.first, seen.today - seen.first))

    @cached_property
    def paid(self) -> tuple[Reals, Reals]:
        """Of each customer the number of days on which something was paid, and the mean of these; 0 and 0 without."""
        days, amount = self.bought.total(self.bought.amount > 0), self.bought.total(np.maximum(self.bought.amount, 0))
        return days, amount / np.maximum(days, 1)

    @cached_property
    def worth(self) -> Fit[GammaGamma]:
        """What a day is worth, fitted to all who ever paid."""
        days, mean = self.paid
        return GammaGamma.fit(days[days > 0], mean[days > 0])

    def counted(self) -> dict[str, int]:
        """What gates ask for."""
        seen = self.bought
        return {
            "customers": len(seen.starts),
            "returning": int((seen.counts > 1).sum()),
            "days": int((seen.today - seen.first).max(initial=0)),
            "paying": int((self.paid[0] > 0).sum()),
        }


class FromBuying(Prediction):
    """A prediction from how often and how lately customers bought, by a model of buying until one stops.

    Whole local days count, and orders of the same day once. The model is fitted to everybody who had ordered by then.
    """

    abstract = True
    #: whether those with the greatest value come first
    greatest_first = True
    gates: ClassVar[tuple[Gate, ...]] = (
        Gate("customers", Phrase("customers with an order", "Kunden mit einer Bestellung"), 100),
        Gate("returning", Phrase("customers who ordered again", "Kunden, die wieder bestellten"), 30),
        Gate("days", Phrase("days since the first order", "Tage seit der ersten Bestellung"), 90),
    )

    model = Setting(
        "pareto_nbd",
        "The model of buying: Pareto/NBD, BG/NBD or MBG/NBD.",
        "Das Kaufmodell: Pareto/NBD, BG/NBD oder MBG/NBD.",
        choices=tuple(MODELS),
        title=Phrase("Model", "Modell"),
        words={key: Phrase(kind.title, kind.title) for key, kind in MODELS.items()},
    )
    parameters = Setting(
        "",
        "Parameters to use instead of fitted ones, such as r=0.55,alpha=74,s=0.6,beta=82 (times in days).",
        "Parameter anstelle der geschätzten, etwa r=0.55,alpha=74,s=0.6,beta=82 (Zeiten in Tagen).",
        title=Phrase("Parameters", "Parameter"),
    )

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._given = self._read(self.parameters) if self.parameters else None

    def facts(self) -> tuple[str, ...]:
        return ("orders",)

    @property
    def mark(self) -> str:
        return f"{self.key}:{self.model}:{self.horizon}d"

    @abstractmethod
    def foretell(self, model: BuyingModel, known: Known) -> tuple[Reals, ...]:
        """Columns of what is foretold, one row a customer: value and, where there are any, low and high; infinite
        where nothing can be told."""

    def answer(self, question: Question) -> Found:
        known = Known.of(bought(question, self.day(question)))
        if self._given is None:
            self.check_gates(known.counted())
        fit = self._given or MODELS[self.model].fit(known.histories)
        told = self.foretell(fit.model, known)
        return Found(
            {ROWS: tuple(self._rows(known, told)), MODEL: tuple(self.of_model(fit, known))},
            notes=(_fitted(fit, known), *((CUT,) if question.organisation.history == "cut" else ())),
        )

    def measured(self, question: Question) -> dict[str, int]:
        return Known.of(bought(question, self.day(question))).counted()

    def tried(self, question: Question) -> Tried:
        """On the day one horizon back: fitted to what was known then, and held against the days since."""
        later = bought(question, self.day(question))
        known = Known.of(bought(question, later.on - timedelta(days=self.horizon)))
        seen = known.bought
        if self._given is None:
            self.check_gates(known.counted())
        fit = self._given or MODELS[self.model].fit(known.histories)
        value = self.foretell(fit.model, known)[0]
        told = np.isfinite(value)
        kept = {"value": value, **came_of(seen, later)}
        own, came = self.outcome({name: column[told] for name, column in kept.items()})
        share = self.unit_of_outcome == "share"
        ways = [Way(OWN, own, probable=share)]
        if self.unit == "share":
            ways += [
                Way(SINCE, (seen.today - seen.last)[told].astype(np.float64), probable=False),
                Way(NOBODY, np.zeros(len(came)), probable=True),
            ]
        elif not share:  # whoever did much before goes on, and no model is needed
            ago = seen.today - seen.days <= self.horizon
            before = {**kept, "orders": seen.total(ago), "amount": seen.total(seen.amount * ago)}
            known_before = self.outcome({name: column[told] for name, column in before.items()})[1]
            if len(known_before) == len(came):  # else it is told of other customers than it came of
                ways.append(Way(AS_BEFORE, known_before, probable=False))
        first = (EPOCH + timedelta(days=int(seen.first.min()))) if len(seen.starts) else seen.on
        return Tried(
            on=seen.on,
            learned=(first, seen.on - timedelta(days=1)),
            ways=ways,
            came=came,
            counted=Known.of(later).counted(),
            notes=(_fitted(fit, known),),
            model=tuple(self.of_model(fit, known)),
        )

    def of_model(self, fit: Fit[BuyingModel], known: Known) -> Iterator[Parameter]:
        """The rows of the table of parameters."""
        return parameters(fit.model.parameters, fit.errors)

    def row(self, known: Known, customer_id: str, told: tuple[Any, ...], orders: int, last_on: str) -> Any:
        """The row of one customer."""
        value, low, high = (*told, None, None, None)[:3]
        return Foretold(customer_id, value, low, high, orders, last_on)

    def _rows(self, known: Known, told: tuple[Reals, ...]) -> Iterator[Any]:
        customers, seen = known.bought.customers.to_pylist(), known.bought
        values = np.where(np.isfinite(told[0]), told[0], np.inf)
        order = np.argsort(-values if self.greatest_first else values, kind="stable")
        last = [(EPOCH + timedelta(days=day)).isoformat() for day in seen.last.tolist()]
        counts, cells = seen.counts.tolist(), [column.tolist() for column in told]
        for place in order.tolist():
            found = tuple(_finite(column[place]) for column in cells)
            yield self.row(known, customers[place], found, counts[place], last[place])

    def _read(self, text: str) -> Fit[BuyingModel]:
        kind = MODELS[self.model]
        names = [each.name for each in fields(kind)]
        try:
            given = {name.strip(): float(value) for name, _, value in (pair.partition("=") for pair in text.split(","))}
            if sorted(given) != sorted(names) or not all(isfinite(value) and value > 0 for value in given.values()):
                raise ValueError
        except ValueError as error:
            example = ",".join(f"{name}=1" for name in names)
            raise UsageError(
                f"The parameters of {kind.title} cannot be {text!r}.",
                remedy=f"Write numbers above 0, all of them: {example}.",
            ) from error
        return Fit(kind(**given), 0.0, {}, 0)


def parameters(values: Mapping[str, float], errors: Mapping[str, float]) -> Iterator[Parameter]:
    """Rows of estimates with their errors."""
    for name, value in values.items():
        yield Parameter(name, value, _finite(errors.get(name, inf)))


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _fitted(fit: Fit[BuyingModel], known: Known) -> Phrase:
    """What the model rests on."""
    title, back = type(fit.model).title, known.counted()["returning"]
    if not fit.customers:
        return Phrase(f"{title} with the parameters given.", f"{title} mit den gegebenen Parametern.")
    return Phrase(
        f"{title}, fitted to {fit.customers} customers, {back} of whom came back.",
        f"{title}, geschätzt an {fit.customers} Kunden, von denen {back} wiederkamen.",
    )
