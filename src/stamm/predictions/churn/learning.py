"""Learning who leaves: a small booster of trees, and logistic regression as the yardstick beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stamm.analyses.one_thread import one_thread
from stamm.lang.heeding import heed
from stamm.predictions.churn.cuts import Flags, Lessons
from stamm.predictions.churn.quality import brier

Reals = npt.NDArray[np.float64]
SEED, FOLDS = 7, 5
#: of a logistic hazard, the weakest first
STRENGTHS = (0.0003, 0.003, 0.03, 0.3)
#: small on purpose: chosen on the CDNOW list and the Complete Journey with days before their test days
BOOSTER = {
    "max_iter": 60,
    "learning_rate": 0.06,
    "max_leaf_nodes": 4,
    "min_samples_leaf": 100,
    "l2_regularization": 5.0,
    "early_stopping": False,
    "random_state": SEED,
}


@dataclass(frozen=True)
class Learned:
    """A model that gives each row of features a risk, 0..1; `calibrated` where that made it better."""

    model: Any
    slope: float = 1.0
    height: float = 0.0

    @property
    def calibrated(self) -> bool:
        """Whether risks are put right after the trees."""
        return (self.slope, self.height) != (1.0, 0.0)

    def risk(self, table: Reals) -> Reals:
        """The risk of each row."""
        with one_thread():
            raw: Reals = self.model.predict_proba(table)[:, 1]
        return _put_right(raw, self.slope, self.height) if self.calibrated else raw


def boosted(known: Lessons) -> Learned:
    """The booster of trees, its risks put right where that makes them better.

    On five folds, each customer's days in one of them, risks of customers not learned from are found. A logistic curve
    fitted to those of four folds is tried on the fifth; it is kept only where the Brier score becomes smaller by it.
    """
    folds = np.random.default_rng(SEED).permutation(int(known.who.max()) + 1)[known.who] % FOLDS
    raw = np.empty(len(known.left))
    with one_thread():
        for fold in range(FOLDS):
            heed()
            inside = folds != fold
            raw[~inside] = _trees(known.table[inside], known.left[inside]).predict_proba(known.table[~inside])[:, 1]
        right = np.empty(len(raw))
        for fold in range(FOLDS):
            inside = folds != fold
            right[~inside] = _put_right(raw[~inside], *_curve(raw[inside], known.left[inside]))
        model = _trees(known.table, known.left)
        if brier(right, known.left) < brier(raw, known.left):
            return Learned(model, *_curve(raw, known.left))
    return Learned(model)


def logistic(known: Lessons, strength: float = 0.1) -> Learned:
    """Logistic regression on the logarithms of the features, what is missing at its middle.

    The less the `strength` of what is learned, the nearer all risks are to the same.
    """
    from sklearn.impute import SimpleImputer  # noqa: PLC0415 - takes half a second
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import FunctionTransformer, StandardScaler  # noqa: PLC0415

    steps = (
        FunctionTransformer(_logarithms),
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(C=strength, max_iter=1000),
    )
    with one_thread():
        return Learned(make_pipeline(*steps).fit(known.table, known.left))


def hazard(known: Lessons) -> Learned:
    """The same, as strong as was best (by likelihood) on folds of customers not learned from; even where few left."""
    folds = np.random.default_rng(SEED).permutation(int(known.who.max()) + 1)[known.who] % FOLDS
    found = dict.fromkeys(STRENGTHS, 0.0)
    for fold in range(FOLDS):
        inside = folds != fold
        if len(set(known.left[inside].tolist())) < 2:
            continue  # nothing can be learned from those who all did the same
        part = Lessons(known.table[inside], known.left[inside], known.who[inside])
        for strength in STRENGTHS:
            heed()
            risk = np.clip(logistic(part, strength).risk(known.table[~inside]), 1e-6, 1 - 1e-6)
            found[strength] += float(np.log(np.where(known.left[~inside], risk, 1 - risk)).sum())
    return logistic(known, max(STRENGTHS, key=lambda strength: found[strength]))


def _logarithms(table: Reals) -> Reals:
    found: Reals = np.sign(table) * np.log1p(np.abs(table))
    return found


def _trees(table: Reals, left: Flags) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - takes half a second

    return HistGradientBoostingClassifier(**BOOSTER).fit(table, left)


def _log_odds(risk: Reals) -> Reals:
    safe = np.clip(risk, 1e-6, 1 - 1e-6)
    found: Reals = np.log(safe / (1 - safe))
    return found


def _curve(risk: Reals, left: Flags) -> tuple[float, float]:
    """Slope and height of the logistic curve from told to true log odds (Platt)."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    found = LogisticRegression(C=1e6).fit(_log_odds(risk)[:, None], left)
    return float(found.coef_[0, 0]), float(found.intercept_[0])


def _put_right(risk: Reals, slope: float, height: float) -> Reals:
    found: Reals = 1 / (1 + np.exp(-(slope * _log_odds(risk) + height)))
    return found
