"""Reactions to posts."""

from __future__ import annotations

from stamm.facts.columns import dimension, moment, text, whole
from stamm.facts.kind import Imported, Reduction
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

    reaction_id = text("the reaction's number", required=True)
    post_id = text("the post")
    customer_id = text("who reacted; empty where unknown")
    posted_at = moment("when the post was posted")
    kind = dimension("like, share, comment or click", choices=("like", "share", "comment", "click"), required=True)
    happened_at = moment("when it happened", required=True, follows="posted_at")
    quantity = whole("how many reactions the row stands for; empty: one", low=0)

    # p1 is posted in February, p0 was in January
    examples = (
        VerbExample(
            facts={
                "reactions": rows("""
                    reaction_id  post_id  customer_id  posted_at   kind     happened_at  quantity
                    r1           p1       anna         2024-02-01  like     2024-02-01   -
                    r2           p1       -            2024-02-01  like     2024-02-02   40
                    r3           p1       ben          2024-02-01  comment  2024-02-29   1
                    r4           p0       -            2024-01-30  share    2024-02-01   5
                    r5           p1       -            2024-02-01  click    2024-03-02   7
                    r6           p1       -            2024-02-01  click    2024-03-12   9
                """),
            },
            window="2024-02",
            context={"as_of": "2024-03-10"},
            gives={"likes": 41, "shares": 5, "comments": 1, "clicks": 0, "drawn": 49},
        ),
    )

    def likes(self) -> Reduction:
        """Number of likes."""
        return self._of("like")

    def shares(self) -> Reduction:
        """Number of shares."""
        return self._of("share")

    def comments(self) -> Reduction:
        """Number of comments."""
        return self._of("comment")

    def clicks(self) -> Reduction:
        """Number of clicks."""
        return self._of("click")

    def drawn(self) -> Reduction:
        """Reactions so far to the posts of the window, whenever they came."""
        return self.by(Reactions.posted_at).sum(self.quantity.coalesce(1))

    def _of(self, kind: str) -> Reduction:
        return self.sum(self.quantity.coalesce(1), self.kind == kind)
