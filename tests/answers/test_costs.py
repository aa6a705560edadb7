"""Costs that all share: who bears them, and what has no value without them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stamm.lang.reasons import NO_FACTS
from tests.answers.small import ask, known, order, paying, world

#: anna and cleo are in Germany, ben in Austria; dora, also in Austria, left in January
SHOP: dict[str, Any] = {
    "subscriptions": [paying(who, "2024-01-05") for who in ("anna", "cleo")]
    + [paying("ben", "2024-01-05", "2024-02-10"), paying("dora", "2024-01-05", "2024-01-20")],
    "customers": [known(who, "2024-01-01", country="DE") for who in ("anna", "cleo")]
    + [known(who, "2024-01-01", country="AT") for who in ("ben", "dora")],
    "costs": [
        {"cost_id": "c1", "incurred_on": "2024-02-03", "kind": "service", "amount_minor": 9000},
        {"cost_id": "c2", "incurred_on": "2024-02-04", "kind": "service", "amount_minor": 500, "customer_id": "anna"},
        {"cost_id": "c3", "incurred_on": "2024-02-04", "kind": "service", "amount_minor": 40, "customer_id": "dora"},
        {"cost_id": "c4", "incurred_on": "2024-03-04", "kind": "service", "amount_minor": 700},
    ],
}
TICKETS = [
    {"ticket_id": "t1", "customer_id": "anna", "opened_at": "2024-02-05", "minutes_spent": 10},
    {"ticket_id": "t2", "customer_id": "cleo", "opened_at": "2024-02-05", "minutes_spent": 20},
    {"ticket_id": "t3", "customer_id": "ben", "opened_at": "2024-02-05", "minutes_spent": 60},
    {"ticket_id": "t4", "customer_id": "dora", "opened_at": "2024-02-06", "minutes_spent": 900},
    {"ticket_id": "t5", "customer_id": None, "opened_at": "2024-02-06", "minutes_spent": 900},
    {"ticket_id": "t6", "customer_id": "anna", "opened_at": "2024-03-06", "minutes_spent": 900},
]


def by_country(facts: dict[str, Any], key: str = "cost_to_serve", **coverage: Any) -> dict[str | None, Any]:
    of = world(facts, spell_rule="subscriptions", **coverage)
    return {row.group: row.value for row in ask(of, key, "2024-02", by="country").rows}


def test_shared_service_is_borne_by_minutes_of_tickets() -> None:
    """Of 90 minutes 30 are Germany's: 3000 of 9000, and 500 for anna, over two; Austria bears 6000 and dora's 40."""
    assert by_country({**SHOP, "tickets": TICKETS}) == {"DE": 1750, "AT": 6040, None: None}


def test_a_filter_does_not_shift_what_others_bear() -> None:
    of = world({**SHOP, "tickets": TICKETS}, spell_rule="subscriptions")
    found = {country: ask(of, "cost_to_serve", "2024-02", where=f"country={country}") for country in ("DE", "AT", "CH")}
    assert {country: answer.rows[0].value for country, answer in found.items()} == {"DE": 1750, "AT": 6040, "CH": None}


def test_without_minutes_every_customer_bears_the_same() -> None:
    nothing = [{**ticket, "minutes_spent": None} for ticket in TICKETS]
    for facts in (SHOP, {**SHOP, "tickets": nothing}, {**SHOP, "tickets": TICKETS[3:]}):
        assert by_country(facts) == {"DE": 3250, "AT": 3040, None: None}


def test_parts_add_up_to_the_whole() -> None:
    of = world({**SHOP, "tickets": TICKETS}, spell_rule="subscriptions")
    split, (whole,) = ask(of, "cost_to_serve", "2024-02", by="country").rows, ask(of, "cost_to_serve", "2024-02").rows
    for name in ("named", "shared", "customers"):
        assert sum(row.parts[name] or 0 for row in split) == pytest.approx(whole.parts[name], rel=1e-12)
    assert whole.value == pytest.approx(9540 / 3)


def test_what_names_nobody_stands_with_the_unknown() -> None:
    facts = {
        **SHOP,
        "tickets": TICKETS,
        "orders": [order(1, "anna", "2024-02-01", 20_000, cost_minor=5000), order(2, None, "2024-02-02", 300)],
        "costs": [*SHOP["costs"], {"cost_id": "c5", "incurred_on": "2024-02-09", "kind": "reward", "amount_minor": 80}],
    }
    of = world(facts, spell_rule="subscriptions")
    rows = {row.group: row for row in ask(of, "contribution_per_customer", "2024-02", by="country").rows}
    assert {group: row.value for group, row in rows.items()} == {"DE": (15_000 - 3500) / 2, "AT": -6040, None: None}
    assert {name: rows[None].parts[name] for name in ("revenue", "care", "customers")} == {
        "revenue": 300,
        "care": 80,
        "customers": 0,
    }


@pytest.mark.parametrize(
    ("key", "missing"),
    [
        ("cost_to_serve", "costs"),
        ("acquisition_cost", "costs"),
        ("retention_cost", "costs"),
        ("return_on_ad_spend", "costs"),
        ("ltv_to_cac", "costs"),
        ("contribution_per_customer", "costs"),
        ("contribution_per_customer", "messages"),
        ("contribution_per_customer", "returns"),
    ],
)
def test_costs_never_taken_in_are_not_nothing(key: str, missing: str) -> None:
    kinds = ("orders", "returns", "messages", "costs", "subscriptions")
    coverage = {kind: (date(2024, 1, 1), date(2024, 12, 31)) for kind in kinds if kind != missing}
    of = world({**SHOP, "costs": []}, coverage=coverage, spell_rule="subscriptions")
    (row,) = ask(of, key, "2024-02").rows
    assert (row.value, row.reason, row.complete) == (None, NO_FACTS, False)


def test_return_on_ad_spend_by_campaign() -> None:
    names = ("spring", "winter", "newsletter", None)
    orders = [order(number, "anna", "2024-02-10", 6000, campaign=name) for number, name in enumerate(names)]
    costs = [
        {
            "cost_id": "c1",
            "incurred_on": "2024-02-01",
            "kind": "advertising",
            "campaign": "spring",
            "amount_minor": 2000,
        },
        {
            "cost_id": "c2",
            "incurred_on": "2024-01-31",
            "kind": "advertising",
            "campaign": "winter",
            "amount_minor": 500,
        },
        {"cost_id": "c3", "incurred_on": "2024-02-01", "kind": "advertising", "campaign": None, "amount_minor": 900},
    ]
    of = world({"orders": orders, "costs": costs})
    rows = ask(of, "return_on_ad_spend", "2024-02", by="campaign").rows
    assert {row.group: row.value for row in rows} == {"spring": 3, "winter": None}
    assert ask(of, "return_on_ad_spend", "2024-02", settings={"campaign": "newsletter"}).rows[0].value is None
