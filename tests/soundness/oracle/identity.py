"""Whose an event is, and which events make one session."""

# ruff: noqa: PERF401 - loops that read like the catalogue

from datetime import datetime, timedelta

from .world import Row, World, events

Visitor = tuple[str, str]  # ("customer", customer_id) or ("anonymous", anonymous_id)
SESSION_GAP = timedelta(minutes=30)


def links_of(world: World, anonymous_id: str) -> list[tuple[datetime, str]]:
    """(linked_at, customer_id) of one anonymous id, in order of time.

    A row that carries both ids is a link at its moment. Readings: a link taken back does not exist,
    whenever it was taken back; a link at or after `as_of` does not exist. Two links of one id at one moment
    with two customers are not settled by the specification (here: by customer_id); `worlds` draws none.
    """
    links = []
    for link in world.links:
        if link["anonymous_id"] == anonymous_id and link["unlinked_at"] is None and link["linked_at"] < world.as_of:
            links.append((link["linked_at"], link["customer_id"]))
    for event in events(world):
        if event["anonymous_id"] == anonymous_id and event["customer_id"] is not None:
            links.append((event["happened_at"], event["customer_id"]))
    return sorted(links)


def customer_of(world: World, event: Row) -> str | None:
    """Its own customer, else of the last link at or before it, else of the first link after it."""
    if event["customer_id"] is not None:
        return str(event["customer_id"])
    if event["anonymous_id"] is None:
        return None
    links = links_of(world, event["anonymous_id"])
    before = [customer for linked_at, customer in links if linked_at <= event["happened_at"]]
    after = [customer for linked_at, customer in links if linked_at > event["happened_at"]]
    if before:
        return before[-1]
    if after:
        return after[0]
    return None


def visitor_of(world: World, event: Row) -> Visitor:
    customer = customer_of(world, event)
    if customer is not None:
        return ("customer", customer)
    return ("anonymous", event["anonymous_id"])


def events_by_visitor(world: World) -> dict[Visitor, list[Row]]:
    """Each visitor's events in order of time. An event with neither id was refused when written."""
    per_visitor: dict[Visitor, list[Row]] = {}
    for event in events(world):
        if event["customer_id"] is None and event["anonymous_id"] is None:
            continue
        per_visitor.setdefault(visitor_of(world, event), []).append(event)
    return per_visitor


def sessions(world: World) -> list[list[Row]]:
    """One visitor's events, cut where more than 30 minutes pass between two; exactly 30 do not cut."""
    found: list[list[Row]] = []
    for visited in events_by_visitor(world).values():
        session: list[Row] = []
        for event in visited:
            if session and event["happened_at"] - session[-1]["happened_at"] > SESSION_GAP:
                found.append(session)
                session = []
            session.append(event)
        found.append(session)
    return found
