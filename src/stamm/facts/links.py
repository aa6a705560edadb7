"""Links between visitors and customers."""

from __future__ import annotations

from ibis.common.deferred import Deferred

from stamm.facts.columns import moment, text
from stamm.facts.kind import Imported
from stamm.lang.example import VerbExample, rows

#: a link of this device says that two customers are one: `customer:FORMER` is the customer's; no device is called so
FORMER = "customer:"


class Links(Imported):
    """Which visitor turned out to be which customer, one row a link."""

    de = "Verknüpfungen"
    sentence_de = "Welcher Besucher sich als welcher Kunde herausgestellt hat, eine Zeile je Verknüpfung."
    key_columns = ("anonymous_id", "linked_at")
    clock = "linked_at"
    clocks = ("linked_at",)

    anonymous_id = text("the visitor", required=True, personal=True)
    linked_at = moment("when the link was made", required=True)
    customer_id = text("the customer", required=True, personal=True)
    unlinked_at = moment("when the link was taken back; then it counts for nothing", ends="linked_at")

    examples = (
        VerbExample(
            facts={
                "links": rows("""
                    anonymous_id  linked_at   customer_id  unlinked_at
                    phone         2024-02-01  anna         -
                    tablet        2024-02-10  anna         2024-03-01
                    laptop        2024-03-01  ben          -
                """),
            },
            window="2024-02",
            gives={"stands": 1},
        ),
    )

    def stands(self) -> Deferred:
        """Links that were not taken back."""
        return self.unlinked_at.isnull()
