"""Klaviyo's events about messages, as its interface lists them together with metrics and profiles.

Ask for `api/events?include=metric,profile`: an event knows by numbers only what it is and whom it is about. A message
is known by its number and its profile. Of several opens or clicks the first counts. An open that Klaviyo takes for
Apple's privacy proxy (`machine_open`) is no person's. A message was sent when it was received, or at the first thing
known of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stamm.facts.faults import MISSING
from stamm.sources.exports import Documents, FaultError, Known, Rows
from stamm.sources.exports.kind import Thing
from stamm.sources.exports.sending import Sending, moment_of
from stamm.sources.exports.values import Object, at, customer_of, first, part, text

#: by the name of the metric: the channel, and what it says became of the message
METRICS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Received Email": ("email", ("sent_at", "delivered_at")),
    "Opened Email": ("email", ("opened_at",)),
    "Clicked Email": ("email", ("clicked_at",)),
    "Bounced Email": ("email", ("bounced_at",)),
    "Dropped Email": ("email", ("bounced_at",)),
    "Unsubscribed from Email Marketing": ("email", ("unsubscribed_at",)),
    "Sent SMS": ("sms", ("sent_at",)),
    "Received SMS": ("sms", ("delivered_at",)),
    "Clicked SMS": ("sms", ("clicked_at",)),
    "Failed to Deliver SMS": ("sms", ("bounced_at",)),
    "Unsubscribed from SMS Marketing": ("sms", ("unsubscribed_at",)),
    "Received Push": ("push", ("sent_at", "delivered_at")),
    "Opened Push": ("push", ("opened_at",)),
    "Bounced Push": ("push", ("bounced_at",)),
}


class Klaviyo(Documents):
    """Klaviyo's events about mails, text messages and pushes, as JSON of its interface."""

    en = "Klaviyo"
    de = "Klaviyo"
    sentence_de = "Klaviyos Ereignisse zu Mails, SMS und Push-Nachrichten, als JSON seiner Schnittstelle."
    cited = "https://developers.klaviyo.com/en/reference/get_events"
    makes = ("messages",)
    envelopes = ("data",)

    def ours(self, value: Object) -> bool:
        return value.get("type") == "event" and "attributes" in value and "relationships" in value

    def opened(self, value: Any) -> list[Any]:
        """Events with the metric and the profile that are listed beside them."""
        events = super().opened(value)
        beside = value.get("included") if isinstance(value, Mapping) else None
        if not isinstance(beside, list):
            return events
        known = {(text(one.get("type")), text(one.get("id"))): one for one in beside if isinstance(one, Mapping)}
        return [
            {**event, **{kind: known.get((kind, _number(event, kind))) for kind in ("metric", "profile")}}
            if isinstance(event, Mapping)
            else event
            for event in events
        ]

    def gathered(self, fact: str, things: Iterator[Thing[Object]]) -> Iterator[Thing[Object]]:
        """What is told of each message, together."""
        del fact
        sending = Sending()
        for thing in things:
            if not isinstance(thing, Known) or not self.ours(thing.content):
                yield thing
                continue
            try:
                if not _told(thing, sending):
                    yield Known(thing.line, {})
            except FaultError as fault:
                yield Known(thing.line, {"fault": fault})
        for line, row in sending.rows(self.recall):
            yield Known(line, {"row": row})

    def messages(self, thing: Known[Object]) -> Rows:
        """A message and what became of it."""
        yield thing.content.get("fault") or thing.content.get("row")


def _number(event: Object, kind: str) -> str | None:
    return text(at(event, "relationships", kind, "data", "id"))


def _told(thing: Known[Object], sending: Sending) -> bool:
    """Note what an event tells of a message; whether it is about one."""
    event = thing.content
    said = part(event, "attributes")
    about = part(said, "event_properties")
    name = text(at(event, "metric", "attributes", "name"))
    if name is None:
        raise FaultError("metric", "is a number only; ask for include=metric,profile", event.get("id"))
    if name not in METRICS:
        return False
    number, profile = first(about.get("$message"), about.get("$message_interaction")), _number(event, "profile")
    if number is None or profile is None:
        raise FaultError("$message", MISSING, event.get("id"))
    channel, columns = METRICS[name]
    if columns == ("opened_at",) and str(about.get("machine_open")).lower() == "true":
        columns = ("machine_opened_at",)
    moment = moment_of(said.get("datetime"), "datetime")
    person = part(event, "profile").get("attributes")
    sending.tell(
        f"{number}-{profile}",
        thing.line,
        customer_id=customer_of(
            at(event, "profile", "attributes", "email"), at(event, "profile", "attributes", "phone_number"), profile
        )
        if person
        else None,
        channel=channel,
        campaign=first(about.get("Campaign Name"), about.get("$flow_name"), about.get("$flow")),
        **dict.fromkeys(columns, moment),
    )
    return True
