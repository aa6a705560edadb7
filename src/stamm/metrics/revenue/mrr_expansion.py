"""Expansion of monthly recurring revenue."""

from __future__ import annotations

from typing import Any

from stamm.facts.accounts import Accounts
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.mrr_new import MOVEMENTS


class MrrExpansion(Metric):
    """How much more customers pay each month who already paid when the window opened.

    Several subscriptions of one customer are added up first: who adds one and drops another of the same price
    moves nothing.
    """

    en = "MRR expansion"
    de = "MRR-Erweiterung"
    sentence_de = "Wie viel mehr Kunden monatlich zahlen, die schon zu Beginn des Zeitraums zahlten."
    unit, better = "money", "higher"
    n = "accounts"
    examples = (
        given(gained=50_000).gives(50_000),
        given(gained=0).gives(0),
        # anna, from 1000 + 500 to 1500 + 500
        given(subscriptions=MOVEMENTS, window="2024-02", as_of="2024-04-01").gives(500),
    )

    @part("more at the end than at the start", "am Ende mehr als zu Beginn", "money")
    def gained(self, accounts: Accounts) -> Reduction:
        return accounts.gain(accounts.grows())

    @part("accounts that pay more", "Abokonten, die mehr zahlen")
    def accounts(self, accounts: Accounts) -> Reduction:
        return accounts.count(accounts.grows())

    def value(self, gained: Any) -> Any:
        return gained
