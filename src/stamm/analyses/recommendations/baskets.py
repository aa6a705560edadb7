"""Who bought what: one row a customer and product, as it was known at the start of a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stamm.analyses.drivers.before import Before
from stamm.analyses.kind import Question
from stamm.lang.window import Window

_ = ibis._

Wholes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Baskets:
    """Customers with the products they bought in the days from `since` to the start of `on`.

    `who` and `what` are places among `customers` (by their ids) and `products` (by their numbers), a row each pair;
    `names` are the products' names, with the number where two bear the same. `kept`: more was bought than came back;
    `back`: something of it came back; `days`: on how many local days it was bought; `last`: the last of them, counted
    from 1970-01-01.
    """

    since: date
    on: date
    customers: pa.Array
    products: tuple[str, ...]
    names: tuple[str, ...]
    who: Wholes
    what: Wholes
    kept: Flags
    back: Flags
    days: Wholes
    last: Wholes

    @property
    def today(self) -> int:
        """The day of looking, counted as `last` is."""
        return (self.on - EPOCH).days


def baskets(question: Question, since: date, on: date) -> Baskets:
    """What known customers had bought by then of what was not cancelled by then, and what of it had come back.

    A product is what bears one number, or one name where there is none. A return counts for the product whose line it
    names.
    """
    before = Before(question, Window(on, on + timedelta(days=1)), max((on - since).days, 1))
    back = before["sent_back"].filter(_.line_id.notnull(), _.order_id.notnull())
    back = back.group_by(its_order=_.order_id, its_line=_.line_id).aggregate(back=_.quantity.sum())
    lines = before.lately("sold_lines").mutate(key=_.product_id.coalesce(_.product)).filter(_.key.notnull())
    lines = lines.left_join(back, [lines.order_id == back.its_order, lines.line_id == back.its_line])
    pairs = lines.group_by("customer_id", "key").aggregate(
        name=_.product.coalesce(_.key).max(),
        bought=_.quantity.sum(),
        back=_.back.coalesce(0).sum(),
        days=_.ordered_on.nunique(),
        last=_.ordered_on.max(),
    )
    table = question.table(pairs).sort_by([("customer_id", "ascending"), ("key", "ascending")])
    customers, who = _coded(table["customer_id"])
    products, what = _coded(table["key"])
    bought, came_back = (pc.cast(table[name], pa.float64()).to_numpy() for name in ("bought", "back"))
    names = dict(zip(what.tolist(), table["name"].to_pylist(), strict=True))
    shared = Counter(names.values())
    numbers = products.to_pylist()
    return Baskets(
        since=since,
        on=on,
        customers=customers,
        products=tuple(numbers),
        names=tuple(
            names[place] if shared[names[place]] == 1 else f"{names[place]} ({number})"
            for place, number in enumerate(numbers)
        ),
        who=who,
        what=what,
        kept=bought > came_back,
        back=came_back > 0,
        days=table["days"].to_numpy().astype(np.int64),
        last=table["last"].cast(pa.int32()).to_numpy().astype(np.int64),
    )


def _coded(column: pa.ChunkedArray) -> tuple[pa.Array, Wholes]:
    """The different values, ascending, and where among them each row's stands."""
    values = pc.unique(column).sort()
    return values, pc.index_in(column, values).to_numpy().astype(np.int64)
