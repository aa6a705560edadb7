"""Random tables of a shop and random mappings of them: as PostgreSQL holds them, and as a file that was exported."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from psycopg import sql

from tests.engines.postgres.server import Database

Row = dict[str, Any]

#: columns of the table, as a shop may have them: names in mixed case, one that is no plain name, types of all sorts
TYPES = {
    "id": "bigint PRIMARY KEY",
    "Ref No.": "varchar(12)",
    "customerId": "text",
    "placed": "timestamp",
    "paidAt": "timestamptz",
    "shipped_on": "date",
    "epoch": "bigint",
    "total": "numeric(12,3)",
    "weight": "double precision",
    "typed": "text",
    "pieces": "integer",
    "currency": "char(5)",
    "state": "text",
    "ok": "boolean",
}
#: around both clock changes in Berlin, the edges of what a moment may be, and any other time
_TIMES = [
    datetime.fromisoformat(text)
    for text in (
        "2024-03-31T02:30", "2024-03-31T01:59:59.999999", "2024-03-31T03:00", "2024-10-27T02:30", "2024-10-27T03:00",
        "2024-02-29T00:00", "1899-12-31T23:59:59", "1900-01-01T00:00", "2199-12-31T23:59:59.999999", "2200-01-01T00:00",
        "0001-01-01T00:00",
    )
]  # fmt: skip
_YEAR = [datetime.fromisoformat(text) for text in ("2024-01-01", "2024-12-31")]
times = st.sampled_from(_TIMES) | st.datetimes(*_YEAR)
words = st.sampled_from(
    ["", " ", "a", "A", " a", "ä", "Ä", "z", "o-1", "o'1", 'o"1', "o\\1", "{1}", "%s", "void", "web"]
)
numbers = st.sampled_from(["0", "1", "-1", "1.5", "0.005", "-0.005", "12.345", "999999999.999"]).map(
    lambda text: Decimal(text).quantize(Decimal("0.001"))  # as the table holds it
)
typed_numbers = st.sampled_from(
    [
        "",
        "1",
        " 1.50 ",
        "-2",
        "+3",
        ".5",
        "5.",
        "1e2",
        "1,5",
        "abc",
        "-",
        "1 000",
        "0.1",
        "1e400",
        "999999999999999999",
        "1e18",
    ]
)
floats = st.sampled_from([0.0, -0.0, 0.1, 12.345, 1e17, 1e300, float("inf"), float("-inf"), 2.0**53])


def rows() -> st.SearchStrategy[list[Row]]:
    """Rows of the table."""
    cells = {
        "Ref No.": words,
        "customerId": words,
        "placed": times,
        "paidAt": times.map(lambda moment: moment.replace(tzinfo=UTC)),
        "shipped_on": times.map(datetime.date),
        "epoch": st.sampled_from([0, 1_711_846_800, -2_208_988_800, -2_208_988_801, 7_258_118_400, 2**62]),
        "total": numbers,
        "weight": floats,
        "typed": typed_numbers,
        "pieces": st.sampled_from([0, 1, 2, -3, 2**31 - 1]),
        "currency": st.sampled_from(["EUR", "eur", " JPY", "KWD", "XXQ", "", "EURO"]),
        "state": st.sampled_from(["paid", "void", "Void", "", "open"]),
        "ok": st.booleans(),
    }
    row = st.fixed_dictionaries({name: st.none() | one for name, one in cells.items()})
    return st.lists(row, max_size=12).map(lambda found: [{"id": number, **row} for number, row in enumerate(found, 1)])


# -- mappings ------------------------------------------------------------------------------------------------
def _some(**rules: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of these rules, each there or not."""
    return st.fixed_dictionaries({}, optional=rules)


def _table(source: st.SearchStrategy[dict[str, Any]], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(source, _some(**more)).map(lambda both: {**both[0], **both[1]})


def _column(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(names).map(lambda name: {"column": name})


conditions = st.lists(
    st.sampled_from(
        [
            {"column": "state", "is": ["void", "Void"], "not": True},
            {"column": "state", "is": "paid"},
            {"column": "Ref No.", "begins": ["o", "a"]},
            {"column": "Ref No.", "contains": "'", "not": True},
            {"column": "total", "above": 0},
            {"column": "weight", "below": 1.5, "not": True},
            {"column": "typed", "above": -1},
            {"column": "customerId", "empty": False},
            {"column": "paidAt", "empty": True, "not": True},
            {"column": "ok", "is": "true"},
            {"column": "pieces", "is": [1, 2]},
        ]
    ),
    max_size=2,
)
_words = st.sampled_from([{"a": "B", "void": ""}, {"EUR": "EUR", "EURO": "EUR", "XXQ": ""}])
text = st.sampled_from(["customerId", "id", "state", "ok", "pieces", "shipped_on"]) | _table(
    _column("customerId", "Ref No.", "state") | st.just({"columns": ["Ref No.", "id"], "join": " / "}),
    words=_words, where=conditions, default=st.just("none"),
)  # fmt: skip
number = _table(
    _column("total", "pieces", "weight", "typed")
    | st.just({"product": ["total", "pieces"]})
    | st.just({"product": ["pieces", "weight"]}),
    plus=st.sampled_from(["pieces", ["total", "typed"]]), less=st.just("weight"), where=conditions,
    negate=st.booleans(), default=st.sampled_from(["0", "-1.5"]),
)  # fmt: skip
worded = _table(_column("total", "typed", "pieces"), words=st.sampled_from([{"1": "100", "abc": "", "0": "0.5"}]))
money = number | worded | _table(number, round=st.booleans()) | st.just({"constant": "1.5"})
time = (
    st.sampled_from(["placed", "paidAt", "shipped_on"])
    | _table(_column("placed", "paidAt", "shipped_on"), where=conditions, default=st.just("2024-02-29T12:00"))
    | st.just({"column": "epoch", "dates": "unix"})
    | st.just({"column": "shipped_on", "words": {"2024-02-29": "2024-03-01", "0001-01-01": ""}})
    | st.just({"constant": "2024-06-01"})
)
currency = st.sampled_from(["currency", {"constant": "EUR"}, {"column": "currency", "default": "JPY"}])
flagged = _table(_column("ok", "state"), words=st.sampled_from([{"paid": "true", "void": "false", "open": ""}]))


def orders() -> st.SearchStrategy[dict[str, Any]]:
    """A mapping of the table to orders, a row each."""
    required = {
        "order_id": st.sampled_from(["id", {"columns": ["id", "Ref No."]}, {"columns": ["state", "id"], "join": ""}]),
        "ordered_at": time,
    }
    optional = {
        "customer_id": text, "channel": text, "currency": currency, "cancelled_at": time, "delivered_at": time,
        "cost": money, "tax_minor": number, "where": conditions,
    }  # fmt: skip
    amount = money.map(lambda rule: {"amount": rule}) | number.map(lambda rule: {"amount_minor": rule})
    return st.tuples(st.fixed_dictionaries(required, optional=optional), amount).map(
        lambda both: {**both[0], **both[1]}
    )


def brought_together() -> st.SearchStrategy[dict[str, Any]]:
    """A mapping of the table to orders, of which several rows are one."""
    keys = st.sampled_from([["Ref No."], ["state"], ["Ref No.", "state"]])

    def taking(rule: st.SearchStrategy[Any], *takes: str) -> st.SearchStrategy[Any]:
        def with_take(found: Any, take: str) -> Any:
            return {**(found if isinstance(found, dict) else {"column": found}), "take": take}

        return st.builds(with_take, rule, st.sampled_from(takes)) | rule

    def with_keys(names: list[str], rest: dict[str, Any]) -> dict[str, Any]:
        own = names[0] if len(names) == 1 else {"columns": names, "join": "+"}
        return {"each": names, "order_id": own, **rest}

    rest = st.fixed_dictionaries(
        {"ordered_at": taking(time, "lowest", "highest"), "amount": taking(money, "sum", "highest")},
        optional={
            "currency": currency, "customer_id": taking(text, "lowest", "highest"), "channel": text,
            "cancelled_at": taking(time, "highest"), "tax_minor": taking(number, "sum"), "where": conditions,
        },
    )  # fmt: skip
    return st.builds(with_keys, keys, rest)


def answers() -> st.SearchStrategy[dict[str, Any]]:
    """A mapping of the table to answers of customers: choices, real numbers, scales."""
    required = {
        "response_id": st.just("id"),
        "question": st.just({"constant": "How was it?"}),
        "kind": st.sampled_from([{"constant": "nps"}, {"column": "state", "words": {"paid": "NPS", "open": "rating"}}]),
        "asked_at": time,
    }
    optional = {"answered_at": time, "score": number, "scale_min": number, "customer_id": text, "where": conditions}
    return st.fixed_dictionaries(required, optional=optional)


# -- as a table, and as a file -------------------------------------------------------------------------------
def fill(database: Database, found: Sequence[Row], table: str = "orders") -> None:
    """The table with these rows."""
    name = sql.Identifier(table)
    columns = [sql.SQL("{} {}").format(sql.Identifier(one), sql.SQL(type_)) for one, type_ in TYPES.items()]
    database.connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
    database.connection.execute(sql.SQL("CREATE TABLE {} ({})").format(name, sql.SQL(", ").join(columns)))
    values = sql.SQL(", ").join(sql.Placeholder() * len(TYPES))
    query = sql.SQL("INSERT INTO {} VALUES ({})").format(name, values)
    with database.connection.cursor() as cursor:
        cursor.executemany(query, [[row[one] for one in TYPES] for row in found])


def export(found: Sequence[Row], file: Path) -> None:
    """The same rows as a file that somebody exported."""
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(TYPES)
        writer.writerows([_written(row[one]) for one in TYPES] for row in found)


def _written(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.isoformat() if isinstance(cell, date) else str(cell)
