"""The page of the reference on tracking calls: which of them becomes which facts, written from their definitions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from stamm.lang.example import Row
from stamm.sources.segment import SEMANTICS, Semantic
from stamm.sources.segment.occurrences import STAY
from stamm.sources.segment.problem import MEANINGS

Table = Callable[[Iterable[str], Iterable[Iterable[object]]], str]
TYPES = (
    ("`track` with a name below", "the facts named there"),
    ("`track` with any other name", "`events`, kind track"),
    (f"`track` named `{STAY}`", "`events`, kind stay: the page was looked at until now, for so many `seconds`"),
    ("`page`, `screen`", "`events` of that kind"),
    ("`identify`", "`customers`, where something new is said of one; `links`, where it names a device as well"),
    ("`group`", "`customers`: the company; `links`, where it names a device as well"),
    ("`alias`", "`links`: the former id, as a device and as a customer, is the customer named"),
)


def page(table: Table, example: Callable[[tuple[Row, ...]], str]) -> str:
    """The page; `example` writes the rows of one."""
    parts = [
        "# Tracking calls\n",
        "What becomes of a message in the format that Segment published. Events of PostHog (`$pageview`, `$identify`,",
        "`$create_alias` and all others) are read as the calls they stand for.\n",
        table(("call", "becomes"), TYPES),
        "An event happened when its sender says, put right by how far the sender's clock is from ours (received -",
        "(sent - said)), and never after it was received. Names are the same in upper and lower case. Amounts may be",
        "numbers or texts; they are exact, in the currency beside them or else the organisation's. What a machine",
        "that reads pages does (`context.userAgent`: Googlebot, HeadlessChrome ...) is no event.\n",
        *(_semantic(each, table, example) for each in sorted(SEMANTICS, key=lambda each: each.__module__)),
        "## Why a message is no fact\n",
        "It is kept as it came, with a code and the field; `stamm failed` lists them.\n",
        table(("code", "the field"), ((f"`{code}`", meaning) for code, meaning in MEANINGS.items())),
    ]
    return "\n".join(parts)


def _semantic(each: type[Semantic], table: Table, example: Callable[[tuple[Row, ...]], str]) -> str:
    first = each.examples[0]
    also = ", ".join(f"`{name}`" for name in each.names[1:])
    lines = [
        f"## {each.names[0]}\n",
        f"{each.sentence()} [Published here]({each.spec}){f'; also {also}' if also else ''}.",
        "It stays an event as well.\n" if each.stays_event else "",
        table(("column", "from"), ((f"`{column}`", origin) for column, origin in each.fills.items())),
        f"```json\n{json.dumps(first.properties, indent=2, ensure_ascii=False)}\n```\n",
        *(f"`{kind}`\n\n{example(rows)}" for kind, rows in first.gives.items()),
    ]
    return "\n".join(lines)
