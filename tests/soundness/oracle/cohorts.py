"""The retention table, cell by cell: for every cohort and period, everybody is looked at again.

Written from the catalogue and the settings' sentences. Slow, and with nothing clever in it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from .calendar import cohorts
from .clock import ONE_DAY, day_start
from .cohort_members import Entry, amount, came_back, entries
from .cohort_periods import Settings, period_begins_on, period_over_at, places
from .world import Value, World, divide

Group = str | None


@dataclass(frozen=True)
class Cell:
    returned: int | None
    amount: int | None
    denominator: int | None
    size: int | None
    value: Value
    complete: bool
    reason: str


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
