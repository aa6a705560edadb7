"""Messages, posts, gatherings: what an answer needs, and what it may be split by."""

from __future__ import annotations

from stamm.metrics.gatherings.registrations import SEATED
from stamm.metrics.messages.message_conversion_rate import OFFERS
from stamm.metrics.social.likes import POSTED, REACTED
from tests.answers.small import ALL_OF_2024, ask, grid, order, values, world


def test_orders_alone_are_needed_where_an_order_is_the_conversion_and_events_alone_where_one_of_them_is() -> None:
    signed_up = {"event_id": "e1", "customer_id": "ben", "happened_at": "2024-02-03", "name": "signed_up"}
    facts = {"messages": OFFERS, "orders": [order(1, "anna", "2024-02-03")], "events": [{**signed_up, "kind": "track"}]}
    for kinds, settings, absent in (("orders", {}, "events"), ("events", {"event": "signed_up"}, "orders")):
        of = world({kind: rows for kind, rows in facts.items() if kind != absent},
                   coverage=dict.fromkeys(("messages", kinds), ALL_OF_2024))  # fmt: skip
        answer = ask(of, "message_conversion_rate", "2024-02", settings=settings)
        assert values(answer) == [0.25]
        assert answer.kinds == tuple(sorted(("messages", kinds)))
        of.engine.close()


def test_reactions_are_split_by_the_network_of_their_post() -> None:
    of = world({"posts": POSTED, "reactions": REACTED})
    found = grid(ask(of, "likes", "2024-02", by="network"))
    assert found == {("2024-02-01", "linkedin"): 41, ("2024-02-01", "mastodon"): 2, ("2024-02-01", None): 0}
    rates = grid(ask(of, "social_engagement_rate", "2024-02", by="network"))
    assert rates == {("2024-02-01", "linkedin"): 0.119, ("2024-02-01", "mastodon"): None}
    of.engine.close()


def test_seats_are_split_by_the_name_of_their_gathering() -> None:
    gatherings = [{"gathering_id": "tasting", "name": "Tea tasting", "ends_at": "2024-02-10T20:00"}]
    of = world({"gatherings": gatherings, "attendances": SEATED})
    answer = ask(of, "attendance_rate", "2024-02", "2024-03", by="name")
    assert grid(answer) == {
        ("2024-02-01", "Tea tasting"): 2 / 3,
        ("2024-02-01", None): None,
        ("2024-03-01", "Tea tasting"): None,
        ("2024-03-01", None): 1,
    }
    assert {row.group: row.parts["walked_in"] for row in answer.rows[:2]} == {"Tea tasting": 2, None: 0}
    of.engine.close()
