"""Who somebody is: identify, group and alias become customers and links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from stamm.facts.links import FORMER
from stamm.sources.segment.message import Message
from stamm.sources.segment.problem import Problem
from stamm.sources.segment.semantic import Row
from stamm.sources.segment.values import Object, encoded, inner, moment, text

CUSTOMER = FORMER
#: traits that have columns of their own, as the specification reserves them
_TAKEN = {
    "email": ("email",),
    "phone": ("phone",),
    "language": ("language", "locale"),
    "acquired_through": ("acquired_through",),
    "persona": ("persona",),
}
_OWN = (
    *("email", "phone", "language", "locale", "acquired_through", "persona", "name", "firstName", "lastName"),
    *("first_name", "last_name", "birthday", "createdAt", "created_at", "address", "company", "country", "city"),
    "timezone",
)


def identify(said: Message) -> Iterator[Row]:
    """What is said about a customer, and whose device it is."""
    yield from link(said)
    if said.user is not None:
        yield from customer(said, _attributes(said, said.traits))


def group(said: Message) -> Iterator[Row]:
    """The company of a customer."""
    yield from link(said)
    if said.user is not None:
        yield from customer(said, {"company": text(said.traits, "name") or text(said.said, "groupId")})


def alias(said: Message) -> Iterator[Row]:
    """A former id, of a device or of a customer, is the same person's."""
    former = text(said.said, "previousId") or said.anonymous
    if former is None:
        raise Problem("missing", "previousId")
    if said.user is None:
        raise Problem("missing", "userId")
    if former == said.user:
        return
    for device in (former, CUSTOMER + former):
        yield Row("links", {"anonymous_id": device, "linked_at": said.happened_at, "customer_id": said.user})


def link(said: Message) -> Iterator[Row]:
    """Whose a device is, where a message names both."""
    if said.user is not None and said.anonymous is not None:
        yield Row("links", {"anonymous_id": said.anonymous, "linked_at": said.happened_at, "customer_id": said.user})


def customer(said: Message, attributes: Mapping[str, Any]) -> Iterator[Row]:
    """What is known of a customer from now on, as far as this message says it."""
    known = {name: value for name, value in attributes.items() if value is not None}
    if said.user is not None and known:
        yield Row("customers", {"customer_id": said.user, "valid_from": said.happened_at, **known})


def _attributes(said: Message, traits: Object) -> dict[str, Any]:
    address, company = inner(traits, "address"), inner(traits, "company")
    names = [name for name in (text(traits, "firstName", "first_name"), text(traits, "lastName", "last_name")) if name]
    first_seen = _lenient(traits, "createdAt") or _lenient(traits, "created_at")
    return {
        **{column: text(traits, *fields) for column, fields in _TAKEN.items()},
        "language": text(traits, *_TAKEN["language"]) or text(said.context, "locale"),
        "name": text(traits, "name") or " ".join(names) or None,
        "country": text(address, "country") or text(traits, "country"),
        "city": text(address, "city") or text(traits, "city"),
        "time_zone": text(traits, "timezone") or text(said.context, "timezone"),
        "birthday_on": _birthday(traits),
        "first_seen_at": min(first_seen, said.happened_at) if first_seen else None,
        "company": text(company, "name") or text(traits, "company"),
        "traits": encoded({name: value for name, value in traits.items() if name not in _OWN}),
    }


def _lenient(traits: Object, name: str) -> datetime | None:
    """A moment; what is none says nothing, since a trait may be anything."""
    try:
        return moment(traits, name)
    except Problem:
        return None


def _birthday(traits: Object) -> date | None:
    found = _lenient(traits, "birthday")
    return found.astimezone(UTC).date() if found else None
