"""Average revenue per account."""

from __future__ import annotations

from typing import Any

from stamm.facts.accounts import Accounts
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.lang.formula import ratio
from stamm.lang.interval import Mean
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.monthly_recurring_revenue import SUBSCRIBERS


class AverageRevenuePerAccount(Metric):
    """What a subscriber pays each month when the window closes, on average.

    Monthly recurring revenue over the customers who have any; several subscriptions of one customer are one
    account.
    """

    de = "Durchschnittlicher Umsatz pro Konto"
    sentence_de = "Was ein Abonnent am Ende des Zeitraums im Mittel monatlich zahlt."
    also = "ARPA"
    unit, better = "money", "higher"
    interval = Mean("subscribers", "monthly_recurring_revenue", "squares")
    examples = (
        given(monthly_recurring_revenue=500_000, subscribers=100).gives(5_000),
        given(monthly_recurring_revenue=0, subscribers=0).gives(None),
        # anna 2000 + 500, dora 3000: 5500 / 2, though three rows run
        given(subscriptions=SUBSCRIBERS, window="2024-02").gives(2750),
    )

    @part("subscribers", "Abonnenten")
    def subscribers(self, accounts: Accounts) -> Reduction:
        return accounts.customers(accounts.paying())

    @part("squares of what each pays", "Quadrate dessen, was jeder zahlt", "number")
    def squares(self, accounts: Accounts) -> Reduction:
        recurring = accounts.mrr_at_end_minor.cast("float64")
        return accounts.sum(recurring * recurring, accounts.paying())

    def value(self, monthly_recurring_revenue: Any, subscribers: Any) -> Any:
        return ratio(monthly_recurring_revenue, subscribers)
