"""Concentration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, ClassVar

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.analyses.brought import BROUGHT, CONTRIBUTION, REVENUE, foreign_fact
from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question, column, row
from stamm.analyses.reach import Reach, reach_within
from stamm.facts.buyers_by_contribution import SALES, BuyersByContribution
from stamm.facts.buyers_by_revenue import BuyersByRevenue
from stamm.facts.contributions import CAUSED
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.example import TableExample, rows
from stamm.lang.formula import share
from stamm.lang.phrase import Phrase
from stamm.lang.reasons import (
    CANCELLED_ORDERS,
    CUSTOMERLESS_MESSAGES,
    CUSTOMERLESS_ORDERS,
    SHARED_COSTS,
    UNKNOWN_COSTS,
    ZERO,
)

_ = ibis._

#: the customers who ordered, ranked
BUYERS: dict[str, type[BuyersByContribution]] = {CONTRIBUTION: BuyersByContribution, REVENUE: BuyersByRevenue}
TOTALS = "totals"
BEST, LEAST = "best", "least"
BELOW = Phrase(
    "Customers who cost more than they brought are among the customers; what they brought counts as nothing.",
    "Kunden, die mehr kosteten, als sie erbrachten, zählen als Kunden mit; was sie erbrachten, zählt als nichts.",
)


@row
class Point:
    """A point of the curve: so many of the customers, and what they brought together."""

    group: str | None = column("group", "Gruppe", "text", key=True)
    percent: int = column("% of customers", "% der Kunden", "count", key=True)
    customers: int | None = column("customers", "Kunden", "count")
    amount: int | None = column("they brought", "sie erbrachten", "money")
    value: float | None = column("of all that was brought", "von allem Erbrachten", "share")
    complete: bool = column("final", "endgültig", "flag", detail=True)
    reason: str = column("why not", "warum nicht", "text")


@row
class Total:
    """All of the customers who ordered: what they brought, what others cost, and how unequal it is."""

    group: str | None = column("group", "Gruppe", "text", key=True)
    customers: int = column("customers", "Kunden", "count")
    bringing: int = column("bring something", "erbringen etwas", "count")
    costing: int = column("cost more", "kosten mehr", "count")
    brought: int = column("brought", "erbracht", "money")
    lost: int = column("taken off by those", "von jenen aufgezehrt", "money")
    left: int = column("left in all", "bleibt insgesamt", "money")
    gini: float | None = column("Gini coefficient", "Gini-Koeffizient", "number")


class Concentration(Analysis):
    """Which share of the customers makes which share of the contribution: the Lorenz curve.

    Customers are those known who ordered in the span, from the one who brought most down (`first=least`: from the one
    who brought least up, as Lorenz drew it); equal customers by their id. What each brought is everything in the span
    that names them: what they paid less what they were paid back, and for the contribution also less the cost of
    goods, messages, service, retention and rewards. What names nobody, such as shared costs, is left out and counted.

    A point says how many customers that percentage is (rounded up from the best, so down from the least), and which
    part they brought of all that was brought. Who cost more than they brought is one of the customers but brought
    nothing: in a sum that they diminish, the best could make more than 100 %. `totals` tells what they took off. The
    curve ends at 100 % of both, and has no value where nobody brought anything.

    The Gini coefficient is 0 where all brought the same and nears 1 where one of many brought everything:
    (N + 1 - 2 (1 x1 + 2 x2 + ... + N xN) / (x1 + ... + xN)) / N, with what the N customers brought, from the best
    down. It is defined because nothing in it is below zero.
    """

    de = "Konzentration"
    sentence_de = "Welcher Anteil der Kunden welchen Anteil des Deckungsbeitrags erbringt: die Lorenzkurve."
    cited = (
        "Lorenz, Publications of the American Statistical Association 9 (1905); Gini, Variabilità e mutabilità (1912)"
    )
    tables: ClassVar = {ROWS: Point, TOTALS: Total}
    examples = (
        # anna 5000, ben and cleo 1000 each, dora 3500 below nothing
        TableExample(
            facts=SALES,
            context={"window": "2024-02", "as_of": "2024-04-01", "settings": {"points": 4}},
            gives=rows("""
                percent  customers  amount  value  complete
                25       1          5000    5/7    true
                50       2          6000    6/7    true
                75       3          7000    1      true
                100      4          7000    1      true
            """),
        ),
        # 1 x 5000 + 2 x 1000 + 3 x 1000 = 10000: (5 - 2 x 10000 / 7000) / 4
        TableExample(
            facts=SALES,
            context={"window": "2024-02", "as_of": "2024-04-01", "table": TOTALS},
            gives=rows("""
                customers  bringing  costing  brought  lost  left  gini
                4          3         1        7000     3500  3500  15/28
            """),
        ),
        # a fifth of four is one, two fifths are two
        TableExample(
            facts=SALES,
            context={"window": "2024-02", "as_of": "2024-02-29", "settings": {"points": 5}},
            gives=rows("""
                percent  customers  amount  value  complete  reason
                20       1          5000    5/7    false     not_over
                40       2          6000    6/7    false     not_over
                60       3          7000    1      false     not_over
                80       4          7000    1      false     not_over
                100      4          7000    1      false     not_over
            """),
        ),
        # anna 9000, cleo 3000, ben 2000, dora nothing
        TableExample(
            facts=SALES,
            context={
                "window": "2024-02",
                "as_of": "2024-04-01",
                "settings": {"of": REVENUE, "first": LEAST, "points": 4},
            },
            gives=rows("""
                percent  customers  amount  value
                25       1          0       0
                50       2          2000    1/7
                75       3          5000    5/14
                100      4          14000   1
            """),
        ),
    )

    of = BROUGHT
    first = Setting(
        BEST,
        "From whom the curve begins: who brought most, or who brought least.",
        "Bei wem die Kurve beginnt: wer am meisten erbrachte oder wer am wenigsten.",
        choices=(BEST, LEAST),
        title=Phrase("The curve begins with", "Die Kurve beginnt mit"),
        words={
            BEST: Phrase("who brought most", "wer am meisten erbrachte"),
            LEAST: Phrase("who brought least", "wer am wenigsten erbrachte"),
        },
    )
    points = Setting(
        10,
        "How many points the curve has; 100: one at every percent.",
        "Wie viele Punkte die Kurve hat; 100: einen je Prozent.",
        choices=(4, 5, 10, 20, 100),
        title=Phrase("Points", "Punkte"),
    )

    def facts(self) -> tuple[str, ...]:
        return (BUYERS[self.of].key,)

    def answer(self, question: Question) -> Found:
        known = reach_within(question, self.facts(), question.windows[0])
        if not known.known:
            return Found({ROWS: self._points(None, {}, known), TOTALS: ()})
        groups: dict[str | None, dict[int, Mapping[str, Any]]] = {}
        for cell in question.run(self._steps(question)):
            if cell["foreign"]:
                raise question.foreign_money(foreign_fact(question, self.of))
            groups.setdefault(cell["group_value"], {})[cell["step"]] = cell
        in_order = sorted(groups or {None}, key=lambda group: (group is None, group or ""))
        totals = [_total(group, tuple(groups[group].values())) for group in in_order if group in groups]
        return Found(
            tables={
                ROWS: [point for group in in_order for point in self._points(group, groups.get(group, {}), known)],
                TOTALS: totals,
            },
            left_out=self._left_out(question),
            notes=(BELOW,) if any(total.costing for total in totals) else (),
        )

    def customers(self, question: Question, row: Any) -> Behind:
        """Who is among so many percent of the customers (of the same group), and who is not."""
        if row.customers is None:
            raise UsageError("Of nobody is known what they brought.")
        group = _.group_value.isnull() if row.group is None else _.group_value == row.group
        best = self._among_best(row.percent if self.first == BEST else 100 - row.percent)
        people = question.run(question[self.facts()[0]].filter(group).select("customer_id", best=best))
        wanted = self.first == BEST
        counted, others = (
            sorted(p["customer_id"] for p in people if p["best"] is which) for which in (wanted, not wanted)
        )
        return Behind(tuple(counted), tuple(others))

    # -- how -------------------------------------------------------------------------
    def _among_best(self, percent: int) -> Deferred:
        return (_.rank - 1) * 100 < _.buyers * percent

    def _steps(self, question: Question) -> ir.Table:
        """One row a group and step, from the best customers down: those whom that step of the curve adds."""
        buyers = question[self.facts()[0]]
        buyers = buyers.mutate(step=((_.rank - 1) * self.points // _.buyers).cast("int64"))
        brought = ibis.greatest(_.amount_minor, 0)
        return buyers.group_by("group_value", "step").aggregate(
            customers=_.count(),
            bringing=_.count(where=_.amount_minor > 0).coalesce(0),
            costing=_.count(where=_.amount_minor < 0).coalesce(0),
            brought=brought.sum(),
            left=_.amount_minor.sum(),
            ranked=(_.rank.cast("float64") * brought.cast("float64")).sum(),
            foreign=_.foreign.any(),
        )

    def _points(self, group: str | None, steps: Mapping[int, Mapping[str, Any]], known: Reach) -> list[Point]:
        """The curve of one group; from the least it is the other end of that from the best."""
        numbers = range(self.points)
        customers, amounts = (
            list(accumulate((steps[n][name] if n in steps else 0 for n in numbers), initial=0))
            for name in ("customers", "brought")
        )
        if self.first == LEAST:
            customers, amounts = ([sums[-1] - each for each in reversed(sums)] for sums in (customers, amounts))
        found = []
        for number, count, amount in zip(numbers, customers[1:], amounts[1:], strict=True):
            value = share(amount, amounts[-1]) if known.known else None
            found.append(
                Point(
                    group=group,
                    percent=(number + 1) * 100 // self.points,
                    customers=count if known.known else None,
                    amount=amount if known.known else None,
                    value=value,
                    complete=known.final,
                    reason=known.reason or (ZERO if value is None else ""),
                )
            )
        return found

    def _left_out(self, question: Question) -> dict[str, int]:
        """Rows of the span that were passed over, and goods whose cost is not known, by what they are."""
        span = question.windows[0]
        stands, nobodys = _.cancelled_at.isnull(), _.customer_id.isnull()
        wanted = {("orders", "ordered_on"): {CUSTOMERLESS_ORDERS: stands & nobodys, CANCELLED_ORDERS: ~stands}}
        if self.of == CONTRIBUTION:
            wanted["orders", "ordered_on"][UNKNOWN_COSTS] = stands & ~nobodys & _.cost_minor.isnull()
            wanted["messages", "sent_on"] = {CUSTOMERLESS_MESSAGES: nobodys}
            wanted["costs", "incurred_on"] = {SHARED_COSTS: nobodys & _.kind.isin(CAUSED)}
        found: dict[str, int] = {}
        for (fact, day), counts in wanted.items():
            inside = question[fact].filter(_[day] >= span.start, _[day] < span.end)
            found |= question.run(inside.aggregate(**{words: _.count(where=rows) for words, rows in counts.items()}))[0]
        return {words: number for words, number in found.items() if number}


def _total(group: str | None, steps: Sequence[Mapping[str, Any]]) -> Total:
    customers, brought, left = (sum(step[name] for step in steps) for name in ("customers", "brought", "left"))
    mean_rank = share(sum(step["ranked"] for step in steps), brought)
    return Total(
        group=group,
        customers=customers,
        bringing=sum(step["bringing"] for step in steps),
        costing=sum(step["costing"] for step in steps),
        brought=brought,
        lost=brought - left,
        left=left,
        gini=None if mean_rank is None else (customers + 1 - 2 * mean_rank) / customers,
    )
