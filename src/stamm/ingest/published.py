"""The shapes in which senders write and are answered, as `/openapi.json` publishes them.

Whoever keeps to them is taken in. The door itself looks at less, and what it cannot understand it keeps, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from stamm.sources.segment.message import TYPES

#: where a shape is found in the description
REF = "#/components/schemas/{name}"
#: characters of a message id
ID_LENGTH = 256
#: a sign in it that is seen
_SEEN = r"[^\s\x00-\x1f\x85]"
_Text = Annotated[str, Meta(pattern=_SEEN)]
_MessageId = Annotated[str, Meta(pattern=_SEEN, max_length=ID_LENGTH)]
_Moment = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
_Object = dict[str, Any]
Schema = Mapping[str, Any]


def _has(*names: str, **also: Any) -> dict[str, Any]:
    return {"required": list(names), **also}


#: who an event is about, in words of Segment and of PostHog
_WHO = {"anyOf": [_has("userId"), _has("anonymousId")]}
_POSTHOG = _has("event", "distinct_id", **{"not": _WHO})
#: what an event has to say where its type stands in the address; of a track call; where it stands nowhere else
TYPED: Schema = _WHO
TRACKED: Schema = {"anyOf": [_has("event", **_WHO), _POSTHOG]}
CAPTURED: Schema = {
    "anyOf": [
        _has("type", properties={"type": {"enum": [name for name in TYPES if name != "track"]}}, **_WHO),
        _has("type", "event", **_WHO),
        _POSTHOG,
    ]
}


class Event(
    Struct,
    rename={
        "message_id": "messageId",
        "user_id": "userId",
        "anonymous_id": "anonymousId",
        "previous_id": "previousId",
        "group_id": "groupId",
        "sent_at": "sentAt",
        "write_key": "writeKey",
    },
):
    """What somebody did, in Segment's format or PostHog's. Whatever else stands in it is kept with it."""

    type: (
        Annotated[
            Literal["track", "identify", "page", "screen", "group", "alias"],
            Meta(description="What it is; not needed where the address says it."),
        ]
        | UnsetType
    ) = UNSET
    message_id: (
        Annotated[_MessageId, Meta(description="Tells it from all others of its source. Sent again, it counts once.")]
        | UnsetType
    ) = UNSET
    uuid: Annotated[_MessageId, Meta(description="What PostHog calls messageId.")] | UnsetType = UNSET
    event: Annotated[_Text, Meta(description="The name of what was done.")] | UnsetType = UNSET
    user_id: Annotated[_Text, Meta(description="The customer; a whole number is read as a text, too.")] | UnsetType = (
        UNSET
    )
    anonymous_id: Annotated[_Text, Meta(description="The device, also while nobody says whose it is.")] | UnsetType = (
        UNSET
    )
    distinct_id: (
        Annotated[_Text, Meta(description="Who, in PostHog's word; also among the properties.")] | UnsetType
    ) = UNSET
    previous_id: Annotated[_Text, Meta(description="Of an alias: the id before.")] | UnsetType = UNSET
    group_id: Annotated[_Text, Meta(description="Of a group call: the company.")] | UnsetType = UNSET
    timestamp: Annotated[_Moment, Meta(description="When it happened, by the sender's clock.")] | UnsetType = UNSET
    properties: Annotated[_Object, Meta(description="More on what was done.")] | UnsetType = UNSET
    traits: Annotated[_Object, Meta(description="What is known of the customer or the company.")] | UnsetType = UNSET
    context: Annotated[_Object, Meta(description="More on where it was done.")] | UnsetType = UNSET
    sent_at: Annotated[_Moment, Meta(description="When it was sent, by the sender's clock.")] | UnsetType = UNSET
    write_key: Annotated[str, Meta(description="The key, where no header holds it.")] | UnsetType = UNSET
    api_key: Annotated[str, Meta(description="What PostHog calls writeKey.")] | UnsetType = UNSET


class Batch(Struct, rename={"sent_at": "sentAt", "write_key": "writeKey"}):
    """Several events, each judged by itself."""

    batch: list[Annotated[Event, Meta(extra_json_schema=dict(CAPTURED))]]
    context: Annotated[_Object, Meta(description="What holds for each of them, where it does not say so itself.")] = {}
    sent_at: Annotated[_Moment, Meta(description="When they were sent, by the sender's clock.")] | UnsetType = UNSET
    write_key: Annotated[str, Meta(description="The key, where no header holds it.")] | UnsetType = UNSET
    api_key: Annotated[str, Meta(description="What PostHog calls writeKey.")] | UnsetType = UNSET


class Fault(Struct, rename="camel"):
    """An event that cannot be understood. It is kept with the reason; mended, it may be sent again."""

    index: Annotated[int, Meta(ge=0, description="Its place in the batch.")]
    message_id: str
    code: str
    message: str


class Answer(Struct, omit_defaults=True):
    """What became of the events; all of it is on the disk."""

    success: bool
    accepted: Annotated[int, Meta(ge=0, description="New.")]
    duplicate: Annotated[int, Meta(ge=0, description="Had come before; the first body stays.")]
    failed: Annotated[int, Meta(ge=0, description="Cannot be understood, and kept with the reason.")]
    errors: list[Fault] = []
    code: str | UnsetType = UNSET
    message: str | UnsetType = UNSET


class Refused(Struct):
    """A request of which nothing was taken in."""

    success: Literal[False]
    code: str
    message: str


def shape(of: type[Struct], says: Schema | None = None) -> Schema:
    """A shape by its name, and what it has to say beyond that."""
    return {"$ref": REF.format(name=of.__name__), **(says or {})}
