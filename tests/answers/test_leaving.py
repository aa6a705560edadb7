"""Who may be leaving, by hand: the newest prediction, its tenth most at risk, and of them who paid most."""

from __future__ import annotations

from datetime import date

from stamm.answers.foretold import leaving
from tests.reports import shops

LAST = date(2024, 3, 10)


def foretold(on: str, name: str, risks: dict[str, float]) -> list[shops.Row]:
    return [
        {
            "model": f"{name}:90d",
            "customer_id": who,
            "predicted_at": on,
            "name": name,
            "horizon_days": 90,
            "value": risk,
        }
        for who, risk in risks.items()
    ]


def test_of_the_tenth_most_at_risk_who_paid_most_comes_first() -> None:
    orders = [
        shops.order(1, date(2024, 1, 5), 500),
        shops.order(2, date(2024, 1, 5), 400),
        shops.order(2, date(2024, 2, 5), 400),
        shops.order(2, date(2024, 3, 5), 9000),  # on the day of the prediction, which knows nothing of it
        shops.order(3, date(2024, 1, 5), 9900, cancelled_at="2024-01-06"),
        shops.order(9, date(2024, 1, 5), 99900),
    ]
    low = {f"c{number}": 0.1 for number in range(9, 26)}
    told = [
        *foretold("2024-02-01", "churn_risk", {"c9": 0.99}),
        *foretold("2024-03-05", "no_order_risk", {"c9": 0.99}),
        # twenty: the tenth are two, and c3 has the risk of the second of them
        *foretold("2024-03-05", "churn_risk", {"c1": 0.9, "c2": 0.8, "c3": 0.8, **low}),
    ]
    found = leaving(shops.world({"orders": orders, "predictions": told}, LAST), 2)
    assert found is not None
    assert (found.key, found.on, found.foretold, found.tenth) == ("churn_risk", date(2024, 3, 5), 20, 2)
    assert [(one.customer_id, one.risk, one.orders, one.revenue_minor) for one in found.first] == [
        ("c2", 0.8, 2, 800),
        ("c1", 0.9, 1, 500),
    ]
    assert found.first[0].last_on == date(2024, 2, 5)


def test_nothing_kept_is_nothing_told() -> None:
    assert leaving(shops.world({"orders": shops.orders(3)}, LAST), 6) is None
