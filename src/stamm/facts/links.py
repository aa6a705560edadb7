"""Links between visitors and customers."""

from __future__ import annotations

from stamm.facts.columns import moment, text
from stamm.facts.kind import Imported


class Links(Imported):
    """Which visitor turned out to be which customer, one row a link."""

    de = "Verknüpfungen"
    sentence_de = "Welcher Besucher sich als welcher Kunde herausgestellt hat, eine Zeile je Verknüpfung."
    key_columns = ("anonymous_id", "linked_at")
    clock = "linked_at"
    clocks = ("linked_at",)

    anonymous_id = text("the visitor", required=True)
    linked_at = moment("when the link was made", required=True)
    customer_id = text("the customer", required=True)
    unlinked_at = moment("when the link was taken back; then it counts for nothing")
