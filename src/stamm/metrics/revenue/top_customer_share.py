"""Share of the best customers."""

from __future__ import annotations

from typing import Any

from stamm.facts.buyers_by_contribution import SALES, BuyersByContribution
from stamm.facts.buyers_by_revenue import BuyersByRevenue
from stamm.facts.kind import Reduction
from stamm.lang.definition import Setting
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.phrase import Phrase
from stamm.metrics.kind import Metric, part

BUYERS = {"contribution": BuyersByContribution, "revenue": BuyersByRevenue}


class TopCustomerShare(Metric):
    """The share of the positive contribution made by the best fifth of the customers who ordered in the window.

    The best are a share (`share`, rounded up to whole customers) of all known customers who ordered, by what each
    contributed in the window (or, with `of`, by revenue): everything in it that names them, also costs and returns.
    Equal customers are taken by their id. Customers who cost more than they brought are among those who ordered, but
    what they brought counts as nothing, above and below: of a sum that others diminish, the best could make more
    than all. Shared costs belong to nobody. It is a row of the analysis concentration.
    """

    en = "Share of the best customers"
    de = "Anteil der Top-Kunden"
    sentence_de = "Anteil des positiven Deckungsbeitrags, den das beste Fünftel der bestellenden Kunden erbringt."
    unit, better = "share", "neither"
    n = "buyers"
    share = Setting(
        0.2,
        "How many of them are the best, as a share from 0 to 1.",
        "Wie viele von ihnen die besten sind, als Anteil von 0 bis 1.",
        low=0.000001,
        high=1,
        title=Phrase("Share of customers", "Anteil der Kunden"),
    )
    of = Setting(
        "contribution",
        "By what they are ranked.",
        "Wonach sie geordnet werden.",
        choices=tuple(BUYERS),
        words={"contribution": Phrase("contribution", "Deckungsbeitrag"), "revenue": Phrase("revenue", "Umsatz")},
        title=Phrase("Ranked by", "Geordnet nach"),
    )
    examples = (
        given(best=600_000, all_together=1_000_000).gives(0.6),
        given(best=0, all_together=0).gives(None),
        # a fifth of anna, ben, cleo and dora is one: anna 5000 of 5000 + 1000 + 1000; dora's -3500 counts as nothing
        given(**SALES, window="2024-02", as_of="2024-04-01").gives(5 / 7),
        # half of them by revenue: anna and cleo, 12000 of 14000
        given(**SALES, window="2024-02", as_of="2024-04-01", settings={"share": 0.5, "of": "revenue"}).gives(6 / 7),
    )

    def buyers_by(self) -> BuyersByContribution:
        """The customers who ordered, ranked as the settings say; what is not asked for need not be covered."""
        return BUYERS[self.of]()

    @part("brought by the best", "von den besten erbracht", "money")
    def best(self, buyers_by_contribution: BuyersByContribution) -> Reduction:
        return self.buyers_by().brought_by_best(self.share)

    @part("brought by all who brought anything", "von allen erbracht, die etwas erbrachten", "money")
    def all_together(self, buyers_by_contribution: BuyersByContribution) -> Reduction:
        return self.buyers_by().brought()

    @part("customers who ordered", "Kunden mit Bestellung")
    def buyers(self, buyers_by_contribution: BuyersByContribution) -> Reduction:
        return self.buyers_by().customers()

    def value(self, best: Any, all_together: Any) -> Any:
        return share(best, all_together)
