"""Which customers had used what by a window's end."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import moment, text
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

#: the phone is anna's; ben has left by the end of February, cleo uses nothing before March
_FACTS = {
    "spells": rows("""
        customer_id  number  started_at  ended_at    first_started_at
        anna         1       2024-01-05  -           2024-01-05
        ben          1       2024-01-05  2024-02-10  2024-01-05
        cleo         1       2024-02-03  -           2024-02-03
        dora         1       2024-02-20  -           2024-02-20
    """),
    "events": rows("""
        event_id  customer_id  anonymous_id  happened_at       kind   name
        e1        -            phone         2024-01-02T10:00  track  searched
        e2        anna         phone         2024-01-09T10:00  track  searched
        e3        anna         -             2024-02-09T10:00  track  rated
        e4        ben          -             2024-02-09T10:00  track  searched
        e5        cleo         -             2024-03-01T00:00  track  searched
        e6        dora         -             2024-02-29T23:59  track  searched
        e7        dora         -             2024-02-29T23:59  page   -
        e8        emil         -             2024-02-09T10:00  track  searched
    """),
}


class FeatureAdopters(Derived):
    """The customers here at a window's end beside each feature they had used by then: the names of their events.

    One row a customer and feature, however often it was used. Attributes are those of the customer base.
    """

    de = "Nutzer von Funktionen"
    sentence_de = "Die am Ende eines Zeitraums anwesenden Kunden, je mit jeder bis dahin genutzten Funktion."
    per_window = True

    customer_id = text("who")
    feature = text("the name of the event that is its use")
    used_at = moment("when the customer first used it")

    examples = (
        TableExample(
            facts=_FACTS,
            context={"window": "2024-02"},
            gives=rows("""
                customer_id  feature   used_at
                anna         rated     2024-02-09T10:00
                anna         searched  2024-01-02T10:00
                dora         searched  2024-02-29T23:59
            """),
        ),
        VerbExample(facts=_FACTS, window="2024-02", gives={"used(searched)": 2, "used(rated)": 1}),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("base", "identity")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        named = facts["identity"].filter(_.customer_id.notnull(), _.name.notnull())
        uses = named.group_by(user=_.customer_id, feature=_.name).aggregate(used_at=_.happened_at.min())
        here = facts["base"].filter(_.present_at_end)
        return here.inner_join(uses, [here.customer_id == uses.user, uses.used_at < here.window_end]).drop("user")

    def used(self, feature: str) -> Deferred:
        """Customers who had used the feature."""
        return self.feature == feature
