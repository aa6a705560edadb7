"""Changing a rule in one place: each condition has its path, and what comes out is a rule again.

A path tells the way from the whole rule to a part of it: which of the rules that are joined, and 0 into a `not`. A
condition that is denied is one part with its `not`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from stamm.lang.errors import UsageError
from stamm.segments.rule import How, Is, Join, Not, Rule, joined
from stamm.segments.sentence import said
from stamm.segments.speech import AND, NOT, OR, Speech

Path = tuple[int, ...]
#: the path of the whole rule, as it is written
WHOLE = "whole"
Kind = Literal["condition", "join", "other"]


def path_of(text: str) -> Path:
    """A path as it is written: 0.2.1, or `whole`; raises UsageError for what is none."""
    if text != WHOLE and not re.fullmatch(r"\d{1,3}(\.\d{1,3}){0,30}", text):
        raise UsageError(f"{text!r} is no place in a rule.", remedy="Load the page anew.")
    return () if text == WHOLE else tuple(int(step) for step in text.split("."))


def written_path(path: Path) -> str:
    """The same as text."""
    return ".".join(map(str, path)) or WHOLE


def part_at(rule: Rule, path: Path) -> Rule:
    """The part at a path; raises UsageError where the rule has none there."""
    for step in path:
        inside = (rule.rule,) if isinstance(rule, Not) else rule.rules if isinstance(rule, Join) else ()
        if step >= len(inside):
            raise UsageError("The rule has changed meanwhile.", remedy="Load the page anew.")
        rule = inside[step]
    return rule


def put(rule: Rule, path: Path, part: Rule | None) -> Rule | None:
    """The rule with another part at a path, or without it; None where nothing is left."""
    if not path:
        return part
    step, below = path[0], path[1:]
    if isinstance(rule, Not):
        inside = put(rule.rule, below, part)
        return None if inside is None else turned(inside)
    assert isinstance(rule, Join)  # there is a part below it
    parts = [put(each, below, part) if place == step else each for place, each in enumerate(rule.rules)]
    left = tuple(each for each in parts if each is not None)
    return joined(rule.how, left) if left else None


def turned(rule: Rule) -> Rule:
    """The opposite."""
    return rule.rule if isinstance(rule, Not) else Not(rule)


def swapped(rule: Rule) -> Rule:
    """Joined the other way: all of them become any of them."""
    assert isinstance(rule, Join)
    other: How = "any" if rule.how == "all" else "all"
    return joined(other, rule.rules)


def path_to(rule: Rule, part: Rule, path: Path = ()) -> Path | None:
    """Where that very part stands; None where it does not."""
    if rule is part:
        return path
    inside = (rule.rule,) if isinstance(rule, Not) else rule.rules if isinstance(rule, Join) else ()
    found = (path_to(each, part, (*path, place)) for place, each in enumerate(inside))
    return next((each for each in found if each is not None), None)


def condition_of(part: Rule) -> Is | None:
    """The one condition that a part is, denied or not; None for one that is made of several."""
    inner = part.rule if isinstance(part, Not) else part
    return inner if isinstance(inner, Is) else None


@dataclass(frozen=True)
class Piece:
    """A piece of the sentence: a condition or a join with its path, or another word or sign."""

    kind: Kind
    words: str
    path: Path = ()


def pieces(rule: Rule, speech: Speech, path: Path = ()) -> Iterator[Piece]:
    """The sentence in pieces, from left to right."""
    if (condition := condition_of(rule)) is not None:
        yield Piece("condition", said(condition.operator, speech, denied=isinstance(rule, Not)), path)
    elif isinstance(rule, Not):
        yield Piece("other", f"{speech.say(NOT)} (", path)
        yield from pieces(rule.rule, speech, (*path, 0))
        yield Piece("other", ")")
    elif isinstance(rule, Join):
        for place, each in enumerate(rule.rules):
            if place:
                yield Piece("join", speech.say(AND if rule.how == "all" else OR), path)
            if isinstance(each, Join):
                yield Piece("other", "(")
                yield from pieces(each, speech, (*path, place))
                yield Piece("other", ")")
            else:
                yield from pieces(each, speech, (*path, place))
