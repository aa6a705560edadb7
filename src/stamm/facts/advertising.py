"""What advertising for campaigns cost."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import day, dimension, flag, money, text
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

_COSTS = rows("""
    cost_id  incurred_on  kind         campaign    amount_minor
    c1       2024-02-01   advertising  spring      500
    c2       2024-02-02   advertising  winter      300
    c3       2024-02-02   advertising  -           900
    c4       2024-02-03   retention    newsletter  100
    c5       2024-03-01   advertising  spring      700
""")


class Advertising(Derived):
    """What advertising cost, of costs that name the campaign it was for."""

    de = "Werbung"
    sentence_de = "Was Werbung kostete, soweit die Kosten eine Kampagne nennen."
    clock = "incurred_on"

    cost_id = text("the cost's number")
    incurred_on = day("the day it belongs to")
    campaign = dimension("the campaign")
    amount_minor = money("what it cost")
    currency = text("ISO 4217")
    foreign = flag("money of a currency without a rate")

    examples = (
        TableExample(
            facts={"costs": _COSTS},
            gives=rows("""
                cost_id  campaign  amount_minor
                c1       spring    500
                c2       winter    300
                c5       spring    700
            """),
        ),
        VerbExample(facts={"costs": _COSTS}, window="2024-02", gives={"spent": 800, "spent(spring)": 500}),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("costs",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        return facts["costs"].filter(_.kind == "advertising", _.campaign.notnull())

    def spent(self, campaign: str = "") -> Reduction:
        """Sum of the costs, of one campaign where it is named."""
        return self.money(self.amount_minor, self.campaign == campaign if campaign else None)
