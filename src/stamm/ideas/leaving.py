"""What is held of a person on boards of ideas, and what goes with them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from stamm.ideas.posts import ERASED, IDEA, Post, posts_where
from stamm.people.database import Run

PEOPLE = "idea_participant"
TABLES = ("idea_post", PEOPLE, "idea_step")
Says = Callable[[str], bool]


def held_of(run: Run, customers: Collection[str], names: Says) -> list[dict[str, Any]]:
    """What somebody of these numbers, or of an address of theirs, suggested, voted for and said, and where they take
    part."""

    def is_theirs(number: str) -> bool:
        return number in customers

    columns = ("customer_id", "board", "what", "idea", "name", "title", "words", "address", "at")
    found: list[tuple[Any, ...]] = [
        (who, board, "takes part", None, None, None, None, address, at)
        for who, board, address, at in run(
            "SELECT customer_id, board_id, address, made_at FROM idea_participant ORDER BY id", ()
        )
        if _is_of(who, address, is_theirs, names)
    ]
    found += [
        (who, board, "wants to be told", idea, None, None, None, address, at)
        for who, board, idea, address, at in run(
            "SELECT w.customer_id, n.board_id, n.idea_id, w.address, n.wanted_at FROM idea_news n "
            "JOIN idea_participant w ON w.id = n.participant_id ORDER BY n.id",
            (),
        )
        if _is_of(who, address, is_theirs, names)
    ]
    found += [
        (post.customer, post.board, post.kind, post.idea, post.name, post.title, post.words, post.address, post.at)
        for post in posts_where(run, "1 = 1", ())
        if _is_of(post.customer, post.address, is_theirs, names)
    ]
    return [dict(zip(columns, row, strict=True)) for row in found]


def of_them(run: Run, is_theirs: Says, names: Says) -> list[Post]:
    """Posts of a person, and those of others whose words name them."""
    return [
        post
        for post in posts_where(run, "1 = 1", ())
        if _is_of(post.customer, post.address, is_theirs, names) or any(map(names, _texts(post)))
    ]


def naming(run: Run, is_theirs: Says, names: Says, may_name: Says) -> list[tuple[str, tuple[int, ...]]]:
    """Posts of others than a person (`is_theirs`, `names`) whose words `may_name` them, and answers that may: the table
    and the number."""
    others = [
        ("idea_post", (post.id,))
        for post in posts_where(run, "1 = 1", ())
        if not _is_of(post.customer, post.address, is_theirs, names) and any(map(may_name, _texts(post)))
    ]
    return [*others, *(("idea_step", (number,)) for number in _answers(run, may_name))]


def forget(run: Run, is_theirs: Says, names: Says) -> int:
    """Erase their links, votes and comments, and the words of their ideas; of others the words that name them.

    Returns how much it was; it may be done again.

    Of an idea that others want the row stays, without words or author, so that their votes do.
    """
    posts = of_them(run, is_theirs, names)
    for post in posts:
        if not _is_of(post.customer, post.address, is_theirs, names):
            kept = {
                each: "" if names(getattr(post, each)) else getattr(post, each) for each in ("name", "title", "words")
            }
            held = ERASED if post.kind == IDEA and not kept["title"] else post.held
            run(
                "UPDATE idea_post SET name = ?, title = ?, words = ?, held = ? WHERE id = ?",
                (kept["name"], kept["title"], kept["words"], held, post.id),
            )
        elif post.kind == IDEA:
            run(
                "UPDATE idea_post SET name = '', title = '', words = '', participant_id = NULL, held = ?, "
                "told = revision WHERE id = ?",
                (ERASED, post.id),
            )
        else:
            run("DELETE FROM idea_post WHERE id = ?", (post.id,))
        run("DELETE FROM idea_arrival WHERE post_id = ?", (post.id,))
    people = [
        number
        for number, customer, address in run("SELECT id, customer_id, address FROM idea_participant", ())
        if _is_of(customer, address, is_theirs, names)
    ]
    for number in people:
        run("DELETE FROM idea_link_arrival WHERE participant_id = ?", (number,))
        run("DELETE FROM idea_news WHERE participant_id = ?", (number,))
        run("DELETE FROM idea_news_mail WHERE participant_id = ?", (number,))
        run("DELETE FROM idea_participant WHERE id = ?", (number,))
    answers = _answers(run, names)
    for number in answers:
        run("UPDATE idea_step SET answer = '' WHERE id = ?", (number,))
    return len(posts) + len(people) + len(answers)


def count(run: Run, is_theirs: Says, names: Says) -> int:
    """How much that would be."""
    people = run("SELECT customer_id, address FROM idea_participant", ())
    links = sum(_is_of(customer, address, is_theirs, names) for customer, address in people)
    return len(of_them(run, is_theirs, names)) + links + len(_answers(run, names))


def _is_of(customer: str | None, address: str | None, is_theirs: Says, names: Says) -> bool:
    return (customer is not None and is_theirs(customer)) or (address is not None and names(address))


def _answers(run: Run, names: Says) -> list[int]:
    return [number for number, told in run("SELECT id, answer FROM idea_step WHERE answer <> ''", ()) if names(told)]


def _texts(post: Post) -> tuple[str, ...]:
    return post.name, post.title, post.words
