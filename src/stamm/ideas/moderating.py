"""What waits until somebody here has looked at it: it is shown, or thrown away, and that can be changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from stamm.ideas.keeping import hold_board
from stamm.ideas.posting import tell_later
from stamm.ideas.posts import REMOVED, TO_REVIEW, VOTE, Post, hold, posts_where
from stamm.people.acts import Act, record
from stamm.people.database import Run


def waiting(run: Run, board: int) -> list[Post]:
    """What waits on a board, the oldest first."""
    marks = ", ".join("?" * len(TO_REVIEW))
    return posts_where(run, f"p.board_id = ? AND p.held IN ({marks})", (board, *TO_REVIEW))


def review(
    run: Run, board: int, posts: Collection[int], *, show: bool, who: str, now: datetime, only_waiting: bool = False
) -> int:
    """Show those of these posts that wait or were thrown away, or throw away those that wait or are shown; how many.

    Votes are counted or not; those that somebody took back stay so. With `only_waiting` nothing that is shown or was
    thrown away is changed. It may be done again.
    """
    hold_board(run, board)
    done = 0
    for post in posts_where(run, "p.board_id = ?", (board,)):
        from_here = (*TO_REVIEW, *((REMOVED if show else "",) if not only_waiting else ()))
        if post.id in posts and post.held in from_here and not (post.kind == VOTE and not show and not post.held):
            hold(run, post.id, "" if show else REMOVED, now)
            # what was looked at is held for no flood again
            run("DELETE FROM idea_arrival WHERE post_id = ?", (post.id,))
            done += 1
    if done:
        what = "idea_posts_shown" if show else "idea_posts_removed"
        record(run, Act(now, who, what, f"board of ideas {board}, {done} posts"))
        tell_later(run, board, now)
    return done
