"""The plain yardstick: how likely it is to end by how long one has paid, and nothing else."""

from __future__ import annotations

import numpy as np

from stamm.predictions.contracts.subscribed import DAY, NEVER, Reals, Subscribed


def by_tenure(seen: Subscribed, tenure: Reals, horizon: int) -> Reals:
    """1 - S(tenure + horizon) / S(tenure), by the Kaplan-Meier curve of all spans known on the day, open ones censored.

    Beyond the longest span the curve tells nothing; there all ends by all time stand for it.
    """
    spans = seen.spans()
    length = (np.minimum(spans.end, seen.at) - spans.start) / DAY
    over = spans.end < NEVER
    times, ends = np.unique(length[over], return_counts=True)
    at_risk = len(length) - np.searchsorted(np.sort(length), times)
    left = np.concatenate([[1.0], np.cumprod(1 - ends / np.maximum(at_risk, 1))])
    now, then = (left[np.searchsorted(times, at, side="right")] for at in (tenure, tenure + horizon))
    flat = 1 - np.exp(-horizon * over.sum() / max(float(length.sum()), 1.0))
    known = (tenure + horizon <= length.max(initial=0.0)) & (now > 0)
    return np.where(known, 1 - then / np.where(now > 0, now, 1), flat)
