"""What a metric is for somebody alone."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.lang.errors import UsageError
from stamm.lang.example import rows
from stamm.lang.money import to_minor
from stamm.lang.phrase import Phrase
from stamm.metrics import Metric
from stamm.segments.blanks import AT_LEAST, MOST_AMOUNT, MOST_DAYS, Chosen, Lately, Number, compared, comparison
from stamm.segments.kind import Operator, example
from stamm.segments.one_by_one import OfEach, told_of_customers
from stamm.segments.then import Then

_ = ibis._

METRICS = told_of_customers()
_SHOP = {
    "orders": rows("""
        order_id  customer_id  ordered_at        amount_minor  cancelled_at
        o1        anna         2024-02-05T10:00  3000          -
        o2        anna         2024-02-20T10:00  5000          -
        o3        ben          2024-02-10T10:00  4000          -
        o4        ben          2024-01-10T10:00  9000          -
        o5        cleo         2024-02-10T10:00  9900          2024-02-11
        o6        dora         2024-03-01T00:00  9900          -
    """),
    "returns": rows("""
        return_id  order_id  customer_id  ordered_at  returned_at       quantity  amount_minor
        r1         o2        anna         2024-02-20  2024-02-25T10:00  1         4500
        r2         o3        ben          2024-02-10  2024-03-01T10:00  1         4000
    """),
}


def _named(metric: type[Metric]) -> Phrase:
    """As within a sentence: only an abbreviation keeps its capitals in English."""
    first, rest = metric.en[:1], metric.en[1:]
    return Phrase(metric.en if rest[:1].isupper() else first.lower() + rest, metric.de)


class MetricOfCustomer(Operator):
    """Customers for whom alone a metric is so: what it gives when it is kept to that customer.

    Money is told in whole units of the reported currency, a share from 0 to 1. Where a metric has no value, as an
    average order value without an order, it is none of them. Costs that all share are spread as the metric spreads
    them. Only metrics that count rows of customers can be asked, and none that counts customers alone.
    """

    en = "Metric of the customer"
    de = "Kennzahl des Kunden"
    sentence_de = "Kunden, für die allein eine Kennzahl so ist: was sie ergibt, wenn sie nur von diesem Kunden handelt."
    says = Phrase(
        "whose value of {metric} {days} is {compare} {value}", "deren Wert für {metric} {days} {compare} {value} ist"
    )
    denies = Phrase(
        "whose value of {metric} {days} is not {compare} {value}",
        "deren Wert für {metric} {days} nicht {compare} {value} ist",
    )

    metric = Chosen(
        "revenue",
        {key: _named(metric) for key, metric in METRICS.items()},
        "Which metric.",
        "Welche Kennzahl.",
        title=Phrase("metric", "Kennzahl"),
    )
    days = Lately(365)
    compare = comparison(AT_LEAST)
    value = Number(
        100.0,
        "The number: money in whole units of the reported currency, a share from 0 to 1.",
        "Die Zahl: Geld in ganzen Einheiten der Berichtswährung, ein Anteil von 0 bis 1.",
        low=-MOST_AMOUNT,
        high=MOST_AMOUNT,
    )

    # in 29 days anna paid 80.00 and got 45.00 back, and ben paid 40.00; what comes in March nobody knows yet
    examples = (
        example(_SHOP, "2024-03-01", "ben", days=29, value=40),
        example(_SHOP, "2024-03-01", "anna ben", metric="average_order_value", days=29, value=40),
        example(_SHOP, "2024-03-01", "anna cleo", days=29, compare="at_most", value=35),
    )

    @property
    def of_each(self) -> OfEach:
        """The metric, over these days; over a hundred years for ever before."""
        return OfEach(METRICS[self.metric](), self.days or MOST_DAYS)

    @property
    def facts(self) -> tuple[str, ...]:  # type: ignore[override]
        """Keys of the facts that the metric counts."""
        return self.of_each.facts

    @property
    def adds_money(self) -> bool:  # type: ignore[override]
        """Whether the metric does."""
        return self.of_each.money

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        each, bound = self.of_each, self._bound(then)
        of_nobody = each.of_nobody
        told = _ if of_nobody is None else _.coalesce(of_nobody)
        return (
            f"{self.key} {self.metric} {each.days}",
            each.rows(then),
            _.value.max(),
            compared(told, self.compare, bound),
        )

    def _bound(self, then: Then) -> float:
        if METRICS[self.metric].unit != "money":
            return self.value
        currency = then.organisation.currency
        try:
            return float(to_minor(self.value, currency))
        except ValueError as error:
            raise UsageError(
                f"{self.value} is no amount in {currency}.", remedy="Write no more digits than the currency has."
            ) from error
