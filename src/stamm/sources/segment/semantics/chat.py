"""Conversations with customer service: each is a ticket.

Messages come in any order and some never do: a ticket was opened at the earliest of its events, and first answered at
the earliest of its answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from stamm.lang.example import rows
from stamm.sources.segment.message import Message
from stamm.sources.segment.semantic import Row, Semantic, Told

_SPEC = "https://segment.com/docs/connections/spec/live-chat/"
_FILLS = {
    "tickets.ticket_id": "`conversation_id`",
    "tickets.customer_id": "`userId`",
    "tickets.channel": "chat",
    "tickets.topic": "`topic`",
    "tickets.opened_at": "the earliest of the events",
}


class _Chat(Semantic):
    abstract = True
    moments: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def rows(cls, said: Message) -> Iterator[Row]:
        ticket: dict[str, Any] = {"ticket_id": said.needed("conversation_id"), **said.who, "channel": "chat"}
        topic = said.text("topic")
        if topic is not None:
            ticket["topic"] = topic
        yield Row("tickets", {**ticket, **dict.fromkeys(("opened_at", *cls.moments), said.happened_at)})


class LiveChatConversationStarted(_Chat):
    """A customer has begun a conversation, or gone on with it."""

    de = "Gespräch begonnen"
    sentence_de = "Ein Kunde hat ein Gespräch begonnen oder fortgesetzt."
    names = ("Live Chat Conversation Started", "Live Chat Message Sent")
    spec = _SPEC + "#live-chat-conversation-started"
    fills: ClassVar[Mapping[str, str]] = _FILLS
    examples = (
        Told(
            {"agent_id": "bce89acdd11901", "conversation_id": "abd627dbecffc", "message_body": "But my stapler..."},
            {
                "tickets": rows("""
                    ticket_id      customer_id  channel  opened_at
                    abd627dbecffc  anna         chat     2024-02-01T10:00
                """)
            },
        ),
    )


class LiveChatMessageReceived(_Chat):
    """A customer was answered."""

    de = "Antwort erhalten"
    sentence_de = "Ein Kunde hat eine Antwort erhalten."
    names = ("Live Chat Message Received",)
    spec = _SPEC + "#live-chat-message-received"
    moments = ("first_reply_at",)
    fills: ClassVar[Mapping[str, str]] = {**_FILLS, "tickets.first_reply_at": "the earliest of these events"}
    examples = (
        Told(
            {"conversation_id": "c1", "topic": "delivery"},
            {
                "tickets": rows("""
                    ticket_id  topic     opened_at         first_reply_at
                    c1         delivery  2024-02-01T10:00  2024-02-01T10:00
                """)
            },
        ),
    )


class LiveChatConversationEnded(_Chat):
    """A conversation was ended."""

    de = "Gespräch beendet"
    sentence_de = "Ein Gespräch wurde beendet."
    names = ("Live Chat Conversation Ended",)
    spec = _SPEC + "#live-chat-conversation-ended"
    moments = ("resolved_at",)
    fills: ClassVar[Mapping[str, str]] = {**_FILLS, "tickets.resolved_at": "the latest of these events"}
    examples = (
        Told(
            {"conversation_id": "c1"},
            {
                "tickets": rows("""
                    ticket_id  resolved_at
                    c1         2024-02-01T10:00
                """)
            },
        ),
    )
