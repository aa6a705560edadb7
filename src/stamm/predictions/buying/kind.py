"""What a model of buying can tell."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import astuple, dataclass, fields
from math import log1p
from typing import ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from stamm.lang.heeding import heed
from stamm.predictions.buying.histories import Histories
from stamm.predictions.buying.likelihood import Fit, maximise
from stamm.predictions.buying.quadrature import legendre

Reals = npt.NDArray[np.float64]
_POINTS, _WEIGHTS = legendre(12)


class Drawn(NamedTuple):
    """Futures of customers in which each buys at least once: how likely each is beside the others of its row (not
    adding up to anything), and with how many purchases. Both have a row a history and a column a future."""

    weights: Reals
    orders: Reals


@dataclass(frozen=True)
class BuyingModel(ABC):
    """Customers buy at a rate of their own until they silently stop. The parameters are those of the population.

    Every method takes histories and gives one number a row of them. Times are in the unit of the histories to which
    the model was fitted.
    """

    #: as papers call it
    title: ClassVar[str]

    @classmethod
    def fit(cls, histories: Histories) -> Fit[Self]:
        """The parameters of greatest likelihood; raises TooLittleError where the data do not tell them."""
        start = cls.start(float(np.average(histories.age, weights=histories.customers)))
        found, value, errors = maximise(
            lambda point: cls(*map(float, point)).score(histories), start, histories.total, cls.title
        )
        names = [each.name for each in fields(cls)]
        model = cls(*map(float, found))
        return Fit(model, value, dict(zip(names, map(float, errors), strict=True)), round(histories.total))

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters by name, in the order of the paper."""
        return dict(zip((each.name for each in fields(self)), astuple(self), strict=True))

    @classmethod
    @abstractmethod
    def start(cls, age: float) -> Reals:
        """Where to begin looking, of customers of that mean age."""

    @abstractmethod
    def score(self, histories: Histories) -> tuple[float, Reals]:
        """The log likelihood of all customers, and its slope by each parameter."""

    @abstractmethod
    def alive(self, histories: Histories) -> Reals:
        """The probability that a customer has not stopped. A step on the way and no answer: nobody ever sees it, and
        for one who bought once it may be 1 by construction. What can be checked is `no_order_within`."""

    @abstractmethod
    def expected_orders(self, histories: Histories, time: float) -> Reals:
        """How many purchases a customer is expected to make in the next `time`."""

    @abstractmethod
    def no_order_within(self, histories: Histories, time: float | Reals) -> Reals:
        """The probability that a customer buys nothing in the next `time` (one for all, or one a row), 0..1."""

    @abstractmethod
    def draw(self, histories: Histories, time: float, count: int, chance: np.random.Generator) -> Drawn:
        """So many futures of each history, `time` long."""

    def discounted_orders(self, histories: Histories, time: float, yearly: float, year: float) -> Reals:
        """Purchases expected in the next `time`, each worth less the later it comes.

        `yearly` is the discount a year (0.1 for 10 %), `year` the length of a year in the unit of the histories. The
        integral of exp(-d t) dE(t) is taken by parts: exp(-d H) E(H) + d times the integral of exp(-d t) E(t).
        """
        rate = log1p(yearly) / year
        found: Reals = np.exp(-rate * time) * self.expected_orders(histories, time)
        if rate:
            for point, weight in zip(_POINTS * time, _WEIGHTS * time, strict=True):
                found = found + rate * weight * np.exp(-rate * point) * self.expected_orders(histories, float(point))
        return found

    def order_by(self, histories: Histories, share: float, longest: int) -> Reals:
        """After how many whole units of time a purchase has come with probability `share`.

        Infinite where that takes more than `longest`, as it does for those who have probably stopped.
        """
        late = 1 - self.no_order_within(histories, float(longest)) < share
        low, high = np.zeros(len(histories)), np.full(len(histories), float(longest))
        while np.any(high - low > 1):
            heed()
            middle = np.floor((low + high) / 2)
            come = 1 - self.no_order_within(histories, middle) >= share
            low, high = np.where(come, low, middle), np.where(come, middle, high)
        return np.where(late, np.inf, high)


def bought_once(mean: Reals, chance: np.random.Generator) -> Drawn:
    """Purchases of a steady buyer by how many are expected, given that there is one: the weight is how likely that is.

    The first comes somewhere before the end, the others as they may in the time that is left.
    """
    some = -np.expm1(-mean)
    until_first = -np.log1p(-chance.random(mean.shape) * some)
    later = chance.poisson(np.maximum(mean - until_first, 0)).astype(np.float64)
    return Drawn(some, 1 + later)
