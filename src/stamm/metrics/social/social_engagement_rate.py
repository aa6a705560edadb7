"""Social engagement rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.post_reactions import PostReactions
from stamm.facts.posts import Posts
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.metrics.kind import Metric, part
from stamm.metrics.social.likes import POSTED, REACTED


class SocialEngagementRate(Metric):
    """How many reactions the posts of the window have drawn so far for each time they were shown.

    Likes, shares, comments and clicks count alike, with the post they belong to, whenever they came, so the rate of
    a recent window may still grow. Posts of which nobody knows how often they were shown are in neither number. One
    reader may react in several ways, so it is no share of readers and has no interval. Some networks divide by
    followers or by people reached instead.
    """

    de = "Social-Engagement-Rate"
    sentence_de = "Wie viele Reaktionen die Beiträge des Zeitraums bisher hervorriefen, je Mal, das sie gezeigt wurden."
    unit, better = "share", "higher"
    n = "shown"
    examples = (
        given(drawn=49, shown=1000).gives(0.049),
        given(drawn=0, shown=0).gives(None),
        # of p1 41 likes, a comment and 7 clicks: 49 / 1000; p2 was shown nobody knows how often, p0 was in January
        given(posts=POSTED, reactions=REACTED, window="2024-02", as_of="2024-03-10").gives(0.049),
    )

    @part("reactions so far", "bisherige Reaktionen")
    def drawn(self, post_reactions: PostReactions) -> Reduction:
        return post_reactions.drawn()

    @part("times shown", "wie oft gezeigt")
    def shown(self, posts: Posts) -> Reduction:
        return posts.shown()

    def value(self, drawn: Any, shown: Any) -> Any:
        return share(drawn, shown)
