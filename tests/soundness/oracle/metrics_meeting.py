"""Where people meet the organisation: on social networks and at gatherings."""

from datetime import date

from .world import Row, Value, World, divide, happened, outside, within

# Social networks --------------------------------------------------------------------------------------------


def stands_for(reaction: Row) -> int:
    """A row is one reaction or a day's count of them."""
    return 1 if reaction["quantity"] is None else int(reaction["quantity"])


def reactions_in(world: World, kind: str, start: date, end: date) -> Value:
    """Sum of quantity by kind, by happened_at."""
    if outside(world, ["reactions"], start, end):
        return None
    total = 0
    for reaction in world.reactions:
        if reaction["kind"] == kind and within(world, reaction["happened_at"], start, end):
            total = total + stands_for(reaction)
    return total


def likes(world: World, start: date, end: date) -> Value:
    return reactions_in(world, "like", start, end)


def shares(world: World, start: date, end: date) -> Value:
    return reactions_in(world, "share", start, end)


def comments(world: World, start: date, end: date) -> Value:
    return reactions_in(world, "comment", start, end)


def social_clicks(world: World, start: date, end: date) -> Value:
    return reactions_in(world, "click", start, end)


def social_engagement_rate(world: World, start: date, end: date) -> Value:
    """Reactions so far / impressions, of posts posted in the window.

    Reading: a post whose impressions are not known is in neither number.
    """
    if outside(world, ["posts", "reactions"], start, end):
        return None
    drawn = 0
    shown = 0
    for post in world.posts:
        if post["impressions"] is None or not within(world, post["posted_at"], start, end):
            continue
        shown = shown + post["impressions"]
        for reaction in world.reactions:
            if reaction["post_id"] == post["post_id"] and happened(world, reaction["happened_at"]):
                drawn = drawn + stands_for(reaction)
    return divide(drawn, shown)


# Gatherings -------------------------------------------------------------------------------------------------


def registrations(world: World, start: date, end: date) -> Value:
    """By registered_at."""
    if outside(world, ["attendances"], start, end):
        return None
    return sum(1 for seat in world.attendances if within(world, seat["registered_at"], start, end))


def attendance_count(world: World, start: date, end: date) -> Value:
    """By attended_at."""
    if outside(world, ["attendances"], start, end):
        return None
    return sum(1 for seat in world.attendances if within(world, seat["attended_at"], start, end))


def attendance_rate(world: World, start: date, end: date) -> Value:
    """Attended of the registered / registered, of gatherings that end in the window."""
    if outside(world, ["attendances"], start, end):
        return None
    registered = 0
    came = 0
    for seat in world.attendances:
        if within(world, seat["ends_at"], start, end) and happened(world, seat["registered_at"]):
            registered = registered + 1
            if happened(world, seat["attended_at"]):
                came = came + 1
    return divide(came, registered)


def gathering_interactions(world: World, start: date, end: date) -> Value:
    """Votes + submissions + comments, of gatherings that end in the window."""
    if outside(world, ["attendances"], start, end):
        return None
    total = 0
    for seat in world.attendances:
        if within(world, seat["ends_at"], start, end):
            for column in ("votes", "submissions", "comments"):
                total = total + (seat[column] or 0)
    return total
