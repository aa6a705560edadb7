"""E-mail: delivered, opened, clicked, come back, unsubscribed.

Each event is a row of the same message, which is told from others by the mail and by whom it was sent to. What is known
of it first counts: the first opening, not the last. Somebody who opened a mail was sent it, whether or not anybody said
so; so each event is also the latest moment at which it can have been sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from stamm.lang.example import rows
from stamm.sources.segment.message import Message
from stamm.sources.segment.semantic import Row, Semantic, Told
from stamm.sources.segment.values import inner, text

_SPEC = "https://segment.com/docs/connections/spec/email/"
#: browsers that are none: they fetch the pictures of a mail before, or instead of, a person
_PROXIES = ("googleimageproxy", "yahoomailproxy", "yahoo mail proxy", "outlook-ios-proxy", "bingpreview")
#: what Apple's privacy protection says of itself, and nobody else
_APPLE = "Mozilla/5.0"
_FILLS = {
    "messages.message_id": "`email_id`, with `userId` or `anonymousId`",
    "messages.customer_id": "`userId`",
    "messages.channel": "email",
    "messages.campaign": "`campaign_name` or `campaign_id`, else `context.campaign.name`",
    "messages.variant": "`variation_name` or `variation_id`",
    "messages.sent_at": "the earliest of the events",
}


class _Email(Semantic):
    abstract = True
    #: the columns that the event's moment fills
    moments: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        yield Row("messages", {**_message(said), **dict.fromkeys(("sent_at", *cls.moments), said.happened_at)})


class EmailDelivered(_Email):
    """A mail has arrived."""

    de = "E-Mail zugestellt"
    sentence_de = "Eine E-Mail ist angekommen."
    names = ("Email Delivered",)
    spec = _SPEC + "#email-delivered"
    moments = ("delivered_at",)
    fills: ClassVar[Mapping[str, str]] = {**_FILLS, "messages.delivered_at": "the moment of the event"}
    examples = (
        Told(
            {"email_id": "18vzF7u3z", "email_subject": "First shirt on us!", "campaign_id": "123"},
            {
                "messages": rows("""
                    message_id      customer_id  channel  campaign  sent_at           delivered_at
                    18vzF7u3z/anna  anna         email    123       2024-02-01T10:00  2024-02-01T10:00
                """)
            },
        ),
    )


class EmailOpened(_Email):
    """A mail was opened: by a person, or by a machine that fetches its pictures."""

    de = "E-Mail geöffnet"
    sentence_de = "Eine E-Mail wurde geöffnet: von einem Menschen oder von einer Maschine, die ihre Bilder lädt."
    names = ("Email Opened",)
    spec = _SPEC + "#email-opened"
    fills: ClassVar[Mapping[str, str]] = {
        **_FILLS,
        "messages.delivered_at": "the earliest of the events",
        "messages.opened_at": "the moment of the event",
        "messages.machine_opened_at": "the same, where `context.userAgent` is a proxy's or `machine_open` is true",
    }
    examples = (
        Told(
            {"email_id": "e1", "campaign_name": "spring", "campaign_id": "123"},
            {
                "messages": rows("""
                    message_id  campaign  delivered_at      opened_at         machine_opened_at
                    e1/anna     spring    2024-02-01T10:00  2024-02-01T10:00  -
                """)
            },
            beside={"context": {"userAgent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"}},
        ),
        Told(
            {"email_id": "e1"},
            {
                "messages": rows("""
                    message_id  opened_at  machine_opened_at
                    e1/anna     -          2024-02-01T10:00
                """)
            },
            beside={"context": {"userAgent": "Mozilla/5.0 (via ggpht.com GoogleImageProxy)"}},
        ),
    )

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        opened = "machine_opened_at" if _by_machine(said) else "opened_at"
        moments = dict.fromkeys(("sent_at", "delivered_at", opened), said.happened_at)
        yield Row("messages", {**_message(said), **moments})


class EmailLinkClicked(_Email):
    """A link in a mail was clicked."""

    de = "Link in E-Mail angeklickt"
    sentence_de = "Ein Link in einer E-Mail wurde angeklickt."
    names = ("Email Link Clicked", "Email Clicked")
    spec = _SPEC + "#email-link-clicked"
    moments = ("delivered_at", "clicked_at")
    fills: ClassVar[Mapping[str, str]] = {
        **_FILLS,
        "messages.delivered_at": "the earliest of the events",
        "messages.clicked_at": "the moment of the event",
    }
    examples = (
        Told(
            {"email_id": "e1", "link_url": "https://shop.example/spring"},
            {
                "messages": rows("""
                    message_id  delivered_at      clicked_at
                    e1/anna     2024-02-01T10:00  2024-02-01T10:00
                """)
            },
        ),
    )


class EmailBounced(_Email):
    """A mail came back."""

    de = "E-Mail zurückgekommen"
    sentence_de = "Eine E-Mail kam zurück."
    names = ("Email Bounced",)
    spec = _SPEC + "#email-bounced"
    moments = ("bounced_at",)
    fills: ClassVar[Mapping[str, str]] = {**_FILLS, "messages.bounced_at": "the moment of the event"}
    examples = (
        Told(
            {"email_id": "e1"},
            {
                "messages": rows("""
                    message_id  sent_at           bounced_at
                    e1/anna     2024-02-01T10:00  2024-02-01T10:00
                """)
            },
        ),
    )


class Unsubscribed(_Email):
    """Somebody has unsubscribed through a mail."""

    de = "Abgemeldet"
    sentence_de = "Jemand hat sich über eine E-Mail abgemeldet."
    names = ("Unsubscribed", "Email Unsubscribed")
    spec = _SPEC + "#unsubscribed"
    moments = ("delivered_at", "unsubscribed_at")
    stays_event = True
    fills: ClassVar[Mapping[str, str]] = {
        **_FILLS,
        "messages.delivered_at": "the earliest of the events",
        "messages.unsubscribed_at": "the moment of the event, where `email_id` says which mail it was",
    }
    examples = (
        Told(
            {"email_id": "e1", "list_name": "weekly"},
            {
                "messages": rows("""
                    message_id  unsubscribed_at
                    e1/anna     2024-02-01T10:00
                """),
                "events": rows("""
                    event_id  name
                    web/m1    Unsubscribed
                """),
            },
        ),
        Told({"list_name": "weekly"}, {"events": rows("event_id\nweb/m1")}),
    )

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        if said.text("email_id"):
            yield from super().rows(said)


def _message(said: Message) -> dict[str, Any]:
    return {
        "message_id": f"{said.needed('email_id')}/{said.user or said.anonymous}",
        **said.who,
        "channel": "email",
        "campaign": said.text("campaign_name", "campaign_id") or said.campaign,
        "variant": said.text("variation_name", "variation_id"),
    }


def _by_machine(said: Message) -> bool:
    agent = text(said.context, "userAgent", "user_agent") or text(inner(said.properties, "context"), "userAgent") or ""
    told = said.properties.get("machine_open") is True
    return told or agent == _APPLE or any(proxy in agent.lower() for proxy in _PROXIES)
