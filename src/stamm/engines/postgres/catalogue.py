"""What the shop's database holds: its tables and views, their columns and types, and what is unique in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir

from stamm.engines.postgres.connection import Connection
from stamm.lang.errors import ProjectError

Kind = Literal["text", "whole", "decimal", "float", "flag", "moment", "local", "day", "json"]

#: what a column of a type of PostgreSQL holds; of others nothing can be read
KINDS: dict[str, Kind] = {
    "text": "text", "varchar": "text", "bpchar": "text", "name": "text", "citext": "text", "uuid": "text",
    "int2": "whole", "int4": "whole", "int8": "whole", "numeric": "decimal", "float4": "float", "float8": "float",
    "bool": "flag", "timestamptz": "moment", "timestamp": "local", "date": "day", "json": "json", "jsonb": "json",
}  # fmt: skip
_TYPES: dict[Kind, dt.DataType] = {
    "text": dt.string,
    "whole": dt.int64,
    "decimal": dt.Decimal(),
    "float": dt.float64,
    "flag": dt.boolean,
    "moment": dt.Timestamp("UTC"),
    "local": dt.timestamp,
    "day": dt.date,
    "json": dt.string,
}
#: keys of these types are the same only where their text is; blanks around a text would not count
_PLAIN_KEYS = ("int2", "int4", "int8", "uuid")
_NAME = re.compile(r'(?:"((?:[^"]|"")+)"|([^".]+))(?:\.|$)')
_SHOWN = 30

_TABLES = """\
SELECT c.oid, n.nspname, c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND lower(c.relname) = lower(%(table)s)
  AND CASE WHEN %(schema)s::text IS NULL THEN pg_table_is_visible(c.oid) ELSE lower(n.nspname) = lower(%(schema)s) END
ORDER BY (c.relname = %(table)s) DESC, (n.nspname IS NOT DISTINCT FROM %(schema)s) DESC, n.nspname, c.relname"""
_READABLE = """\
SELECT n.nspname || '.' || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
ORDER BY 1"""
#: a domain is what it is based on
_COLUMNS = """\
SELECT a.attname, format_type(a.atttypid, a.atttypmod), has_column_privilege(a.attrelid, a.attnum, 'SELECT'),
  (WITH RECURSIVE up AS (
     SELECT t.typname, t.typtype, t.typbasetype FROM pg_type t WHERE t.oid = a.atttypid
     UNION ALL SELECT t.typname, t.typtype, t.typbasetype FROM up JOIN pg_type t ON t.oid = up.typbasetype
   ) SELECT CASE typtype WHEN 'e' THEN 'text' ELSE typname::text END FROM up WHERE typtype <> 'd')
FROM pg_attribute a WHERE a.attrelid = %(table)s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
_UNIQUE = """\
SELECT array_agg(a.attname::text)
FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) AS key(number)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = key.number
WHERE i.indrelid = %(table)s AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
GROUP BY i.indexrelid"""


@dataclass(frozen=True)
class Relation:
    """A table or a view: `table` has its columns that can be read, `kinds` says what each holds.

    `types` are the names of the types of all columns as PostgreSQL shows them, `unique` sets of columns of which no
    two rows have the same.
    """

    shown: str
    table: ir.Table
    kinds: Mapping[str, Kind]
    types: Mapping[str, str]
    unique: tuple[frozenset[str], ...]
    plain_keys: frozenset[str]


def find(connection: Connection, origin: str, where: str) -> Relation:
    """The table or view that a mapping names: `orders`, `shop.orders`, or `shop."Orders"` where a point is in a name.

    Upper and lower case are told apart only where there are both. `where` is the place in stamm.toml. Raises
    ProjectError where there is none, or none that may be read.
    """
    schema, table = _parts(origin, where)
    found = connection.rows(_TABLES, {"schema": schema, "table": table})
    if not found:
        raise _missing(connection, origin, table, where)
    oid, schema, table = found[0]
    shown = f"{schema}.{table}"
    columns = connection.rows(_COLUMNS, {"table": oid})
    readable = [(name, type_, base) for name, type_, allowed, base in columns if allowed]
    if not readable:
        raise ProjectError(
            f"The user of the database may not read {shown}.",
            where=where,
            remedy=f"Let its owner say: GRANT USAGE ON SCHEMA {schema} TO ...; GRANT SELECT ON {shown} TO ...;",
        )
    kinds = {name: KINDS[base] for name, _, base in readable if base in KINDS}
    unique = connection.rows(_UNIQUE, {"table": oid})
    return Relation(
        shown=shown,
        table=ops.DatabaseTable(
            table,
            ibis.schema({name: _TYPES[kind] for name, kind in kinds.items()}),
            None,
            ops.Namespace(database=schema),
        ).to_expr(),
        kinds=kinds,
        types={name: type_ for name, type_, _ in readable},
        unique=tuple(frozenset(names) for (names,) in unique),
        plain_keys=frozenset(name for name, _, base in readable if base in _PLAIN_KEYS),
    )


def _parts(origin: str, where: str) -> tuple[str | None, str]:
    """Schema (None: wherever the database looks for it) and table."""
    names: list[str] = []
    place = 0
    while place < len(origin) and (found := _NAME.match(origin, place)):
        names.append(found[1].replace('""', '"') if found[1] else found[2].strip())
        place = found.end()
    if place < len(origin) or not 1 <= len(names) <= 2 or origin.endswith("."):
        raise ProjectError(
            f"{origin!r} is no name of a table.",
            where=where,
            remedy='Write from = "orders" or from = "shop.orders"; a name with a point in it stands in double quotes.',
        )
    return (names[0] if len(names) == 2 else None), names[-1]


def _missing(connection: Connection, origin: str, table: str, where: str) -> ProjectError:
    known = [name for (name,) in connection.rows(_READABLE)]
    near = get_close_matches(origin, known, n=1) or get_close_matches(table, [k.partition(".")[2] for k in known], n=1)
    listed = ", ".join(known[:_SHOWN]) + (" ..." if len(known) > _SHOWN else "")
    hint = f"Perhaps {near[0]}? " if near else ""
    remedy = f"{hint}It may read {listed}." if known else "Let the user read it: GRANT SELECT ON ... TO ..."
    return ProjectError(f"The database has no table {origin} that its user may read.", where=where, remedy=remedy)
