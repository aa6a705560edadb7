"""Who will not order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stamm.predictions.bought import Reals
from stamm.predictions.buying.kind import BuyingModel
from stamm.predictions.examples import NO_ORDER_RISK
from stamm.predictions.from_buying import FromBuying, Known


class NoOrderRisk(FromBuying):
    """How likely it is that a customer orders nothing in the days ahead.

    It can be checked when the days are over, unlike the probability that a customer 'is alive', of which nobody ever
    learns the truth and which the BG/NBD puts at 1 for everybody who bought once. It needs no labels and no history of
    leaving, and is where to begin while there is too little for churn_risk.
    """

    de = "Risiko ohne Bestellung"
    sentence_de = "Wie wahrscheinlich es ist, dass ein Kunde in den kommenden Tagen nichts bestellt."
    cited = "Schmittlein, Morrison and Colombo (1987); Fader, Hardie and Lee (2005)"
    unit = "share"
    examples = NO_ORDER_RISK

    def foretell(self, model: BuyingModel, known: Known) -> tuple[Reals, ...]:
        return (model.no_order_within(known.histories, self.horizon)[known.place],)

    def outcome(self, kept: Mapping[str, Reals]) -> tuple[Reals, Reals]:
        return kept["value"], (kept["orders"] == 0).astype(np.float64)
