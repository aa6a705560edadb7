"""What arrived becomes facts: each message once, whatever the order, and what cannot is kept."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import pytest

from stamm.answers.ask import Answers
from stamm.app.project import Project
from stamm.app.projecting import Projecting
from stamm.lang.window import Window
from stamm.store.log import Counters, Outcome
from tests.projecting.shops import NOON, arrive, message, project_all, rows, shop, track


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return shop(tmp_path / "shop")


def counters(project: Project) -> Counters:
    log = project.log()
    try:
        return log.counters()["web"]
    finally:
        log.close()


def waiting(project: Project) -> int:
    log = project.log()
    try:
        return len(log.read())
    finally:
        log.close()


def test_a_day_of_a_shop(project: Project) -> None:
    arrive(
        project,
        [
            message("page", 1, anonymousId="phone", properties={"path": "/tea"}),
            message("identify", 2, anonymousId="phone", userId="anna", traits={"email": "anna@example.com"}),
            track(
                "Order Completed", 3, order_id="o1", subtotal=20, products=[{"sku": "tea", "price": 10, "quantity": 2}]
            ),
            track("Order Completed", 4, order_id="o2", subtotal=5),
            track("Order Cancelled", 5, order_id="o2"),
            track("Order Refunded", 6, order_id="o1", total=10, refund_id="r1"),
            track("Email Delivered", 7, email_id="e1", campaign_name="spring"),
            track("Live Chat Conversation Started", 8, conversation_id="c1"),
            track("Trial Started", 9, trial_plan_name="gold"),
            track("Product Added", 10, product_id="p1"),
        ],
    )
    (done,) = project_all(project)
    assert (done.messages, done.failed) == (10, 0)
    assert waiting(project) == 0
    assert rows(project, "orders", "order_id", "customer_id", "amount_minor", "cancelled_at") == [
        ("o1", "anna", 2000, None),
        ("o2", "anna", 500, "09:05"),
    ]
    assert rows(project, "order_lines", "line_id", "quantity", "amount_minor") == [("tea", 2.0, 2000)]
    assert rows(project, "returns", "return_id", "amount_minor") == [("r1", 1000)]
    assert rows(project, "messages", "message_id", "campaign", "delivered_at") == [("e1/anna", "spring", "09:07")]
    assert rows(project, "tickets", "ticket_id", "opened_at") == [("c1", "09:08")]
    assert rows(project, "subscriptions", "subscription_id", "plan") == [("trial/anna", "gold")]
    assert rows(project, "customers", "customer_id", "email", "source") == [("anna", "anna@example.com", "web")]
    assert rows(project, "events", "event_id", "name") == [("web/m1", None), ("web/m10", "Product Added"),
                                                           ("web/m9", "Trial Started")]  # fmt: skip
    window = Window(date(2024, 2, 1), date(2024, 2, 2))
    answers = Answers(project.world())
    asked = {key: answers.ask(key, [window]).rows[0].value for key in ("orders", "gross_revenue", "visitors")}
    assert asked == {"orders": 1, "gross_revenue": 2000, "visitors": 1}


def test_what_comes_again_counts_once(project: Project) -> None:
    said = [track("clicked", 1), track("Order Completed", 2, order_id="o1", subtotal=20)]
    assert arrive(project, said) == [Outcome.ACCEPTED] * 2
    project_all(project)
    before = project.lake().snapshot().number
    assert arrive(project, said) == [Outcome.DUPLICATE] * 2
    assert project_all(project) == []
    assert project.lake().snapshot().number == before
    assert arrive(project, said, source="app") == [Outcome.ACCEPTED] * 2
    project_all(project)
    assert [name for (name,) in rows(project, "events", "event_id")] == ["app/m1", "web/m1"]
    assert len(rows(project, "orders", "order_id")) == 1


def test_a_log_that_was_read_but_not_trimmed_is_not_read_twice(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(project, [track("clicked", minute) for minute in range(5)])
    log = project.log()
    with monkeypatch.context() as killed:
        killed.setattr(type(log), "trim", lambda *_: 0)
        assert Projecting(project, log).run().messages == 5
    log.close()
    assert waiting(project) == 5
    assert project_all(project) == []
    assert waiting(project) == 0
    assert len(rows(project, "events", "event_id")) == 5


def test_another_log_is_read_from_its_beginning(project: Project) -> None:
    arrive(project, [track("clicked", minute) for minute in range(5)])
    project_all(project)
    project.log_file.rename(project.log_file.with_name("old.sqlite"))
    arrive(project, [track("clicked", 1, user="ben")], first=100)
    project_all(project)
    assert len(rows(project, "events", "event_id")) == 6


def test_many_commits_are_as_one(project: Project, tmp_path: Path) -> None:
    said = [track("clicked", number, user=f"c{number % 3}") for number in range(40)]
    other = shop(tmp_path / "other")
    for each in (project, other):
        arrive(each, said)
    assert len(project_all(project, most=7)) == 6
    project_all(other)
    columns = ("event_id", "customer_id", "happened_at", "received_at")
    assert rows(project, "events", *columns) == rows(other, "events", *columns)


def test_what_is_no_fact_is_kept(project: Project) -> None:
    arrive(project, [track("Order Completed", 1, order_id="o1"), track("clicked", 2), message("page", 3)])
    (done,) = project_all(project)
    assert (done.messages, done.failed) == (3, 2)
    assert counters(project) == Counters(received=3, accepted=1, failed=2)
    log = project.log()
    assert [failed.entry.reason for failed in log.failures()] == ["missing:subtotal", "no_customer:userId"]
    log.close()
    assert len(rows(project, "events", "event_id")) == 1


def test_only_what_is_no_fact_moves_the_position_too(project: Project) -> None:
    arrive(project, [message("page", 3)])
    assert [(done.messages, done.failed) for done in project_all(project)] == [(1, 1)]
    assert project_all(project) == []


# -- in any order --------------------------------------------------------------------------------------------
MAIL = [track(event, minute, email_id="e1") for event, minute in
        (("Email Delivered", 1), ("Email Opened", 5), ("Email Opened", 3), ("Email Link Clicked", 6))]  # fmt: skip
TALK = [track(f"Live Chat {event}", minute, conversation_id="c1") for event, minute in
        (("Conversation Ended", 9), ("Message Received", 4), ("Message Received", 2),
         ("Conversation Started", 1))]  # fmt: skip
ANNA = [
    message("identify", 1, userId="anna", traits={"country": "DE", "email": "a@x.example", "plan": "gold"}),
    message("identify", 2, userId="anna", traits={"country": "AT"}),
    message("identify", 3, userId="anna", traits={"email": "b@x.example", "size": 3}),
    message("identify", 4, userId="anna", traits={"country": "AT", "email": "b@x.example"}),
]
KNOWN = [
    ("09:01", "DE", "a@x.example", '{"plan":"gold"}'),
    ("09:02", "AT", "a@x.example", '{"plan":"gold"}'),
    ("09:03", "AT", "b@x.example", '{"plan":"gold","size":3}'),
]


def check_any_order(
    directory: Path, said: list[dict[str, Any]], kind: str, columns: tuple[str, ...], wanted: list[tuple[Any, ...]]
) -> None:
    """The rows are these in whatever order and pieces the messages come."""
    for number, order in enumerate(permutations(said)):
        one = shop(directory / str(number))
        arrive(one, order)
        project_all(one, most=1 + number % 3)
        found = rows(one, kind, *columns)
        # from when something is so that was so before: where it came first, nobody knew yet
        news = [row for before, row in pairwise([((),), *found]) if row[1:] != before[1:]]
        assert news == wanted, order


CASES = [
    ("messages", ("sent_at", "delivered_at", "opened_at", "clicked_at"), MAIL, [("09:01", "09:01", "09:03", "09:06")]),
    ("tickets", ("opened_at", "first_reply_at", "resolved_at"), TALK, [("09:01", "09:02", "09:09")]),
    ("customers", ("valid_from", "country", "email", "traits"), ANNA, KNOWN),
]


def test_what_comes_late_changes_what_was_taken_over(tmp_path: Path) -> None:
    one = shop(tmp_path / "shop")
    arrive(one, [ANNA[2], ANNA[0], ANNA[1]])
    project_all(one, most=1)
    assert rows(one, "customers", *CASES[2][1]) == KNOWN


def test_the_first_opening_counts(tmp_path: Path) -> None:
    one = shop(tmp_path / "shop")
    arrive(one, reversed(MAIL))
    project_all(one, most=1)
    assert rows(one, "messages", *CASES[0][1]) == CASES[0][3]


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "columns", "said", "wanted"), CASES, ids=lambda case: case if isinstance(case, str) else ""
)
def test_the_order_of_arrival_changes_nothing(
    tmp_path: Path, kind: str, columns: tuple[str, ...], said: list[dict[str, Any]], wanted: list[tuple[Any, ...]]
) -> None:
    check_any_order(tmp_path, said, kind, columns, wanted)


def test_an_identify_that_says_nothing_new_begins_no_other_time(project: Project) -> None:
    arrive(project, [message("identify", minute, userId="anna", traits={"country": "DE"}) for minute in range(1, 5)])
    project_all(project)
    arrive(project, [message("identify", 7, userId="anna", traits={"country": "DE"})], first=9)
    project_all(project)
    assert rows(project, "customers", "valid_from", "country") == [("09:01", "DE")]


def test_a_line_added_later_belongs_to_the_moment_of_its_order(project: Project) -> None:
    arrive(project, [track("Order Completed", 1, order_id="o1", subtotal=20)])
    project_all(project)
    arrive(project, [track("Order Updated", 9, order_id="o1", products=[{"sku": "cup", "price": 3}])], first=2)
    project_all(project)
    assert rows(project, "order_lines", "line_id", "ordered_at") == [("cup", "09:01")]
    assert rows(project, "orders", "amount_minor", "ordered_at") == [(300, "09:01")]


@pytest.mark.parametrize("most", [1, 10])
def test_an_order_paid_back_whole_is_worth_what_was_paid(tmp_path: Path, most: int) -> None:
    said = [
        track("Order Completed", 1, order_id="o1", subtotal=20, currency="USD"),
        track("Order Refunded", 2, order_id="o1"),
    ]
    for number, order in enumerate((said, said[::-1])):
        one = shop(tmp_path / str(number))
        arrive(one, order)
        project_all(one, most=most)
        columns = ("order_id", "customer_id", "amount_minor", "currency", "returned_at")
        assert rows(one, "returns", *columns) == [("o1", "anna", 2000, "USD", "09:02")]


def test_when_it_was_received_is_kept(project: Project) -> None:
    arrive(project, [track("clicked", 1)])
    project_all(project)
    (row,) = project.lake().snapshot().dataset("events").to_table().to_pylist()
    assert row["received_at"] == NOON + timedelta(seconds=1)
    assert row["source"] == "web"
    assert not row["simulated"]
