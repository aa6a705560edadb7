"""Posts on social networks."""

from __future__ import annotations

from stamm.facts.columns import dimension, moment, text, whole
from stamm.facts.kind import Imported, Reduction
from stamm.lang.example import VerbExample, rows


class Posts(Imported):
    """What the organisation posted on social networks, one row a post."""

    de = "Beiträge"
    sentence_de = "Was die Organisation in sozialen Netzwerken veröffentlicht hat, eine Zeile je Beitrag."
    key_columns = ("post_id",)
    clock = "posted_at"
    clocks = ("posted_at",)

    post_id = text("the post's number", required=True, personal=False)
    network = dimension("the network", personal=False)
    posted_at = moment("when it was posted", required=True)
    campaign = dimension("the campaign it belongs to", personal=False)
    impressions = whole("how often it has been shown so far", low=0)

    examples = (
        VerbExample(
            facts={
                "posts": rows("""
                    post_id  network   posted_at         impressions
                    p1       linkedin  2024-01-31T23:59  700
                    p2       linkedin  2024-02-01T00:00  1000
                    p3       mastodon  2024-02-14T12:00  250
                    p4       mastodon  2024-02-20T12:00  -
                """),
            },
            window="2024-02",
            gives={"count": 3, "shown": 1250},
        ),
    )

    def shown(self) -> Reduction:
        """How often the posts have been shown so far."""
        return self.sum(self.impressions)
