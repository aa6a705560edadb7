"""Gatherings: webinars, workshops, evenings in the shop."""

from __future__ import annotations

from stamm.facts.columns import dimension, moment, text
from stamm.facts.kind import Imported
from stamm.lang.example import VerbExample, rows


class Gatherings(Imported):
    """Where customers could meet, on the spot or online, one row a gathering; also those still to come."""

    de = "Treffen"
    sentence_de = "Wo Kunden sich treffen konnten, vor Ort oder online, eine Zeile je Treffen; auch künftige."
    key_columns = ("gathering_id",)
    clock = "ends_at"
    clocks = ("ends_at",)
    planned = True

    gathering_id = text("the gathering's number", required=True, personal=False)
    name = dimension("its name", personal=False)
    campaign = dimension("the campaign it belongs to", personal=False)
    starts_at = moment("when it begins")
    ends_at = moment("when it ends", required=True, follows="starts_at")

    # a gathering belongs to the window in which it ends
    examples = (
        VerbExample(
            facts={
                "gatherings": rows("""
                    gathering_id  name     starts_at         ends_at
                    g1            tasting  2024-01-31T22:00  2024-02-01T01:00
                    g2            webinar  2024-02-10T18:00  2024-02-10T20:00
                    g3            webinar  2024-02-29T18:00  2024-03-01T00:00
                    g4            tasting  2024-04-20T18:00  2024-04-20T20:00
                """),
            },
            window="2024-02",
            context={"as_of": "2024-03-10"},
            gives={"count": 2},
        ),
    )
