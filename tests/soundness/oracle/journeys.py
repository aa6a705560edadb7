"""Ways through visits, visit by visit. Written from the analysis's sentences. Slow, and with nothing clever in it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .clock import day_start
from .funnels import Thing, is_step
from .identity import sessions, visitor_of
from .world import Row, World

Way = tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """As the analysis names them."""

    direction: str = "from"
    step: str = "visit"
    length: int = 4
    places: str = "pages"
    collapse: bool = True


def known_until(world: World) -> datetime:
    return min(world.as_of, day_start(world.zone, world.coverage["events"][1] + timedelta(days=1)))


def visits_in(world: World, start: date, end: date) -> list[list[Row]]:
    """Visits that start in the span, as far as all is known."""
    closes = min(day_start(world.zone, end), known_until(world))
    return [visit for visit in sessions(world) if day_start(world.zone, start) <= visit[0]["happened_at"] < closes]


def name_of(event: Row, settings: Settings) -> str:
    by_page = settings.places == "pages" and event["kind"] != "track"
    first, second = (event["page"], event["name"]) if by_page else (event["name"], event["page"])
    return str(first or second or "?")


def way_of(visit: list[Row], settings: Settings) -> Way | None:
    """The way of a visit; nothing where it never comes to the step."""
    named = []
    for event in visit:
        if event["kind"] == "stay":
            continue
        step = settings.step != "visit" and is_step(
            Thing(event["happened_at"], 1, event["event_id"], event), settings.step
        )
        if settings.places == "events" or event["kind"] != "track" or step:
            named.append((name_of(event, settings), step))
    if settings.collapse:
        named = [each for number, each in enumerate(named) if number == 0 or each != named[number - 1]]
    if not named:
        return None
    if settings.step == "visit":
        at = 0 if settings.direction == "from" else len(named) - 1
    else:
        steps = [number for number, (_, step) in enumerate(named) if step]
        if not steps:
            return None
        at = steps[0]
    if settings.direction == "from":
        taken = named[at : at + settings.length]
    else:
        taken = named[max(at - settings.length + 1, 0) : at + 1]
    return tuple(name for name, _ in taken)


def ways(world: World, settings: Settings, start: date, end: date) -> dict[Way, tuple[int, int]]:
    """How many visits took each way, and of how many visitors."""
    taken: dict[Way, list[list[Row]]] = {}
    for visit in visits_in(world, start, end):
        way = way_of(visit, settings)
        if way is not None:
            taken.setdefault(way, []).append(visit)
    return {way: (len(those), len({visitor_of(world, visit[0]) for visit in those})) for way, those in taken.items()}


def whole(world: World, start: date, end: date) -> dict[str, dict[str | None, int]]:
    """The first and last page, the referrer and the channel of visits, and how many have each."""
    found: dict[str, Counter[str | None]] = {name: Counter() for name in ("landing", "exit", "referrers", "channels")}
    for visit in visits_in(world, start, end):
        seen = [event for event in visit if event["kind"] in ("page", "screen")]
        if seen:
            found["landing"][seen[0]["page"]] += 1
            found["exit"][seen[-1]["page"]] += 1
        found["referrers"][visit[0]["referrer"]] += 1
        found["channels"][visit[0]["channel"]] += 1
    return {name: dict(counts) for name, counts in found.items()}
