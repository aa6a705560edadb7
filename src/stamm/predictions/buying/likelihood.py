"""Maximum likelihood for models whose parameters are all positive, from their log likelihood and its exact slopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, minimize

from stamm.lang.errors import TooLittleError
from stamm.lang.heeding import heed

Reals = npt.NDArray[np.float64]
M = TypeVar("M")
#: parameters -> log likelihood of all customers, and its slope by each parameter
Score = Callable[[Reals], tuple[float, Reals]]
#: how far from where the search begins a logarithm may end
FARTHEST = 14.0
STEP = 1e-4
NEWTON_STEPS = 12
CLOSE = 1e-7
#: a direction in which the whole log likelihood bends less than this is one of which the data say nothing
FLAT = 0.1


@dataclass(frozen=True)
class Fit(Generic[M]):
    """A fitted model with its log likelihood at the maximum and the standard error of each parameter.

    `customers` is how many it was fitted to. The errors come from the curvature at the maximum (the observed
    information in the logarithms of the parameters, by the delta method), in the units of the parameters; one is
    infinite where the data do not tell its parameter from others, as for how unequally customers stop where hardly
    anybody does. What is predicted is told all the same.
    """

    model: M
    log_likelihood: float
    errors: Mapping[str, float]
    customers: int


def maximise(score: Score, start: Reals, weight: float, what: str) -> tuple[Reals, float, Reals]:
    """The parameters with the greatest likelihood, the log likelihood there, and the standard errors.

    All parameters are positive and are sought by their logarithms, quasi-Newton first and then by Newton's steps, with
    the curvature taken from differences of the exact slopes; along a ridge that is as good as flat no step is taken.
    `weight` is the number of customers, `what` names the model. Raises TooLittleError where there is no maximum.
    """

    def loss(logs: Reals) -> tuple[float, Reals]:
        heed()
        value, slopes = score(np.exp(logs))
        return -value / weight, -slopes * np.exp(logs) / weight

    origin = np.log(start)
    bounds = Bounds(origin - FARTHEST, origin + FARTHEST)
    found = minimize(loss, origin, jac=True, method="L-BFGS-B", bounds=bounds, options={"gtol": 1e-6, "ftol": 1e-14})
    logs: Reals = found.x
    for _ in range(NEWTON_STEPS):
        value, slopes = loss(logs)
        bends = _curvature(loss, logs)
        if not np.all(np.isfinite(bends)):
            break
        bend, ways = np.linalg.eigh(bends)
        told = bend * weight > FLAT
        along = slopes @ ways
        if told.sum() < 2 or np.any(np.abs(along[~told]) * weight > 1):
            break
        step = ways[:, told] @ (along[told] / bend[told])
        if np.max(np.abs(step)) < CLOSE:
            return np.exp(logs), -value * weight, np.exp(logs) * _errors(bend * weight, ways, told)
        logs = logs - np.clip(step, -1.0, 1.0)
    raise TooLittleError(
        f"{what} finds no parameters that fit these customers better than all others.",
        remedy="Take in more customers or a longer history, so that some come back and some stay away.",
    )


def _errors(bend: Reals, ways: Reals, told: npt.NDArray[np.bool_]) -> Reals:
    """Standard errors of the logarithms, from the curvature of the whole log likelihood along its main directions."""
    known: Reals = np.sqrt((ways[:, told] ** 2 / bend[told]).sum(axis=1))
    open_ended = (ways[:, ~told] ** 2).sum(axis=1) > 0.01
    return np.where(open_ended, np.inf, known)


def _curvature(loss: Callable[[Reals], tuple[float, Reals]], logs: Reals) -> Reals:
    """The second slopes, from differences of the first; symmetric."""
    steps = np.eye(len(logs)) * STEP
    rows = [(loss(logs + step)[1] - loss(logs - step)[1]) / (2 * STEP) for step in steps]
    bends = np.array(rows)
    return (bends + bends.T) / 2
