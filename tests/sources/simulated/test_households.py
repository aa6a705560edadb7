"""What is made up around real purchases fits them, and leaves them as they are."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from stamm.facts import imported
from stamm.lang.organisation import Organisation
from stamm.sources.checking import Layout, Raw
from stamm.sources.simulated import KINDS, Shop, around
from tests.sources.simulated.test_world import near, of, together, us

SHOP = Shop(1, 600, date(2025, 1, 1), date(2025, 10, 1), "America/New_York", "USD")
DAY = 86_400_000_000


def purchases() -> pa.Table:
    """Household i shops every 3 + i % 12 days; every third stops for good at the end of April."""
    rows = []
    for number in range(SHOP.customers):
        until = SHOP.start + (119 if number % 3 == 0 else 272) * DAY
        moments = np.arange(SHOP.start + (number % 20) * DAY + 50_000_000_000, until, (3 + number % 12) * DAY)
        rows += [(f"b{number}-{place}", f"h{number}", int(at), 1000 + place) for place, at in enumerate(moments)]
    ids, who, at, amount = zip(*rows, strict=True)
    moments = pa.array(at, pa.int64()).cast(pa.timestamp("us", "UTC"))
    return pa.table({"order_id": ids, "customer_id": who, "ordered_at": moments, "amount_minor": amount})


@pytest.fixture(scope="module")
def facts() -> dict[str, pa.Table]:
    return together([around(SHOP, purchases())])


def test_every_kind_is_there_and_no_row_is_unsound(facts: dict[str, pa.Table]) -> None:
    assert tuple(facts) == KINDS
    for kind, table in facts.items():
        fact = imported()[kind]
        layout = Layout(fact, table.column_names, kind, Organisation(zone=SHOP.zone, currency="USD"))
        raw = Raw({name: table[name].combine_chunks() for name in table.column_names}, np.arange(table.num_rows))
        sound, rejects = layout.check(raw)
        assert (kind, rejects[:1], sound.num_rows) == (kind, (), table.num_rows)
        keys = table.group_by(list(fact.key_columns)).aggregate([])
        assert (kind, keys.num_rows) == (kind, table.num_rows)
        if "customer_id" in table.column_names:
            known = pc.unique(table["customer_id"].drop_null())
            assert pc.all(pc.is_in(known, pc.unique(purchases()["customer_id"]))).as_py()


def test_some_orders_end_a_visit_at_their_own_moment(facts: dict[str, pa.Table]) -> None:
    events, orders = facts["events"], purchases()
    bought = events.filter(pc.equal(events["name"], "Order Completed"))
    ids = pc.struct_field(pc.extract_regex(bought["properties"], '"order_id": "(?P<id>[^"]+)"'), "id")
    assert len(pc.unique(ids)) == len(ids)
    assert near(len(ids), orders.num_rows, 0.12)
    assert (us(bought, "happened_at") == of(orders, "order_id", "ordered_at", ids)).all()
    assert (us(bought, "value_minor") == of(orders, "order_id", "amount_minor", ids)).all()
    place = pc.index_in(ids, value_set=orders["order_id"].combine_chunks())
    assert bought["customer_id"].equals(orders["customer_id"].take(place))


def test_there_are_fewer_visits_before_and_in_a_silence(facts: dict[str, pa.Table]) -> None:
    """Who stops at the end of April visits less in May and June than who goes on, and no more from July on."""
    seen = facts["events"].filter(facts["events"]["customer_id"].is_valid())
    number = pc.cast(pc.utf8_slice_codeunits(seen["customer_id"], 1), pa.int64()).to_numpy()
    stopped, month = number % 3 == 0, pc.month(seen["happened_at"]).to_numpy()
    assert np.sum(stopped & (month > 6)) == 0
    # the same households, days on which somebody only looked: in the first week of May and of March
    day = pc.day(seen["happened_at"]).to_numpy()
    bought = pc.equal(seen["name"], "Order Completed").to_numpy()
    looked = set(zip(number[stopped], month[stopped], day[stopped], strict=True))
    looked -= set(zip(number[bought], month[bought], day[bought], strict=True))
    march, may = (sum(m == one and d < 8 for _, m, d in looked) for one in (3, 5))
    assert 0 < may < 0.6 * march


def test_messages_are_clicked_before_orders_that_follow_them(facts: dict[str, pa.Table]) -> None:
    sent = facts["messages"].filter(facts["messages"]["delivered_at"].is_valid())
    orders = purchases()
    soon = set()
    for customer, at in zip(orders["customer_id"].to_pylist(), us(orders, "ordered_at").tolist(), strict=True):
        soon |= {(customer, day) for day in range(at // DAY - 3, at // DAY)}
    delivered = us(sent, "delivered_at") // DAY
    followed = np.array(
        [(c, d) in soon for c, d in zip(sent["customer_id"].to_pylist(), delivered.tolist(), strict=True)]
    )
    clicked = sent["clicked_at"].is_valid().to_numpy()
    assert clicked[followed].mean() > 1.5 * clicked[~followed].mean()


def test_complaints_and_answers_come_after_purchases(facts: dict[str, pa.Table]) -> None:
    first = purchases().group_by("customer_id").aggregate([("ordered_at", "min")])
    for kind, clock in (("tickets", "opened_at"), ("responses", "asked_at")):
        rows = facts[kind]
        assert rows.num_rows > 50
        assert (us(rows, clock) > of(first, "customer_id", "ordered_at_min", rows["customer_id"])).all()
    assert "late delivery" in facts["tickets"]["topic"].to_pylist()


def test_the_same_orders_and_seed_give_the_same() -> None:
    again = Shop(1, 600, SHOP.first, SHOP.until, SHOP.zone, SHOP.currency)
    other = Shop(2, 600, SHOP.first, SHOP.until, SHOP.zone, SHOP.currency)
    assert around(SHOP, purchases()) == around(again, purchases())
    assert around(SHOP, purchases())["events"] != around(other, purchases())["events"]
