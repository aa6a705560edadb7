"""Who came to gatherings."""

from __future__ import annotations

from ibis.common.deferred import Deferred

from stamm.facts.columns import moment, text, whole
from stamm.facts.kind import Imported, Reduction
from stamm.lang.example import VerbExample, rows


class Attendances(Imported):
    """Who registered for a gathering and who came, one row a gathering and customer.

    A row belongs to the window in which its gathering ends.
    """

    de = "Teilnahmen"
    sentence_de = "Wer sich zu einem Treffen angemeldet hat und wer kam, eine Zeile je Treffen und Kunde."
    key_columns = ("gathering_id", "customer_id")
    clock = "ends_at"
    clocks = ("ends_at", "registered_at", "attended_at")
    reaches = ("registered_at", "attended_at")
    planned = True

    gathering_id = text("the gathering", required=True)
    customer_id = text("who", required=True)
    ends_at = moment("when the gathering ends", required=True)
    registered_at = moment("when the customer registered; empty for one who just came")
    attended_at = moment("when the customer came; empty while they have not")
    votes = whole("how often the customer voted", low=0)
    submissions = whole("what the customer handed in", low=0)
    comments = whole("how often the customer commented", low=0)

    # anna comes, ben does not, cleo walks in; anna has registered for a gathering in April, too
    examples = (
        VerbExample(
            facts={
                "attendances": rows("""
                    gathering_id  customer_id  ends_at     registered_at  attended_at  votes  submissions  comments
                    g1            anna         2024-02-10  2024-01-20     2024-02-10   2      -            1
                    g1            ben          2024-02-10  2024-02-01     -            -      -            -
                    g1            cleo         2024-02-10  -              2024-02-10   1      1            0
                    g2            anna         2024-04-20  2024-02-15     -            -      -            -
                """),
            },
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

    def registrations(self) -> Reduction:
        """Number of registrations made in the window, to whatever gathering."""
        return self.by(Attendances.registered_at).count()

    def attendance(self) -> Reduction:
        """How often somebody came in the window."""
        return self.by(Attendances.attended_at).count()

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
