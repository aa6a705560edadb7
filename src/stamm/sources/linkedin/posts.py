"""LinkedIn's export of a page's content: the sheet *All posts* as CSV, with or without the line above the heading.

Each row tells of a post since it was created, by the day alone; reactions are counted, and placed at that day. A post
is known by the number in its address. Nobody's name is in it: the counts belong to no customer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from stamm.sources.exports import FaultError, Known, Rows, Table
from stamm.sources.exports.posting import american, count_of, reactions_of
from stamm.sources.exports.tables import Line

KINDS: Mapping[str, tuple[str, ...]] = {
    "like": ("Likes",),
    "comment": ("Comments",),
    "share": ("Reposts",),
    "click": ("Clicks",),
}
_NUMBER = re.compile(r"(?:share|activity|ugcPost)[:-](\d+)")


class LinkedInPosts(Table):
    """LinkedIn's export of a page's posts, as CSV."""

    key = "linkedin_posts"
    en = "LinkedIn, posts"
    de = "LinkedIn, Beiträge"
    sentence_de = "LinkedIns Export der Beiträge einer Seite, als CSV."
    cited = "https://www.linkedin.com/help/linkedin/answer/a564051"
    makes = ("posts", "reactions")
    marks = frozenset({"Post title", "Post link", "Created date", "Impressions", "Likes", "Reposts"})
    columns = frozenset({"Campaign name", "Comments", "Clicks"})
    heading = 2
    called: ClassVar[Mapping[str, str]] = {"post_id": "Post link", "posted_at": "Created date"}
    remarks_on: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "reactions": ("what was counted since a post was created is placed at the day of the post",)
    }

    def posts(self, post: Known[list[Line]]) -> Rows:
        """A post, and how often it has been shown."""
        line = post.content[0]
        yield {
            "post_id": _number(line),
            "network": "linkedin",
            "posted_at": american(line, "Created date"),
            "campaign": line["Campaign name"],
            "impressions": count_of(line, "Impressions"),
        }

    def reactions(self, post: Known[list[Line]]) -> Rows:
        """The counts of its reactions."""
        line = post.content[0]
        yield from reactions_of(
            line, KINDS, post=_number(line), posted_at=american(line, "Created date"), happened=None
        )


def _number(line: Line) -> str:
    found = _NUMBER.search(line["Post link"] or "")
    if found is None:
        raise FaultError("Post link", "holds no number of a post", line["Post link"])
    return found[1]
