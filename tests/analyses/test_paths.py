"""Ways through visits, by hand: what a place is called, who took a way, and what is told of the others."""

from __future__ import annotations

from typing import Any

import pytest

from stamm.analyses.paths import Paths
from stamm.answers import Answers, TableAnswer, World
from stamm.lang.errors import UsageError
from stamm.lang.reasons import NO_FACTS, NOT_BEGUN, NOT_OVER
from stamm.lang.window import Window
from tests.answers.small import known, world


def seen(number: int, who: str | None, at: str, page: str | None, kind: str = "page", **more: Any) -> dict[str, Any]:
    row = {"event_id": f"e{number}", "customer_id": who, "happened_at": f"2024-02-01T{at}", "kind": kind, "page": page}
    return {**row, "anonymous_id": None if who else "phone", "name": None, **more}


#: anna goes to the tea and on; ben from the tea to nowhere; the phone like ben
EVENTS = (
    seen(1, "anna", "10:00", "/"),
    seen(2, "anna", "10:01", "/tea"),
    seen(3, "anna", "10:02", None, "screen", name="Settings"),
    seen(4, "anna", "10:03", None, "screen"),
    seen(5, "ben", "10:00", "/tea"),
    seen(6, None, "10:00", "/tea"),
)


def asked(facts: World, span: str = "2024-02", *, by: str | None = None, **settings: object) -> TableAnswer:
    return Answers(facts).analyse(Paths, Window.parse(span), by=by, settings=settings)


def ways(answer: TableAnswer) -> list[tuple[str, int | None]]:
    return [(row.journey, row.visits) for row in answer.rows]


@pytest.mark.long
def test_places_by_path_else_by_name() -> None:
    of = world({"events": EVENTS})
    assert ways(asked(of)) == [("/tea", 2), ("/ > /tea > Settings > ?", 1)]
    assert ways(asked(of, direction="to", length=2)) == [("/tea", 2), ("Settings > ?", 1)]
    assert ways(asked(of, step="page:/tea", length=2)) == [("/tea", 2), ("/tea > Settings", 1)]
    assert ways(asked(of, step="page:/tea", direction="to")) == [("/tea", 2), ("/ > /tea", 1)]
    assert ways(asked(of, step="track:Pay")) == []


def test_the_first_time_counts_and_repeats_are_one() -> None:
    pages = [seen(n, "anna", f"10:0{n}", page) for n, page in enumerate(("/a", "/b", "/b", "/a", "/b", "/c"))]
    of = world({"events": pages})
    assert ways(asked(of, step="page:/b", length=9)) == [("/b > /a > /b > /c", 1)]
    assert ways(asked(of, step="page:/b", length=9, collapse=False)) == [("/b > /b > /a > /b > /c", 1)]
    assert ways(asked(of, step="page:/b", direction="to")) == [("/a > /b", 1)]


def test_who_took_a_way() -> None:
    of = world({"events": EVENTS})
    answer = asked(of, step="page:/tea")
    behind = Answers(of).customers(answer, answer.rows[0])
    assert (behind.counted, behind.others) == (("ben",), ("anna",))


def test_what_is_not_among_the_first_is_told() -> None:
    answer = asked(world({"events": EVENTS}), top=1)
    assert ways(answer) == [("/tea", 2)]
    assert answer.rows[0].share == pytest.approx(2 / 3)
    assert answer.notes[0].en.startswith("Other ways: 1, of 1 visits;")
    assert [(row.what, row.visits) for row in answer.tables["landing"]] == [("/tea", 2)]


def test_each_group_has_its_own_first() -> None:
    facts = {"events": EVENTS, "customers": [known("anna", "2024-01-01", country="AT")]}
    answer = asked(world(facts), by="country", top=1)
    assert [(row.group, row.rank, row.visits, row.share) for row in answer.rows] == [("AT", 1, 1, 1), (None, 1, 2, 1)]


def test_what_can_be_known() -> None:
    assert [row.reason for row in asked(world({}, coverage={})).rows] == [NO_FACTS]
    assert [row.reason for row in asked(world({"events": EVENTS}, as_of="2024-01-20")).rows] == [NOT_BEGUN]
    (row,) = asked(world({"events": EVENTS}, as_of="2024-02-10"), step="page:/tea", length=1).rows
    assert (row.reason, row.visits, row.low, row.complete) == (NOT_OVER, 3, None, False)


def test_what_it_refuses() -> None:
    with pytest.raises(UsageError, match="no part of a visit"):
        Paths(step="order")
    with pytest.raises(UsageError, match="step"):
        Paths(step="bought")
    of = world({}, coverage={})
    answer = asked(of)
    with pytest.raises(UsageError, match="nobody can be named"):
        Answers(of).customers(answer, answer.rows[0])
