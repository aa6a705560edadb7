"""What a customer will bring in if they stay."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stamm.predictions.bought import Reals
from stamm.predictions.examples import VALUE_IF_STAYING
from stamm.predictions.value_ahead import ValueAhead


class ValueIfStaying(ValueAhead):
    """What each customer is expected to pay in the days ahead if they order in them at all.

    It is value_ahead / (1 - no_order_risk), both by the same model: value_ahead counts that they may order nothing, and
    this does not. So with a risk of leaving r, whoever told it, r times this is what leaving would cost, (1 - r) times
    it is what may be expected, and nothing is counted twice. The interval is that of a single customer who stays.
    """

    de = "Wert, wenn sie bleiben"
    sentence_de = "Was jeder Kunde in den kommenden Tagen voraussichtlich zahlt, wenn er darin überhaupt bestellt."
    examples = VALUE_IF_STAYING

    def counted(self, silent: Reals) -> Reals:
        return np.zeros(len(silent))

    def outcome(self, kept: Mapping[str, Reals]) -> tuple[Reals, Reals]:
        """Of those who stayed."""
        stayed = kept["orders"] > 0
        return kept["value"][stayed], kept["amount"][stayed]
