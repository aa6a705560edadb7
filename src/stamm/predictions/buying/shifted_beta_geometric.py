"""Shifted beta-geometric: how long customers keep a contract that they may end each period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, psi

from stamm.predictions.buying.likelihood import Fit, maximise

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ShiftedBetaGeometric:
    """Each period a customer ends the contract with a probability of their own, ~ Beta(a, b) among customers.

    Fader and Hardie (2007), How to Project Customer Retention, Journal of Interactive Marketing 21(1), 76-90:
    equations (5) to (7) and the likelihood of appendix B. Retention rises with time because those who leave easily
    have left.
    """

    title: ClassVar[str] = "Shifted beta-geometric"

    a: float
    b: float

    @classmethod
    def fit(cls, remaining: Sequence[float]) -> Fit[Self]:
        """Parameters of greatest likelihood, of one cohort: who was there at the start, and after each period since.

        Raises ValueError where the numbers rise, TooLittleError where nobody has left or the data do not tell.
        """
        left = np.asarray(remaining, dtype=np.float64)
        if len(left) < 3 or np.any(np.diff(left) > 0) or left[-1] < 0:
            raise ValueError("a cohort needs three numbers or more that never rise")
        found, value, errors = maximise(
            lambda point: cls(*map(float, point)).score(left), np.array([1.0, 3.0]), float(left[0]), cls.title
        )
        a, b = map(float, errors)
        return Fit(cls(*map(float, found)), value, {"a": a, "b": b}, round(float(left[0])))

    def score(self, remaining: Reals) -> tuple[float, Reals]:
        """The log likelihood of the cohort, and its slope by a and b."""
        a, b = self.a, self.b
        lost, stay = -np.diff(remaining), remaining[-1]
        t, end = np.arange(1, len(remaining)), len(remaining) - 1
        value = lost @ betaln(a + 1, b + t - 1) + stay * betaln(a, b + end) - remaining[0] * betaln(a, b)
        both = psi(a + b) * remaining[0] - lost @ psi(a + b + t) - stay * psi(a + b + end)
        return float(value), np.array(
            [
                both + lost.sum() * psi(a + 1) + stay * psi(a) - remaining[0] * psi(a),
                both + lost @ psi(b + t - 1) + stay * psi(b + end) - remaining[0] * psi(b),
            ]
        )

    def survival(self, periods: npt.ArrayLike) -> Reals:
        """The share of customers still there after so many periods."""
        t = np.asarray(periods, dtype=np.float64)
        found: Reals = np.exp(betaln(self.a, self.b + t) - betaln(self.a, self.b))
        return found

    def retention(self, period: npt.ArrayLike) -> Reals:
        """Of those there when a period (1, 2 ...) begins, the share there when it ends."""
        t = np.asarray(period, dtype=np.float64)
        found: Reals = (self.b + t - 1) / (self.a + self.b + t - 1)
        return found

    def expected_periods(self, past: int, ahead: int) -> float:
        """How many of the next `ahead` periods a customer who has been there for `past` is expected to pay for."""
        later = self.survival(np.arange(past + 1, past + ahead + 1))
        return float(later.sum() / self.survival(past))
