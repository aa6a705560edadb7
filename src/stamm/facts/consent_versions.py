"""What each customer agreed to, and when."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import dimension, flag, moment, text
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

_SAID = rows("""
    consent_id  customer_id  purpose     granted  recorded_at
    c1          anna         newsletter  true     2024-01-10
    c2          anna         newsletter  false    2024-02-10
    c3          ben          newsletter  false    2024-01-10
    c4          ben          newsletter  true     2024-03-01
    c5          cleo         newsletter  true     2024-02-01
    c6          cleo         newsletter  false    2024-02-01
    c7          cleo         calls       true     2024-02-01
""")


class ConsentVersions(Derived):
    """What each customer agreed or objected to for each purpose, from when until when.

    The last word of a customer for a purpose holds; of two at one moment the objection does.
    """

    de = "Einwilligungsstände"
    sentence_de = "Worin jeder Kunde für jeden Zweck eingewilligt hat oder nicht, von wann bis wann."
    clock = "recorded_at"

    consent_id = text("the statement")
    customer_id = text("who")
    purpose = dimension("for what")
    granted = flag("whether they agreed")
    recorded_at = moment("from when")
    replaced_at = moment("until when; empty for the last word")

    examples = (
        TableExample(
            facts={"consents": _SAID},
            gives=rows("""
                consent_id  granted  recorded_at  replaced_at
                c1          true     2024-01-10   2024-02-10
                c2          false    2024-02-10   -
                c3          false    2024-01-10   2024-03-01
                c4          true     2024-03-01   -
                c5          true     2024-02-01   2024-02-01
                c6          false    2024-02-01   -
                c7          true     2024-02-01   -
            """),
        ),
        # at the end of January anna's holds, at the end of February cleo's for calls, in March ben's, too
        VerbExample(facts={"consents": _SAID}, window="2024-01", so_far=True, gives={"holds_at(window.end)": 1}),
        VerbExample(facts={"consents": _SAID}, window="2024-02", so_far=True, gives={"holds_at(window.end)": 1}),
        VerbExample(facts={"consents": _SAID}, window="2024-03", so_far=True, gives={"holds_at(window.end)": 2}),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("consents",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        order = ibis.window(
            group_by=["customer_id", "purpose"], order_by=["recorded_at", _.granted.desc(), "consent_id"]
        )
        return facts["consents"].mutate(replaced_at=_.recorded_at.lead().over(order))

    def holds_at(self, moment: Deferred) -> Deferred:
        """Consents that were the last word just before a moment, such as `window.end`."""
        last = self.replaced_at.isnull() | (self.replaced_at >= moment)
        return self.granted & (self.recorded_at < moment) & last
