"""Pages, screens and all other events: they stay what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from stamm.sources.segment.message import Message
from stamm.sources.segment.problem import Problem
from stamm.sources.segment.semantic import Row
from stamm.sources.segment.values import encoded, inner, money, text

#: what Segment's own field `channel` says
_CHANNELS = {"browser": "web", "client": "web", "web": "web", "mobile": "app", "server": "server"}
#: properties that have a column of their own
_TAKEN = {"page": ("path", "title", "referrer", "url", "search"), "screen": (), "track": ()}


#: the track call that tells how long a page was looked at; what it says of it stays in the properties
STAY = "Page Seen"
#: machines that read pages and say so; a telephone is called Cubot
_MACHINES = re.compile(r"(?<!cu)bot\b|crawl|spider|slurp|headless|lighthouse|pagespeed|bingpreview", re.IGNORECASE)


def occurrence(said: Message) -> Iterator[Row]:
    """One event: of a track call with its name, of a page or screen with where it was. Nothing of a machine's."""
    if _MACHINES.search(text(said.context, "userAgent") or ""):
        return
    name = text(said.said, "event" if said.type == "track" else "name")
    page, campaign = inner(said.context, "page"), inner(said.context, "campaign")
    own = said.properties if said.type == "page" else page
    here = text(own, "url") or text(page, "url")
    value, currency = _value(said)
    rest = {name: each for name, each in said.properties.items() if name not in _TAKEN[said.type]}
    yield Row(
        "events",
        {
            "event_id": said.own_id,
            "customer_id": said.user,
            "anonymous_id": said.anonymous,
            "happened_at": said.happened_at,
            "kind": "stay" if said.type == "track" and name == STAY else said.type,
            "name": name,
            "page": text(own, "path") or text(page, "path") or (_path(here) if here else None),
            "title": text(own, "title") or text(page, "title"),
            "referrer": _referrer(text(own, "referrer") or text(page, "referrer"), here),
            "medium": text(campaign, "medium"),
            "campaign": said.campaign,
            "channel": _channel(said),
            "value_minor": value,
            "currency": currency,
            "properties": encoded(rest),
        },
    )


def _value(said: Message) -> tuple[int | None, str | None]:
    """What an event is worth, where a number says so: anybody may call anything `value`."""
    for name in ("value", "revenue", "total"):
        if said.holds_number(name):
            try:
                return money(said.properties, name, said.currency), said.currency
            except Problem:
                return None, None
    return None, None


def _path(address: str) -> str | None:
    try:
        return urlsplit(address).path or "/"
    except ValueError:
        return None


def _referrer(written: str | None, here: str | None) -> str | None:
    """The site somebody came from; nothing on the way from one page of a site to another."""
    if written is None:
        return None
    from_host = _host(written)
    return None if from_host and here and from_host == _host(here) else from_host or written


def _host(address: str) -> str | None:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.") or None
    except ValueError:
        return None


def _channel(said: Message) -> str:
    told = _CHANNELS.get(text(said.said, "channel") or "")
    if told:
        return told
    if said.type == "screen" or inner(said.context, "app") or inner(said.context, "device"):
        return "app"
    return "web" if said.type == "page" or inner(said.context, "page") else "server"
