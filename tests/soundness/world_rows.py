"""Random moments, and random rows of each fact kind, for `worlds`."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.soundness.oracle import Row, day_start, local_day

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
HALF_HOUR = timedelta(minutes=30)

# Days around which a clock changes: forward, back, at midnight, just after it, and a whole day skipped.
CLOCK_CHANGES: tuple[tuple[str, date], ...] = (
    ("UTC", date(2024, 2, 29)),
    ("Europe/Berlin", date(2024, 3, 31)),
    ("Europe/Berlin", date(2024, 10, 27)),
    ("Africa/Cairo", date(2024, 4, 26)),
    ("Africa/Cairo", date(2024, 10, 31)),
    ("America/St_Johns", date(2010, 3, 14)),
    ("America/St_Johns", date(2010, 11, 7)),
    ("Pacific/Kiritimati", date(1994, 12, 31)),
)

CURRENCY = "EUR"
CONVERSION = "Order Completed"
DEEDS = (
    *(("page", "Home"), ("track", "Products Searched"), ("track", CONVERSION), ("screen", None), ("page", "Home")),
    ("stay", "Home"),
)
PAGES = ("/", "/tea", None)
SCALES = ((1, 5), (1, 5), (0, 10), (1, 7), (1, 4), (1, 3), (0, 1))

Draw = Any


@dataclass
class Stage:
    """Where and when a world plays, and the moments drawn so far, for later ones to lean on."""

    zone: str
    change: date
    first: date
    last: date
    lapse: timedelta
    moments: list[datetime] = field(default_factory=list)


def likely(draw: Draw, percent: int) -> bool:
    """Shrinks to False."""
    return bool(draw(st.integers(0, 99)) >= 100 - percent)


def a_day(draw: Draw, stage: Stage) -> date:
    """Every second time near the clock change."""
    if draw(st.booleans()):
        day: date = stage.change + draw(st.integers(-2, 2)) * DAY
        return min(max(day, stage.first), stage.last)
    days = int(draw(st.integers(0, (stage.last - stage.first).days)))
    return stage.first + days * DAY


def a_moment(draw: Draw, stage: Stage) -> datetime:
    """A moment from the first day's start to the last day's end, without it."""
    moment: datetime
    kind = draw(st.sampled_from(("any", "midnight", "lapse", "half hour", "again", "any")))
    if kind == "midnight" or (kind != "any" and not stage.moments):
        moment = day_start(stage.zone, a_day(draw, stage))
    elif kind == "any":
        moment = day_start(stage.zone, a_day(draw, stage)) + timedelta(seconds=draw(st.integers(0, 86_399)))
    else:
        moment = draw(st.sampled_from(stage.moments))
        if kind == "lapse":
            moment = moment + stage.lapse
        elif kind == "half hour":
            moment = moment + HALF_HOUR
    moment = moment + draw(st.sampled_from((0, 0, 0, 1, -1))) * MICROSECOND
    earliest = day_start(stage.zone, stage.first)
    latest = day_start(stage.zone, stage.last + DAY) - MICROSECOND
    moment = min(max(moment, earliest), latest)
    stage.moments.append(moment)
    return moment


def later(draw: Draw, stage: Stage, than: datetime) -> datetime:
    """A moment after another, perhaps beyond the last day."""
    steps = (MICROSECOND, timedelta(hours=1), DAY, stage.lapse, stage.lapse - MICROSECOND, 7 * DAY, 75 * DAY)
    moment: datetime = than + draw(st.sampled_from(steps))
    if draw(st.booleans()):
        candidate = a_moment(draw, stage)
        if candidate > than:
            moment = candidate
    stage.moments.append(moment)
    return moment


def someone(draw: Draw, people: list[str]) -> str | None:
    """A customer, one time in eight nobody known."""
    return None if likely(draw, 12) else draw(st.sampled_from(people))


# Rows of each kind ------------------------------------------------------------------------------------------


def customer_rows(draw: Draw, stage: Stage, people: list[str]) -> list[Row]:
    rows = []
    for person in people:
        seen_at = a_moment(draw, stage)
        changes = [seen_at]
        if likely(draw, 25):
            changes.append(seen_at + DAY)
        for valid_from in changes:
            row: Row = dict.fromkeys(
                (
                    "email",
                    "phone",
                    "name",
                    "language",
                    "city",
                    "time_zone",
                    "birthday_on",
                    "acquired_through",
                    "company",
                    "persona",
                    "traits",
                )
            )
            row.update(customer_id=person, valid_from=valid_from, first_seen_at=seen_at)
            row["country"] = draw(st.sampled_from(("DE", "AT", None)))
            rows.append(row)
    return rows


def order_rows(draw: Draw, stage: Stage, people: list[str]) -> list[Row]:
    rows = []
    number = draw(st.integers(0, 25))
    for order_id in draw(st.permutations([f"o{position:02}" for position in range(number)])):
        ordered_at = a_moment(draw, stage)
        amount = draw(st.sampled_from((0, 1, 333, 1000, 4999)))
        rows.append(
            {
                "order_id": order_id,
                "customer_id": someone(draw, people),
                "ordered_at": ordered_at,
                "amount_minor": amount,
                "discount_minor": 0,
                "tax_minor": amount // 5,
                "shipping_minor": 490,
                "cost_minor": None if likely(draw, 15) else amount // 2,
                "currency": CURRENCY,
                "channel": draw(st.sampled_from(("web", "shop", None))),
                "campaign": draw(st.sampled_from(("spring", "winter", None))),
                "fulfilled_at": None,
                "delivered_at": None,
                "cancelled_at": later(draw, stage, ordered_at) if likely(draw, 15) else None,
            }
        )
    return rows


def line_rows(draw: Draw, order_list: list[Row]) -> list[Row]:
    rows = []
    for order in order_list:
        for position in range(draw(st.integers(0, 2))):
            product = draw(st.sampled_from(("tea", "pot", "cup")))
            rows.append(
                {
                    "order_id": order["order_id"],
                    "line_id": str(position + 1),
                    "customer_id": order["customer_id"],
                    "ordered_at": order["ordered_at"],
                    "product_id": product,
                    "product": product.title(),
                    "category": "drinks" if product == "tea" else "dishes",
                    "quantity": draw(st.integers(1, 4)),
                    "amount_minor": draw(st.sampled_from((0, 250, 999))),
                    "cost_minor": 100,
                    "currency": CURRENCY,
                }
            )
    return rows


def return_rows(draw: Draw, stage: Stage, lines: list[Row]) -> list[Row]:
    """Of some lines a part is sent back, also of cancelled orders."""
    rows: list[Row] = []
    for line in lines:
        if not likely(draw, 35):
            continue
        rows.append(
            {
                "return_id": f"r{len(rows):02}",
                "order_id": line["order_id"],
                "line_id": line["line_id"],
                "customer_id": line["customer_id"],
                "ordered_at": line["ordered_at"],
                "returned_at": later(draw, stage, line["ordered_at"]),
                "quantity": draw(st.integers(1, line["quantity"])),
                "amount_minor": line["amount_minor"],
                "currency": CURRENCY,
                "reason": draw(st.sampled_from(("too small", None))),
            }
        )
    return rows


def response_rows(draw: Draw, stage: Stage, people: list[str]) -> list[Row]:
    rows = []
    stars = draw(st.sampled_from(((1, 5), (0, 10), (None, None))))  # ratings are mostly on one scale
    scales: dict[str, tuple[tuple[int | None, int | None], ...]] = {
        "nps": ((0, 10),),
        "csat": SCALES,
        "ces": ((1, 7), (1, 7), (None, None), (1, 5)),
        "rating": (stars, stars, stars, stars, stars, stars, (1, 5)),
        "text": ((None, None),),
    }
    for position in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(tuple(scales)))
        lowest, highest = draw(st.sampled_from(scales[kind]))
        asked_at = a_moment(draw, stage)
        answered_at = None
        score = None
        if likely(draw, 75):
            answered_at = asked_at if draw(st.booleans()) else later(draw, stage, asked_at)
            if kind != "text" and likely(draw, 90):
                score = draw(st.integers(lowest or 0, highest or 9))
        rows.append(
            {
                "response_id": f"a{position:02}",
                "question": "q1",
                "survey": "s1",
                "kind": kind,
                "customer_id": someone(draw, people),
                "asked_at": asked_at,
                "answered_at": answered_at,
                "score": score,
                "scale_min": lowest,
                "scale_max": highest,
                "choice": None,
                "comment": draw(st.sampled_from((None, None, "too slow"))),
                "touchpoint": None,
            }
        )
    return rows


def link_rows(draw: Draw, stage: Stage, people: list[str], anonymous: list[str]) -> list[Row]:
    rows: list[Row] = []
    for _ in range(draw(st.integers(0, 4))):
        anonymous_id = draw(st.sampled_from(anonymous))
        linked_at = a_moment(draw, stage)
        if any(row["anonymous_id"] == anonymous_id and row["linked_at"] == linked_at for row in rows):
            continue
        rows.append(
            {
                "anonymous_id": anonymous_id,
                "linked_at": linked_at,
                "customer_id": draw(st.sampled_from(people)),
                "unlinked_at": later(draw, stage, linked_at) if likely(draw, 30) else None,
            }
        )
    return rows


def event_rows(draw: Draw, stage: Stage, people: list[str], anonymous: list[str], links: list[Row]) -> list[Row]:
    linked = {(row["anonymous_id"], row["linked_at"]) for row in links}
    rows = []
    number = draw(st.integers(0, 16))
    for event_id in draw(st.permutations([f"e{position:02}" for position in range(number)])):
        happened_at = a_moment(draw, stage)
        who = draw(st.sampled_from(("anonymous", "customer", "both", "anonymous")))
        customer_id = None if who == "anonymous" else draw(st.sampled_from(people))
        anonymous_id = None if who == "customer" else draw(st.sampled_from(anonymous))
        if customer_id is not None and anonymous_id is not None:
            if (anonymous_id, happened_at) in linked:
                anonymous_id = None
            else:
                linked.add((anonymous_id, happened_at))
        kind, name = draw(st.sampled_from(DEEDS))
        row: Row = dict.fromkeys(("title", "referrer", "medium", "campaign", "value_minor", "currency", "properties"))
        row.update(event_id=event_id, customer_id=customer_id, anonymous_id=anonymous_id, happened_at=happened_at)
        row.update(kind=kind, name=name, page=draw(st.sampled_from(PAGES)), channel="web")
        rows.append(row)
    return rows


def subscription_rows(draw: Draw, stage: Stage, people: list[str]) -> list[Row]:
    """Chains of rows that touch, of one customer or two overlapping ones, with pauses and trials between."""
    rows: list[Row] = []
    for number in range(draw(st.integers(0, 6))):
        person = draw(st.sampled_from(people))
        started_at = a_moment(draw, stage)
        if likely(draw, 35):  # one who was there early
            started_at = day_start(stage.zone, stage.first) + timedelta(minutes=number)
        for position in range(draw(st.integers(1, 3))):
            ended_at = later(draw, stage, started_at) if likely(draw, 70) else None
            row: Row = {"subscription_id": f"s{number}", "started_at": started_at, "customer_id": person}
            row["plan"] = f"plan {position}"
            row["ended_at"] = ended_at
            row["mrr_minor"] = draw(st.sampled_from((1000, 2000, 4999, 0)))
            row["currency"] = CURRENCY
            row["status"] = draw(st.sampled_from(("active", "active", "past_due", "trialing", "paused")))
            row["end_reason"] = (
                None if ended_at is None else draw(st.sampled_from(("voluntary", "delinquent", "changed")))
            )
            rows.append(row)
            if ended_at is None or local_day(stage.zone, ended_at) > stage.last:
                break
            started_at = ended_at if likely(draw, 70) else later(draw, stage, ended_at)
            if local_day(stage.zone, started_at) > stage.last:
                break
    return rows


def near_orders(draw: Draw, stage: Stage, order_list: list[Row], percent: int) -> list[tuple[datetime, str | None]]:
    """Moments at some orders, or an hour before or after one, within the stage, of that customer or of nobody."""
    first, end = day_start(stage.zone, stage.first), day_start(stage.zone, stage.last + DAY)
    found = []
    for order in order_list:
        if likely(draw, percent):
            near = order["ordered_at"] + draw(st.sampled_from((-1, 0, 0, 1, 30 * 24))) * timedelta(hours=1)
            whose = order["customer_id"] if likely(draw, 65) else None
            found.append((min(max(near, first), end - MICROSECOND), whose))
    return found


def cost_rows(draw: Draw, stage: Stage, order_list: list[Row]) -> list[Row]:
    """Costs of every kind; also some that fall on the days of orders which they have nothing to do with."""
    rows: list[Row] = []
    for near, customer in near_orders(draw, stage, order_list, 45):
        kind = draw(st.sampled_from(("service", "retention", "reward", "acquisition", "advertising", "advertising")))
        row: Row = {"cost_id": f"k{len(rows):02}", "incurred_on": local_day(stage.zone, near), "kind": kind}
        row["customer_id"] = None if kind == "advertising" else customer
        row["campaign"] = draw(st.sampled_from(("spring", "summer", None))) if kind == "advertising" else None
        rows.append(row | {"amount_minor": draw(st.sampled_from((50, 900, 3000))), "currency": CURRENCY})
    return rows


def lasting_rows(draw: Draw, stage: Stage, people: list[str]) -> list[Row]:
    """One who stays, some who were there from the first day and leave, and the usual rows."""
    since = day_start(stage.zone, stage.first)
    rows = subscription_rows(draw, stage, people)
    for number in range(draw(st.integers(1, 4))):
        left_at = None
        if number > 0:
            left_at = day_start(stage.zone, stage.change) - draw(st.integers(1, 150)) * DAY
        row: Row = {"subscription_id": f"long {number}", "started_at": since, "customer_id": f"long {number}"}
        row.update(plan="club", ended_at=left_at, mrr_minor=1500, currency=CURRENCY, status="active")
        row["end_reason"] = None if left_at is None else "voluntary"
        rows.append(row)
    return rows
