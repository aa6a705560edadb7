"""What customers agreed to."""

from __future__ import annotations

from stamm.facts.columns import dimension, flag, moment, text
from stamm.facts.kind import Imported
from stamm.lang.example import VerbExample, rows


class Consents(Imported):
    """What customers agreed or objected to, one row each time they said so.

    What holds now is the last word of a customer for a purpose: see consent_versions.
    """

    de = "Einwilligungen"
    sentence_de = "Worin Kunden eingewilligt oder was sie abgelehnt haben, eine Zeile je Erklärung."
    key_columns = ("consent_id",)
    clock = "recorded_at"
    clocks = ("recorded_at",)

    consent_id = text("the statement's number", required=True, personal=False)
    customer_id = text("who", required=True, personal=True)
    purpose = dimension("for what, such as newsletter", required=True, personal=False)
    granted = flag("whether they agreed", required=True)
    recorded_at = moment("when they said so", required=True)
    evidence = text("how it can be proved, such as a form or a recording", personal=True)

    examples = (
        VerbExample(
            facts={
                "consents": rows("""
                    consent_id  customer_id  purpose     granted  recorded_at
                    c1          anna         newsletter  true     2024-01-31
                    c2          anna         newsletter  false    2024-02-10
                    c3          ben          newsletter  true     2024-02-01
                    c4          ben          calls       true     2024-02-01
                """),
            },
            window="2024-02",
            gives={"count": 3, "customers": 2},
        ),
    )
