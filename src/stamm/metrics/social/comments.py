"""Comments."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.post_reactions import PostReactions
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.social.likes import POSTED, REACTED


class Comments(Metric):
    """How often the organisation's posts were commented on in the window.

    By the moment of the comment, whenever the post appeared.
    """

    de = "Kommentare"
    sentence_de = "Wie oft Beiträge der Organisation im Zeitraum kommentiert wurden."
    unit, better = "count", "higher"
    n = "commented"
    examples = (
        given(commented=1).gives(1),
        given(commented=0).gives(0),
        # ben's, in the last minute of February
        given(posts=POSTED, reactions=REACTED, window="2024-02", as_of="2024-03-10").gives(1),
    )

    @part("comments", "Kommentare")
    def commented(self, post_reactions: PostReactions) -> Reduction:
        return post_reactions.comments()

    def value(self, commented: Any) -> Any:
        return commented
