"""Reactivated monthly recurring revenue."""

from __future__ import annotations

from typing import Any

from stamm.facts.accounts import Accounts
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.mrr_new import MOVEMENTS


class MrrReactivation(Metric):
    """Monthly recurring revenue of customers who pay again when the window closes, having paid nothing when it opened.

    They paid something at some time before the window. Glossaries differ: some count it as new.
    """

    en = "Reactivated MRR"
    de = "Reaktivierter MRR"
    sentence_de = (
        "Monatlich wiederkehrender Umsatz von Kunden, die zu Beginn des Zeitraums nichts und am Ende wieder zahlen."
    )
    unit, better = "money", "higher"
    n = "accounts"
    examples = (
        given(gained=10_000).gives(10_000),
        given(gained=0).gives(0),
        # fay, who paid until January
        given(subscriptions=MOVEMENTS, window="2024-02", as_of="2024-04-01").gives(600),
    )

    @part("paid again at the end", "am Ende wieder gezahlt", "money")
    def gained(self, accounts: Accounts) -> Reduction:
        return accounts.gain(accounts.is_back())

    @part("accounts that pay again", "Abokonten, die wieder zahlen")
    def accounts(self, accounts: Accounts) -> Reduction:
        return accounts.count(accounts.is_back())

    def value(self, gained: Any) -> Any:
        return gained
