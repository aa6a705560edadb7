"""Shares."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.post_reactions import PostReactions
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.social.likes import POSTED, REACTED


class Shares(Metric):
    """How often the organisation's posts were shared in the window.

    By the moment of the sharing, whenever the post appeared. (Not to be confused with a share of something.)
    """

    de = "Teilungen"
    sentence_de = "Wie oft Beiträge der Organisation im Zeitraum geteilt wurden."
    unit, better = "count", "higher"
    n = "shared"
    examples = (
        given(shared=5).gives(5),
        given(shared=0).gives(0),
        # of a post from January, on the first instant of February
        given(posts=POSTED, reactions=REACTED, window="2024-02", as_of="2024-03-10").gives(5),
    )

    @part("times shared", "Teilungen")
    def shared(self, post_reactions: PostReactions) -> Reduction:
        return post_reactions.shares()

    def value(self, shared: Any) -> Any:
        return shared
