"""How much subscribers used and asked before a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.analyses.drivers.before import Before
from stamm.analyses.kind import Question
from stamm.lang.window import Window
from stamm.predictions.contracts.subscribed import Reals

_ = ibis._

MONTH, QUARTER = 28, 91
#: facts that are read where there are any; events count where they name the customer
BESIDE = ("events", "orders", "tickets")


def use_before(question: Question, on: date, customers: pa.Array) -> Mapping[str, Reals]:
    """Days with events and orders, and tickets, of each of these customers; NaN where such facts are not known."""
    before = Before(question, Window(on, on + timedelta(days=1)), QUARTER)
    found: dict[str, Reals] = {}
    near = on - timedelta(days=MONTH)
    if "events" in _known(question, on):
        days = before.lately("events").group_by("customer_id", "happened_on").aggregate(rows=_.count())
        days = days.filter(_.happened_on >= ibis.date(on - timedelta(days=2 * MONTH)))
        each = days.group_by("customer_id").aggregate(
            active_28=(_.happened_on >= ibis.date(near)).ifelse(1, 0).sum(),
            active_28_before=(_.happened_on < ibis.date(near)).ifelse(1, 0).sum(),
        )
        found |= _of(question.table(each), customers)
        found["active_change"] = found["active_28"] - found["active_28_before"]
    if "orders" in _known(question, on):
        days = before.lately("orders").group_by("customer_id", "ordered_on").aggregate(rows=_.count())
        found |= _of(question.table(days.group_by("customer_id").aggregate(orders_91=_.count())), customers)
    if "tickets" in _known(question, on):
        each = before.lately("tickets").group_by("customer_id").aggregate(
            tickets_91=_.count(), tickets_open=_.resolved_at.isnull().ifelse(1, 0).sum()
        )  # fmt: skip
        found |= _of(question.table(each), customers)
    nothing = np.full(len(customers), np.nan)
    names = ("active_28", "active_28_before", "active_change", "orders_91", "tickets_91", "tickets_open")
    return {name: found.get(name, nothing) for name in names}


def _known(question: Question, on: date) -> tuple[str, ...]:
    """The facts that were known in all of the days before."""
    known = ((fact, question.covered((fact,))) for fact in BESIDE)
    return tuple(fact for fact, days in known if days is not None and days[0] <= on - timedelta(days=QUARTER))


def _of(table: pa.Table, customers: pa.Array) -> dict[str, Reals]:
    """The columns beside the customers, as they stand in a list of customers; 0 for who is in none."""
    place = pc.index_in(customers, value_set=table["customer_id"].combine_chunks())
    known = place.is_valid().to_numpy(zero_copy_only=False)
    at = place.fill_null(0).to_numpy().astype(np.intp)
    found = {}
    for name in table.column_names:
        if name != "customer_id":
            values = np.append(table[name].cast(pa.float64()).to_numpy(), 0.0)
            found[name] = np.where(known, values[at], 0.0)
    return found
