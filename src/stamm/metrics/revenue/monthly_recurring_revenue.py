"""Monthly recurring revenue."""

from __future__ import annotations

from typing import Any

from stamm.facts.accounts import Accounts
from stamm.facts.kind import Reduction
from stamm.lang.example import given, rows
from stamm.metrics.kind import Metric, part

#: at the end of February anna has two rows (one went up on the 10th) and dora one; ben has left, cleo is on trial
#: and emil paused
SUBSCRIBERS = rows("""
    subscription_id  started_at  customer_id  ended_at    mrr_minor  status
    s1               2024-01-01  anna         2024-02-10  1000       active
    s1               2024-02-10  anna         -           2000       active
    s2               2024-01-15  anna         -           500        past_due
    s3               2024-01-05  ben          2024-02-10  700        active
    s4               2024-01-05  cleo         -           900        trialing
    s5               2024-02-03  dora         -           3000       active
    s6               2024-01-01  emil         -           800        paused
""")


class MonthlyRecurringRevenue(Metric):
    """What the subscriptions that run when the window closes bring in each month.

    The sum over active and past_due rows; trials and pauses do not count. Yearly plans count with a twelfth,
    which is how the facts state them.
    """

    de = "Monatlich wiederkehrender Umsatz"
    sentence_de = "Was die Abonnements, die am Ende des Zeitraums laufen, jeden Monat einbringen."
    also = "MRR"
    unit, better, family, leads = "money", "higher", "mrr", True
    n = "subscribers"
    examples = (
        given(recurring=500_000).gives(500_000),
        given(recurring=0).gives(0),
        # anna 2000 + 500, dora 3000
        given(subscriptions=SUBSCRIBERS, window="2024-02").gives(5500),
    )

    @part("recurring at the end", "am Ende wiederkehrend", "money")
    def recurring(self, accounts: Accounts) -> Reduction:
        return accounts.money(accounts.mrr_at_end_minor)

    @part("subscribers", "Abonnenten")
    def subscribers(self, accounts: Accounts) -> Reduction:
        return accounts.customers(accounts.paying())

    def value(self, recurring: Any) -> Any:
        return recurring
