"""Ideas as they stand: how many want each, counting nobody twice, and in which order they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from stamm.ideas.deciding import NEW, Step, last_steps, roots
from stamm.ideas.posts import COMMENT, IDEA, VOTE, Post, posts_where
from stamm.people.database import Run

#: orders: those that most want, or the newest, first
VOTES, NEWEST = "votes", "newest"


@dataclass(frozen=True)
class Idea:
    """One idea. `voters` are those who want it or one that was merged into it, each once; `customers` those of them
    whom we know, and `comments` all that were made on any of these."""

    post: Post
    step: Step | None
    root: int
    merged: tuple[Post, ...]
    voters: frozenset[str]
    customers: frozenset[str]
    comments: tuple[Post, ...]

    @property
    def id(self) -> int:
        """Its number."""
        return self.post.id

    @property
    def state(self) -> str:
        """How it stands."""
        return self.step.state if self.step else NEW

    @property
    def answer(self) -> str:
        """What the shop said of it last; empty for nothing."""
        return self.step.answer if self.step else ""

    @property
    def is_merged(self) -> bool:
        """Whether it counts as another one."""
        return self.root != self.id

    @property
    def at(self) -> datetime:
        """When it was suggested (UTC)."""
        return self.post.at


def ideas_of(run: Run, board: int) -> dict[int, Idea]:
    """All ideas of a board by their numbers, also those that are not shown and those that were merged."""
    posts, steps = posts_where(run, "p.board_id = ?", (board,)), last_steps(run, board)
    root = roots(steps)
    ideas = [post for post in posts if post.kind == IDEA]
    votes, comments, merged = _by_root(posts, VOTE, root), _by_root(posts, COMMENT, root), _by_root(ideas, IDEA, root)
    return {
        post.id: Idea(
            post,
            steps.get(post.id),
            root.get(post.id, post.id),
            tuple(each for each in merged.get(post.id, ()) if each.id != post.id),
            frozenset(vote.voter for vote in votes.get(post.id, ())),
            frozenset(vote.customer for vote in votes.get(post.id, ()) if vote.customer is not None),
            tuple(comments.get(post.id, ())),
        )
        for post in ideas
    }


def shown(ideas: Mapping[int, Idea], *, state: str = "", sort: str = VOTES) -> list[Idea]:
    """Those that a board shows: none that waits or counts as another one; of one state or of all."""
    found = [each for each in ideas.values() if not each.post.held and not each.is_merged]
    return ordered((each for each in found if not state or each.state == state), sort)


def ordered(ideas: Iterable[Idea], sort: str) -> list[Idea]:
    """The newest first, or those first that most want; of as many the newer one."""
    by_age = sorted(ideas, key=lambda each: (each.at, each.id), reverse=True)
    return by_age if sort == NEWEST else sorted(by_age, key=lambda each: -len(each.voters))


def _by_root(posts: Iterable[Post], kind: str, root: Mapping[int, int]) -> dict[int, list[Post]]:
    """Of the shown posts of a kind those of each idea that stands alone."""
    found: dict[int, list[Post]] = {}
    for post in posts:
        if post.kind == kind and not post.held:
            found.setdefault(root.get(post.idea, post.idea), []).append(post)
    return found
