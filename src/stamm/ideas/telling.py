"""What is told to the facts: of each post of a known customer an event, taken back where it does not count any more.

An event says what was done and on which board, and none of the words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stamm.facts.sources import IDEAS
from stamm.ideas.keeping import idea_boards
from stamm.ideas.links import Participant, participants_where
from stamm.ideas.posts import COMMENT, IDEA, VOTE, Post, posts_where
from stamm.people.database import Run

#: the source of these rows
SOURCE = IDEAS
#: posts that are told at once
AT_ONCE = 2_000
#: what the events are called
EVENTS = {IDEA: "Idea suggested", VOTE: "Idea voted for", COMMENT: "Idea commented on"}


@dataclass(frozen=True)
class Untold:
    """A post that the facts do not hold as it is, and its row of `events`: None where they are to hold none."""

    post: Post
    values: Mapping[str, Any] | None

    @property
    def event_id(self) -> str:
        """The key of its row."""
        return f"idea-post-{self.post.id}"


def untold(run: Run) -> list[Untold]:
    """What is to be told next, the oldest first; nothing where all is."""
    keys = {board.id: board.key for board in idea_boards(run)}
    posts = posts_where(run, "p.told < p.revision", (AT_ONCE,), "ORDER BY p.id LIMIT ?")
    return [Untold(post, _event(post, keys[post.board])) for post in posts]


def note_telling(run: Run, telling: Untold) -> None:
    """Before it is told: from now on the facts may hold its event, so that it is taken back whoever is cut off."""
    if telling.values is not None:
        run("UPDATE idea_post SET in_facts = 1 WHERE id = ?", (telling.post.id,))


def mark_told(run: Run, told: Untold) -> None:
    """The facts hold it; where it was changed meanwhile, it is told once more."""
    there = int(told.values is not None)
    run("UPDATE idea_post SET in_facts = ? WHERE id = ?", (there, told.post.id))
    run(
        "UPDATE idea_post SET told = revision WHERE id = ? AND revision = ? AND held = ?",
        (told.post.id, told.post.revision, told.post.held),
    )


def unknown_addresses(run: Run) -> list[Participant]:
    """Addresses that were confirmed, and of which nobody has looked up whose they are."""
    return participants_where(run, "customer_id IS NULL AND confirmed_at IS NOT NULL AND looked_up = 0", ())


def know(run: Run, participant: int, customer: str | None) -> None:
    """An address is that customer's, or nobody's whom we know; what was posted from it is told anew."""
    run("UPDATE idea_participant SET customer_id = ?, looked_up = 1 WHERE id = ?", (customer, participant))
    if customer is not None:
        run("UPDATE idea_post SET revision = revision + 1 WHERE participant_id = ?", (participant,))


def _event(post: Post, board: str) -> dict[str, Any] | None:
    if post.held or post.customer is None or not post.confirmed:
        return None
    return {
        "customer_id": post.customer,
        "happened_at": post.at,
        "kind": "track",
        "name": EVENTS[post.kind],
        "channel": "web",
        "properties": json.dumps({"board": board, "idea": post.idea}),
    }
