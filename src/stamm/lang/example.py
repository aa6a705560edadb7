"""Worked examples: numbers in, number out; or a handful of facts in, number out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, str | None]


def rows(text: str) -> tuple[Row, ...]:
    """Rows of a small table written as text: a heading line, then one line a row, `-` for unknown.

    Words are separated by white space; `_` inside a word that stands for text is kept as it is.
    """
    lines = [line.split() for line in text.strip().splitlines() if line.strip()]
    heading, *body = lines
    for line in body:
        if len(line) != len(heading):
            raise ValueError(f"a row has {len(line)} words where the heading has {len(heading)}: {' '.join(line)}")
    return tuple(
        {name: None if word == "-" else word for name, word in zip(heading, line, strict=True)} for line in body
    )


@dataclass(frozen=True)
class Example:
    """What is given and what comes out. `parts` for a sum example, `facts` for a facts example."""

    given: Mapping[str, Any]
    value: float | int | None = None
    groups: Mapping[str, float | int | None] | None = None

    #: words of a facts example that are not fact kinds
    CONTEXT = frozenset(
        {"window", "as_of", "zone", "history", "spell_rule", "lapse_days", "settings", "by", "currency"}
    )

    def gives(self, value: float | int | None = None, **groups: float | int | None) -> Example:
        """The same example with its answer (one value, or one a group where `by` is given)."""
        return Example(self.given, value, groups or None)

    @property
    def is_facts(self) -> bool:
        """Whether tables of facts are given (then `window` is, too)."""
        return "window" in self.given

    @property
    def facts(self) -> dict[str, tuple[Row, ...]]:
        """The tables given, by fact."""
        return {name: value for name, value in self.given.items() if name not in self.CONTEXT}

    @property
    def context(self) -> dict[str, Any]:
        """Window, settings and the like."""
        return {name: value for name, value in self.given.items() if name in self.CONTEXT}


def given(**what: Any) -> Example:
    """Start an example: `given(start=1000, kept=600).gives(0.6)`."""
    return Example(what)


@dataclass(frozen=True)
class VerbExample:
    """For facts: tables in, what each verb gives over a window; a predicate gives how many rows it is true of.

    A verb is written as it is called: `placed`, `spent(service)`, `running_at(window.end)`. With `so_far` it is
    asked of all rows up to the window's end.
    """

    facts: Mapping[str, tuple[Row, ...]]
    window: str
    gives: Mapping[str, float | int | None]
    so_far: bool = False
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TableExample:
    """For derived facts: tables in, the rows that come out (in the order of the key)."""

    facts: Mapping[str, tuple[Row, ...]]
    gives: tuple[Row, ...]
    context: Mapping[str, Any] = field(default_factory=dict)
