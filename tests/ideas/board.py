"""Boards that take posts, and people who post on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stamm.ideas import keeping, moderating, posting
from stamm.ideas.links import come_by, invite, open_token, own_token, participants_where
from stamm.ideas.plan import BoardPlan
from stamm.ideas.posting import Sent, fresh_chance
from stamm.ideas.posts import Post, posts_where
from stamm.ideas.reading import Idea, ideas_of
from stamm.people import Database

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)
SECRET = "drei Kannen Tee"
HOME, OFFICE = "203.0.113.7", "2001:db8:1:2::7"


@dataclass
class Board:
    """A board of ideas, and what somebody does there."""

    database: Database
    number: int

    @property
    def public(self) -> str:
        return open_token(self.number, SECRET)

    def member(self, customer: str) -> str:
        with self.database.transaction() as run:
            (found,) = invite(run, self.number, [customer], who="i", now=NOON)
        return own_token(found, SECRET)

    def mailed(self, address: str) -> str:
        """The link that was mailed to an address."""
        with self.database.transaction() as run:
            (found,) = participants_where(run, "address = ?", (address,))
        return own_token(found, SECRET)

    def suggest(self, token: str, title: str = "Tea in tins", *, at: datetime = NOON, **more: Any) -> Post:
        with self.database.transaction() as run:
            sent = Sent(**{"chance": fresh_chance(), "address": HOME, "title": title, **more})
            return posting.suggest(run, token, sent, secret=SECRET, now=at)

    def comment(self, token: str, idea: int, words: str = "Yes", *, at: datetime = NOON, **more: Any) -> Post:
        with self.database.transaction() as run:
            sent = Sent(**{"chance": fresh_chance(), "address": HOME, "words": words, **more})
            return posting.comment(run, token, idea, sent, secret=SECRET, now=at)

    def vote(self, token: str, idea: int, *, at: datetime = NOON, **more: Any) -> Post:
        with self.database.transaction() as run:
            sent = Sent(**{"chance": fresh_chance(), "address": HOME, **more})
            return posting.vote(run, token, idea, sent, secret=SECRET, now=at)

    def take_back(self, token: str, idea: int, *, at: datetime = NOON) -> None:
        with self.database.transaction() as run:
            posting.take_back(run, token, idea, secret=SECRET, now=at)

    def confirm(self, token: str, *, at: datetime = NOON) -> None:
        """Press on the page behind a mailed link, which lists all that waits."""
        with self.database.transaction() as run:
            come = come_by(run, token, SECRET)
            whose = come.participant if come is not None else None
            votes, news = posting.to_confirm(run, whose) if whose is not None else ([], [])
            posting.confirm(run, token, votes, news, secret=SECRET, now=at)

    def review(self, *posts: int, show: bool = True, at: datetime = NOON) -> int:
        with self.database.transaction() as run:
            return moderating.review(run, self.number, posts, show=show, who="i", now=at)

    def ideas(self) -> dict[int, Idea]:
        with self.database.transaction() as run:
            return ideas_of(run, self.number)

    def votes(self, idea: int) -> int:
        return len(self.ideas()[idea].voters)

    def posts(self) -> list[Post]:
        with self.database.transaction() as run:
            return posts_where(run, "p.board_id = ?", (self.number,))

    def shown_idea(self, customer: str = "anna", title: str = "Tea in tins", *, at: datetime = NOON) -> int:
        """An idea of a member that everybody sees; its author has voted for it."""
        post = self.suggest(self.member(customer), title, at=at)
        if post.held:
            self.review(post.id)
        return post.id


def opened(database: Database, **about: Any) -> Board:
    """A board that takes posts; unless said otherwise public, and everything waits."""
    with database.transaction() as run:
        plan = BoardPlan({"en": "Wishes", "de": "Wünsche"}, **about)
        number = keeping.make_idea_board(run, plan, who="i", now=NOON)
        keeping.open_idea_board(run, number, who="i", now=NOON)
    return Board(database, number)
