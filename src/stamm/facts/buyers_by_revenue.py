"""Who orders, from the one who pays most to the one who pays least."""

from __future__ import annotations

from typing import ClassVar

from stamm.facts.buyers_by_contribution import SALES, BuyersByContribution
from stamm.lang.example import TableExample, VerbExample, rows

_TAKEN = {kind: SALES[kind] for kind in ("orders", "returns")}


class BuyersByRevenue(BuyersByContribution):
    """Each known customer who ordered in a window, with the revenue they brought in it and their rank by that.

    One row a customer and window. What was paid back in the window is taken off, whichever order it belongs to. Equal
    customers are ranked by their id.
    """

    de = "Käufer nach Umsatz"
    sentence_de = "Jeder bekannte Kunde mit Bestellung in einem Fenster, mit seinem Umsatz darin und seinem Rang."
    of: ClassVar[str] = "takings"
    clock_of: ClassVar[str] = "taken_at"

    examples = (
        TableExample(
            facts=_TAKEN,
            context={"window": "2024-02"},
            gives=rows("""
                customer_id  amount_minor  rank  buyers
                anna         9000          1     4
                cleo         3000          2     4
                ben          2000          3     4
                dora         -3500         4     4
            """),
        ),
        VerbExample(
            facts=_TAKEN,
            window="2024-02",
            gives={"best(0.5)": 2, "brings": 3, "brought": 14000, "brought_by_best(0.5)": 12000},
        ),
    )
