"""Visits: sessions by their start. Needs events; links only sharpen who is who."""

from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

from .clock import elapsed_days
from .identity import events_by_visitor, sessions, visitor_of
from .metrics_visitors import events_in, visitors_in
from .world import Row, Value, World, divide, outside, within

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
