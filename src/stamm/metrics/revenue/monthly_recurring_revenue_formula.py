"""Monthly recurring revenue by the formula."""

from __future__ import annotations

from typing import Any

from stamm.facts.accounts import Accounts
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.monthly_recurring_revenue import SUBSCRIBERS


class MonthlyRecurringRevenueFormula(Metric):
    """The subscribers when the window closes times what one of them pays a month on average.

    The formula glossaries print. It equals monthly_recurring_revenue by construction, for the average is that
    revenue over these subscribers; where there are none, there is no average and so no value.
    """

    en = "Monthly recurring revenue, by formula"
    de = "Monatlich wiederkehrender Umsatz nach der Formel"
    sentence_de = "Die Abonnenten am Ende des Zeitraums mal dem, was einer von ihnen im Mittel monatlich zahlt."
    unit, better, family = "money", "higher", "mrr"
    n = "subscribers"
    examples = (
        given(subscribers=100, average_revenue_per_account=50).gives(5000),
        # anna and dora, (2000 + 500 + 3000) / 2 each: 2 x 2750
        given(subscriptions=SUBSCRIBERS, window="2024-02").gives(5500),
        # in December 2023 there was nobody, so no average
        given(subscriptions=SUBSCRIBERS, window="2023-12", as_of="2024-03-01").gives(None),
    )

    @part("subscribers", "Abonnenten")
    def subscribers(self, accounts: Accounts) -> Reduction:
        return accounts.customers(accounts.paying())

    def value(self, subscribers: Any, average_revenue_per_account: Any) -> Any:
        return subscribers * average_revenue_per_account
