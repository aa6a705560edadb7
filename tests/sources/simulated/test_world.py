"""A made world agrees with itself, with its own table of personas, and with the truth it tells of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from math import sqrt

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from stamm.facts import imported
from stamm.lang.organisation import Organisation
from stamm.lang.stretches import stretches
from stamm.sources.checking import Layout, Raw
from stamm.sources.simulated import BLOCK, Shop, blocks, campaign_truth, campaigns, shared
from stamm.sources.simulated.events import events
from stamm.sources.simulated.offers import ADS, HELD_OUT, Catalogue
from stamm.sources.simulated.people import people
from stamm.sources.simulated.personas import KEYS, trait
from stamm.sources.simulated.seasons import Season
from stamm.sources.simulated.visits import Visits

SHOP = Shop(7, BLOCK + 500, date(2024, 1, 1), date(2026, 1, 1), "Europe/Berlin", "EUR")
Tables = Mapping[str, pa.Table]
Cells = npt.NDArray[np.generic]


def together(parts: list[dict[str, pa.Table]]) -> dict[str, pa.Table]:
    """All rows by kind, words written out."""
    found: dict[str, list[pa.Table]] = {}
    for part in parts:
        for kind, table in part.items():
            plain = [(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in table.schema]
            found.setdefault(kind, []).append(table.cast(pa.schema(plain)))
    return {kind: pa.concat_tables(tables).combine_chunks() for kind, tables in found.items()}


@pytest.fixture(scope="module")
def facts() -> Tables:
    return together([shared(SHOP).facts, *(made.facts for made in blocks(SHOP))])


@pytest.fixture(scope="module")
def truth() -> Tables:
    return together([made.truth for made in blocks(SHOP)])


def us(table: pa.Table, column: str) -> Cells:
    """Moments as microseconds; -1 where there is none."""
    cells: Cells = table[column].cast(pa.int64()).fill_null(-1).to_numpy()
    return cells


def of(table: pa.Table, key: str, column: str, wanted: pa.ChunkedArray) -> Cells:
    """Microseconds in the row with each wanted key."""
    place = pc.index_in(wanted, value_set=table[key].combine_chunks())
    assert place.null_count == 0
    return us(table, column)[place.to_numpy()]


def near(found: int, of_all: int, share: float) -> bool:
    """Whether a count is what chance makes of a share, within five standard deviations."""
    return abs(found - of_all * share) <= 5 * sqrt(of_all * share * (1 - share)) + 1


# -- rows ----------------------------------------------------------------------------------------------------
def test_every_fact_kind_is_there_and_no_row_is_unsound(facts: Tables) -> None:
    assert set(facts) == set(imported())
    organisation = Organisation(zone=SHOP.zone, currency=SHOP.currency)
    for kind, table in facts.items():
        assert table.num_rows
        layout = Layout(imported()[kind], table.column_names, kind, organisation)
        lines = np.arange(table.num_rows, dtype=np.int64)
        columns = {name: table[name].combine_chunks() for name in table.column_names}
        sound, rejects = layout.check(Raw(columns, lines))
        assert (kind, rejects[:1], sound.num_rows) == (kind, (), table.num_rows)
        assert not layout.remarks


def test_every_column_has_something_in_it(facts: Tables) -> None:
    """A kind whose column stays empty gives a metric nothing to show."""
    empty = {
        f"{kind}.{name}"
        for kind, fact in imported().items()
        for name in fact.carried()
        if name not in facts[kind].column_names or facts[kind][name].null_count == facts[kind].num_rows
    }
    assert empty == set()


def test_no_two_rows_have_the_same_key(facts: Tables) -> None:
    for kind, table in facts.items():
        keys = table.select(imported()[kind].key_columns).group_by(list(imported()[kind].key_columns))
        assert (kind, keys.aggregate([]).num_rows) == (kind, table.num_rows)


def test_nothing_happens_before_the_shop_opens_or_after_the_end(facts: Tables) -> None:
    for kind, table in facts.items():
        for name in table.column_names:
            if not pa.types.is_timestamp(table.schema.field(name).type) or name in {"starts_at", "ends_at"}:
                continue
            known = us(table, name)
            known = known[known >= 0]
            assert (kind, name, bool((known >= SHOP.start).all())) == (kind, name, True)
            assert (kind, name, bool((known < SHOP.end).all())) == (kind, name, True)
    assert us(facts["gatherings"], "ends_at").max() > SHOP.end  # one is still to come


# -- one thing beside another --------------------------------------------------------------------------------
def test_orders_are_the_sum_of_their_lines_and_returns_are_part_of_them(facts: Tables) -> None:
    sums = facts["order_lines"].group_by("order_id").aggregate([("amount_minor", "sum"), ("cost_minor", "sum")])
    joined = facts["orders"].join(sums, "order_id", join_type="full outer")
    assert joined["amount_minor"].equals(joined["amount_minor_sum"])
    assert joined["cost_minor"].equals(joined["cost_minor_sum"])
    back = facts["returns"].join(facts["order_lines"], ["order_id", "line_id"], right_suffix="_sold")
    assert pc.all(pc.less_equal(back["quantity"], back["quantity_sold"])).as_py()
    assert pc.all(pc.less_equal(back["amount_minor"], back["amount_minor_sold"])).as_py()
    assert pc.all(pc.equal(back["customer_id"], back["customer_id_sold"])).as_py()
    arrived = of(facts["orders"], "order_id", "delivered_at", facts["returns"]["order_id"])
    assert (us(facts["returns"], "returned_at") > arrived).all()
    assert (arrived >= 0).all()


def test_nobody_is_known_before_they_came_and_nobody_orders_after_they_left(facts: Tables, truth: Tables) -> None:
    who = truth["customers"]
    for kind, clock in (("events", "happened_at"), ("orders", "ordered_at"), ("messages", "sent_at")):
        rows = facts[kind].filter(facts[kind]["customer_id"].is_valid())
        assert (us(rows, clock) >= of(who, "customer_id", "arrived_at", rows["customer_id"])).all()
    orders = facts["orders"]
    assert (us(orders, "ordered_at") < of(who, "customer_id", "left_at", orders["customer_id"])).all()
    first = orders.group_by("customer_id").aggregate([("ordered_at", "min")])
    assert (us(first, "ordered_at_min") == of(who, "customer_id", "arrived_at", first["customer_id"])).all()


def test_a_visit_that_begins_before_the_first_order_is_nameless_till_then() -> None:
    """Also where it leads to the second order and its customer is logged in from its first step."""
    folk = people(SHOP, 0, Season(SHOP))
    one = np.zeros(1, np.int64)
    late = int(np.argmax(folk.arrived))
    at = folk.arrived[[late]] - 1
    every = Visits(one + late, one, at, one + 9, one - 1, one, one - 1, one - 1, one, np.zeros(1, bool))
    seen = events(folk, every, Catalogue(SHOP))
    assert seen.knows.tolist() == (seen.at >= folk.arrived[late]).tolist()
    assert not seen.knows[0]


def test_every_order_on_web_and_app_is_the_end_of_a_visit(facts: Tables) -> None:
    events, orders = facts["events"], facts["orders"]
    bought = events.filter(pc.equal(events["name"], "Order Completed"))
    ids = pc.struct_field(pc.extract_regex(bought["properties"], '"order_id": "(?P<id>[^"]+)"'), "id")
    online = orders.filter(pc.is_in(orders["channel"], pa.array(["web", "app"])))
    assert sorted(ids.to_pylist()) == sorted(online["order_id"].to_pylist())
    place = pc.index_in(ids, value_set=orders["order_id"].combine_chunks()).to_numpy()
    assert (us(bought, "happened_at") == us(orders, "ordered_at")[place]).all()
    assert (us(bought, "value_minor") == us(orders, "amount_minor")[place]).all()
    assert bought["customer_id"].equals(orders["customer_id"].take(place))


def test_visitors_turn_out_to_be_customers_and_share_devices(facts: Tables) -> None:
    events, links = facts["events"], facts["links"]
    both = events.filter(pc.and_(events["customer_id"].is_valid(), events["anonymous_id"].is_valid()))
    logins = set(zip(*(both[name].to_pylist() for name in ("anonymous_id", "happened_at", "customer_id")), strict=True))
    told = list(zip(*(links[name].to_pylist() for name in ("anonymous_id", "linked_at", "customer_id")), strict=True))
    assert set(told) <= logins
    assert links["unlinked_at"].null_count < links.num_rows
    owners = both.group_by("anonymous_id").aggregate([("customer_id", "count_distinct")])
    assert pc.max(owners["customer_id_count_distinct"]).as_py() == 2
    first = both.group_by("anonymous_id").aggregate([("happened_at", "min")])
    nameless = events.filter(events["customer_id"].is_null())
    later = nameless.join(first, "anonymous_id", join_type="inner")
    assert pc.sum(pc.less(later["happened_at"], later["happened_at_min"])).as_py() > 500  # seen before they were known
    assert later.num_rows < nameless.num_rows  # and strangers who never were


def test_who_unsubscribed_gets_no_more(facts: Tables) -> None:
    sent = facts["messages"]
    gone = sent.filter(sent["unsubscribed_at"].is_valid()).select(["customer_id", "channel", "unsubscribed_at"])
    assert gone.num_rows > 10
    after = sent.join(gone, ["customer_id", "channel"], join_type="inner", right_suffix="_said")
    assert pc.all(pc.less(after["sent_at"], after["unsubscribed_at_said"])).as_py()
    said = facts["consents"].filter(pc.invert(pc.equal(facts["consents"]["evidence"], "form")))
    assert said.num_rows == gone.num_rows
    assert not pc.any(said["granted"]).as_py()


def test_nobody_has_less_than_no_points(facts: Tables) -> None:
    rows = facts["points"].sort_by([("customer_id", "ascending"), ("posted_at", "ascending")]).to_pylist()
    balance, least = dict[str, int](), 0
    for row in rows:
        balance[row["customer_id"]] = balance.get(row["customer_id"], 0) + row["quantity"]
        least = min(least, balance[row["customer_id"]])
    assert least == 0
    assert {row["kind"] for row in rows} == {"earned", "redeemed", "expired", "reversed"}


def test_the_stretches_of_a_subscription_follow_each_other(facts: Tables) -> None:
    rows = facts["subscriptions"].sort_by([("subscription_id", "ascending"), ("started_at", "ascending")]).to_pylist()
    followed = 0
    for one, next_ in pairwise(rows):
        if one["subscription_id"] == next_["subscription_id"]:
            followed += 1
            assert (one["ended_at"], one["end_reason"]) == (next_["started_at"], "changed")
            assert one["customer_id"] == next_["customer_id"]
    assert followed > 100
    assert {row["status"] for row in rows} == {"trialing", "active", "past_due", "paused"}
    assert {row["end_reason"] for row in rows} == {None, "changed", "voluntary", "delinquent"}
    series = {(row["customer_id"], row["subscription_id"]) for row in rows}
    assert len(series) > len({row["customer_id"] for row in rows})  # some came back


def test_clocks_change(facts: Tables) -> None:
    """Something happens in both passes of the doubled hour, and right before and after the missing one."""
    seconds = us(facts["events"], "happened_at") // 1_000_000
    changes = stretches(SHOP.zone, 2024, 2025)
    tried = 0
    for start, before, after in zip(changes.start[1:], changes.offset, changes.offset[1:], strict=False):
        if SHOP.start < start * 1_000_000 < SHOP.end:
            tried += 1
            length = abs(int(after - before))
            assert ((seconds >= start - length) & (seconds < start)).any()
            assert ((seconds >= start) & (seconds < start + length)).any()
    assert tried == 4


def test_business_has_its_seasons(facts: Tables) -> None:
    moments = facts["orders"]["ordered_at"]
    day = pc.strftime(moments, "%Y-%m-%d").to_numpy()
    friday, usual = np.sum(day == "2025-11-28"), np.sum((day >= "2025-10-01") & (day < "2025-11-01")) / 31
    assert friday > 1.6 * usual
    night = pc.less(
        pc.hour(pc.assume_timezone(pc.local_timestamp(moments.cast(pa.timestamp("us", SHOP.zone))), "UTC")), 5
    )
    assert pc.sum(night).as_py() < 0.08 * len(moments)


# -- shares --------------------------------------------------------------------------------------------------
def test_shares_are_those_of_the_table(facts: Tables, truth: Tables) -> None:
    who = truth["customers"]
    persona = dict(zip(who["customer_id"].to_pylist(), who["persona"].to_pylist(), strict=True))
    for number, key in enumerate(KEYS):
        size = sum(value == key for value in persona.values())
        assert near(size, SHOP.customers, trait("share")[number])
        orders = [
            row
            for row in facts["orders"].select(["customer_id", "cancelled_at"]).to_pylist()
            if persona[row["customer_id"]] == key
        ]
        assert near(sum(row["cancelled_at"] is not None for row in orders), len(orders), trait("cancels")[number])
        said = [
            row
            for row in facts["consents"].to_pylist()
            if persona[row["customer_id"]] == key and row["purpose"] == "email" and row["evidence"] == "form"
        ]
        assert near(sum(row["granted"] for row in said), size, trait("email")[number])
    held = truth["campaign_members"]["held_out"]
    assert near(pc.sum(held).as_py(), len(held), HELD_OUT)


# -- truth ---------------------------------------------------------------------------------------------------
def test_the_truth_is_that_of_the_facts(facts: Tables, truth: Tables) -> None:
    who, orders = truth["customers"], facts["orders"]
    counts = orders.group_by("customer_id").aggregate([("order_id", "count")])
    joined = who.join(counts, "customer_id")
    assert joined["realised_orders"].equals(joined["order_id_count"])
    stands = orders.filter(orders["cancelled_at"].is_null())
    worth = pc.sum(stands["amount_minor"]).as_py() - pc.sum(facts["returns"]["amount_minor"]).as_py()
    assert pc.sum(who["realised_revenue_minor"]).as_py() == worth
    assert who["gone"].to_pylist() == [bool(moment < SHOP.end) for moment in us(who, "left_at")]


def test_expectations_are_met_on_average(truth: Tables) -> None:
    who = truth["customers"]
    expected = who["expected_orders"].to_numpy()
    own = who["realised_orders"].to_numpy() - who["caused_orders"].to_numpy()
    error = sqrt(float(np.var(own - expected)) / len(own))
    assert abs(float(np.mean(own - expected))) < 4 * error
    for what in ("revenue", "value"):
        found = who[f"realised_{what}_minor"].to_numpy() * own / who["realised_orders"].to_numpy()
        hoped = who[f"expected_{what}_minor"].to_numpy()
        error = sqrt(float(np.var(found - hoped)) / len(own))
        # what is still on its way back at the end counts as kept
        assert -4 * error < float(np.mean(found - hoped)) < 4 * error + 0.03 * float(np.mean(hoped))


def test_campaigns_caused_what_the_truth_says(facts: Tables, truth: Tables) -> None:
    plan, members = campaigns(SHOP), truth["campaign_members"]
    told = {row["campaign"]: row for row in campaign_truth(plan, members).to_pylist()}
    got = {(row["campaign"], row["customer_id"]) for row in facts["messages"].to_pylist()}
    orders = {row["order_id"]: row for row in facts["orders"].to_pylist()}
    sent = {one.key: one.sent_at for one in plan}
    caused: dict[str, int] = {}
    for row in members.to_pylist():
        assert ((row["campaign"], row["customer_id"]) in got) is not row["held_out"]
        if row["caused_order_id"]:
            caused[row["campaign"]] = caused.get(row["campaign"], 0) + 1
            order = orders[row["caused_order_id"]]
            assert order["customer_id"] == row["customer_id"]
            assert not row["held_out"]
            assert 0 < order["ordered_at"].timestamp() - sent[row["campaign"]] / 1e6 < 8 * 86_400
    assert {key: row["orders_caused"] for key, row in told.items() if row["orders_caused"]} == caused
    assert {key for key, row in told.items() if row["lift"] == 0}.isdisjoint(caused)
    assert told["black-friday-2025"]["orders_caused"] > 20
    # a campaign that did nothing is still claimed by orders that would have come anyway
    assert {row["campaign"] for row in orders.values()} & {key for key, row in told.items() if row["lift"] == 0}


def test_orders_name_the_advertisement_that_their_visit_began_with(facts: Tables) -> None:
    begun: dict[tuple[str | None, str], list[float]] = {}
    names = ("anonymous_id", "customer_id", "campaign", "name", "happened_at", "properties")
    events = (
        facts["events"]
        .select(names)
        .filter(pc.or_(facts["events"]["campaign"].is_valid(), pc.equal(facts["events"]["name"], "Order Completed")))
    )
    bought = {}
    for anonymous, customer, campaign, name, at, properties in zip(
        *(events[n].to_pylist() for n in names), strict=True
    ):
        if campaign:
            for who in (anonymous, customer):
                begun.setdefault((who, campaign), []).append(at.timestamp())
        if name == "Order Completed":
            bought[json.loads(properties)["order_id"]] = (anonymous or customer, at.timestamp())
    media = facts["events"].group_by(["campaign", "medium"]).aggregate([]).to_pylist()
    assert {(row["medium"], row["campaign"]) for row in media if {"cpc", "paid-social"} & {row["medium"]}} == {
        (row["medium"], row["campaign"]) for row in media if row["campaign"] in ADS
    }
    paid = {name: facts["orders"].filter(pc.equal(facts["orders"]["campaign"], name)) for name in ADS}
    for campaign, orders in paid.items():
        assert "store" not in orders["channel"].to_pylist()
        for order_id in orders["order_id"].to_pylist():
            who, at = bought[order_id]
            assert any(at - 4 * 3600 < moment <= at for moment in begun[who, campaign]), order_id


def test_what_advertising_brought_and_what_it_cost_are_of_one_order(facts: Tables) -> None:
    """Each brings more than it costs but not ten times as much, and wins customers for less than they bring."""
    orders, costs, people = facts["orders"], facts["costs"], facts["customers"]
    each = pc.sum(orders["amount_minor"]).as_py() / SHOP.customers
    for campaign in ADS:
        brought = pc.sum(orders.filter(pc.equal(orders["campaign"], campaign))["amount_minor"]).as_py()
        spent = pc.sum(costs.filter(pc.equal(costs["campaign"], campaign))["amount_minor"]).as_py()
        won = pc.count_distinct(people.filter(pc.equal(people["acquired_through"], campaign))["customer_id"]).as_py()
        assert 1 < brought / spent < 10, campaign
        assert 0.1 * each < spent / won < each, campaign


def test_mailings_invite_to_gatherings_and_are_announced_in_posts(facts: Tables) -> None:
    sent = {one.key: one.sent_at for one in campaigns(SHOP)}
    for kind, clock, since, until in (("gatherings", "starts_at", -20, 0), ("posts", "posted_at", 0, 7)):
        named = [row for row in facts[kind].to_pylist() if row["campaign"]]
        assert 0 < len(named) < facts[kind].num_rows
        for row in named:
            after = (sent[row["campaign"]] / 1e6 - row[clock].timestamp()) / 86_400
            assert since <= after <= until


def test_nobody_can_be_reached(facts: Tables) -> None:
    people = facts["customers"]
    assert pc.all(pc.match_substring_regex(people["phone"], r"^\+999\d{9}$")).as_py()
    assert pc.all(pc.ends_with(people["email"], "@example.org")).as_py()
    numbers = people.group_by("phone").aggregate([("customer_id", "count_distinct")])
    assert pc.max(numbers["customer_id_count_distinct"]).as_py() == 1


# -- the seed ------------------------------------------------------------------------------------------------
def test_the_same_seed_gives_the_same_rows_however_they_are_cut() -> None:
    small = Shop(3, BLOCK + 100, date(2025, 1, 1), date(2025, 4, 1), "Europe/Berlin", "EUR")
    whole, (alone,) = list(blocks(small)), list(blocks(small, 1, 2))
    assert len(whole) == 2
    assert whole[1] == alone
    other = Shop(4, BLOCK + 100, date(2025, 1, 1), date(2025, 4, 1), "Europe/Berlin", "EUR")
    (another,) = list(blocks(other, 1, 2))
    assert [kind for kind, table in alone.facts.items() if table.num_rows and table == another.facts[kind]] == []
    assert shared(small) == shared(small)


def test_small_and_short_worlds_are_whole_too() -> None:
    for seed in range(20):
        tiny = Shop(seed, 3, date(2025, 2, 1), date(2025, 4, 2), "America/New_York", "USD")
        (made,) = blocks(tiny)
        assert made.facts["customers"].num_rows >= 3
        assert made.truth["customers"].num_rows == 3
