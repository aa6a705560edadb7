"""Who came to gatherings."""

from __future__ import annotations

from stamm.facts.columns import moment, text, whole
from stamm.facts.kind import Imported
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

    gathering_id = text("the gathering", required=True, personal=False)
    customer_id = text("who", required=True, personal=True)
    ends_at = moment("when the gathering ends", required=True)
    registered_at = moment("when the customer registered; empty for one who just came")
    attended_at = moment("when the customer came; empty while they have not")
    votes = whole("how often the customer voted", low=0)
    submissions = whole("what the customer handed in", low=0)
    comments = whole("how often the customer commented", low=0)

    # what is said of a row is for seats to say; the gathering in April is still to come
    examples = (
        VerbExample(
            facts={
                "attendances": rows("""
                    gathering_id  customer_id  ends_at           registered_at  attended_at
                    g1            anna         2024-02-10T20:00  2024-01-20     2024-02-10
                    g1            ben          2024-02-10T20:00  2024-02-01     -
                    g2            anna         2024-03-01T00:00  2024-02-15     -
                    g3            anna         2024-04-20T20:00  2024-02-15     -
                """),
            },
            window="2024-02",
            context={"as_of": "2024-03-10"},
            gives={"count": 2},
        ),
    )
