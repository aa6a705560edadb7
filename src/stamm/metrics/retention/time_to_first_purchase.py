"""Time to the first purchase."""

from __future__ import annotations

from typing import Any

from stamm.facts.first_steps import FirstSteps
from stamm.facts.kind import Reduction
from stamm.lang.example import given, rows
from stamm.lang.formula import ratio
from stamm.lang.interval import Mean
from stamm.metrics.kind import Metric, part
from stamm.metrics.retention.time_between_purchases import RHYTHMS


class TimeToFirstPurchase(Metric):
    """How many days pass from a customer's first visit to the first order, for first orders in the window.

    The first visit is the customer's first event of any kind, those of the then anonymous visitor included.
    Who has no event before the first order is left out.
    """

    de = "Zeit bis zum ersten Kauf"
    sentence_de = "Wie viele Tage vom ersten Besuch bis zur ersten Bestellung vergehen, bei Erstkäufen im Zeitraum."
    unit, better, family = "days", "lower", "purchase_interval"
    interval = Mean("first_orders", "days", "squares")
    examples = (
        given(first_orders=10, days=35).gives(3.5),
        given(first_orders=0, days=0).gives(None),
        # first orders in February: ben's on the 3rd, 2 days after his visit, and dora's on the 1st, 10 days after
        # she came as a visitor: (2 + 10) / 2
        given(
            orders=RHYTHMS,
            events=rows("""
                event_id  customer_id  anonymous_id  happened_at  kind
                e1        anna         -             2023-12-20   page
                e2        ben          -             2024-02-01   page
                e3        -            phone         2024-01-22   page
                e4        dora         phone         2024-01-31   page
            """),
            window="2024-02",
            as_of="2024-04-01",
        ).gives(6),
    )

    @part("first orders after a visit", "Erstbestellungen nach einem Besuch")
    def first_orders(self, first_steps: FirstSteps) -> Reduction:
        return first_steps.customers()

    @part("days since the first visit, added up", "Tage seit dem ersten Besuch, zusammengezählt", "days")
    def days(self, first_steps: FirstSteps) -> Reduction:
        return first_steps.sum(first_steps.days)

    @part("squares of these days", "Quadrate dieser Tage", "number")
    def squares(self, first_steps: FirstSteps) -> Reduction:
        return first_steps.sum(first_steps.days * first_steps.days)

    def value(self, first_orders: Any, days: Any) -> Any:
        return ratio(days, first_orders)
