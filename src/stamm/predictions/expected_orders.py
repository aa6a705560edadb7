"""How often a customer will order."""

from __future__ import annotations

from collections.abc import Mapping

from stamm.predictions.bought import Reals
from stamm.predictions.buying.kind import BuyingModel
from stamm.predictions.examples import EXPECTED_ORDERS
from stamm.predictions.from_buying import FromBuying, Known


class ExpectedOrders(FromBuying):
    """How many days with an order are expected of each customer in the days ahead.

    A mean over all that may come: 0.4 says that of ten such customers some four orders come. Who has probably stopped
    counts with the chance that they have not.
    """

    de = "Erwartete Bestellungen"
    sentence_de = "Mit wie vielen Tagen mit Bestellung in den kommenden Tagen bei jedem Kunden zu rechnen ist."
    cited = "Schmittlein, Morrison and Colombo (1987); Fader, Hardie and Lee (2005)"
    unit = "number"
    examples = EXPECTED_ORDERS

    def foretell(self, model: BuyingModel, known: Known) -> tuple[Reals, ...]:
        return (model.expected_orders(known.histories, self.horizon)[known.place],)

    def outcome(self, kept: Mapping[str, Reals]) -> tuple[Reals, Reals]:
        return kept["value"], kept["orders"]
