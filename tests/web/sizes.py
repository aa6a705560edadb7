"""Numbers of segments on a page, held against what the API and the command line say to the same question.

A page marks `data-of="segments customers 2024-05-01 lapsed"`, of a rule without a key the rule itself; of who came and
went the days are `2024-04-01/2024-05-01`, and of what two segments have in common there are both keys.
"""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from stamm.lang.language import Language
from stamm.segments.ready import READY

SIZES, SHARED = (
    ("customers", "everybody", "share"),
    ("in_other", "in_both", "share_of_this", "share_of_other", "jaccard"),
)
Api = Callable[[str, list[tuple[str, str]]], str]
Command = Callable[..., str]


def compare_segments(api: Api, command: Command, marked: Sequence[tuple[str, str, str]], say: Language) -> None:
    """Raises AssertionError naming the first number that differs."""
    ways = _Ways(api, command, say)
    told = [(value, *html.unescape(of).split(" ", 3)[1:], words) for value, of, words in marked]
    listed = len({which for _, column, _, which, _ in told if column in SIZES and which in READY}) > 1
    for value, column, when, which, words in told:
        if column in SIZES:
            number = ways.size(when, which, listed)[column]
        elif column in SHARED:
            number = ways.overlaps(when, which.split()[0])[which.split()[1]][column]
        else:
            number = ways.moves(when, which)[column]
        assert json.loads(value) == number, (column, when, which, value, number)
        text = html.unescape(re.sub(r"<[^>]+>", "", words)).strip()
        assert text == say.value(number, "count" if type(number) is int else "share"), (column, when, which, words)


class _Ways:
    """What is asked of segments, each question once."""

    def __init__(self, api: Api, command: Command, say: Language) -> None:
        self._api, self._command, self._say = api, command, say
        self.size, self.overlaps = cache(self._size), cache(self._overlaps)
        self._listed = cache(self._all)
        self._over_time, self._moved = cache(self._sizes), cache(self._moves)
        self._days = cache(self._by_day)

    def moves(self, span: str, which: str) -> Mapping[str, int]:
        """Who entered and left within a month as all months tell it, within other days as these tell it one by one."""
        return self._over_time(which).get(span) or self._moved(span, which)

    def _size(self, day: str, which: str, listed: bool) -> Any:
        """Of many segments as the list of them tells it, of one as its months do or it does itself."""
        if listed and which in READY:
            return self._listed(day)[which]
        if which in READY:
            return self._days(which).get(day) or json.loads(self._api(f"/segments/{which}", [("on", day)]))
        (found,) = json.loads(self._api("/segments", [("rule", which), ("on", day)]))["segments"]
        return found

    def _all(self, day: str) -> Any:
        return {each["key"]: each for each in json.loads(self._api("/segments", [("on", day)]))["segments"]}

    def _overlaps(self, day: str, which: str) -> Any:
        told = json.loads(self._api(f"/segments/{which}/overlaps", [("on", day)]))
        return {row["segment"]: row for row in told["rows"]}

    def _by_day(self, which: str) -> Any:
        return {row["day"]: row for row in json.loads(self._api(f"/segments/{which}/sizes", []))["rows"]}

    def _sizes(self, which: str) -> Mapping[str, Mapping[str, int]]:
        """The rows of all months by their days; the API and the command line say the same."""
        told = self._asked("sizes", which)
        rows = list(csv.DictReader(told.splitlines()))
        if which in READY:
            asked = self._days(which).values()
            assert [
                {name: "" if cell is None else json.dumps(cell).strip('"') for name, cell in row.items()}
                for row in asked
            ] == rows
        return {
            f"{before['day']}/{row['day']}": {name: int(row[name]) for name in ("entered", "left")}
            for before, row in pairwise(rows)
        }

    def _moves(self, span: str, which: str) -> Mapping[str, int]:
        start, end = span.split("/")
        told = self._asked("moves", which, "--from", start, "--to", end)
        moved = [line.rpartition(",")[2] for line in told.splitlines()[1:]]
        return {what: moved.count(what) for what in ("entered", "left", "stayed")}

    def _asked(self, verb: str, which: str, *days: str) -> str:
        name = (which,) if which in READY else ("--rule", which, "--language", self._say.code)
        return self._command("segment", verb, *name, *days, "--format", "csv")
