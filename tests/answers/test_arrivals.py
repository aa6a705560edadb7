"""What is missing from a source, worked by hand: an empty day among full ones, closed Sundays, and a late kind."""

from __future__ import annotations

from datetime import date, timedelta

from stamm.answers.arrivals import Gap, arrivals
from tests.reports import shops

FIRST, LAST = date(2024, 1, 1), date(2024, 3, 10)  # a Monday, and a Sunday 69 days later


def orders(per_day: dict[date, int]) -> list[shops.Row]:
    return [shops.order(number, day, 500) for day, count in per_day.items() for number in range(count)]


def tickets(per_day: dict[date, int]) -> list[dict[str, object]]:
    return [
        {"ticket_id": f"{day}-{number}", "opened_at": day.isoformat()}
        for day, count in per_day.items()
        for number in range(count)
    ]


def days(count: int, rows: int) -> dict[date, int]:
    return {FIRST + timedelta(days=number): rows for number in range(count)}


def test_an_empty_day_is_missing_where_such_days_are_full() -> None:
    found = days(70, 20)
    del found[date(2024, 2, 7)], found[date(2024, 2, 8)]
    (source,) = arrivals(shops.world({"orders": orders(found)}, LAST))
    # each of the eight Wednesdays and Thursdays around has 20
    assert source.gaps == (Gap(date(2024, 2, 7), date(2024, 2, 8), 20.0),)
    assert (source.rows, source.first, source.last, source.late) == (68 * 20, FIRST, date(2024, 3, 10), None)


def test_a_day_is_not_missing_where_it_is_often_empty_or_chance_is_enough() -> None:
    closed = {day: rows for day, rows in days(70, 20).items() if day.weekday() != 6}
    few = days(70, 13)  # none where 13 are usual: once in 400,000
    del few[date(2024, 2, 7)]
    for found in (closed, few):
        (source,) = arrivals(shops.world({"orders": orders(found)}, LAST))
        assert source.gaps == ()


def test_a_kind_that_fell_silent_is_late() -> None:
    rows = {"orders": orders(days(70, 20)), "tickets": tickets(days(60, 5))}
    told = {source.kind: source for source in arrivals(shops.world(rows, LAST))}
    # 5 a day: three days without one are less likely than one in a million
    assert told["tickets"].late == Gap(date(2024, 3, 1), date(2024, 3, 10), 5.0)
    assert told["orders"].late is None
