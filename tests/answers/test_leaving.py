"""Who may be leaving, by hand: the newest prediction, its tenth most at risk, and of them who paid most."""

from __future__ import annotations

from datetime import date

from stamm.answers.foretold import leaving
from tests.answers.small import paying
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


def test_of_subscribers_who_pay_most_comes_first() -> None:
    """Anna's price went up on 1 February; cleo's subscription ended before the day, and dora's began on it."""
    rows = [
        paying("anna", "2024-01-01", "2024-02-01", mrr_minor=900),
        paying("anna", "2024-02-01", mrr_minor=1200),
        paying("anna", "2024-01-10", subscription_id="more", mrr_minor=300),
        paying("ben", "2024-01-05", mrr_minor=1400),
        paying("cleo", "2024-01-05", "2024-02-20", mrr_minor=9900),
        paying("dora", "2024-03-05", mrr_minor=9900),
    ]
    risks = {"anna": 0.5, "ben": 0.5, "cleo": 0.5, "dora": 0.5}
    told = foretold("2024-03-05", "subscription_end_risk", risks) + foretold("2024-03-05", "churn_risk", {"ben": 0.1})
    found = leaving(shops.world({"subscriptions": rows, "predictions": told}, LAST), 3)
    assert found is not None
    assert (found.key, found.contract, found.foretold, found.tenth) == ("subscription_end_risk", True, 4, 1)
    assert [(one.customer_id, one.orders, one.revenue_minor, one.last_on) for one in found.first] == [
        ("anna", 2, 1500, date(2024, 2, 1)),
        ("ben", 1, 1400, date(2024, 1, 5)),
        ("cleo", 0, 0, None),
    ]


def test_nothing_kept_is_nothing_told() -> None:
    assert leaving(shops.world({"orders": shops.orders(3)}, LAST), 6) is None
