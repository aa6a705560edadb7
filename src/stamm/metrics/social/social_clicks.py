"""Clicks on social networks."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.post_reactions import PostReactions
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.social.likes import POSTED, REACTED


class SocialClicks(Metric):
    """How often the organisation's posts were clicked in the window.

    By the moment of the click, whenever the post appeared. Clicks in messages are told by click_through_rate.
    """

    de = "Klicks"
    sentence_de = "Wie oft Beiträge der Organisation im Zeitraum angeklickt wurden."
    unit, better = "count", "higher"
    n = "clicked"
    examples = (
        given(clicked=3).gives(3),
        given(clicked=0).gives(0),
        # 3 on a post that is not among the posts; those of March come too late
        given(posts=POSTED, reactions=REACTED, window="2024-02", as_of="2024-03-10").gives(3),
    )

    @part("clicks on posts", "Klicks auf Beiträge")
    def clicked(self, post_reactions: PostReactions) -> Reduction:
        return post_reactions.clicks()

    def value(self, clicked: Any) -> Any:
        return clicked
