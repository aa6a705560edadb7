"""Between what amounts a customer may be expected to pay: quantiles of futures drawn from the fitted models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stamm.lang.heeding import heed
from stamm.predictions.bought import Reals
from stamm.predictions.buying.gamma_gamma import GammaGamma
from stamm.predictions.buying.histories import Places
from stamm.predictions.buying.kind import BuyingModel
from stamm.predictions.from_buying import Known

EARLY, LATE = 0.1, 0.9
FUTURES = 200
SEED = 20_05
#: customers at a time, so that tables of customers by futures stay small
ROWS = 4096


@dataclass(frozen=True)
class Spending:
    """What a day with an order is worth to each customer, from the days on which they paid and the mean of these.

    By the model; or without one, each day what the customer paid on average.
    """

    days: Reals
    mean: Reals
    model: GammaGamma | None

    @cached_property
    def each(self) -> Reals:
        """What one day is expected to be worth."""
        return self.mean if self.model is None else self.model.expected_value(self.days, self.mean)

    def draw(self, who: Places, orders: Reals, chance: np.random.Generator) -> Reals:
        """What so many days are worth together, for some of the customers: a row each, a column a future."""
        if self.model is None:
            return orders * self.mean[who, None]
        return self.model.draw(self.days[who], self.mean[who], orders, chance)


def spread(model: BuyingModel, known: Known, spending: Spending, time: float, silent: Reals) -> tuple[Reals, Reals]:
    """The amounts below which a tenth and nine tenths of each customer's futures lie, if they buy nothing in a share
    `silent` of them.

    Where all of a part lies in silence, the amount is 0, and where both do, nothing is drawn. The same customers in the
    same order get the same futures.
    """
    chance = np.random.default_rng(SEED)
    low, high = np.zeros(len(silent)), np.zeros(len(silent))
    drawn = np.flatnonzero(silent < LATE)
    for start in range(0, len(drawn), ROWS):
        heed()
        who = drawn[start : start + ROWS]
        weights, orders = model.draw(known.histories.of(known.place[who]), time, FUTURES, chance)
        amounts = spending.draw(who, orders, chance)
        for found, part in ((low, EARLY), (high, LATE)):
            share = np.maximum(part - silent[who], 0) / (1 - silent[who])
            found[who] = np.where(share > 0, _quantile(amounts, weights, share), 0.0)
    return low, high


def _quantile(amounts: Reals, weights: Reals, share: Reals) -> Reals:
    """The amount of each row below which that share of its weights lies."""
    order = np.argsort(amounts, axis=1)
    heavy = np.cumsum(np.take_along_axis(weights, order, axis=1), axis=1)
    place = (heavy < share[:, None] * heavy[:, -1:]).sum(axis=1)
    at = np.take_along_axis(order, np.minimum(place, amounts.shape[1] - 1)[:, None], axis=1)
    return np.take_along_axis(amounts, at, axis=1)[:, 0]
