"""Segments of a small world: equal to the analyses they come from, with sizes, moves and overlap, and honest edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stamm.analyses.lifecycle import Lifecycle
from stamm.analyses.rfm import Rfm
from stamm.answers import Answers
from stamm.answers.remembered import Remembered
from stamm.answers.segment_sizes import days_of, sizes_over
from stamm.answers.segments import Segments
from stamm.lang.errors import CurrencyError, UsageError
from stamm.lang.window import Window
from stamm.segments.ready import READY
from stamm.segments.sentence import read
from stamm.segments.speech import Speech
from tests.answers.small import ALL_OF_2024, known, order, world

EN = Speech("en")
END = date(2025, 1, 1)


def rule(text: str):  # type: ignore[no-untyped-def]
    return read(text, EN)


def test_groups_and_stages_are_those_of_the_analyses() -> None:
    chance = np.random.default_rng(7)
    first = date(2024, 1, 1)
    orders = [
        order(n, f"c{int(chance.integers(40))}", str(first + timedelta(days=int(chance.integers(366)))), 100 * n)
        for n in range(150)
    ]
    of = world({"orders": orders}, coverage={"orders": ALL_OF_2024})
    sizes = Segments(of).sizes({key: ready.rule for key, ready in READY.items()}, END)
    groups = Answers(of).analyse(Rfm, Window(END - timedelta(days=365), END), settings={"money": "gross_revenue"})
    assert sum(row.customers for row in groups.rows) == 40 - sizes["never_ordered"].customers > 30
    for row in groups.rows:
        key = "rfm_" + row.segment.en.lower().replace(" ", "_")
        assert sizes[key].customers == row.customers
    (month,) = Answers(of).analyse(Lifecycle, Window.parse("2024-12")).rows
    for stage in ("new", "returning", "resurrected", "dormant"):
        assert sizes[f"month_{stage}"].customers == getattr(month, stage)
    assert month.returning
    assert month.dormant


_ORDERS = [
    order(1, "anna", "2024-03-01"),
    order(2, "ben", "2024-01-01"),
    order(3, "ben", "2024-03-10"),
    order(4, "cleo", "2024-02-20"),
]
LATELY = "who ordered at least once in the last 30 days"


def test_sizes_moves_and_overlap() -> None:
    asked = Segments(world({"orders": _ORDERS}, coverage={"orders": ALL_OF_2024}), {"latest": rule(LATELY)})
    inside, nobody = rule("who are in the segment latest"), rule("who are not in the segment latest")
    size = asked.size(inside, date(2024, 3, 10))
    assert (size.customers, size.everybody, size.share) == (2, 3, pytest.approx(2 / 3))
    moves = asked.moves(inside, date(2024, 3, 10), date(2024, 4, 1))
    assert (moves.stayed, moves.entered, moves.left) == ((), ("ben",), ("anna", "cleo")) or moves.stayed == ("anna",)
    both = asked.overlap({"in": inside, "out": nobody, "all": rule("who ordered at least once")}, date(2024, 3, 10))
    assert [(each.in_one, each.in_other, each.in_both) for each in both] == [(2, 1, 0), (2, 3, 2), (1, 3, 1)]
    assert asked.day(None, inside) == END
    with pytest.raises(UsageError, match="not before"):
        asked.moves(inside, date(2024, 4, 1), date(2024, 4, 1))
    for day in (date(2024, 1, 1), date(2025, 1, 2)):
        with pytest.raises(UsageError, match="from 2024-01-02 to 2025-01-01"):
            asked.day(day, inside)


def test_a_segment_over_time_adds_up_and_knows_of_nothing_later(tmp_path: Path) -> None:
    """Counted by hand: in the 30 days before 1 March lies the order of cleo, before 1 April the second one of ben."""

    def sized(rows: list[dict[str, Any]], text: str, kept: Remembered | None = None) -> list[tuple[Any, ...]]:
        asked = Segments(replace(world({"orders": rows}, coverage={"orders": ALL_OF_2024}), remembered=kept))
        days = days_of(asked, rule(text), date(2024, 2, 1), date(2024, 4, 15), "month")
        if rows:
            assert asked.size(rule(text), days[-1]) == sizes_over(asked, rule(text), days, "month")[-1].size
        return [tuple(each.record().values()) for each in sizes_over(asked, rule(text), days, "month")]

    lately: list[tuple[Any, ...]] = [
        (date(2024, 2, 1), 0, 1, 0.0, None, None, None),
        (date(2024, 3, 1), 1, 2, 0.5, 1, 0, True),
        (date(2024, 4, 1), 1, 3, pytest.approx(1 / 3), 1, 1, True),
        (date(2024, 4, 15), 0, 3, 0.0, 0, 1, False),
    ]
    assert sized(_ORDERS, LATELY) == lately
    later = [order(n, who, "2024-06-01") for n, who in enumerate(("anna", "ben", "dora"), 5)]
    assert sized([*_ORDERS[:3], {**_ORDERS[3], "cancelled_at": "2024-05-01"}, *later], LATELY) == lately
    for rows in (lately, sized(_ORDERS, f"not ({LATELY})")):
        assert all(one[1] + other[4] - other[5] == other[1] for one, other in pairwise(rows)), rows
    kept = Remembered(tmp_path, "state")
    assert sized(_ORDERS, LATELY, kept) == lately
    assert sized([], LATELY, kept) == lately, "kept as it was"


def test_days_over_which_a_segment_is_told() -> None:
    asked = Segments(world({"orders": _ORDERS}, coverage={"orders": ALL_OF_2024}))
    assert days_of(asked, rule(LATELY), None, None, "quarter") == (
        date(2024, 4, 1), date(2024, 7, 1), date(2024, 10, 1), END,
    )  # fmt: skip
    assert days_of(asked, rule(LATELY), date(2024, 12, 1), date(2030, 1, 1), "month") == (date(2024, 12, 1), END)
    assert days_of(asked, rule(LATELY), date(2026, 1, 1), date(2026, 2, 1), "month") == ()
    for start, end, grain in ((None, None, "day"), (date(2024, 3, 1), date(2024, 2, 1), "month")):
        with pytest.raises(UsageError):
            days_of(asked, rule(LATELY), start, end, grain)


def test_what_the_data_do_not_tell() -> None:
    of = world({"orders": _ORDERS}, coverage={"orders": ALL_OF_2024}, history="cut")
    asked = Segments(of)
    with pytest.raises(UsageError, match="Tickets were never taken in"):
        asked.day(None, rule("who opened a ticket at least once"))
    with pytest.raises(UsageError, match="Customers were never taken in"):
        asked.day(None, rule("whose country is DE"))
    first = date(2024, 1, 1)
    assert asked.looks_before(rule("who ordered at least once in the last 30 days"), date(2024, 2, 1)) is None
    assert asked.looks_before(rule("who ordered at least once in the last 32 days"), date(2024, 2, 1)) == first
    assert asked.looks_before(rule("whose last order was at least 2 days ago"), date(2024, 2, 1)) == first
    apart = {"orders": (first, date(2024, 2, 1)), "tickets": (date(2024, 3, 1), date(2024, 4, 1))}
    with pytest.raises(UsageError, match="no day in common"):
        Segments(replace(of, coverage=apart)).day(
            None, rule("who ordered at least once or who opened a ticket at least once")
        )


def test_money_without_a_rate_is_refused_only_where_it_would_be_added() -> None:
    rows = [*_ORDERS, order(5, "dora", "2024-06-01", currency="USD")]
    asked = Segments(world({"orders": rows}, coverage={"orders": ALL_OF_2024}))
    spent = rule("who paid at least 10 EUR")
    with pytest.raises(CurrencyError, match="USD: 1"):
        asked.size(spent, END)
    assert asked.size(spent, date(2024, 6, 1)).customers == 3
    assert asked.size(rule("who ordered at least once"), END).customers == 4


def test_attributes_alone_are_known_as_long_as_anything_is() -> None:
    rows = [known("anna", "2024-02-01", country="DE"), known("dora", "2024-02-01", country="AT")]
    coverage = {"orders": ALL_OF_2024, "customers": (date(2024, 2, 1), date(2024, 2, 1))}
    asked = Segments(world({"orders": _ORDERS, "customers": rows}, coverage=coverage))
    german = rule("whose country is DE")
    assert asked.day(None, german) == END
    assert asked.size(german, END).customers == 1
    assert asked.size(german, END).everybody == 4
    assert asked.size(german, date(2024, 2, 1)).customers == 0
