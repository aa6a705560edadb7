"""Contribution per customer."""

from __future__ import annotations

from typing import Any

from stamm.facts.contributions import Contributions
from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.facts.shared_service import SharedService
from stamm.lang.example import given, rows
from stamm.lang.formula import ratio
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.cost_to_serve import CARE, SERVED
from stamm.metrics.revenue.gross_revenue import SALES
from stamm.metrics.revenue.revenue import RETURNS

#: what the second cost nobody knows
MAILS = rows("""
    message_id  customer_id  sent_at           cost_minor
    m1          anna         2024-02-05T10:00  30
    m2          ben          2024-02-06T10:00  -
    m3          -            2024-02-07T10:00  20
    m4          anna         2024-03-01T00:00  900
""")


class ContributionPerCustomer(Metric):
    """What is left of revenue after the costs customers cause, for each customer here at any time in the window.

    Revenue, which is already net of returns, less the cost of the goods ordered, less messages, service, retention
    and rewards. Winning customers (acquisition, advertising) is no part of it. Goods and messages whose cost is not
    known cost nothing; goods that came back have cost what they cost. Orders and costs that name no customer count,
    and stand, where the answer is split, with those of whom the dimension is not known; service shared by all is
    spread as in cost_to_serve.
    """

    de = "Deckungsbeitrag pro Kunde"
    sentence_de = "Was vom Umsatz nach den von Kunden verursachten Kosten bleibt, je Kunde, der im Zeitraum da war."
    unit, better = "money", "higher"
    n = "customers"
    examples = (
        given(
            revenue=850_000, goods=500_000, messages=2_000, service=30_000, shared=20_000, care=18_000, customers=700
        ).gives(400),
        given(revenue=0, goods=0, messages=0, service=0, shared=0, care=0, customers=0).gives(None),
        # revenue 8400; goods 1800 and 800, messages 30 and 20, service 1800 and 9000, care 500 and 700: what is left
        # is 8400 - 2600 - 50 - 1800 - 9000 - 1200, for anna, ben and cleo
        given(
            orders=SALES,
            returns=RETURNS,
            messages=MAILS,
            costs=CARE,
            spells=SERVED,
            window="2024-02",
            as_of="2024-04-01",
        ).gives(-6250 / 3),
    )

    @part("revenue", "Umsatz", "money")
    def revenue(self, contributions: Contributions) -> Reduction:
        return contributions.taken()

    @part("cost of goods", "Kosten der Waren", "money")
    def goods(self, contributions: Contributions) -> Reduction:
        return contributions.spent("goods")

    @part("messages", "Nachrichten", "money")
    def messages(self, contributions: Contributions) -> Reduction:
        return contributions.spent("message")

    @part("service for single customers", "Service für einzelne Kunden", "money")
    def service(self, contributions: Contributions) -> Reduction:
        return contributions.spent_on_customers("service")

    @part("service shared by all", "gemeinsamer Service", "money")
    def shared(self, shared_service: SharedService) -> Reduction:
        return shared_service.borne()

    @part("retention and rewards", "Bindung und Prämien", "money")
    def care(self, contributions: Contributions) -> Reduction:
        return contributions.spent("retention", "reward")

    @part("here at any time in the window", "irgendwann im Zeitraum da")
    def customers(self, base: CustomerBase) -> Reduction:
        return base.count()

    def value(
        self, revenue: Any, goods: Any, messages: Any, service: Any, shared: Any, care: Any, customers: Any
    ) -> Any:
        return ratio(revenue - goods - messages - service - shared - care, customers)
