"""Whose an anonymous event is, and where visits are cut."""

from __future__ import annotations

from typing import Any

import pytest

from tests.answers.small import derived, world


def event(
    number: int, happened_at: str, customer: str | None = None, anonymous: str | None = "phone"
) -> dict[str, Any]:
    return {
        "event_id": f"e{number:02}",
        "customer_id": customer,
        "anonymous_id": anonymous,
        "happened_at": happened_at,
        "kind": "page",
    }


def link(linked_at: str, customer: str, unlinked_at: str | None = None, anonymous: str = "phone") -> dict[str, Any]:
    return {"anonymous_id": anonymous, "linked_at": linked_at, "customer_id": customer, "unlinked_at": unlinked_at}


def owners(events: list[dict[str, Any]], links: list[dict[str, Any]] | None = None, **more: Any) -> list[str | None]:
    of = world({"events": events, "links": links or []}, **more)
    return [row["customer_id"] for row in derived(of, "identity", "event_id", "customer_id")]


DAYS = [event(number, f"2024-02-{number:02}") for number in range(1, 7)]


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([], [None] * 6),
        ([link("2024-02-03", "anna")], ["anna"] * 6),  # the first after, the last at or before
        ([link("2024-02-03", "anna"), link("2024-02-05", "ben")], ["anna"] * 4 + ["ben"] * 2),
        ([link("2024-02-03T00:00:00.000001", "anna"), link("2024-02-05", "ben")], ["anna"] * 4 + ["ben"] * 2),
        ([link("2024-02-09", "anna")], ["anna"] * 6),  # later than all events
        ([link("2024-02-03", "anna", "2024-02-04")], [None] * 6),  # taken back: it never was
        ([link("2024-02-03", "anna"), link("2024-02-05", "ben", "2024-02-06")], ["anna"] * 6),
        ([link("2024-02-03", "anna", "2024-02-04"), link("2024-02-05", "ben")], ["ben"] * 6),
        ([link("2024-02-03", "anna", anonymous="tablet")], [None] * 6),
        # a tie: the greater customer is the later link, the lesser the first after
        ([link("2024-02-03", "ben"), link("2024-02-03T00:00", "anna")], None),
    ],
)
def test_links(links: list[dict[str, Any]], expected: list[str | None] | None) -> None:
    assert owners(DAYS, links) == (["anna"] * 2 + ["ben"] * 4 if expected is None else expected)


def test_a_row_with_both_ids_is_a_link() -> None:
    events = [
        event(1, "2024-02-01"),
        event(2, "2024-02-02", "anna"),
        event(3, "2024-02-03"),
        event(4, "2024-02-04", "ben"),
    ]
    assert owners([*events, event(5, "2024-02-05")]) == ["anna", "anna", "anna", "ben", "ben"]
    assert owners([*events, event(5, "2024-02-05")], [link("2024-02-03", "cleo")]) == [
        "anna",
        "anna",
        "cleo",
        "ben",
        "ben",
    ]


def test_a_row_of_its_own_customer_stays_with_them() -> None:
    events = [event(1, "2024-02-01", "anna"), event(2, "2024-02-02", "anna", None), event(3, "2024-02-03", "ben")]
    assert owners(events, [link("2024-02-01T12:00", "cleo")]) == ["anna", "anna", "ben"]


def test_nothing_is_doubled_by_equal_links() -> None:
    events = [event(1, "2024-02-01"), event(2, "2024-02-02", "anna"), event(3, "2024-02-02", "anna")]
    assert owners(events, [link("2024-02-02", "anna")]) == ["anna"] * 3


def test_a_link_of_the_future_is_not_known_yet() -> None:
    assert owners(DAYS[:2], [link("2024-02-09", "anna")], as_of="2024-02-09") == [None, None]
    assert owners(DAYS[:2], [link("2024-02-08", "anna")], as_of="2024-02-09") == ["anna", "anna"]


def visits(*moments: str, **settings: Any) -> list[tuple[str, int]]:
    of = world({"events": [event(number, at) for number, at in enumerate(moments)]}, **settings)
    return [
        (row["started_at"].isoformat()[:26], row["page_views"])
        for row in derived(of, "sessions", "started_at", "page_views")
    ]


def test_exactly_thirty_minutes_do_not_cut() -> None:
    assert len(visits("2024-02-01T10:00", "2024-02-01T10:30", "2024-02-01T11:00")) == 1
    assert len(visits("2024-02-01T10:00", "2024-02-01T10:30:00.000001")) == 2
    assert len(visits("2024-02-01T23:45", "2024-02-02T00:15")) == 1
    assert [count for _, count in visits("2024-02-01T10:00", "2024-02-01T10:31", "2024-02-01T10:32")] == [1, 2]


def test_the_pause_is_a_setting() -> None:
    assert len(visits("2024-02-01T10:00", "2024-02-01T10:30", session_minutes=29)) == 2
    assert len(visits("2024-02-01T10:00", "2024-02-01T11:30", session_minutes=90)) == 1


def test_many_events_at_one_moment_are_one_visit() -> None:
    assert visits(*["2024-02-01T10:00"] * 5) == [("2024-02-01T10:00:00+00:00", 5)]


def test_a_visit_goes_on_when_the_visitor_is_recognised() -> None:
    events = [
        event(1, "2024-02-01T10:00"),
        event(2, "2024-02-01T10:20", "anna"),
        event(3, "2024-02-01T10:40", "anna", None),
    ]
    rows = derived(world({"events": events}), "sessions", "visitor_id", "page_views")
    assert rows == [{"visitor_id": "customer:anna", "page_views": 3}]
