"""What stands beside an idea: how many want it, what the known ones of them would bring, and how much is at risk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from stamm.ideas.reading import NEWEST, VOTES, Idea, ordered
from stamm.web.voices import Beside, beside

WORTH, AT_RISK = "worth", "at_risk"
SORTS = (VOTES, WORTH, AT_RISK, NEWEST)
LISTED = (
    "idea",
    "title",
    "words",
    "state",
    "answer",
    "merged_into",
    "suggested_at",
    "held",
    "votes",
    "votes_of_known_value",
    "value_if_staying_minor",
    "value_at_risk_minor",
    "comments",
    "author_name",
    "author_customer_id",
)


@dataclass(frozen=True)
class _Whose:
    customer: str | None


@dataclass(frozen=True)
class Wanted:
    """An idea, and what those would bring who want it: sums over the `known` of its voters, None where that is nobody.

    Customers that turned out to be one person are one.
    """

    idea: Idea
    known: int
    ahead: int | None
    at_risk: int | None


@dataclass(frozen=True)
class Ranked:
    """Ideas with what stands beside them; `counted` is false while everybody's worth is being counted."""

    ideas: tuple[Wanted, ...]
    about: Beside
    counted: bool


def ranked(ideas: Collection[Idea], sort: str, *, wait: bool = False) -> Ranked:
    """The ideas in an order; by value those last of which nobody's is known."""
    whose = [_Whose(each) for each in sorted({who for idea in ideas for who in idea.customers})]
    about = beside(whose, wait=wait)
    found = [_wanted(idea, about) for idea in ordered(ideas, NEWEST if sort == NEWEST else VOTES)]
    if sort in (WORTH, AT_RISK):
        found.sort(key=lambda each: (value := each.ahead if sort == WORTH else each.at_risk) is None or -value)
        found.sort(key=lambda each: each.known == 0)
    return Ranked(tuple(found), about, about.worth is not None)


def _wanted(idea: Idea, about: Beside) -> Wanted:
    numbers = {about.numbers[each] for each in idea.customers}
    rows = [row for each in numbers if (row := (about.worth or {}).get(each)) is not None]
    if not rows:
        return Wanted(idea, 0, None, None)
    return Wanted(idea, len(rows), sum(row.ahead for row in rows), sum(row.at_risk for row in rows))


def idea_records(found: Sequence[Wanted]) -> list[dict[str, Any]]:
    """As programs read them: money in minor units, null where nothing is known."""
    return [
        dict(
            zip(
                LISTED,
                (
                    *(each.idea.id, each.idea.post.title, each.idea.post.words, each.idea.state, each.idea.answer),
                    each.idea.root if each.idea.is_merged else None,
                    *(each.idea.at, each.idea.post.held or None, len(each.idea.voters), each.known),
                    *(each.ahead, each.at_risk, len(each.idea.comments), each.idea.post.name or None),
                    each.idea.post.customer,
                ),
                strict=True,
            )
        )
        for each in found
    ]
