"""Metrics of these tests, which are in no catalogue."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.orders import Orders
from stamm.facts.responses import Responses
from stamm.facts.subscriptions import Subscriptions
from stamm.lang.definition import Setting
from stamm.lang.formula import ratio
from stamm.metrics.kind import Metric, part


class Turnover(Metric):
    """Money of orders that stand."""

    unit = "money"

    @part("turnover", "Umsatz", "money")
    def turnover(self, orders: Orders) -> Reduction:
        return orders.turnover()

    def value(self, turnover: Any) -> Any:
        return turnover


class Amounts(Metric):
    """The same column added up as plain numbers, whatever the currency."""

    unit = "number"

    @part("amounts", "Beträge")
    def amounts(self, orders: Orders) -> Reduction:
        return orders.sum(orders.amount_minor, orders.stands())

    def value(self, amounts: Any) -> Any:
        return amounts


class Placed(Metric):
    """Orders that stand."""

    unit = "count"

    @part("orders", "Bestellungen")
    def placed(self, orders: Orders) -> Reduction:
        return orders.placed()

    def value(self, placed: Any) -> Any:
        return placed


class MeanAmount(Metric):
    """Money an order."""

    unit = "money"

    @part("turnover", "Umsatz", "money")
    def turnover(self, orders: Orders) -> Reduction:
        return orders.turnover()

    @part("orders", "Bestellungen")
    def placed(self, orders: Orders) -> Reduction:
        return orders.placed()

    def value(self, turnover: Any, placed: Any) -> Any:
        return ratio(turnover, placed)


class LargeOrders(Metric):
    """Orders of at least so much."""

    unit = "count"
    least = Setting(1000, "Least.", "Mindestens.", low=0)

    @part("large", "große")
    def large(self, orders: Orders) -> Reduction:
        return orders.count(orders.amount_minor >= self.least)

    def value(self, large: Any) -> Any:
        return large


class Discounts(Metric):
    """Discounts, 0 where none is known."""

    unit = "number"

    @part("discounts", "Nachlässe")
    def discounts(self, orders: Orders) -> Reduction:
        return orders.sum(orders.discount_minor)

    def value(self, discounts: Any) -> Any:
        return discounts


class DiscountsIfAny(Metric):
    """Discounts, nothing where none is known."""

    unit = "number"

    @part("discounts", "Nachlässe")
    def discounts(self, orders: Orders) -> Reduction:
        return orders.sum(orders.discount_minor, empty=None)

    def value(self, discounts: Any) -> Any:
        return discounts


class OrdersPerAnswer(Metric):
    """Orders for each answer, of two facts."""

    unit = "ratio"

    @part("orders", "Bestellungen")
    def placed(self, orders: Orders) -> Reduction:
        return orders.placed()

    @part("answers", "Antworten")
    def answered(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").count()

    def value(self, placed: Any, answered: Any) -> Any:
        return ratio(placed, answered)


class Begun(Metric):
    """Subscriptions begun."""

    unit = "count"

    @part("begun", "begonnen")
    def begun(self, subscriptions: Subscriptions) -> Reduction:
        return subscriptions.count()

    def value(self, begun: Any) -> Any:
        return begun
