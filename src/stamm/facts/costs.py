"""What customers cost."""

from __future__ import annotations

from stamm.facts.columns import currency, day, dimension, money, text
from stamm.facts.kind import Imported, Reduction
from stamm.lang.example import VerbExample, rows


class Costs(Imported):
    """What winning, serving and keeping customers cost, one row a cost; goods and messages have their own."""

    de = "Kosten"
    sentence_de = (
        "Was es kostete, Kunden zu gewinnen, zu bedienen und zu halten, eine Zeile je Posten; "
        "ohne Waren und Nachrichten."
    )
    key_columns = ("cost_id",)
    clock = "incurred_on"
    clocks = ("incurred_on",)

    cost_id = text("the cost's number", required=True, personal=False)
    customer_id = text("for whom; empty where it is shared by all", personal=True)
    incurred_on = day("the day it belongs to", required=True, personal=False)
    kind = dimension(
        "service, acquisition, retention, reward or advertising",
        choices=("service", "acquisition", "retention", "reward", "advertising"),
        required=True,
        personal=False,
    )
    campaign = dimension("the campaign it belongs to", personal=False)
    amount_minor = money("what it cost", required=True)
    currency = currency()

    examples = (
        VerbExample(
            facts={
                "costs": rows("""
                    cost_id  customer_id  incurred_on  kind         campaign  amount_minor
                    c1       -            2024-02-01   advertising  spring    50000
                    c2       -            2024-02-29   acquisition  -         10000
                    c3       anna         2024-02-10   service      -         1500
                    c4       ben          2024-02-11   reward       -         500
                    c5       -            2024-03-01   service      -         9000
                    c6       -            2024-02-12   service      -         700
                """),
            },
            window="2024-02",
            gives={
                "spent": 62700,
                "spent(acquisition, advertising)": 60000,
                "spent(service)": 2200,
                "named(service)": 1500,
            },
        ),
    )

    def spent(self, *kinds: str) -> Reduction:
        """Sum of the costs, of some kinds where they are named."""
        return self.money(self.amount_minor, self.kind.isin(kinds) if kinds else None)

    def named(self, *kinds: str) -> Reduction:
        """Sum of the costs of some kinds that name a customer."""
        return self.money(self.amount_minor, self.kind.isin(kinds) & self.customer_id.notnull())
