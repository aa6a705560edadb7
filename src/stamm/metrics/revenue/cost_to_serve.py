"""Cost to serve."""

from __future__ import annotations

from typing import Any

from stamm.facts.costs import Costs
from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.facts.shared_service import SharedService
from stamm.lang.example import given, rows
from stamm.lang.formula import ratio
from stamm.metrics.kind import Metric, part

#: in February anna stays, ben leaves on the 10th, cleo comes on the 20th; dora had left, emil comes in March
SERVED = rows("""
    customer_id  number  started_at  ended_at    first_started_at
    anna         1       2024-01-05  -           2024-01-05
    ben          1       2024-01-05  2024-02-10  2024-01-05
    cleo         1       2024-02-20  -           2024-02-20
    dora         1       2024-01-05  2024-01-31  2024-01-05
    emil         1       2024-03-01  -           2024-03-01
""")
#: one for dora came late; two name nobody, of which the second lies in March
CARE = rows("""
    cost_id  customer_id  incurred_on  kind         campaign  amount_minor
    c1       anna         2024-02-10   service      -         1500
    c2       dora         2024-02-05   service      -         300
    c3       -            2024-02-29   service      -         9000
    c4       -            2024-03-01   service      -         9900
    c5       ben          2024-02-06   reward       -         500
    c6       -            2024-02-01   retention    -         700
    c7       -            2024-02-01   acquisition  -         4000
    c8       -            2024-02-15   advertising  spring    2000
""")


class CostToServe(Metric):
    """What customer service cost for each customer who was here at any time in the window.

    All service costs of the window, also for customers who were not here in it. Split by a dimension, costs that name
    a customer count in that customer's group, and those shared by all are spread by the minutes of the tickets that
    the groups' customers opened in the window, or by the number of customers where no minutes are known.
    """

    en = "Cost to serve"
    de = "Servicekosten pro Kunde"
    sentence_de = "Was der Kundendienst je Kunde kostete, der irgendwann im Zeitraum da war."
    unit, better = "money", "lower"
    n = "customers"
    examples = (
        given(named=120_000, shared=80_000, customers=400).gives(500),
        given(named=0, shared=5_000, customers=0).gives(None),
        # 1500 and 300 for somebody, 9000 for all; anna, ben and cleo were here: 10800 / 3
        given(costs=CARE, spells=SERVED, window="2024-02", as_of="2024-04-01").gives(3600),
    )

    @part("service for single customers", "Service für einzelne Kunden", "money")
    def named(self, costs: Costs) -> Reduction:
        return costs.named("service")

    @part("service shared by all", "gemeinsamer Service", "money")
    def shared(self, shared_service: SharedService) -> Reduction:
        return shared_service.borne()

    @part("here at any time in the window", "irgendwann im Zeitraum da")
    def customers(self, base: CustomerBase) -> Reduction:
        return base.count()

    def value(self, named: Any, shared: Any, customers: Any) -> Any:
        return ratio(named + shared, customers)
