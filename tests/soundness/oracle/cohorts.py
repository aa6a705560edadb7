"""The retention table, cell by cell: for every cohort and period, everybody is looked at again.

Written from the catalogue and the settings' sentences. Slow, and with nothing clever in it.
"""

# ruff: noqa: PERF401 - loops that read like the catalogue

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .clock import ONE_DAY, day_start, local_day
from .identity import customer_of, sessions
from .world import Row, Value, World, divide, events, money, orders, returns

Sign = tuple[datetime, str]  # when, and which row it is
Group = str | None


@dataclass(frozen=True)
class Settings:
    """As the analysis names them."""

    of: str = "customers"
    entry: str = "first_ever"
    begins_with: str = "order"
    returns_with: str = "same"
    least_minor: int = 0
    rule: str = "on"
    brackets: str = "1-3,4-7"
    minimum: int = 1
    period: str = "month"
    step_days: int = 1
    periods: int = 6
    cohort: str = "month"
    denominator: str = "start"


@dataclass(frozen=True)
class Entry:
    """Somebody who began: when, and with which row."""

    customer: str
    moment: datetime
    row: str


@dataclass(frozen=True)
class Cell:
    returned: int | None
    amount: int | None
    denominator: int | None
    size: int | None
    value: Value
    complete: bool
    reason: str


# The calendar -----------------------------------------------------------------------------------------------


def unit_start(day: date, unit: str) -> date:
    """The first day of the week, month ... that holds the day."""
    while True:
        if unit == "day" or (unit == "week" and day.weekday() == 0):
            return day
        if unit == "month" and day.day == 1:
            return day
        if unit == "quarter" and day.day == 1 and day.month in (1, 4, 7, 10):
            return day
        if unit == "year" and day.day == 1 and day.month == 1:
            return day
        day = day - ONE_DAY


def unit_after(first: date, unit: str) -> date:
    """The first day of the unit after the one that begins on `first`."""
    day = first + ONE_DAY
    while unit_start(day, unit) == first:
        day = day + ONE_DAY
    return day


def units_later(day: date, unit: str, count: int) -> date:
    """The first day of the unit so many units after that of the day."""
    first = unit_start(day, unit)
    for _ in range(count):
        first = unit_after(first, unit)
    return first


def cohorts(start: date, end: date, unit: str) -> list[tuple[date, date]]:
    """Whole units of the calendar that hold a day of the range."""
    found = []
    first = unit_start(start, unit)
    while first < end:
        found.append((first, unit_after(first, unit)))
        first = unit_after(first, unit)
    return found


# Periods ----------------------------------------------------------------------------------------------------


def period_of(world: World, settings: Settings, entered: datetime, moment: datetime) -> int:
    """The number of the period in which a later moment lies."""
    if settings.period == "step":
        number = 0
        while entered + (number + 1) * settings.step_days * timedelta(hours=24) <= moment:
            number = number + 1
        return number
    first = unit_start(local_day(world.zone, entered), settings.period)
    wanted = unit_start(local_day(world.zone, moment), settings.period)
    number = 0
    while first < wanted:
        first = unit_after(first, settings.period)
        number = number + 1
    return number


def period_begins_on(settings: Settings, day: date, period: int) -> date:
    """For who entered on that day."""
    if settings.period == "step":
        return day + period * settings.step_days * ONE_DAY
    return units_later(day, settings.period, period)


def period_over_at(world: World, settings: Settings, entered: datetime, period: int) -> datetime:
    if settings.period == "step":
        return entered + (period + 1) * settings.step_days * timedelta(hours=24)
    return day_start(world.zone, units_later(local_day(world.zone, entered), settings.period, period + 1))


def places(settings: Settings) -> list[tuple[int, int]]:
    """First and last period of each column of the table."""
    if settings.rule != "bracket":
        return [(period, period) for period in range(settings.periods + 1)]
    found = []
    for text in settings.brackets.split(","):
        ends = text.split("-")
        found.append((int(ends[0]), int(ends[-1])))
    if found[0][0] > 0:
        found.insert(0, (0, 0))
    return found


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


# Coverage ---------------------------------------------------------------------------------------------------


def kinds_of(sign: str) -> set[str]:
    if sign == "order":
        return {"orders"}
    return {"orders", "events"} if sign == "activity" else {"events"}


def needed(settings: Settings) -> tuple[set[str], set[str]]:
    """The kinds that tell who begins, and those that tell what comes after."""
    begins = kinds_of(settings.begins_with)
    after = begins if settings.returns_with == "same" else kinds_of(settings.returns_with)
    brings: dict[str, set[str]] = {
        "customers": set(),
        "orders": {"orders"},
        "gross_revenue": {"orders"},
        "revenue": {"orders", "returns"},
        "contribution": {"orders", "returns", "messages", "costs"},
    }
    return begins, after | brings[settings.of]


def known_until(world: World, settings: Settings) -> datetime:
    begins, after = needed(settings)
    ends = [day_start(world.zone, world.coverage[kind][1] + ONE_DAY) for kind in begins | after]
    return min([world.as_of, *ends])


# The table --------------------------------------------------------------------------------------------------


def group_of(world: World, entry: Entry, by: str | None) -> Group:
    """The customer's attribute when they entered."""
    if by is None:
        return None
    known = [row for row in world.customers if row["customer_id"] == entry.customer]
    known = [row for row in known if row["valid_from"] <= entry.moment]
    if not known:
        return None
    value: Group = max(known, key=lambda row: row["valid_from"])[by]
    return value


Place = tuple[int, int]
Table = dict[tuple[date | None, Group, int], Cell]


def retention_table(world: World, settings: Settings, start: date, end: date, by: str | None = None) -> Table:
    """Every cell by first day of the cohort, group and first period; the pooled ones under no cohort."""
    grid = cohorts(start, end, settings.cohort)
    began = entries(world, settings, start, end)
    told: set[Group] = set()
    for number, cohort in enumerate(grid):
        if not unknown(world, settings, cohort):
            told |= {group_of(world, entry, by) for entry in began[number]}
    groups: set[Group] = told or {None}
    table: Table = {}
    for group in groups:
        for place in places(settings):
            cells = []
            for number, (first, _) in enumerate(grid):
                members = [entry for entry in began[number] if group_of(world, entry, by) == group]
                cell = one_cell(world, settings, grid[number], members, place)
                table[first, group, place[0]] = cell
                cells.append(cell)
            table[None, group, place[0]] = pooled(settings, cells)
    return table


def unknown(world: World, settings: Settings, cohort: tuple[date, date]) -> str:
    begins, after = needed(settings)
    if any(kind not in world.coverage for kind in begins | after):
        return "no_facts"
    opens = day_start(world.zone, cohort[0])
    if opens >= world.as_of:
        return "not_begun"
    if cohort[1] <= max(world.coverage[kind][0] for kind in begins) or opens >= known_until(world, settings):
        return "outside_coverage"
    return ""


def one_cell(world: World, settings: Settings, cohort: tuple[date, date], members: list[Entry], place: Place) -> Cell:
    reason = unknown(world, settings, cohort)
    if reason:
        return Cell(None, None, None, None, None, False, reason)
    size = len(members)
    until = known_until(world, settings)
    begins, after = needed(settings)
    if day_start(world.zone, cohort[1]) > until:
        return Cell(None, None, None, size, None, False, "not_over")
    if size == 0:
        return Cell(None, None, None, 0, None, False, "zero_denominator")
    last_entry = max(entry.moment for entry in members)
    if period_over_at(world, settings, last_entry, place[1]) > until:
        return Cell(None, None, None, size, None, False, "not_over")
    followed_from = max(world.coverage[kind][0] for kind in after)
    if period_begins_on(settings, cohort[1] - ONE_DAY, place[1] + 1) <= followed_from:
        return Cell(None, None, None, size, None, False, "outside_coverage")

    number = places(settings).index(place)
    returned = len([entry for entry in members if came_back(world, settings, entry, place)])
    top = numerator(world, settings, members, place)
    if settings.denominator == "before":
        bottom = numerator(world, settings, members, places(settings)[number - 1]) if number > 0 else None
    elif settings.of == "customers" or settings.denominator == "customers":
        bottom = size
    else:
        bottom = numerator(world, settings, members, places(settings)[0])

    entries_from = max(world.coverage[kind][0] for kind in begins)
    follows_from = max(cohort[0], period_begins_on(settings, cohort[0], place[0]))  # nothing counts before the entry
    cut = cohort[0] < entries_from or follows_from < followed_from
    mark = ""
    if world.history == "cut" and cut:
        mark = "begins_before_data"
    elif settings.rule == "on_or_after":
        everybody = settings.of == "customers" and settings.denominator != "before" and returned == size
        mark = "" if everybody else "growing"
    return finished(settings, returned, top, bottom, size, mark)


def numerator(world: World, settings: Settings, members: list[Entry], place: Place) -> int:
    if settings.of == "customers":
        return len([entry for entry in members if came_back(world, settings, entry, place)])
    return sum(amount(world, settings, entry, place) for entry in members)


def finished(settings: Settings, returned: int, top: int, bottom: int | None, size: int, mark: str) -> Cell:
    brought_here = None if settings.of == "customers" else top
    if bottom is None or bottom <= 0:
        why = "nothing_before" if bottom is None else "zero_denominator"
        return Cell(returned, brought_here, bottom, size, None, False, why)
    return Cell(returned, brought_here, bottom, size, divide(top, bottom), mark == "", mark)


def pooled(settings: Settings, cells: list[Cell]) -> Cell:
    """All who came back of all who could, over the cohorts that can be observed and began within the data."""
    seen = [cell for cell in cells if cell.returned is not None and cell.reason != "begins_before_data"]
    if not seen:
        reasons = {cell.reason for cell in cells}
        return Cell(None, None, None, 0, None, False, reasons.pop() if len(reasons) == 1 else "not_over")
    returned = sum(cell.returned or 0 for cell in seen)
    top = returned if settings.of == "customers" else sum(cell.amount or 0 for cell in seen)
    bottoms = [cell.denominator for cell in seen if cell.denominator is not None]
    size = sum(cell.size or 0 for cell in seen)
    mark = "growing" if "growing" in {cell.reason for cell in seen} else ""
    return finished(settings, returned, top, sum(bottoms) if bottoms else None, size, mark)
