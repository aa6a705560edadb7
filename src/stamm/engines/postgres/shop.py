"""The tables of a shop as facts, by its mappings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from stamm.engines.postgres.catalogue import Relation, find
from stamm.engines.postgres.cells import Cells
from stamm.engines.postgres.connection import Connection
from stamm.engines.postgres.expressions import local_day, moment_of
from stamm.engines.postgres.filling import Filling
from stamm.engines.postgres.judging import FAULT, judge
from stamm.facts import imported
from stamm.facts.columns import day_column
from stamm.facts.mapping import FactMapping
from stamm.lang.errors import ProjectError
from stamm.lang.organisation import Organisation


@dataclass(frozen=True)
class Part:
    """The facts that one mapping makes of one table.

    `facts` has the columns of the kind and `_fault`, the number of a fault; `told` says table, column and reason of
    each, in the order of their numbers. `unique`: no two of the facts can have the same key. `lines` has a row for each
    of the table, with `kept` where the mapping does not leave it out.
    """

    table: str
    facts: ir.Table
    told: tuple[tuple[str, str, str], ...]
    unique: bool
    lines: ir.Table


class Shop:
    """What the mappings make of the tables of one database; a table is looked at when a kind of it is asked for."""

    def __init__(
        self, connection: Connection, mappings: Mapping[str, Sequence[FactMapping]], organisation: Organisation
    ) -> None:
        self._connection, self._organisation = connection, organisation
        self._mappings: dict[str, list[tuple[str, FactMapping]]] = {}
        for name, facts in mappings.items():
            for mapping in facts:
                self._mappings.setdefault(mapping.fact, []).append((name, mapping))
        self._relations: dict[str, Relation] = {}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The fact kinds that the mappings make."""
        return tuple(self._mappings)

    def parts(self, kind: str, only: Collection[int] | None = None) -> tuple[Part, ...]:
        """The facts of a kind, one part a mapping; their faults are numbered through, from 1 on.

        `only`: the faults that there are, where that is known; no others are looked for. Raises ProjectError where a
        mapping cannot be followed.
        """
        found: list[Part] = []
        before = 0
        for name, mapping in self._mappings[kind]:
            part = self._part(name, mapping, None if only is None else {number - before for number in only})
            found.append(
                replace(part, facts=part.facts.mutate(**{FAULT: (part.facts[FAULT] + before).cast("int32")}))
                if before
                else part
            )
            before += len(part.told)
        return tuple(found)

    def _part(self, name: str, mapping: FactMapping, only: Collection[int] | None) -> Part:
        where = f"stamm.toml, [mapping.{name}.{mapping.fact}]"
        if not mapping.origin:
            raise ProjectError(
                "The mapping does not say of which table it is.",
                where=where,
                remedy='Write from = "schema.table": this project reads a database.',
            )
        if mapping.origin not in self._relations:
            self._relations[mapping.origin] = find(self._connection, mapping.origin, f"{where} from")
        relation = self._relations[mapping.origin]
        writing = mapping.writing
        cells = Cells(relation, writing, writing.time_zone or self._organisation.zone, where)
        filling = Filling(mapping, cells, writing.currency or self._organisation.currency)
        judged = judge(filling, only)
        told = tuple((relation.shown, column, reason) for column, reason in judged.told)
        return Part(relation.shown, self._facts(filling, judged.facts), told, _unique(filling), judged.lines)

    def _facts(self, filling: Filling, table: ir.Table) -> ir.Table:
        """All columns of the kind: those of the mapping, those computed, and those that are the same everywhere."""
        fact = imported()[filling.mapping.fact]
        received = ibis.timestamp(self._connection.taken_at.replace(tzinfo=None), timezone="UTC")
        given: dict[str, ir.Value] = {
            "source": ibis.literal(filling.cells.relation.shown),
            "received_at": table.received_at.coalesce(received) if "received_at" in table.columns else received,
            "simulated": ibis.literal(value=False),
        }
        if filling.assumed:
            given["currency"] = ibis.literal(filling.assumed)
        zone = self._organisation.zone
        for name, clock in fact.computed().items():
            if clock in table.columns:
                at, day = table[clock], name == day_column(clock)
                given[name] = local_day(at, zone) if day else moment_of(at.cast("timestamp"), zone)
        columns = {
            name: given[name] if name in given else table[name] if name in table.columns else ibis.null(type_)
            for name, type_ in ibis.Schema.from_pyarrow(stored(fact.schema())).items()
        }
        return table.select(**columns, **{FAULT: table[FAULT]})


def stored(schema: pa.Schema) -> pa.Schema:
    """The columns of facts: months are told apart in files alone."""
    return schema.remove(schema.get_field_index("month"))


def _unique(filling: Filling) -> bool:
    """Whether the keys of the facts are told apart by the table itself, so that nobody has to look."""
    mapping, relation = filling.mapping, filling.cells.relation
    rules = [filling.rules[name] for name in imported()[mapping.fact].key_columns]
    # A rule that is written as the name of a column does nothing else with it.
    names = {name for rule in rules if isinstance(name := rule.table(), str)}
    if len(names) < len(rules):
        return False
    if mapping.each:
        return names >= set(mapping.each)
    return any(columns <= names & relation.plain_keys for columns in relation.unique)
