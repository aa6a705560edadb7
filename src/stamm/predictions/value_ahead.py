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
from stamm.predictions.spread import Spending, spread

YEAR = 365.25
GAMMA_GAMMA, OWN_MEAN = "gamma_gamma", "own_mean"
#: a chance to order below this is lost to rounding: then one order is what may come
LEAST = 1e-9


class ValueAhead(FromBuying):
    """What each customer is expected to pay in the days ahead, worth less the later it comes.

    Expected days with an order, each discounted to the day of looking, times what such a day is worth: between the
    customer's own mean and the mean of all, the nearer to their own the oftener they bought (Gamma-Gamma). Money is
    what was paid for goods, before returns and costs. A day on which nothing was paid (a gift) tells nothing of worth.

    The interval is that of the single customer: one in ten like them pays less than its lower end, one in ten more than
    its upper. It is drawn from the fitted models (rate, moment of stopping, worth of a day; 200 futures a customer,
    the same each time) and takes the parameters as known. It holds the mean, too, which may lie beyond nine in ten.
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
        title=Phrase("Discount a year", "Abzinsung im Jahr"),
    )
    worth = Setting(
        GAMMA_GAMMA,
        "What a day with an order is worth: gamma_gamma, or own_mean for each customer's own mean so far.",
        "Was ein Tag mit Bestellung wert ist: gamma_gamma, oder own_mean für den bisherigen Mittelwert jedes Kunden.",
        choices=(GAMMA_GAMMA, OWN_MEAN),
        title=Phrase("Worth of a day", "Wert eines Tages"),
        words={
            GAMMA_GAMMA: Phrase("between own and mean of all", "zwischen eigenem und allen"),
            OWN_MEAN: Phrase("own mean", "eigener Mittelwert"),
        },
    )

    @property
    def mark(self) -> str:
        return f"{super().mark}:{self.worth}:{self.discount:g}"

    def foretell(self, model: BuyingModel, known: Known) -> tuple[Reals, ...]:
        spending = self._spending(known)
        value, less, counted = self._value(model, known, spending)
        low, high = (end * less for end in spread(model, known, spending, self.horizon, counted))
        # the mean of what is seldom much may lie beyond nine in ten
        return tuple(np.round(each) for each in (value, np.minimum(low, value), np.maximum(high, value)))

    def value(self, model: BuyingModel, known: Known) -> Reals:
        """What is told of each customer, without its interval."""
        found: Reals = np.round(self._value(model, known, self._spending(known))[0])
        return found

    def _spending(self, known: Known) -> Spending:
        return Spending(*known.paid, known.worth.model if self.worth == GAMMA_GAMMA else None)

    def _value(self, model: BuyingModel, known: Known, spending: Spending) -> tuple[Reals, Reals, Reals]:
        """The value, what later money is worth of it, and the chance of nothing that counts in it."""
        place = known.place
        orders = model.discounted_orders(known.histories, self.horizon, self.discount, YEAR)
        expected = model.expected_orders(known.histories, self.horizon)
        less = np.where(expected > 0, orders / np.where(expected > 0, expected, 1), 1.0)[place]
        silent = model.no_order_within(known.histories, self.horizon)[place]
        counted = self.counted(silent)
        coming = 1 - silent
        some = coming > LEAST
        if_any = np.where(some, orders[place] / np.where(some, coming, 1), less)
        return (1 - counted) * if_any * spending.each, less, counted

    def counted(self, silent: Reals) -> Reals:
        """Of the chance that a customer orders nothing, what counts."""
        return silent

    def of_model(self, fit: Fit[BuyingModel], known: Known) -> Iterator[Parameter]:
        yield from super().of_model(fit, known)
        if self.worth == GAMMA_GAMMA:
            worth = known.worth
            yield from parameters(vars(worth.model), worth.errors)

    def outcome(self, kept: Mapping[str, Reals]) -> tuple[Reals, Reals]:
        return kept["value"], kept["amount"]
