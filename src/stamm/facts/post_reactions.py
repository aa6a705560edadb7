"""Reactions to posts, with what is known of the post."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import dimension, moment, text, whole
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

# anna and 40 others like p1; p0 was posted in January, nobody knows how often p2 was shown, p9 is not among the posts
_LIKED = {
    "posts": rows("""
        post_id  network   posted_at   campaign  impressions
        p0       mastodon  2024-01-30  -         300
        p1       linkedin  2024-02-01  spring    1000
        p2       mastodon  2024-02-03  -         -
    """),
    "reactions": rows("""
        reaction_id  post_id  customer_id  posted_at   kind     happened_at  quantity
        r1           p1       anna         2024-02-01  like     2024-02-01   -
        r2           p1       -            -           like     2024-02-02   40
        r3           p1       ben          -           comment  2024-02-29   1
        r4           p0       -            2024-01-30  share    2024-02-01   5
        r5           p1       -            2024-02-01  click    2024-03-02   7
        r6           p1       -            2024-02-01  click    2024-03-12   9
        r7           p2       -            2024-02-03  like     2024-02-29   2
        r8           p9       -            2024-02-04  click    2024-02-05   3
    """),
}


class PostReactions(Derived):
    """How people reacted to posts, with the post's network and campaign and how often it was shown.

    The moment of the post is that of the post itself, else the one the reaction tells. A reaction counts as often
    as it says, one that does not say once. A reaction whose post is not among the posts counts as a reaction.
    """

    de = "Reaktionen auf Beiträge"
    sentence_de = "Wie auf Beiträge reagiert wurde, samt Netzwerk, Kampagne und Reichweite des Beitrags."
    clock = "happened_at"
    side_needs = ("posts",)

    reaction_id = text("the reaction's number")
    post_id = text("the post")
    customer_id = text("who reacted; empty where unknown")
    network = dimension("the post's network")
    campaign = dimension("the campaign the post belongs to")
    posted_at = moment("when the post was posted")
    impressions = whole("how often the post has been shown so far")
    kind = dimension("like, share, comment or click")
    happened_at = moment("when it happened")
    quantity = whole("how many reactions the row stands for")

    examples = (
        TableExample(
            facts=_LIKED,
            context={"as_of": "2024-03-10"},
            gives=rows("""
                reaction_id  network   campaign  posted_at   impressions  quantity
                r1           linkedin  spring    2024-02-01  1000         1
                r2           linkedin  spring    2024-02-01  1000         40
                r3           linkedin  spring    2024-02-01  1000         1
                r4           mastodon  -         2024-01-30  300          5
                r5           linkedin  spring    2024-02-01  1000         7
                r7           mastodon  -         2024-02-03  -            2
                r8           -         -         2024-02-04  -            3
            """),
        ),
        VerbExample(
            facts=_LIKED,
            window="2024-02",
            context={"as_of": "2024-03-10"},
            gives={"likes": 43, "shares": 5, "comments": 1, "clicks": 3, "drawn": 49},
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("reactions",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        posts = facts["posts"].select(
            "network", "campaign", "impressions", its_post=_.post_id, its_moment=_.posted_at, its_day=_.posted_on
        )
        reactions = facts["reactions"]
        known = reactions.left_join(posts, reactions.post_id == posts.its_post)
        known = known.mutate(
            posted_at=_.its_moment.coalesce(_.posted_at),
            posted_on=_.its_day.coalesce(_.posted_on),
            quantity=_.quantity.coalesce(1),
        )
        return known.drop("its_post", "its_moment", "its_day")

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
        """Reactions so far to the posts of the window, where it is known how often they were shown."""
        return self.by(PostReactions.posted_at).sum(self.quantity, self.impressions.notnull())

    def _of(self, kind: str) -> Reduction:
        return self.sum(self.quantity, self.kind == kind)
