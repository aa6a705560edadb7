"""Who begins in which cohort, when each of them comes back, and what they bring."""

# ruff: noqa: PERF401 - loops that read like the catalogue

from dataclasses import dataclass
from datetime import date, datetime

from .calendar import cohorts
from .clock import day_start, local_day
from .cohort_periods import Settings, period_of
from .identity import customer_of, sessions
from .world import Row, World, events, money, orders, returns

Sign = tuple[datetime, str]  # when, and which row it is


@dataclass(frozen=True)
class Entry:
    """Somebody who began: when, and with which row."""

    customer: str
    moment: datetime
    row: str


# Signs of life ----------------------------------------------------------------------------------------------


def signs(world: World, kind: str, least_minor: int = 0) -> dict[str, list[Sign]]:
    """When each known customer ordered, visited or did something, and with which row."""
    found: dict[str, list[Sign]] = {}
    kind, _, name = kind.partition(":")
    if kind in ("order", "activity"):
        for order in orders(world):
            if order["customer_id"] is not None and order["amount_minor"] >= least_minor:
                found.setdefault(order["customer_id"], []).append((order["ordered_at"], order["order_id"]))
    if kind == "visit":
        for session in sessions(world):
            customer = customer_of(world, session[0])
            if customer is not None:
                found.setdefault(customer, []).append((session[0]["happened_at"], f"visit {session[0]['event_id']}"))
    if kind in ("event", "activity", "page", "screen", "track"):
        for event in events(world):
            customer = customer_of(world, event)
            right = kind in ("event", "activity") or event["kind"] == kind
            if customer is not None and right and (not name or event["name"] == name):
                found.setdefault(customer, []).append((event["happened_at"], event["event_id"]))
    return found


def returning(world: World, settings: Settings) -> dict[str, list[Sign]]:
    kind = settings.begins_with if settings.returns_with == "same" else settings.returns_with
    return signs(world, kind, settings.least_minor)


def entries(world: World, settings: Settings, start: date, end: date) -> list[list[Entry]]:
    """Who began, by cohort.

    Of several rows at the same moment, the entry is one that counts as a return by itself, if there is one.
    """
    grid = cohorts(start, end, settings.cohort)
    back = returning(world, settings)
    found: list[list[Entry]] = [[] for _ in grid]
    for customer, began in signs(world, settings.begins_with).items():
        for number, (first, after) in enumerate(grid):
            inside = [moment for moment, _ in began if first <= local_day(world.zone, moment) < after]
            if not inside:
                continue
            if settings.entry == "first_ever" and min(inside) != min(moment for moment, _ in began):
                continue
            if settings.entry == "first_in_range":
                in_range = [m for m, _ in began if grid[0][0] <= local_day(world.zone, m) < grid[-1][1]]
                if min(inside) != min(in_range):
                    continue
            moment = min(inside)
            rows = [row for when, row in began if when == moment]
            rows_back = [row for row in rows if (moment, row) in back.get(customer, [])]
            found[number].append(Entry(customer, moment, (rows_back or rows)[0]))
    return found


# What counts ------------------------------------------------------------------------------------------------


def occurrences(world: World, settings: Settings, entry: Entry) -> list[int]:
    """The period of each return since the entry; the entry itself is one, in period 0."""
    rows = {(entry.moment, entry.row)}
    for moment, row in returning(world, settings).get(entry.customer, []):
        if moment >= entry.moment:
            rows.add((moment, row))
    return [period_of(world, settings, entry.moment, moment) for moment, _ in rows]


def brought_in(settings: Settings, period: int, place: tuple[int, int]) -> bool:
    """A contribution is cumulative; all else counts where it lies."""
    return period <= place[1] if settings.of == "contribution" else lies_in(settings, period, place)


def lies_in(settings: Settings, period: int, place: tuple[int, int]) -> bool:
    if settings.rule == "on_or_after":
        return period >= place[0]
    return place[0] <= period <= place[1]


def came_back(world: World, settings: Settings, entry: Entry, place: tuple[int, int]) -> bool:
    found = [period for period in occurrences(world, settings, entry) if lies_in(settings, period, place)]
    return len(found) >= settings.minimum


def owner(world: World, row: Row) -> str | None:
    """Whose a return of goods is: its own customer, else that of its order."""
    if row["customer_id"] is not None:
        return str(row["customer_id"])
    for order in world.orders:
        if order["order_id"] == row["order_id"] and order["customer_id"] is not None:
            return str(order["customer_id"])
    return None


def brought(world: World, settings: Settings, entry: Entry) -> list[tuple[datetime, int]]:
    """What the customer brought since the entry, and when."""
    found = []
    for order in orders(world):
        if order["customer_id"] == entry.customer and order["ordered_at"] >= entry.moment:
            found.append((order["ordered_at"], 1 if settings.of == "orders" else money(world, order, "amount_minor")))
            if settings.of == "contribution" and order["cost_minor"] is not None:
                found.append((order["ordered_at"], -money(world, order, "cost_minor")))
    if settings.of in ("revenue", "contribution"):
        for row in returns(world):
            if owner(world, row) == entry.customer and row["returned_at"] >= entry.moment:
                found.append((row["returned_at"], -money(world, row, "amount_minor")))
    if settings.of == "contribution":
        found += [(moment, -cost) for moment, cost in costs_of(world, entry)]
    return found


def costs_of(world: World, entry: Entry) -> list[tuple[datetime, int]]:
    """Messages to the customer and costs that name them, since the entry.

    A cost has only a day. One on the day of the entry counts from the entry on.
    """
    found = []
    for message in world.messages:
        sent_at = message["sent_at"]
        if message["customer_id"] != entry.customer or message["cost_minor"] is None:
            continue
        if entry.moment <= sent_at < world.as_of:
            found.append((sent_at, money(world, message, "cost_minor")))
    for cost in world.costs:
        moment = day_start(world.zone, cost["incurred_on"])
        if cost["customer_id"] != entry.customer or cost["kind"] not in ("service", "retention", "reward"):
            continue
        if moment >= world.as_of:
            continue
        if cost["incurred_on"] == local_day(world.zone, entry.moment):
            moment = max(moment, entry.moment)
        if moment >= entry.moment:
            found.append((moment, money(world, cost, "amount_minor")))
    return found


def amount(world: World, settings: Settings, entry: Entry, place: tuple[int, int]) -> int:
    """Orders and what was paid for them count where their customer does; net revenue counts always."""
    if settings.of in ("orders", "gross_revenue") and not came_back(world, settings, entry, place):
        return 0
    total = 0
    for moment, value in brought(world, settings, entry):
        if brought_in(settings, period_of(world, settings, entry.moment, moment), place):
            total = total + value
    return total
