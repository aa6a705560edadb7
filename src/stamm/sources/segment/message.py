"""One message of a tracking client: who, when, what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stamm.sources.segment.problem import Problem
from stamm.sources.segment.values import Object, currency_of, inner, moment, number, text

TYPES = ("track", "identify", "page", "screen", "group", "alias")


@dataclass(frozen=True)
class Arrival:
    """How a message came here: from where, under which id, when, and when it was sent by the sender's own clock."""

    source: str
    message_id: str
    received_at: datetime
    sent_at: datetime | None = None


class Message:
    """A message in Segment's shape. Raises Problem where it does not say what it is, who it is about or when."""

    def __init__(self, said: Object, arrival: Arrival, currency: str) -> None:
        """`currency` is the organisation's, for amounts beside which none stands."""
        self.said, self.arrival, self._currency = said, arrival, currency
        self.type = text(said, "type") or text(said, "action") or ""
        if self.type not in TYPES:
            raise Problem("no_type", "type")
        self.user, self.anonymous = text(said, "userId"), text(said, "anonymousId")
        if self.user is None and self.anonymous is None:
            raise Problem("no_customer", "userId")
        self.context = inner(said, "context")
        self.properties, self.traits = inner(said, "properties"), inner(said, "traits")
        self.happened_at = self._happened()

    def _happened(self) -> datetime:
        """When it happened, put right by how far the sender's clock is from ours; never after it came here.

        As Segment defines it: received - (sent - said).
        """
        received = self.arrival.received_at
        told = moment(self.said, "originalTimestamp") or moment(self.said, "timestamp")
        if told is None:
            return received
        sent = self.arrival.sent_at or moment(self.said, "sentAt")
        return min(received, told if sent is None else received - (sent - told))

    @property
    def own_id(self) -> str:
        """What tells this message from all others, whoever sent them."""
        return f"{self.arrival.source}/{self.arrival.message_id}"

    @property
    def who(self) -> dict[str, Any]:
        """The customer, as a column of most facts."""
        return {"customer_id": self.user}

    # -- properties ------------------------------------------------------------------
    def text(self, *names: str) -> str | None:
        """The first of some properties that has a text in it."""
        return text(self.properties, *names)

    def needed(self, *names: str) -> str:
        """The same; raises Problem where there is none."""
        found = self.text(*names)
        if found is None:
            raise Problem("missing", names[0])
        return found

    def moment(self, name: str) -> datetime | None:
        """A moment among the properties."""
        return moment(self.properties, name)

    @property
    def currency(self) -> str:
        """The currency of the amounts in it."""
        return currency_of(self.properties, self._currency)

    def holds_number(self, name: str) -> bool:
        """Whether a property is a number, for properties of which nobody says what they are."""
        try:
            return number(self.properties, name) is not None
        except Problem:
            return False

    @property
    def campaign(self) -> str | None:
        """The campaign that brought the visit."""
        return text(inner(self.context, "campaign"), "name")
