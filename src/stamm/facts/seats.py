"""Who came to which gathering."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import dimension, moment, text, whole
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

# anna comes, ben does not, cleo walks in; anna has registered for a gathering in April, too, which nobody has announced
_SEATS = {
    "gatherings": rows("""
        gathering_id  name     campaign  ends_at
        g1            tasting  spring    2024-02-10
    """),
    "attendances": rows("""
        gathering_id  customer_id  ends_at     registered_at  attended_at  votes  submissions  comments
        g1            anna         2024-02-10  2024-01-20     2024-02-10   2      -            1
        g1            ben          2024-02-10  2024-02-01     -            -      -            -
        g1            cleo         2024-02-10  -              2024-02-10   1      1            0
        g2            anna         2024-04-20  2024-02-15     -            -      -            -
    """),
}


class Seats(Derived):
    """Who registered for a gathering and who came, with the gathering's name and campaign.

    A row belongs to the window in which its gathering ends. One whose gathering is not among the gatherings counts.
    """

    de = "Plätze"
    sentence_de = "Wer sich zu einem Treffen angemeldet hat und wer kam, samt Namen und Kampagne des Treffens."
    clock = "ends_at"
    side_needs = ("gatherings",)

    gathering_id = text("the gathering")
    customer_id = text("who")
    name = dimension("the gathering's name")
    campaign = dimension("the campaign the gathering belongs to")
    ends_at = moment("when the gathering ends")
    registered_at = moment("when the customer registered")
    attended_at = moment("when the customer came")
    votes = whole("how often the customer voted")
    submissions = whole("what the customer handed in")
    comments = whole("how often the customer commented")

    examples = (
        TableExample(
            facts=_SEATS,
            gives=rows("""
                gathering_id  customer_id  name     campaign
                g1            anna         tasting  spring
                g1            ben          tasting  spring
                g1            cleo         tasting  spring
                g2            anna         -        -
            """),
        ),
        VerbExample(
            facts=_SEATS,
            window="2024-02",
            context={"as_of": "2024-03-10"},
            gives={
                "registrations": 2,
                "attendance": 2,
                "registered": 2,
                "attended": 2,
                "walked_in": 1,
                "interactions": 5,
            },
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("attendances",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        gatherings = facts["gatherings"].select("name", "campaign", its_gathering=_.gathering_id)
        seats = facts["attendances"]
        return seats.left_join(gatherings, seats.gathering_id == gatherings.its_gathering).drop("its_gathering")

    def registrations(self) -> Reduction:
        """Number of registrations made in the window, to whatever gathering."""
        return self.by(Seats.registered_at).count()

    def attendance(self) -> Reduction:
        """How often somebody came in the window."""
        return self.by(Seats.attended_at).count()

    def registered(self) -> Deferred:
        """Who had registered."""
        return self.registered_at.notnull()

    def attended(self) -> Deferred:
        """Who came."""
        return self.attended_at.notnull()

    def walked_in(self) -> Deferred:
        """Who came without having registered."""
        return self.attended() & ~self.registered()

    def interactions(self) -> Reduction:
        """Votes, submissions and comments together."""
        made = self.votes.coalesce(0) + self.submissions.coalesce(0) + self.comments.coalesce(0)
        return self.sum(made)
