"""Churned monthly recurring revenue."""

from __future__ import annotations

from typing import Any

from stamm.facts.accounts import Accounts
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.mrr_new import MOVEMENTS


class MrrChurned(Metric):
    """Monthly recurring revenue of customers who paid when the window opened and pay nothing when it closes.

    A pause or a trial pays nothing. Who left and is back by the end of the window has moved up, down or not at all.
    """

    en = "Churned MRR"
    de = "Abgewanderter MRR"
    sentence_de = (
        "Monatlich wiederkehrender Umsatz von Kunden, die zu Beginn des Zeitraums zahlten und am Ende nichts mehr."
    )
    unit, better = "money", "lower"
    n = "accounts"
    examples = (
        given(lost=40_000).gives(40_000),
        given(lost=0).gives(0),
        # cleo 700, emil 400, who only tries now
        given(subscriptions=MOVEMENTS, window="2024-02", as_of="2024-04-01").gives(1100),
    )

    @part("paid at the start, nothing at the end", "zu Beginn gezahlt, am Ende nichts", "money")
    def lost(self, accounts: Accounts) -> Reduction:
        return accounts.loss(accounts.leaves())

    @part("accounts that pay nothing more", "Abokonten, die nichts mehr zahlen")
    def accounts(self, accounts: Accounts) -> Reduction:
        return accounts.count(accounts.leaves())

    def value(self, lost: Any) -> Any:
        return lost
