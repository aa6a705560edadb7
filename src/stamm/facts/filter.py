"""Filters: which facts a question is about, by what their dimensions say."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts import FACTS, Fact
from stamm.lang.errors import UsageError
from stamm.lang.language import Language

_WRITTEN = re.compile(r"\s*(?P<dimension>\w+)\s*(?P<sign>!=|=)(?P<values>.*)", re.DOTALL)


#: the dimension of whoever was in a segment when a window opened
SEGMENT = "segment"


@dataclass(frozen=True)
class Condition:
    """A dimension is one of some values, or with `other` none of them; None among them is the unknown.

    Of a `segment` the values are names, and `meant` is the rule that these stand for, where it is settled.

    A condition and its `other` never hold together, and one of them always does: what is unknown is something other
    than `DE`.
    """

    dimension: str
    values: tuple[str | None, ...]
    other: bool = False
    meant: str = ""

    @classmethod
    def parse(cls, text: str) -> Condition:
        """A condition written as `country=DE`, `channel=web,app`, `channel!=web`; nothing between commas is unknown.

        A value that holds a comma stands in double quotation marks. Raises UsageError.
        """
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise UsageError(
                f"{text!r} is no condition.", remedy="Write country=DE, channel=web,app, channel!=web or country=."
            )
        written = match["values"].replace("\n", " ").strip()
        words = next(csv.reader([written], skipinitialspace=True), [])
        return cls(match["dimension"], _each_once(words or [""]), match["sign"] == "!=")

    def __post_init__(self) -> None:
        if any("\0" in value for value in self.values if value is not None):
            # it ends a text to some engines, and a part of the question with it
            raise UsageError(f"{self.dimension} cannot be kept to a text with a sign that is none.")

    def __str__(self) -> str:
        """As it is written: `country=DE`."""
        words = ("" if value is None else value for value in self.values)
        quoted = ('"' + word.replace('"', '""') + '"' if set(word) & {",", '"'} else word for word in words)
        return f"{self.dimension}{'!=' if self.other else '='}{','.join(quoted)}"

    def told(self, language: Language) -> str:
        """A sentence for people."""
        values = [language("unknown") if value is None else value for value in self.values]
        listed = language.listed(values, language("or"))
        if self.dimension == SEGMENT:
            told = "Only who is not in the segment {name}." if self.other else "Only who is in the segment {name}."
            return language(told, name=listed)
        if self.other:
            return language("Only where {column} is not {values}.", column=self.dimension, values=listed)
        return language("Only where {column} is {values}.", column=self.dimension, values=listed)

    def holds(self, column: Any) -> Any:
        """Whether it holds for the cells of a column, a yes or no also where they are null.

        The values reach the engine as literals of the expression, never as text of a query.
        """
        known = [value for value in self.values if value is not None]
        if not known:
            return column.notnull() if self.other else column.isnull()
        listed = ~column.isin(known) if self.other else column.isin(known)
        return column.isnull() | listed if (None in self.values) != self.other else column.notnull() & listed


#: all of its conditions hold; the empty filter keeps everything
Filter = tuple[Condition, ...]
Asked = Filter | Mapping[str, Any] | str | Iterable[str]


def filter_of(asked: Asked) -> Filter:
    """The filter from what was asked: conditions as text, or a mapping of dimensions to a value, several, or None.

    Raises UsageError for what is no condition.
    """
    if isinstance(asked, str):
        asked = (asked,)
    if isinstance(asked, Mapping):
        found = [Condition(str(name), _values(str(name), value)) for name, value in asked.items()]
    else:
        found = [each if isinstance(each, Condition) else Condition.parse(each) for each in asked]
    return tuple(sorted(dict.fromkeys(found), key=str))


def _values(dimension: str, value: object) -> tuple[str | None, ...]:
    listed = value if isinstance(value, list | tuple | set | frozenset) else (value,)
    if not listed or not all(each is None or isinstance(each, str) for each in listed):
        raise UsageError(
            f"{dimension} cannot be kept to {value!r}.",
            remedy="Give one text or several; None, or an empty text, stands for what is unknown.",
        )
    return _each_once(listed)


def _each_once(words: Iterable[str | None]) -> tuple[str | None, ...]:
    """Words in their order, the empty one as the unknown."""
    return tuple(word or None for word in sorted({(word or "").strip() for word in words}))


def all_hold(conditions: Filter, column: Any) -> Deferred | ir.BooleanValue | None:
    """All conditions together, `column` giving the column of a dimension; None for the empty filter."""
    found = None
    for condition in conditions:
        holds = condition.holds(column(condition.dimension))
        found = holds if found is None else found & holds
    return found


def dimensions_of(fact: type[Fact]) -> tuple[str, ...]:
    """By what a fact's rows may be told apart: its own dimensions, then attributes of its customer at that moment."""
    own = fact.dimensions()
    customers = FACTS["customers"].dimensions() if fact.per_window or "customer_id" in fact.columns() else ()
    return (*own, *(name for name in customers if name not in own))
