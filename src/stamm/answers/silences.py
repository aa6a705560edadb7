"""All silences of everybody: what has to be known of others before one customer can be compared with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa

from stamm.answers.one_customer import Rhythm
from stamm.answers.plan import Plan, kinds_of
from stamm.answers.world import World
from stamm.facts.elapsed import days_between
from stamm.lang.formula import share
from stamm.lang.interval import Bounds, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ = ibis._

#: who is compared: customers with so many orders; how they went on in so many days
LEAST_ORDERS, AHEAD_DAYS = 3, 60
#: fewer in the same position tell nothing
LEAST_ALIKE = 20


@dataclass(frozen=True)
class Alike:
    """Of `n` others who were as late, `back` ordered again within so many days; with a Wilson interval."""

    n: int
    back: int
    #: how many mean gaps their silence had lasted
    times: float

    @property
    def share(self) -> float:
        """Who came back, of all in the same position."""
        return float(share(self.back, self.n))

    @property
    def bounds(self) -> Bounds:
        """The 95% interval of that share."""
        return wilson(self.back, self.n)


class Silences:
    """The days after each order of everybody with a rhythm, read once and asked for many customers.

    Kept are silences of a mean gap or more, so that of all who are not late nothing lies in memory. Each array has a
    place an order: a customer's stand together, in the order in which they were placed.
    """

    def __init__(self, rows: pa.Table) -> None:
        names = rows["customer_id"].combine_chunks().dictionary_encode()
        whose, position = names.indices.to_numpy(), rows["position"].to_numpy()
        order = np.lexsort((position, whose))
        self._places = {name: place for place, name in enumerate(names.dictionary.to_pylist())}
        self._whose: NDArray[Any] = whose[order]
        self._silence, self._known, self._mean_gap, self._ended = (
            rows[name].to_numpy()[order] for name in ("silence", "known", "mean_gap_days", "ended")
        )

    @classmethod
    def of(cls, world: World) -> Silences | None:
        """Those of a world, as they are at the end of what is known of orders; None where nothing is."""
        as_of = world.known_until(kinds_of(("orders",), world))
        if as_of is None:
            return None
        plan = Plan(world, (), None, as_of)
        rhythms = plan["purchases"].filter(_.position >= LEAST_ORDERS, _.mean_gap_days > 0)
        silences = rhythms.mutate(end=plan.rules.as_of).select(
            "customer_id",
            "position",
            "mean_gap_days",
            silence=days_between(_.ordered_at, _.next_at.coalesce(_.end)),
            known=days_between(_.ordered_at, _.end),
            ended=_.next_at.notnull(),
        )
        late = silences.filter(_.silence >= _.mean_gap_days, _.known >= _.mean_gap_days + AHEAD_DAYS)
        return cls(world.engine.run(late))

    def alike(self, customer: str, rhythm: Rhythm) -> Alike | None:
        """How those went on who were once as late as this customer is now, by their own rhythm.

        Looked at is each other customer on the last day on which their silence, at least `LEAST_ORDERS` orders in, had
        reached as many of their mean gaps as this one's has now, at least `AHEAD_DAYS` before the end of the data;
        whoever always ordered before their silence got so far was never as late. None where the customer is not late
        by a mean gap, has too few orders, or too few were in the same position.
        """
        late = rhythm.late
        if late is None or late < 1 or len(rhythm.gaps) + 1 < LEAST_ORDERS:
            return None
        reached = self._mean_gap * late
        as_late = (self._silence >= reached) & (self._known >= reached + AHEAD_DAYS)
        if (own := self._places.get(customer)) is not None:
            as_late &= self._whose != own
        found = np.flatnonzero(as_late)
        whose = self._whose[found]
        last = found[np.append(whose[1:] != whose[:-1], True)] if len(found) else found
        if len(last) < LEAST_ALIKE:
            return None
        back = self._ended[last] & (self._silence[last] <= reached[last] + AHEAD_DAYS)
        return Alike(len(last), int(back.sum()), late)
