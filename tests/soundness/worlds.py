"""Small random worlds for Hypothesis: plain rows, and moments where definitions differ made likely.

A drawn moment is often exactly a local midnight, a clock change, a lapse or 30 minutes after an earlier
moment, or a microsecond beside one of them. Rows lie inside the coverage of their kind by the clock that
puts them into windows; coverage may be wider, and `as_of` may cut rows off.

Left out because the specification does not settle them: two links of one anonymous id at one moment, rows
that end before or when they start, two currencies, subscriptions of nobody, and conversion events that are
not track events.
"""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from tests.soundness.contact_rows import attendance_rows, message_rows, post_rows, reaction_rows, ticket_rows
from tests.soundness.oracle import KINDS, Row, World, day_start, local_day
from tests.soundness.world_rows import (
    CLOCK_CHANGES,
    CURRENCY,
    DAY,
    Draw,
    Stage,
    a_day,
    cost_rows,
    customer_rows,
    event_rows,
    lasting_rows,
    likely,
    line_rows,
    link_rows,
    order_rows,
    response_rows,
    return_rows,
    subscription_rows,
)

# The world --------------------------------------------------------------------------------------------------

CLOCKS: dict[str, tuple[str, ...]] = {
    "orders": ("ordered_at",),
    "order_lines": ("ordered_at",),
    "returns": ("returned_at",),
    "customers": ("valid_from",),
    "responses": ("asked_at", "answered_at"),
    "events": ("happened_at",),
    "subscriptions": ("started_at",),
    "links": ("linked_at",),
    "messages": ("sent_at",),
    "costs": ("incurred_on",),
    "tickets": ("opened_at", "resolved_at"),
    "posts": ("posted_at",),
    "reactions": ("happened_at",),
    "attendances": ("ends_at", "registered_at", "attended_at"),
}


def day_of(zone: str, when: date) -> date:
    """The local day of a moment; a day is its own."""
    return local_day(zone, when) if isinstance(when, datetime) else when


def draw_coverage(draw: Draw, stage: Stage, rows: dict[str, list[Row]]) -> dict[str, tuple[date, date]]:
    """Each kind from its first to its last day, or wider; without rows the whole stage."""
    coverage: dict[str, tuple[date, date]] = {}
    long_before = draw(st.sampled_from((0, 0, 0, 30, 400)))
    for kind in KINDS:
        days = set()
        for row in rows[kind]:
            for clock in CLOCKS[kind]:
                if row[clock] is not None:
                    days.add(day_of(stage.zone, row[clock]))
        if not days or likely(draw, 75):
            days |= {stage.first, stage.last}
        earlier = long_before + draw(st.sampled_from((0, 0, 0, 1, 9)))
        after = draw(st.sampled_from((0, 0, 0, 1, 9)))
        coverage[kind] = (min(days) - earlier * DAY, max(days) + after * DAY)
    coverage["order_lines"] = coverage["orders"]  # they come from one source
    return coverage


def draw_as_of(draw: Draw, stage: Stage) -> datetime:
    """The end of the last day, another local midnight, or exactly the moment of a row or of a lapse."""
    kind = draw(st.sampled_from(("end", "midnight", "row", "lapse after a row", "end", "end")))
    if kind in ("row", "lapse after a row") and stage.moments:
        moment: datetime = draw(st.sampled_from(stage.moments))
        return moment + stage.lapse if kind == "lapse after a row" else moment
    if kind == "midnight":
        return day_start(stage.zone, a_day(draw, stage) + draw(st.integers(0, 3)) * DAY)
    return day_start(stage.zone, stage.last + DAY)


@st.composite
def worlds(draw: Draw, lasting: bool = False) -> World:
    """1-8 customers, 0-25 orders, and a few rows of every other kind, around a clock change.

    A lasting world has eight months under subscriptions, all covered, with one customer who never leaves
    and others who may: metrics over several months rarely have a value elsewhere.
    """
    zone, change = draw(st.sampled_from(CLOCK_CHANGES))
    before = 250 if lasting else draw(st.sampled_from((3, 12, 45, 250)))
    after = draw(st.sampled_from((3, 12, 45)))
    lapse_days = draw(st.sampled_from((1, 2, 3, 7, 30, 90)))
    stage = Stage(zone, change, change - before * DAY, change + after * DAY, timedelta(hours=24 * lapse_days))
    people = [f"c{number}" for number in range(draw(st.integers(1, 8)))]
    anonymous = [f"v{number}" for number in range(draw(st.integers(1, 4)))]

    order_list = order_rows(draw, stage, people)
    lines = line_rows(draw, order_list)
    links = link_rows(draw, stage, people, anonymous)
    rows = {
        "orders": order_list,
        "order_lines": lines,
        "returns": return_rows(draw, stage, lines),
        "customers": customer_rows(draw, stage, people),
        "responses": response_rows(draw, stage, people),
        "events": (event_list := event_rows(draw, stage, people, anonymous, links)),
        "subscriptions": subscription_rows(draw, stage, people),
        "links": links,
        "costs": cost_rows(draw, stage, order_list),
        "messages": message_rows(draw, stage, people, [*order_list, *event_list]),
        "posts": (post_list := post_rows(draw, stage)),
        "reactions": reaction_rows(draw, stage, people, post_list),
        "attendances": attendance_rows(draw, stage, people),
        "tickets": ticket_rows(draw, stage, people),
    }
    world = World(
        zone=zone,
        as_of=draw_as_of(draw, stage).astimezone(UTC),
        history=draw(st.sampled_from(("complete", "cut"))),
        spell_rule=draw(st.sampled_from(("orders", "subscriptions", "activity"))),
        lapse_days=lapse_days,
        currency=CURRENCY,
        coverage=draw_coverage(draw, stage, rows),
        **rows,
    )
    if lasting:
        world.spell_rule = "subscriptions"
        world.coverage = dict.fromkeys(KINDS, (stage.first, stage.last))
        world.as_of = day_start(zone, stage.last + DAY)
        world.subscriptions = lasting_rows(draw, stage, people)
    return world


# Windows ----------------------------------------------------------------------------------------------------


def days_of_change(world: World) -> list[date]:
    return [change for zone, change in CLOCK_CHANGES if zone == world.zone]


def interesting_days(world: World) -> set[date]:
    """Borders of coverage and of `as_of`, days of rows, clock changes, and the neighbours of all these."""
    days = {local_day(world.zone, world.as_of)}
    for first, last in world.coverage.values():
        days |= {first, last}
    for kind, clocks in CLOCKS.items():
        for row in getattr(world, kind):
            days |= {day_of(world.zone, row[clock]) for clock in clocks if row[clock] is not None}
    first, last = min(days), max(days)
    days |= {change for change in days_of_change(world) if first <= change <= last}
    return {day + step * DAY for day in days for step in (-1, 0, 1)}


def month_of(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + 31 * DAY).replace(day=1)


def week_of(day: date) -> tuple[date, date]:
    monday = day - day.weekday() * DAY
    return monday, monday + 7 * DAY


def windows_of(world: World, most_of_each: int = 12) -> dict[str, list[tuple[date, date]]]:
    """Half-open windows by grain: days, weeks from Monday, months and some odd lengths, in order.

    Each grain holds windows around the rows, partly and wholly outside coverage, and past `as_of`. Where
    there are more than `most_of_each`, the days of the clock change stay, and of the others every n-th.
    """
    days = interesting_days(world)
    first, last = min(days), max(days)
    far = {first - 40 * DAY, last + 40 * DAY}
    around_change = {change + step * DAY for change in days_of_change(world) for step in (-1, 0, 1)} & days
    found = {
        "day": {(day, day + DAY) for day in days | far},
        "week": {week_of(day) for day in days | far},
        "month": {month_of(day) for day in days | far},
        "other": {
            (first, last + DAY),
            (first - 9 * DAY, first),
            (last + DAY, last + 400 * DAY),
            (first, first + 5 * DAY),
        },
    }
    keep = {
        "day": {(day, day + DAY) for day in around_change},
        "week": {week_of(day) for day in around_change},
        "month": {month_of(day) for day in around_change},
        "other": found["other"],
    }
    chosen = {}
    for grain, windows in found.items():
        rest = sorted(windows - keep[grain])
        step = max(1, -(-len(rest) // most_of_each))
        chosen[grain] = sorted(keep[grain] | set(rest[::step]) | set(rest[-1:]))
    return chosen
