"""Where somebody stands: a customer, a customer again, gone, or no customer yet."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.stretches import lapse_of, signs_of
from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import Chosen
from stamm.segments.kind import Operator, example
from stamm.segments.then import Then

_ = ibis._

CUSTOMER, AGAIN, LEFT, NOT_YET = "customer", "again", "left", "not_yet"
STATES = {
    CUSTOMER: Phrase("customers for the first time", "zum ersten Mal Kunden"),
    AGAIN: Phrase("customers again", "wieder Kunden"),
    LEFT: Phrase("gone", "gegangen"),
    NOT_YET: Phrase("not customers yet", "noch keine Kunden"),
}
_ORDERS = {
    "orders": rows("""
        order_id  customer_id  ordered_at        amount_minor
        o1        anna         2024-02-10T10:00  1000
        o2        ben          2023-06-10T10:00  1000
        o3        ben          2024-02-10T10:00  1000
        o4        cleo         2023-12-01T10:00  1000
    """),
    "customers": rows("""
        customer_id  valid_from
        dora         2024-01-01
    """),
}


class Stands(Operator):
    """Customers by where they stand, after the organisation's rule of when somebody is a customer."""

    de = "Stand"
    sentence_de = "Kunden danach, wo sie stehen, nach der Regel der Organisation, wann jemand Kunde ist."
    says = Phrase("who are {state}", "die {state} sind")
    denies = Phrase("who are not {state}", "die nicht {state} sind")
    facts = ("spells",)

    state = Chosen(CUSTOMER, STATES, "Where they stand.", "Wo sie stehen.", title=Phrase("state", "Stand"))

    # under the rule of orders with 90 days
    examples = (
        example(_ORDERS, "2024-03-01", "anna"),
        example(_ORDERS, "2024-03-01", "cleo", state="left"),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        holds = {CUSTOMER: _ == 1, AGAIN: _ > 1, LEFT: _ == -1, NOT_YET: _.isnull()}
        # who is a customer until this very moment was one just before it
        if then.rules.spell_rule == "subscriptions":
            # of a customer's spells only the last may be open, and its number says how many there were
            standing = (_.ended_at.isnull() | (_.ended_at >= then.start)).ifelse(_.number, -1).max()
            return "spells", then["spells"], standing, holds[self.state]
        # the same of signs of life, whose stretches are only counted: to make them takes several times as long
        here = _.at.max() + lapse_of(then.rules) >= then.start
        return "signs", signs_of(then), here.ifelse(_.opens.cast("int64").sum(), -1), holds[self.state]
