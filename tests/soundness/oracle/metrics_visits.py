"""Visits: sessions by their start. Needs events; links only sharpen who is who."""

from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

from .clock import day_start, days_between, elapsed_days, local_day
from .identity import customer_of, events_by_visitor, sessions, visitor_of
from .metrics_visitors import CONVERSION, events_in, visitors_in
from .spells import here_at_end, no_spells
from .world import Row, Value, World, closing, divide, events, outside, within

FEATURE = "Products Searched"
Session = list[Row]


def sessions_in(world: World, start: date, end: date) -> list[Session]:
    """Those that start in the window, whole."""
    return [session for session in sessions(world) if within(world, session[0]["happened_at"], start, end)]


def views_of(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["kind"] in ("page", "screen")]


def acts_of(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["kind"] == "track"]


def seconds_of(session: Session) -> Fraction:
    return elapsed_days(session[0]["happened_at"], session[-1]["happened_at"]) * 86_400


def page_views(world: World, start: date, end: date) -> Value:
    """Page and screen events."""
    if outside(world, ["events"], start, end):
        return None
    return len(views_of(events_in(world, start, end)))


def visits(world: World, start: date, end: date) -> Value:
    """Sessions."""
    if outside(world, ["events"], start, end):
        return None
    return len(sessions_in(world, start, end))


def visitors(world: World, start: date, end: date) -> Value:
    """Distinct visitors by any event."""
    if outside(world, ["events"], start, end):
        return None
    return len(visitors_in(world, start, end))


def new_visitor_share(world: World, start: date, end: date) -> Value:
    """Visitors whose first event ever is in the window / visitors."""
    if outside(world, ["events"], start, end):
        return None
    new = 0
    for done in events_by_visitor(world).values():
        if within(world, done[0]["happened_at"], start, end):
            new = new + 1
    return divide(new, len(visitors_in(world, start, end)))


def session_duration(world: World, start: date, end: date) -> Value:
    """Mean of last minus first event, in seconds; a session of one event is 0 long."""
    if outside(world, ["events"], start, end):
        return None
    begun = sessions_in(world, start, end)
    return divide(sum((seconds_of(session) for session in begun), Fraction(0)), len(begun))


def pages_per_session(world: World, start: date, end: date) -> Value:
    """Page views of the sessions / sessions."""
    if outside(world, ["events"], start, end):
        return None
    begun = sessions_in(world, start, end)
    return divide(sum(len(views_of(session)) for session in begun), len(begun))


def bounce_rate(world: World, start: date, end: date) -> Value:
    """Sessions with one page view and no track event / sessions with a page view."""
    if outside(world, ["events"], start, end):
        return None
    viewing = [session for session in sessions_in(world, start, end) if views_of(session)]
    bounced = [session for session in viewing if len(views_of(session)) == 1 and not acts_of(session)]
    return divide(len(bounced), len(viewing))


def one_page_sessions(world: World, start: date, end: date) -> Value:
    """One page view, whatever else / sessions with a page view."""
    if outside(world, ["events"], start, end):
        return None
    viewing = [session for session in sessions_in(world, start, end) if views_of(session)]
    return divide(len([session for session in viewing if len(views_of(session)) == 1]), len(viewing))


def sessions_not_engaged(world: World, start: date, end: date) -> Value:
    """Sessions under 10 s, under 2 pages and without the conversion event / sessions."""
    if outside(world, ["events"], start, end):
        return None
    begun = sessions_in(world, start, end)
    idle = 0
    for session in begun:
        converted = any(event["name"] == CONVERSION for event in session)
        if seconds_of(session) < 10 and len(views_of(session)) < 2 and not converted:
            idle = idle + 1
    return divide(idle, len(begun))


def exit_rate(world: World, start: date, end: date) -> Value:
    """Sessions that have a last page view / page views, over all pages.

    Reading: sessions by their start and views by their own moment, as `conversions_per_session`.
    """
    if outside(world, ["events"], start, end):
        return None
    ended = [session for session in sessions_in(world, start, end) if views_of(session)]
    return divide(len(ended), len(views_of(events_in(world, start, end))))


def exit_rate_of(world: World, page: str | None, start: date, end: date) -> Value:
    """Of one page: sessions whose last page view is the page / views of the page."""
    ended = 0
    for session in sessions_in(world, start, end):
        seen = views_of(session)
        if seen and seen[-1]["page"] == page:
            ended = ended + 1
    views = [view for view in views_of(events_in(world, start, end)) if view["page"] == page]
    return divide(ended, len(views))


def visit_frequency(world: World, start: date, end: date) -> Value:
    """Visits / visitors."""
    if outside(world, ["events"], start, end):
        return None
    return divide(len(sessions_in(world, start, end)), len(visitors_in(world, start, end)))


def days_between_visits(world: World, start: date, end: date) -> Value:
    """Mean days from the start of a visitor's session to the start of the next, the next in the window."""
    if outside(world, ["events"], start, end):
        return None
    starts: dict[object, list[datetime]] = {}
    for session in sessions(world):
        starts.setdefault(visitor_of(world, session[0]), []).append(session[0]["happened_at"])
    gaps = []
    for moments in starts.values():
        for earlier, later in pairwise(moments):
            if within(world, later, start, end):
                gaps.append(elapsed_days(earlier, later))
    return divide(sum(gaps, Fraction(0)), len(gaps))


def active_engagement_share(world: World, start: date, end: date) -> Value:
    """Sessions with a track event / sessions."""
    if outside(world, ["events"], start, end):
        return None
    begun = sessions_in(world, start, end)
    return divide(len([session for session in begun if acts_of(session)]), len(begun))


def known_days(world: World, start: date, end: date) -> list[date]:
    """The days of the window that have begun by `as_of`. Reading: and are covered."""
    first, last = world.coverage["events"]
    return [
        day for day in days_between(start, end) if first <= day <= last and day_start(world.zone, day) < world.as_of
    ]


def visitor_days(world: World, start: date, end: date) -> int:
    """Each visitor once for each local day on which anything was done."""
    days = {(visitor_of(world, event), local_day(world.zone, event["happened_at"])) for event in events(world)}
    return len([day for _, day in days if start <= day < end])


def stickiness(world: World, start: date, end: date) -> Value:
    """Mean over the window's days, to as_of, of visitors that day / visitors in the window."""
    if outside(world, ["events"], start, end) or not known_days(world, start, end):
        return None
    visitors_of_window = len(visitors_in(world, start, end))
    return divide(visitor_days(world, start, end), len(known_days(world, start, end)) * visitors_of_window)


def active_days(world: World, start: date, end: date) -> Value:
    """Active days per visitor."""
    if outside(world, ["events"], start, end):
        return None
    return divide(visitor_days(world, start, end), len(visitors_in(world, start, end)))


def product_adoption_rate(world: World, start: date, end: date) -> Value:
    """Customers here at the end who by then did the event of the feature / customers here at the end."""
    if no_spells(world, start, end) or outside(world, ["events"], start, end):
        return None
    users = set()
    for event in events(world):
        if event["name"] == FEATURE and event["happened_at"] < closing(world, end):
            users.add(customer_of(world, event))
    customers = here_at_end(world, end)
    return divide(len(customers & users), len(customers))
