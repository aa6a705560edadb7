"""What customers are told apart by: metrics of each customer, and what more or less of one is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stamm.lang.phrase import Phrase


@dataclass(frozen=True)
class Measure:
    """A metric of the catalogue by its key, and words for whoever has more or less of it than most."""

    metric: str
    more: Phrase
    less: Phrase


#: the first is asked of everybody; who has none of it is in no persona
MEASURES: Mapping[str, Measure] = {
    each.metric: each
    for each in (
        Measure("order_count", Phrase("order often", "bestellen oft"), Phrase("order seldom", "bestellen selten")),
        Measure(
            "average_order_value",
            Phrase("large orders", "große Bestellungen"),
            Phrase("small orders", "kleine Bestellungen"),
        ),
        Measure(
            "product_return_rate",
            Phrase("send much back", "schicken viel zurück"),
            Phrase("send little back", "schicken wenig zurück"),
        ),
        Measure("visits", Phrase("visit often", "besuchen oft"), Phrase("visit seldom", "besuchen selten")),
        Measure(
            "tickets_opened",
            Phrase("ask for help", "fragen um Hilfe"),
            Phrase("ask for no help", "fragen nicht um Hilfe"),
        ),
    )
}
