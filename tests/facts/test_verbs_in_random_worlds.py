"""What the verbs say in random worlds, against the same told row by row in plain Python.

Moments are few and lie on the hour, so that they often coincide with one another, with a window's ends and with as_of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from typing import Any

import pytest

from stamm.answers.examples import reduction_of
from stamm.answers.plan import Plan
from stamm.answers.reduce import reduce_parts
from stamm.facts import FACTS
from stamm.lang.window import Window
from tests.answers.small import world

Row = dict[str, Any]
START, END = datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 2, 4, tzinfo=UTC)
WINDOW = Window(START.date(), END.date())
HOURS = (-30, -1, 0, 1, 9, 24, 47, 48, 49, 71, 72, 73, 100)

MOMENTS = tuple(START + timedelta(hours=hours) for hours in HOURS)
PERHAPS = (None, *MOMENTS)
NUMBERS = (None, *range(10))
PEOPLE = ("anna", "ben")
DAYS = (date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 3), date(2024, 2, 4))
#: what the cells of each kind are drawn from; the first column is the number of the row
CELLS: dict[str, dict[str, Sequence[Any]]] = {
    "messages": {
        "message_id": (),
        "sent_at": MOMENTS,
        **dict.fromkeys(("delivered_at", "opened_at", "machine_opened_at", "clicked_at", "unsubscribed_at"), PERHAPS),
        "cost_minor": NUMBERS,
    },
    "posts": {"post_id": (), "posted_at": MOMENTS, "impressions": NUMBERS},
    "reactions": {
        "reaction_id": (),
        "post_id": (None, *map(str, range(200))),
        "happened_at": MOMENTS,
        "posted_at": PERHAPS,
        "kind": ("like", "share"),
        "quantity": NUMBERS,
    },
    "tickets": {
        "ticket_id": (),
        "opened_at": MOMENTS,
        **dict.fromkeys(("first_reply_at", "resolved_at", "reopened_at"), PERHAPS),
        "minutes_spent": NUMBERS,
    },
    "attendances": {
        "gathering_id": (),
        "customer_id": PEOPLE,
        "ends_at": MOMENTS,
        **dict.fromkeys(("registered_at", "attended_at"), PERHAPS),
        **dict.fromkeys(("votes", "comments"), NUMBERS),
    },
    "costs": {"cost_id": (), "incurred_on": DAYS, "kind": ("service", "reward"), "amount_minor": range(-9, 10)},
    "points": {"posting_id": (), "customer_id": PEOPLE, "posted_at": MOMENTS, "quantity": range(-9, 10)},
    "consents": {
        "consent_id": (),
        "customer_id": ("anna", "ben", "cleo", "dora"),
        "purpose": ("calls", "mail", "post"),
        "granted": (True, False),
        "recorded_at": MOMENTS,
    },
}
ROWS = {"consents": 30}


def drawn(seed: int) -> dict[str, list[Row]]:
    """Rows of each kind, enough that most of what can coincide does."""
    chance = Random(seed)
    return {
        kind: [
            {name: chance.choice(choices) if choices else str(number) for name, choices in cells.items()}
            for number in range(ROWS.get(kind, 150))
        ]
        for kind, cells in CELLS.items()
    }


class Teller:
    """The same in plain Python. Nothing at or after `as_of` is known."""

    def __init__(self, rows: dict[str, list[Row]], as_of: datetime) -> None:
        self.rows, self.as_of, self.end = rows, as_of, min(END, as_of)

    def happened(self, moment: datetime | None) -> bool:
        return moment is not None and moment < self.as_of

    def within(self, moment: datetime | None) -> bool:
        return moment is not None and START <= moment < self.end

    def resolved_by(self, row: Row, moment: datetime) -> bool:
        resolved, reopened = row["resolved_at"], row["reopened_at"]
        if resolved is None or resolved >= moment:
            return False
        return not (reopened is not None and resolved < reopened < moment)

    def holding(self) -> int:
        last: dict[tuple[str, str], tuple[datetime, bool]] = {}
        for row in self.rows["consents"]:
            if row["recorded_at"] < self.end:
                key, said = (row["customer_id"], row["purpose"]), (row["recorded_at"], not row["granted"])
                last[key] = max(last.get(key, said), said)
        return sum(not refused for _, refused in last.values())

    def says(self) -> dict[tuple[str, str], Any]:
        messages = [row for row in self.rows["messages"] if self.within(row["sent_at"])]
        arrived = [row for row in messages if self.happened(row["delivered_at"])]
        posts = {row["post_id"]: row for row in self.rows["posts"] if self.happened(row["posted_at"])}
        reactions = [row | {"n": 1 if row["quantity"] is None else row["quantity"]} for row in self.rows["reactions"]]
        tickets = [row for row in self.rows["tickets"] if self.happened(row["opened_at"])]
        new = [row for row in tickets if self.within(row["opened_at"])]
        closed = [r for r in tickets if self.within(r["resolved_at"]) and self.resolved_by(r, self.as_of)]
        seats = [row for row in self.rows["attendances"] if self.within(row["ends_at"])]
        midnight = [(datetime(r["incurred_on"].year, r["incurred_on"].month, r["incurred_on"].day, tzinfo=UTC), r)
                    for r in self.rows["costs"]]  # fmt: skip
        costs = [row for moment, row in midnight if self.within(moment)]
        late = self.end - timedelta(hours=48)

        def count(rows: Sequence[Row], holds: Callable[[Row], bool]) -> int:
            return sum(map(holds, rows))

        return {
            ("messages", "sent"): len(messages),
            ("messages", "delivered"): len(arrived),
            ("messages", "opened"): count(arrived, lambda r: self.happened(r["opened_at"])),
            ("messages", "opened_by_any"): count(
                arrived, lambda r: self.happened(r["opened_at"]) or self.happened(r["machine_opened_at"])
            ),
            ("messages", "clicked"): count(arrived, lambda r: self.happened(r["clicked_at"])),
            ("messages", "unsubscribed"): count(arrived, lambda r: self.happened(r["unsubscribed_at"])),
            ("messages", "spent"): sum(row["cost_minor"] or 0 for row in messages),
            ("post_reactions", "likes"): sum(
                r["n"] for r in reactions if r["kind"] == "like" and self.within(r["happened_at"])
            ),
            ("post_reactions", "drawn"): sum(
                r["n"]
                for r in reactions
                if (post := posts.get(r["post_id"])) is not None
                and post["impressions"] is not None
                and self.within(post["posted_at"])
                and self.happened(r["happened_at"])
            ),
            ("tickets", "opened"): len(new),
            ("tickets", "replied"): count(new, lambda r: self.happened(r["first_reply_at"])),
            ("tickets", "resolved"): count(new, lambda r: self.resolved_by(r, self.as_of)),
            ("tickets", "first_response"): middle(
                (r["first_reply_at"] - r["opened_at"]).total_seconds() / 60
                for r in new
                if self.happened(r["first_reply_at"])
            ),
            ("tickets", "closed"): len(closed),
            ("tickets", "resolution"): middle(
                (r["resolved_at"] - r["opened_at"]).total_seconds() / 3600 for r in closed
            ),
            ("tickets", "overdue"): count(
                tickets, lambda r: r["opened_at"] < late and not self.resolved_by(r, self.end)
            ),
            ("tickets", "minutes"): sum(row["minutes_spent"] or 0 for row in new),
            ("seats", "registrations"): count(self.rows["attendances"], lambda r: self.within(r["registered_at"])),
            ("seats", "attendance"): count(self.rows["attendances"], lambda r: self.within(r["attended_at"])),
            ("seats", "registered"): count(seats, lambda r: self.happened(r["registered_at"])),
            ("seats", "walked_in"): count(
                seats, lambda r: self.happened(r["attended_at"]) and not self.happened(r["registered_at"])
            ),
            ("seats", "interactions"): sum((r["votes"] or 0) + (r["comments"] or 0) for r in seats),
            ("costs", "spent"): sum(row["amount_minor"] for row in costs),
            ("costs", "spent(reward)"): sum(row["amount_minor"] for row in costs if row["kind"] == "reward"),
            ("points", "balance"): sum(r["quantity"] for r in self.rows["points"] if r["posted_at"] < self.end),
            ("consent_versions", "holds_at(window.end)"): self.holding(),
        }


def middle(values: Any) -> float | None:
    found = list(values)
    return median(found) if found else None


AS_OF = [datetime(2025, 1, 1, tzinfo=UTC), *(START + timedelta(hours=hours) for hours in (48, 73))]


def check(seed: int, known: datetime) -> None:
    """Compare every verb over the window."""
    rows = drawn(seed)
    expected = Teller(rows, known).says()
    of = world(rows, as_of=known.isoformat())
    try:
        bound = {
            (key, verb): reduction_of(FACTS[key]().so_far() if "consent" in key else FACTS[key](), verb)
            for key, verb in expected
        }
        cells = reduce_parts(Plan(of, (WINDOW,), None, known), {str(name): said for name, said in bound.items()})
        found = {name: cells[str(name)].get((0, None), said.empty) for name, said in bound.items()}
    finally:
        of.engine.close()
    assert found == {
        name: value if value is None else pytest.approx(value, rel=1e-9) for name, value in expected.items()
    }


@pytest.mark.parametrize("known", AS_OF, ids=str)
def test_verbs(known: datetime) -> None:
    check(1, known)


@pytest.mark.long
@pytest.mark.parametrize("known", AS_OF, ids=str)
@pytest.mark.parametrize("seed", range(2, 16))
def test_verbs_in_many_worlds(seed: int, known: datetime) -> None:
    check(seed, known)
