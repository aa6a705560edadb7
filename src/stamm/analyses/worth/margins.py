"""What is left of what customers pay, and what their leaving would cost: counted here, for everybody who tells it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]


def margins(brought: Reals, paid: Reals) -> Reals:
    """What is left of each unit a customer pays: as if beside what they paid and brought themselves they had once more
    what those did on average who paid anything. All of it where nobody paid anything."""
    if not paid.any():
        return np.ones(len(paid))
    payers = max(int((paid > 0).sum()), 1)
    more_brought, more_paid = brought.sum() / payers, paid.sum() / payers
    whole = paid + more_paid
    found: Reals = np.where(whole > 0, (brought + more_brought) / np.where(whole > 0, whole, 1), 0.0)
    return found


def at_risk(risk: Reals, ahead: Reals) -> Reals:
    """What leaving would cost: the risk times what they would bring if they stay, nothing where that is no gain."""
    found: Reals = risk * np.maximum(ahead, 0)
    return found
