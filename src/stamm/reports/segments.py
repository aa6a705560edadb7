"""A segment in words: how many are in it, what each condition leaves, who came and went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from stamm.answers.segments import Segments, Size
from stamm.lang.errors import StammError
from stamm.lang.language import Language
from stamm.reports.exact import of_segment
from stamm.reports.marked import filled
from stamm.segments.rule import Join, Not, Rule, joined
from stamm.segments.sentence import sentence, written
from stamm.segments.speech import Speech

#: customers that are shown, and how many days before the day it is compared with
SHOWN, BACK_DAYS = 20, 30


@dataclass(frozen=True)
class Condition:
    """One condition: how it is said, how many of those before it are left, and how many it takes out."""

    told: str
    left: str
    out: str


@dataclass(frozen=True)
class SegmentShown:
    """All that a page shows of one segment on one day."""

    sentence: str
    day: str
    on: date
    customers: str
    everybody: str
    told: str
    conditions: tuple[Condition, ...]
    moves: tuple[tuple[str, str], ...]
    since: str
    begins: str
    first: tuple[str, ...]
    more: str


def segment_shown(asked: Segments, rule: Rule, on: date | None, say: Language, key: str = "") -> SegmentShown:
    """The segment at the start of a day, by default the one after all that is known; raises UsageError.

    `key` is that of the rule, where it has one.
    """
    speech = Speech(say.code, asked.world.organisation.currency)
    day = asked.day(on, rule)
    parts = rule.rules if isinstance(rule, Join) and rule.how == "all" else (rule,)
    sizes = asked.sizes({str(n): joined("all", parts[: n + 1]) for n in range(len(parts))}, day)
    size = sizes[str(len(parts) - 1)]
    who = asked.members(rule, day)["customer_id"].to_pylist()
    before = day - timedelta(days=BACK_DAYS)
    moves: tuple[tuple[str, str], ...] = ()
    if asked.known(rule).start < before:
        moved = asked.moves(rule, before, day)
        told = (("entered", "entered"), ("left", "left again"), ("stayed", "stayed"))
        span, which = f"{before}/{day}", key or written(rule, speech)
        counts = [(name, words, len(getattr(moved, name))) for name, words in told]
        moves = tuple((say(words), of_segment(which, name, span, n, say.number(n))) for name, words, n in counts)
    begins = asked.looks_before(rule, day)
    customers, everybody, part = counted(key or written(rule, speech), size, say)
    return SegmentShown(
        sentence=sentence(rule, speech),
        day=say.day(day),
        on=day,
        customers=customers,
        everybody=everybody,
        told=filled(
            say("{count} of {all} customers ({share}) at the start of {day}"),
            count=customers,
            all=everybody,
            share=part,
            day=say.day(day),
        ),
        conditions=tuple(_conditions(parts, list(sizes.values()), speech, say)),
        moves=moves,
        since=say.day(before),
        begins=say.day(begins) if begins else "",
        first=tuple(who[:SHOWN]),
        more=say.number(len(who)) if len(who) > SHOWN else "",
    )


def counted(which: str, size: Size, say: Language) -> tuple[str, str, str]:
    """How many are in a segment, how many there are, and which part of these that is, of its key or its rule."""
    texts = (say.number(size.customers), say.number(size.everybody), say.value(size.share, "share"))
    numbers = {"customers": size.customers, "everybody": size.everybody, "share": size.share}
    customers, everybody, part = (
        of_segment(which, column, size.on, number, text)
        for (column, number), text in zip(numbers.items(), texts, strict=True)
    )
    return customers, everybody, part


def _conditions(parts: Sequence[Rule], sizes: Sequence[Size], speech: Speech, say: Language) -> list[Condition]:
    found = []
    left = sizes[0].everybody
    for place, (part, size) in enumerate(zip(parts, sizes, strict=True)):
        before, out = parts[:place], left - size.customers
        kept, gone = (written(joined("all", (*before, each)), speech) for each in (part, Not(part)))
        found.append(
            Condition(
                told=written(part, speech),
                left=of_segment(kept, "customers", size.on, size.customers, say.number(size.customers)),
                out=of_segment(gone, "customers", size.on, out, say.number(out)),
            )
        )
        left = size.customers
    return found


@dataclass(frozen=True)
class Listed:
    """A segment in a list: its key and name, its rule in words, and how many are in it where the data tell."""

    key: str
    title: str
    told: str
    customers: str
    share: str
    day: str


@dataclass(frozen=True)
class AllListed:
    """Segments after all that is known of each, and why none of them has a size where that is so."""

    rows: tuple[Listed, ...]
    #: the one day of all of them, where there is one
    day: str
    problem: StammError | None


def listed(asked: Segments, named: Mapping[str, tuple[str, Rule]], say: Language) -> AllListed:
    """Segments by their keys, with name and rule, each with its size."""
    speech = Speech(say.code, asked.world.organisation.currency)
    rules = {key: rule for key, (_, rule) in named.items()}
    sizes, problem = asked.told(rules)
    days = {size.on for size in sizes.values()}
    rows = []
    for key, (title, rule) in named.items():
        size = sizes.get(key)
        customers, _, part = counted(key, size, say) if size else ("",) * 3
        rows.append(Listed(key, title, written(rule, speech), customers, part, say.day(size.on) if size else ""))
    return AllListed(tuple(rows), say.day(min(days)) if len(days) == 1 else "", None if sizes else problem)
