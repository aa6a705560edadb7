"""Product adoption rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.feature_adopters import FeatureAdopters
from stamm.facts.kind import Reduction
from stamm.facts.product_adopters import ProductAdopters
from stamm.lang.definition import Setting
from stamm.lang.example import given, rows
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.lang.phrase import Phrase
from stamm.metrics.kind import Metric, WindowNames, part

#: anna searches while she is nobody, on a phone that turns out to be hers; ben has gone by the end of February, dora
#: comes and searches on its last day, cleo searches in March; emil, who does, is no customer
ADOPTING = {
    "spells": rows("""
        customer_id  number  started_at  ended_at    first_started_at
        anna         1       2024-01-05  -           2024-01-05
        ben          1       2024-01-05  2024-02-10  2024-01-05
        cleo         1       2024-02-03  -           2024-02-03
        dora         1       2024-02-29  -           2024-02-29
        fay          1       2024-01-20  -           2024-01-20
    """),
    "events": rows("""
        event_id  customer_id  anonymous_id  happened_at       kind   name
        e1        -            phone         2024-01-02T10:00  track  searched
        e2        anna         phone         2024-01-09T10:00  page   -
        e3        ben          -             2024-02-09T10:00  track  searched
        e4        cleo         -             2024-03-01T00:00  track  searched
        e5        dora         -             2024-02-29T23:59  track  searched
        e6        emil         -             2024-02-09T10:00  track  searched
    """),
    "order_lines": rows("""
        order_id  line_id  customer_id  ordered_at  product_id  product  quantity
        o1        1        anna         2024-01-05  p1          tea      1
        o2        1        anna         2024-02-05  p1          tea      1
        o3        1        ben          2024-01-05  p1          tea      1
        o4        1        cleo         2024-02-03  p3          tea      1
        o5        1        fay          2024-01-20  p4          cake     1
    """),
}


class ProductAdoptionRate(Metric):
    """Of the customers here at the window's end, the share who by then had used a feature or bought a product.

    A feature is used by the event of its name, whenever that was, also before its user was known or a customer. A
    product, where one is named, is bought with an order that was not cancelled. Once adopted is adopted: who never
    came back to it counts.
    """

    de = "Produktakzeptanzrate"
    sentence_de = (
        "Anteil der am Ende anwesenden Kunden, die bis dahin eine Funktion genutzt oder ein Produkt gekauft hatten."
    )
    unit, better = "share", "higher"
    interval = Wilson("adopted", "end")
    feature = Setting(
        "Products Searched",
        "Name of the event that is the use of the feature.",
        "Name des Ereignisses, das die Nutzung der Funktion ist.",
        title=Phrase("Use of the feature", "Nutzung der Funktion"),
    )
    product = Setting(
        "",
        "Name or number of the product to be bought; empty where a feature is meant.",
        "Name oder Nummer des zu kaufenden Produkts; leer, wenn eine Funktion gemeint ist.",
        title=Phrase("Product", "Produkt"),
    )
    examples = (
        given(end=800, adopted=200).gives(0.25),
        given(end=0, adopted=0).gives(None),
        # anna and dora of anna, cleo, dora and fay
        given(**ADOPTING, window="2024-02", as_of="2024-04-01", settings={"feature": "searched"}).gives(0.50),
        # tea, by its name and by one of its numbers: anna and cleo, anna
        given(**ADOPTING, window="2024-02", as_of="2024-04-01", settings={"product": "tea"}).gives(0.50),
        given(**ADOPTING, window="2024-02", as_of="2024-04-01", settings={"product": "p1"}).gives(0.25),
    )

    @part("here at the end", "am Ende da")
    def end(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.end))

    @part("of them adopted it", "davon angenommen")
    def adopted(self, feature_adopters: FeatureAdopters) -> Reduction:
        if self.product:
            buyers = ProductAdopters()
            return buyers.customers(buyers.bought(self.product))
        return feature_adopters.customers(feature_adopters.used(self.feature))

    def value(self, end: Any, adopted: Any) -> Any:
        return share(adopted, end)
