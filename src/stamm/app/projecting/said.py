"""Rows on their way from the log into the lake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol

import pyarrow as pa

from stamm.facts import imported
from stamm.store import Writer

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A row of a fact as a message said it: some columns, from where, and when it was received.

    `withdrawn` takes the row back (true) or gives it back (false).
    """

    fact: str
    values: Values
    source: str
    received_at: datetime
    withdrawn: bool | None = None

    def with_values(self, values: Values) -> Said:
        """The same message with other columns."""
        return replace(self, values=values)


class InLake(Protocol):
    """What the lake holds already."""

    def current(self, kind: str, column: str, values: Sequence[str]) -> pa.Table:
        """Its rows with one of these texts in a column."""

    def messages(self, kind: str, column: str, values: Iterable[str]) -> pa.Table:
        """All messages of such rows, in their order; `carried` names the columns of each."""


def tables(rows: Sequence[Said]) -> Iterator[pa.Table]:
    """Rows of one fact as tables, in their order; a new one wherever other columns are carried."""
    schema = imported()[rows[0].fact].schema()
    for (names, withdrawn), some in groupby(rows, key=lambda row: (tuple(row.values), row.withdrawn)):
        group = list(some)
        columns = {name: pa.array([row.values[name] for row in group], schema.field(name).type) for name in names}
        received = pa.array([row.received_at for row in group], schema.field("received_at").type)
        if withdrawn is not None:
            columns["withdrawn"] = pa.array([withdrawn] * len(group))
        yield pa.table({**columns, "received_at": received})


def _by_fact_and_source(rows: Iterable[Said]) -> dict[tuple[str, str], list[Said]]:
    """The rows of each fact and source, in their order."""
    found: dict[tuple[str, str], list[Said]] = {}
    for row in rows:
        found.setdefault((row.fact, row.source), []).append(row)
    return found


def put_said(writer: Writer, rows: Sequence[Said]) -> None:
    """Put the rows into the lake."""
    for (fact, source), some in _by_fact_and_source(rows).items():
        newest = max(row.received_at for row in some)
        # the same message says the same moment, so an event that is there already is of the same month
        writer.put(fact, tables(some), source=source, received_at=newest, same_month=fact == "events")
