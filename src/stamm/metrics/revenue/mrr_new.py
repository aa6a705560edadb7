"""New monthly recurring revenue."""

from __future__ import annotations

from typing import Any

from stamm.facts.accounts import Accounts
from stamm.facts.kind import Reduction
from stamm.lang.example import given, rows
from stamm.metrics.kind import Metric, part

#: February: anna pays 500 more (one of her two goes up, the other stays), ben 600 less; cleo leaves on the 10th, emil
#: stops paying, though his trial goes on; dora is new, fay back after five weeks; gil begins on the 1st of March
MOVEMENTS = rows("""
    subscription_id  started_at  customer_id  ended_at    mrr_minor  status
    s1               2024-01-01  anna         2024-02-10  1000       active
    s1               2024-02-10  anna         -           1500       past_due
    s2               2024-01-15  anna         -           500        active
    s3               2024-01-05  ben          2024-02-03  900        active
    s3               2024-02-03  ben          -           300        active
    s4               2024-01-05  cleo         2024-02-10  700        active
    s5               2024-02-03  dora         -           3000       active
    s6               2024-01-05  emil         2024-02-20  400        active
    s6               2024-02-20  emil         -           400        trialing
    s7               2023-10-01  fay          2024-01-10  500        active
    s7               2024-02-14  fay          -           600        active
    s8               2024-03-01  gil          -           9900       active
""")


class MrrNew(Metric):
    """Monthly recurring revenue of customers who pay for the first time, as of the window's end.

    What they pay at the end of the window who paid nothing when it opened and never had before. Who came and went
    within the window moves nothing. A first time is the first in the data. Together with mrr_expansion,
    mrr_reactivation, less mrr_contraction and mrr_churned it is the change of monthly_recurring_revenue, always.
    """

    en = "New MRR"
    de = "Neuer MRR"
    sentence_de = "Monatlich wiederkehrender Umsatz von Kunden, die am Ende des Zeitraums zum ersten Mal zahlen."
    unit, better = "money", "higher"
    n = "accounts"
    examples = (
        given(gained=300_000).gives(300_000),
        given(gained=0).gives(0),
        # dora 3000; fay had paid before, gil begins when February is over
        given(subscriptions=MOVEMENTS, window="2024-02", as_of="2024-04-01").gives(3000),
    )

    @part("paid at the end by who is new", "am Ende von neuen Kunden gezahlt", "money")
    def gained(self, accounts: Accounts) -> Reduction:
        return accounts.gain(accounts.is_new())

    @part("accounts that are new", "neue Abokonten")
    def accounts(self, accounts: Accounts) -> Reduction:
        return accounts.count(accounts.is_new())

    def value(self, gained: Any) -> Any:
        return gained
