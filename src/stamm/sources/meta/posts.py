"""Meta Business Suite's export of content: posts on Facebook or Instagram, with counts.

- Each row tells of a post, either for a day or (`Lifetime`) since it was published. Of a day there are counts of
  reactions on that day; since publishing, how often the post has been shown, and counts placed at the moment of the
  post.
- Moments are written month first and without a time zone. What is known of such exports speaks for Pacific time, but
  Meta does not publish it: that is assumed and told, and `[time_zones]` in stamm.toml says another.
- Nobody's name is in it: the counts belong to no customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from stamm.facts.faults import MISSING
from stamm.sources.exports import FaultError, Known, Rows, Table
from stamm.sources.exports.posting import american, count_of, reactions_of
from stamm.sources.exports.tables import Line

LIFETIME = "lifetime"
KINDS: Mapping[str, tuple[str, ...]] = {
    "like": ("Reactions", "Likes"),
    "comment": ("Comments",),
    "share": ("Shares",),
    "click": ("Total clicks",),
}


class MetaPosts(Table):
    """Meta's CSV export of posts on Facebook and Instagram, by the day or since publishing."""

    en = "Meta, posts"
    de = "Meta, Beiträge"
    sentence_de = "Metas CSV-Export von Beiträgen auf Facebook und Instagram, je Tag oder seit Veröffentlichung."
    cited = "https://www.facebook.com/business/help/285345775610585"
    zone = "America/Los_Angeles"
    makes = ("posts", "reactions")
    marks = frozenset({"Post ID", "Publish time", "Post type", "Permalink", "Reach"})
    columns = frozenset({
        "Page ID", "Account ID", "Date", "Views", "Impressions", "Reactions", "Likes", "Comments", "Shares",
        "Total clicks",
    })  # fmt: skip
    called: ClassVar[Mapping[str, str]] = {"post_id": "Post ID", "posted_at": "Publish time", "happened_at": "Date"}
    remarks_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "reactions": ("what was counted since a post was published is placed at the moment of the post",)
    }

    def posts(self, post: Known[list[Line]]) -> Rows:
        """A post; how often it has been shown where that is told of all its time."""
        line = post.content[0]
        row = {
            "post_id": line["Post ID"],
            "network": "instagram" if line["Account ID"] else "facebook",
            "posted_at": american(line, "Publish time", self.written_in),
        }
        yield row if _day(line) else row | {"impressions": count_of(line, "Views", "Impressions")}

    def reactions(self, post: Known[list[Line]]) -> Rows:
        """The counts of its reactions."""
        line = post.content[0]
        if line["Post ID"] is None:
            raise FaultError("Post ID", MISSING)
        yield from reactions_of(
            line,
            KINDS,
            post=line["Post ID"],
            posted_at=american(line, "Publish time", self.written_in),
            happened=_day(line),
        )


def _day(line: Line) -> str | None:
    """The day that a row tells of; none where it tells of all the post's time."""
    return None if (line["Date"] or LIFETIME).lower() == LIFETIME else american(line, "Date")
