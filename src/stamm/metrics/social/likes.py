"""Likes."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.post_reactions import PostReactions
from stamm.lang.example import given, rows
from stamm.metrics.kind import Metric, part

#: p1 was shown 1000 times, p2 nobody knows how often; p0 is from January, p9 not among the posts
POSTED = rows("""
    post_id  network   posted_at         impressions
    p0       mastodon  2024-01-31T23:59  300
    p1       linkedin  2024-02-01T00:00  1000
    p2       mastodon  2024-02-20T12:00  -
""")
#: anna likes p1 herself, the others come as counts of a day; what comes on 1 March is not of February, and what comes
#: on 12 March is not known yet
REACTED = rows("""
    reaction_id  post_id  customer_id  kind     happened_at       quantity
    r1           p0       -            like     2024-01-31T23:59  9
    r2           p0       -            share    2024-02-01T00:00  5
    r3           p1       anna         like     2024-02-01T10:00  -
    r4           p1       -            like     2024-02-02T00:00  40
    r5           p1       ben          comment  2024-02-29T23:59  1
    r6           p1       -            click    2024-03-01T00:00  7
    r7           p1       -            click    2024-03-12T00:00  70
    r8           p2       -            like     2024-02-29T00:00  2
    r9           p9       -            click    2024-02-29T00:00  3
""")


class Likes(Metric):
    """How often the organisation's posts were liked in the window.

    By the moment of the like, whenever the post appeared. A row counts as often as it says: a network's export may
    bring a day's number in one row.
    """

    de = "Likes"
    sentence_de = "Wie oft Beiträge der Organisation im Zeitraum mit „Gefällt mir“ bedacht wurden."
    unit, better = "count", "higher"
    n = "liked"
    examples = (
        given(liked=43).gives(43),
        given(liked=0).gives(0),
        # anna's, 40 of a day, 2 of another post; those of January are not in it
        given(posts=POSTED, reactions=REACTED, window="2024-02", as_of="2024-03-10").gives(43),
    )

    @part("likes", "Likes")
    def liked(self, post_reactions: PostReactions) -> Reduction:
        return post_reactions.likes()

    def value(self, liked: Any) -> Any:
        return liked
