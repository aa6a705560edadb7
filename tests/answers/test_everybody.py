"""Everybody at once, as a list of customers has them, against numbers worked by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from stamm.answers.everybody import everybody, orders_of
from stamm.answers.one_customer import OneCustomer
from tests.answers.small import order, world

MARCH = datetime(2024, 3, 1, 9, tzinfo=UTC)


def test_a_customer_is_as_was_said_last_and_stands_where_the_last_spell_stands() -> None:
    """Anna lived in Kiel, in Ulm, and in Kiel again, under another name since February.

    She ordered on 5 and 10 January, was gone after ten days of silence on the 20th, and came back on 1 March: 10 + 20 +
    40 less 3 sent back; what was cancelled is none. Ben has been gone since 11 January. Zoe never ordered, and of
    nobody there is no line.
    """
    facts = {
        "customers": [
            {"customer_id": "anna", "valid_from": "2024-01-01", "name": "Anna Alt", "city": "Kiel"},
            {"customer_id": "anna", "valid_from": "2024-02-01", "name": "Anna Neu", "city": "Ulm"},
            {"customer_id": "anna", "valid_from": "2024-03-01", "name": "Anna Neu", "city": "Kiel"},
            {"customer_id": "zoe", "valid_from": "2024-01-01", "name": "Zoe", "city": "Ulm"},
        ],
        "orders": [
            order(1, "anna", "2024-01-05T09:00"),
            order(2, "anna", "2024-01-10T09:00", 2000),
            order(3, "anna", "2024-01-12T09:00", 9900, cancelled_at="2024-01-12T10:00"),
            order(4, "anna", "2024-03-01T09:00", 4000),
            order(5, "ben", "2024-01-01T09:00", 500),
            order(6, None, "2024-01-02T09:00", 700),
        ],
        "returns": [{"return_id": "r1", "order_id": "o1", "returned_at": "2024-01-08T09:00", "amount_minor": 300}],
    }
    known = world(facts, as_of="2024-03-05")
    found = everybody(known)
    rows = {row["customer_id"]: row for row in found.rows.to_pylist()}
    assert rows.keys() == {"anna", "ben", "zoe"}
    told = ("name", "city", "orders", "last_order_at", "revenue_minor", "state", "state_since")
    assert [rows["anna"][name] for name in told] == ["Anna Neu", "Kiel", 3, MARCH, 6700, "again", MARCH]
    ben = [None, None, 1, datetime(2024, 1, 1, 9, tzinfo=UTC), 500, "left", datetime(2024, 1, 11, 9, tzinfo=UTC)]
    assert [rows["ben"][name] for name in told] == ben
    assert [rows["zoe"][name] for name in told] == ["Zoe", "Ulm", None, None, None, None, None]
    assert orders_of(known).to_pylist() == [
        {"customer_id": who, "order_id": f"o{number}"}
        for who, number in (("anna", 1), ("anna", 2), ("anna", 3), ("anna", 4), ("ben", 5))
    ]
    said = OneCustomer(known, "anna").rows()["customers"]
    assert [row["city"] for row in said] == ["Kiel", "Ulm", "Kiel"], "each of them is kept, in order"
