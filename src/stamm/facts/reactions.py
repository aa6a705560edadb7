"""Reactions to posts."""

from __future__ import annotations

from stamm.facts.columns import dimension, moment, text, whole
from stamm.facts.kind import Imported
from stamm.lang.example import VerbExample, rows


class Reactions(Imported):
    """How people reacted to posts, one row a reaction, or a day's count of them from a network's export."""

    de = "Reaktionen"
    sentence_de = (
        "Wie auf Beiträge reagiert wurde, eine Zeile je Reaktion oder, aus dem Export eines Netzwerks, je Tageszahl."
    )
    key_columns = ("reaction_id",)
    clock = "happened_at"
    clocks = ("happened_at", "posted_at")

    reaction_id = text("the reaction's number", required=True, personal=False)
    post_id = text("the post", personal=False)
    customer_id = text("who reacted; empty where unknown", personal=True)
    posted_at = moment("when the post was posted")
    kind = dimension(
        "like, share, comment or click", choices=("like", "share", "comment", "click"), required=True, personal=False
    )
    happened_at = moment("when it happened", required=True, follows="posted_at")
    quantity = whole("how many reactions the row stands for; empty: one", low=0)

    # what a row stands for, and what its post says of it, is for post_reactions to say
    examples = (
        VerbExample(
            facts={
                "reactions": rows("""
                    reaction_id  post_id  customer_id  posted_at   kind   happened_at       quantity
                    r1           p1       anna         2024-02-01  like   2024-02-01T00:00  -
                    r2           p1       -            2024-02-01  like   2024-02-02T00:00  40
                    r3           p0       -            2024-01-30  share  2024-01-31T23:59  5
                """),
            },
            window="2024-02",
            gives={"count": 2},
        ),
    )
