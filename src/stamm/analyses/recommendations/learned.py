"""What goes with what, learned from baskets, and what is recommended to whom for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from stamm.analyses.recommendations.baskets import Baskets, Flags, Wholes
from stamm.lang.heeding import heed

Reals = npt.NDArray[np.float64]
#: customers at a time, so that tables of customers by products stay small
ROWS = 2048
#: buyers of a product from whom on it is known whether it is bought again
ENOUGH = 5
#: how much a day on which a customer bought a product themselves tells for it, beside what goes with it
OWN = 10.0


class Rules(NamedTuple):
    """`shrink`: how many customers a pair has to outweigh; `again`: the share of buyers from whom on a product is one
    that is bought again; `repeat`: whether such products are recommended to those who have them; `lately`: after how
    many days without a sale a product is no longer sold; `most`: of how many products, the most bought, it is
    learned."""

    shrink: float
    again: float
    repeat: bool
    lately: int
    most: int


class Reason(NamedTuple):
    """One product recommended: its place, the place of what was bought before that tells most for it, and how many
    customers kept both; or, where that is the product itself, on how many days the customer bought it."""

    product: int
    because: int
    customers: int
    days: int


@dataclass(frozen=True)
class Learned:
    """Products with those that go with them; matrices are products by products or customers by products.

    The score of two products with n(i) and n(j) buyers of whom n(ij) kept both is the cosine, shrunk towards nothing
    where few say so: n(ij) / (sqrt(n(i) n(j)) + shrink). What everybody buys has a great n(j) and so goes with all a
    little, and with nothing much. A product goes with itself where it is bought again: `renewed` is
    OWN x n(twice) / (n(i) + shrink), for each day on which a customer bought it.
    """

    baskets: Baskets
    #: the products learned of, by their places in the baskets; what follows counts these
    chosen: Wholes
    buyers: Wholes
    #: whether each is bought again, and is still sold
    again: Flags
    sold: Flags
    together: npt.NDArray[np.float64]
    score: Reals
    renewed: Reals
    kept: csr_array
    #: on how many days each customer bought what they kept
    days: csr_array
    back: csr_array

    @classmethod
    def of(cls, baskets: Baskets, rules: Rules) -> Self:
        """Learned from all of the baskets; products with most buyers first, equal ones by number."""
        count = len(baskets.products)
        kept = baskets.kept
        buyers = np.bincount(baskets.what[kept], minlength=count)
        chosen = np.sort(np.argsort(-buyers, kind="stable")[: rules.most])
        chosen = chosen[buyers[chosen] > 0]
        place = np.full(count, -1)
        place[chosen] = np.arange(len(chosen))
        n = buyers[chosen].astype(np.float64)
        twice = np.bincount(baskets.what[kept & (baskets.days > 1)], minlength=count)[chosen]
        last = np.zeros(count, dtype=np.int64)
        np.maximum.at(last, baskets.what, baskets.last)

        def matrix(which: Flags, values: Wholes | None = None) -> csr_array:
            inside = which & (place[baskets.what] >= 0)
            told = np.ones(int(inside.sum())) if values is None else values[inside].astype(np.float64)
            cells = (told, (baskets.who[inside], place[baskets.what[inside]]))
            return csr_array(cells, shape=(len(baskets.customers), len(chosen)))

        of_all = matrix(kept)
        again = (n >= ENOUGH) & (twice >= rules.again * n)
        renewed = OWN * twice / (n + rules.shrink)
        together = (of_all.T @ of_all).toarray()
        np.fill_diagonal(together, 0.0)
        return cls(
            baskets=baskets,
            chosen=chosen,
            buyers=buyers[chosen],
            again=again,
            sold=baskets.today - last[chosen] <= rules.lately,
            together=together,
            score=together / (np.sqrt(np.outer(n, n)) + rules.shrink),
            renewed=np.where(again & rules.repeat, renewed, 0.0),
            kept=of_all,
            days=matrix(kept, baskets.days),
            back=matrix(baskets.back),
        )

    def name(self, place: int) -> str:
        """What a product is called."""
        return self.baskets.names[int(self.chosen[place])]

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each product of the baskets stands, by its number."""
        return {self.baskets.products[at]: place for place, at in enumerate(self.chosen.tolist())}

    def with_product(self, place: int, most: int) -> Iterator[int]:
        """What goes with a product and is still sold, the best first, equal ones by number."""
        score = np.where(self.sold, self.score[place], 0.0)
        for other in np.argsort(-score, kind="stable")[:most].tolist():
            if score[other] > 0:
                yield other

    def customer(self, customer_id: str) -> int | None:
        """Where a customer stands; None where they bought nothing in these days."""
        found: int = pc.index(self.baskets.customers, pa.scalar(customer_id)).as_py()
        return None if found < 0 else found

    def closed(self, who: Wholes) -> Flags:
        """What is not recommended: what is no longer sold, what was sent back, and what was bought and is not
        recommended again."""
        bought = self.kept[who].toarray() > 0
        back = self.back[who].toarray() > 0
        found: Flags = ~self.sold | back | (bought & (self.renewed == 0))
        return found

    def scores(self, who: Wholes) -> Reals:
        """How much what each customer kept tells for each product: the scores with all of it, added up."""
        found: Reals = self.kept[who] @ self.score + self.days[who].toarray() * self.renewed
        return found

    def recommended(self, who: int, most: int) -> Iterator[Reason]:
        """What is recommended to one customer, the best first."""
        place = np.array([who])
        score = np.where(self.closed(place), 0.0, self.scores(place))[0]
        own, days = self.kept[[who]].indices, self.days[[who]].toarray()[0]
        for product in np.argsort(-score, kind="stable")[:most].tolist():
            if score[product] > 0 and days[product]:  # bought again
                yield Reason(product, product, 0, int(days[product]))
            elif score[product] > 0:
                because = int(own[np.argmax(self.score[own, product])])
                yield Reason(product, because, int(self.together[because, product]), 0)


class Trial(NamedTuple):
    """How many of the customers found something they bought later among the first so many, and the mean NDCG."""

    customers: int
    hits: int
    gain: float


def tried(learned: Learned, later: Baskets, most: int) -> tuple[Trial, Trial]:
    """What was learned, and the most bought products, held against what the same customers kept in the days after.

    What is closed to a customer is closed to both ways, and counts as no find. Customers who bought nothing open to
    them are left out.
    """
    there = pc.index_in(later.customers, learned.baskets.customers)
    known = pc.fill_null(there, -1).to_numpy().astype(np.int64)
    place = np.array([learned.places.get(number, -1) for number in later.products], dtype=np.int64)
    rows = later.kept & (known[later.who] >= 0) & (place[later.what] >= 0)
    cells = (np.ones(int(rows.sum())), (known[later.who[rows]], place[later.what[rows]]))
    wanted = csr_array(cells, shape=learned.kept.shape)
    who = np.flatnonzero(np.diff(wanted.indptr))
    found = np.zeros((2, 3))
    for start in range(0, len(who), ROWS):
        heed()
        some = who[start : start + ROWS]
        closed = learned.closed(some)
        targets = (wanted[some].toarray() > 0) & ~closed
        asked = targets.any(axis=1)
        popular = np.broadcast_to(learned.buyers.astype(np.float64), targets.shape)
        for way, score in enumerate((learned.scores(some), popular)):
            found[way] += _found(np.where(closed, -1.0, score)[asked], targets[asked], most)
    one, other = (Trial(int(count), int(hits), gain / count if count else 0.0) for count, hits, gain in found.tolist())
    return one, other


def _found(score: Reals, targets: Flags, most: int) -> tuple[int, int, float]:
    """Customers, how many of them found something, and the sum of their NDCG."""
    first = np.argsort(-score, axis=1, kind="stable")[:, :most]
    open_to = np.take_along_axis(score, first, axis=1) > 0
    hit = np.take_along_axis(targets, first, axis=1) & open_to
    worth = 1 / np.log2(np.arange(first.shape[1]) + 2)
    best = np.cumsum(worth)[np.minimum(targets.sum(axis=1), first.shape[1]) - 1]
    return len(targets), int(hit.any(axis=1).sum()), float(((hit * worth).sum(axis=1) / best).sum())
