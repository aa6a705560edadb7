"""What an event means whose name Segment published: which facts it becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from stamm.facts import imported
from stamm.facts.columns import Column
from stamm.lang.definition import Definition
from stamm.lang.example import Row as Line
from stamm.lang.registry import Registry
from stamm.sources.segment.message import Message
from stamm.sources.segment.problem import Problem


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a fact: some of its columns (always the key) as plain values, moments with their zone.

    `said_at`: when it was said, where what is said later counts, however late it comes; else it counts as it comes.
    """

    fact: str
    values: Mapping[str, Any]
    said_at: datetime | None = None

    def judge(self) -> None:
        """Raise Problem where a cell is not sound."""
        columns = _columns(self.fact)
        for name, value in self.values.items():
            _judge(columns[name], value, self.values)


@cache
def _columns(fact: str) -> Mapping[str, Column]:
    return imported()[fact].carried()


def _judge(column: Column, value: Any, row: Mapping[str, Any]) -> None:
    if value is None:
        if column.required:
            raise Problem("missing", column.name)
        return
    if column.low is not None and value < column.low:
        raise Problem("negative", column.name)
    earlier = row.get(column.follows or column.ends)
    if earlier is not None and value < earlier:
        raise Problem("too_early", column.name)


@dataclass(frozen=True)
class Told:
    """A worked example: an event with its properties, and the rows that come of it (their columns named)."""

    properties: Mapping[str, Any]
    gives: Mapping[str, tuple[Line, ...]]
    #: fields of the message beside its properties
    beside: Mapping[str, Any] = field(default_factory=dict)


class Semantic(Definition):
    """An event of a published name, or several that mean the same."""

    abstract = True
    #: the names, the published one first; upper and lower case are the same
    names: ClassVar[tuple[str, ...]] = ()
    #: where the published specification describes it
    spec: ClassVar[str] = ""
    #: column of a fact (`orders.amount_minor`) -> where it comes from
    fills: ClassVar[Mapping[str, str]] = {}
    #: whether it is an event as well
    stays_event: ClassVar[bool] = False
    examples: ClassVar[tuple[Told, ...]] = ()

    @classmethod
    def facts(cls) -> tuple[str, ...]:
        """The kinds of facts it becomes, `events` last where it stays one."""
        own = dict.fromkeys(column.partition(".")[0] for column in cls.fills)
        return (*own, "events") if cls.stays_event else tuple(own)

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        """The rows; raises Problem where it lacks what the fact needs."""
        raise NotImplementedError


SEMANTICS: Registry[Semantic] = Registry(Semantic, "stamm.sources.segment.semantics", "event of Segment")


def meaning_of(name: str) -> type[Semantic] | None:
    """What an event of that name means; None where it is just an event."""
    return _by_name().get(plain(name))


def plain(name: str) -> str:
    """A name as it is compared."""
    return " ".join(name.replace("_", " ").lower().split())


_KNOWN: dict[str, type[Semantic]] = {}


def _by_name() -> Mapping[str, type[Semantic]]:
    if not _KNOWN:
        _KNOWN.update({plain(name): each for each in SEMANTICS for name in each.names})
    return _KNOWN
