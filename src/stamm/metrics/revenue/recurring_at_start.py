"""What became of the recurring revenue that there was at the start."""

from __future__ import annotations

from stamm.facts.accounts import Accounts
from stamm.facts.kind import Reduction
from stamm.metrics.kind import Metric, part


class RecurringAtStart(Metric):
    """A share of the monthly recurring revenue when the window opens."""

    abstract = True
    family = "mrr_churn"
    n = "subscribers"

    @part("recurring at the start", "zu Beginn wiederkehrend", "money")
    def start(self, accounts: Accounts) -> Reduction:
        return accounts.money(accounts.mrr_at_start_minor)

    @part("subscribers at the start", "Abonnenten zu Beginn")
    def subscribers(self, accounts: Accounts) -> Reduction:
        return accounts.customers(accounts.mrr_at_start_minor > 0)
