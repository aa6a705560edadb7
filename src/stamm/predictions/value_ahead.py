"""What a customer will bring in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from stamm.lang.definition import Setting
from stamm.lang.phrase import Phrase
from stamm.predictions.bought import Reals
from stamm.predictions.buying.kind import BuyingModel
from stamm.predictions.buying.likelihood import Fit
from stamm.predictions.examples import VALUE_AHEAD
from stamm.predictions.from_buying import FromBuying, Known, parameters
from stamm.predictions.kind import Gate, Parameter

YEAR = 365.25
GAMMA_GAMMA, OWN_MEAN = "gamma_gamma", "own_mean"


class ValueAhead(FromBuying):
    """What each customer is expected to pay in the days ahead, worth less the later it comes.

    Expected days with an order, each discounted to the day of looking, times what such a day is worth: between the
    customer's own mean and the mean of all, the nearer to their own the oftener they bought (Gamma-Gamma). Money is
    what was paid for goods, before returns and costs. A day on which nothing was paid (a gift) tells nothing of worth.
    """

    de = "Wert der kommenden Tage"
    sentence_de = "Was jeder Kunde in den kommenden Tagen voraussichtlich zahlt; was später kommt, ist weniger wert."
    cited = "Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value; Fader, Hardie and Lee (2005)"
    unit = "money"
    gates = (
        *FromBuying.gates,
        Gate("paying", Phrase("customers who paid something", "Kunden, die etwas zahlten"), 100),
    )
    examples = VALUE_AHEAD

    discount = Setting(
        0.1,
        "Discount a year: 0.1 makes what comes in a year worth 1/1.1.",
        "Abzinsung im Jahr: 0.1 macht, was in einem Jahr kommt, 1/1,1 wert.",
        low=0.0,
        high=1.0,
    )
    worth = Setting(
        GAMMA_GAMMA,
        "What a day with an order is worth: gamma_gamma, or own_mean for each customer's own mean so far.",
        "Was ein Tag mit Bestellung wert ist: gamma_gamma, oder own_mean für den bisherigen Mittelwert jedes Kunden.",
        choices=(GAMMA_GAMMA, OWN_MEAN),
    )

    @property
    def mark(self) -> str:
        return f"{super().mark}:{self.worth}:{self.discount:g}"

    def foretell(self, model: BuyingModel, known: Known) -> tuple[Reals, ...]:
        orders = model.discounted_orders(known.histories, self.horizon, self.discount, YEAR)[known.place]
        days, mean = known.paid
        each = known.worth.model.expected_value(days, mean) if self.worth == GAMMA_GAMMA else mean
        return (np.round(orders * each),)

    def of_model(self, fit: Fit[BuyingModel], known: Known) -> Iterator[Parameter]:
        yield from super().of_model(fit, known)
        if self.worth == GAMMA_GAMMA:
            worth = known.worth
            yield from parameters(vars(worth.model), worth.errors)

    def outcome(self, kept: Mapping[str, Reals]) -> tuple[Reals, Reals]:
        return kept["value"], kept["amount"]
