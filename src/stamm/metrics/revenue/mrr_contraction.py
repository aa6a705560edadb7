"""Contraction of monthly recurring revenue."""

from __future__ import annotations

from typing import Any

from stamm.facts.accounts import Accounts
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.revenue.mrr_new import MOVEMENTS


class MrrContraction(Metric):
    """How much less customers pay each month than when the window opened, of those who still pay.

    Several subscriptions of one customer are added up first. Who pays nothing at the end is in mrr_churned.
    """

    en = "MRR contraction"
    de = "MRR-Verringerung"
    sentence_de = "Wie viel weniger Kunden monatlich zahlen als zu Beginn des Zeitraums, soweit sie noch zahlen."
    unit, better = "money", "lower"
    n = "accounts"
    examples = (
        given(lost=20_000).gives(20_000),
        given(lost=0).gives(0),
        # ben, from 900 to 300
        given(subscriptions=MOVEMENTS, window="2024-02", as_of="2024-04-01").gives(600),
    )

    @part("less at the end than at the start", "am Ende weniger als zu Beginn", "money")
    def lost(self, accounts: Accounts) -> Reduction:
        return accounts.loss(accounts.shrinks())

    @part("accounts that pay less", "Abokonten, die weniger zahlen")
    def accounts(self, accounts: Accounts) -> Reduction:
        return accounts.count(accounts.shrinks())

    def value(self, lost: Any) -> Any:
        return lost
