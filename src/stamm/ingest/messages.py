"""From the body of a request to entries of the log: each event as its sender wrote it, or with why it is none.

Only what the door needs is looked at: the id, the type, who it is about. What the event means is read on the way into
the lake, from the same bytes, so that what is not understood today can be read again tomorrow.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from stamm.ingest.published import ID_LENGTH
from stamm.ingest.refusals import BATCH_EVENTS, EVENT_BYTES, SHARED_BYTES, Refusal
from stamm.ingest.splitting import split_batch
from stamm.sources.segment.message import TYPES
from stamm.store.log import Entry

#: what belongs to one attempt to send, not to the event; the key is nobody's business later
_OF_THE_ATTEMPT = ("writeKey", "write_key", "api_key", "sentAt", "sent_at")
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]
    context: msgspec.Raw = msgspec.Raw(b"")
    writeKey: Any = None  # noqa: N815 - as it is sent
    api_key: Any = None
    sentAt: Any = None  # noqa: N815
    sent_at: Any = None


class _Keyed(msgspec.Struct):
    writeKey: Any = None  # noqa: N815
    api_key: Any = None


class _Event(msgspec.Struct, gc=False):
    type: Any = None
    action: Any = None
    messageId: Any = None  # noqa: N815
    uuid: Any = None
    event: Any = None
    userId: Any = None  # noqa: N815
    anonymousId: Any = None  # noqa: N815
    distinct_id: Any = None
    properties: msgspec.Raw = msgspec.Raw(b"")
    timestamp: Any = None
    sentAt: Any = None  # noqa: N815
    sent_at: Any = None
    writeKey: Any = None  # noqa: N815
    api_key: Any = None


class _Plain(_Event, kw_only=True, gc=False):
    """One with an id, a type and a customer, all of them texts, and with nothing of an attempt to send."""

    type: str
    messageId: Annotated[str, msgspec.Meta(max_length=ID_LENGTH)]  # noqa: N815
    event: str | None = None
    userId: str | None = None  # noqa: N815
    anonymousId: str | None = None  # noqa: N815
    sentAt: None = None  # noqa: N815
    sent_at: None = None
    writeKey: None = None  # noqa: N815
    api_key: None = None


_PLAIN = msgspec.json.Decoder(_Plain)
_BATCH, _EVENT = msgspec.json.Decoder(_Batch), msgspec.json.Decoder(_Event)
_KEYED = msgspec.json.Decoder(_Keyed)
#: a key in what is no JSON
_KEY = re.compile(rb'("(?:writeKey|write_key|api_key)"\s*:\s*)"([^"\\]*)"')


def key_in(body: bytes) -> str:
    """The key in a body, looked for before anything else in it is: of a stranger's nothing more is read."""
    try:
        _check_text(body)
        found = _KEYED.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        written = _KEY.search(body)
        return written[2].decode("ascii", "replace") if written else ""
    return _text(found.writeKey) or _text(found.api_key)


@dataclass(frozen=True, slots=True)
class Request:
    """What a body says before anything is known of who sent it."""

    events: list[bytes]
    sent_at: datetime | None

    @classmethod
    def of_batch(cls, body: bytes) -> Request:
        """The events of a batch; raises Refusal where there is no list of them."""
        try:
            _check_text(body)
            found = _BATCH.decode(body)
            events = [bytes(event) for event in found.batch]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            split = split_batch(body)
            if split is None:
                raise Refusal("no_events" if isinstance(error, msgspec.ValidationError) else "no_json") from error
            events, rest = split
            found = _rest_of(rest)
        context = bytes(found.context)
        if len(events) > BATCH_EVENTS or len(events) * len(context) > SHARED_BYTES:
            raise Refusal("too_large")
        if context not in (b"", b"null", b"{}"):
            events = [_with_context(event, context) for event in events]
        return cls(events, _moment(found.sentAt or found.sent_at))

    @classmethod
    def of_event(cls, body: bytes, type_: str = "") -> Request:
        """The one event that a body is; `type_` where the address says what it is."""
        try:
            _check_text(body)
            told = _OBJECT.decode(body)
            found = _EVENT.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return cls([body], None)  # judged, and kept, as it is
        said = {name: raw for name, raw in told.items() if name not in _OF_THE_ATTEMPT}
        if type_:
            said["type"] = msgspec.Raw(msgspec.json.encode(type_))
        return cls([msgspec.json.encode(said)], _moment(found.sentAt or found.sent_at))

    def entries(self, source: str, received_at: datetime) -> Iterator[Entry]:
        """The events as entries of the log; those that are none with a reason."""
        for body in self.events:
            message_id = _plain_id(body)
            if message_id:
                yield Entry(source, message_id, body, received_at, self.sent_at)
            else:
                yield _entry(body, source, received_at, self.sent_at)


def _rest_of(rest: bytes) -> _Batch:
    """What stands beside the events of a batch of which one is broken."""
    try:
        _check_text(rest)
        return _BATCH.decode(rest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal("no_json") from error


def _plain_id(body: bytes) -> str:
    """The id of an event as nearly all are; an empty text for one that `_entry` has to look at, which says the same."""
    if len(body) > EVENT_BYTES:
        return ""
    try:
        found = _PLAIN.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    message_id, whose = found.messageId, found.userId or found.anonymousId
    if not whose or whose.isspace() or message_id != message_id.strip() or found.type not in TYPES:
        return ""
    if found.type == "track" and (not found.event or found.event.isspace()):
        return ""
    return message_id


def _entry(body: bytes, source: str, received_at: datetime, sent_at: datetime | None) -> Entry:
    reason, message_id = "", ""
    try:
        if len(body) > EVENT_BYTES:
            reason = "too_large"
        found = _EVENT.decode(body)
        if found.sentAt is not None or found.sent_at is not None or found.writeKey or found.api_key:
            sent_at = sent_at or _moment(found.sentAt or found.sent_at)
            body = _without_attempt(body)
        reason = reason or _fault(found)
        message_id = _message_id(found, body)
        if not message_id:
            reason = reason or "no_id:messageId"
    except RecursionError:
        reason, body = reason or "too_deep", _KEY.sub(rb'\1""', body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        reason, body = reason or _why_no_json(body), _KEY.sub(rb'\1""', body)
    return Entry(source, message_id, body, received_at, sent_at, reason)


def _fault(event: _Event) -> str:
    """Why an event is none; an empty text where it is one."""
    if event.userId is None and event.anonymousId is None and event.event is not None and _distinct(event):
        return ""  # PostHog's
    if (_text(event.type) or _text(event.action)) not in TYPES:
        return "no_type:type"
    if not _text(event.userId) and not _text(event.anonymousId):
        return "no_customer:userId"
    if event.type == "track" and not _text(event.event):
        return "no_name:event"
    return ""


def _distinct(event: _Event) -> str:
    if event.distinct_id is None and b"distinct_id" in bytes(event.properties):
        try:
            return _text(msgspec.json.decode(event.properties).get("distinct_id"))
        except (msgspec.DecodeError, AttributeError, UnicodeDecodeError):
            return ""
    return _text(event.distinct_id)


def _message_id(event: _Event, body: bytes) -> str:
    """What tells the event from all others; empty where what is given is no id.

    Without one, an event that says when it happened is known by its content, so that it counts once however often it
    is sent; any other is taken for one of its own.
    """
    given = event.messageId if event.messageId is not None else event.uuid
    if given is not None:
        found = _text(given)
        return found if len(found) <= ID_LENGTH else ""
    if event.timestamp is not None:
        return "content-" + hashlib.blake2b(body, digest_size=16).hexdigest()
    return str(uuid.uuid4())


def _why_no_json(body: bytes) -> str:
    """The reason for what the strict parser refused."""
    try:
        found = json.loads(body.decode(), parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        return "too_deep"
    except UnicodeEncodeError:
        return "no_text"
    except ValueError:
        return "no_json"
    return "no_json" if isinstance(found, dict) else "no_object"


def _refuse(word: str) -> None:
    raise ValueError(word)


# -- parts of an event ---------------------------------------------------------------------------------------
def _without_attempt(body: bytes) -> bytes:
    told = _OBJECT.decode(body)
    return msgspec.json.encode({name: raw for name, raw in told.items() if name not in _OF_THE_ATTEMPT})


def _with_context(body: bytes, context: bytes) -> bytes:
    """The event with what its batch says of all of them; what it says itself goes first."""
    try:
        told, shared = _OBJECT.decode(body), _OBJECT.decode(context)
        own = _OBJECT.decode(told["context"]) if "context" in told else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body
    told["context"] = msgspec.Raw(msgspec.json.encode({**shared, **own}))
    return msgspec.json.encode(told)


def _check_text(body: bytes) -> None:
    """Raise UnicodeDecodeError where it is not UTF-8."""
    if not body.isascii():
        body.decode()


def _text(value: object) -> str:
    """A text with something in it, or a whole number as one; an empty text for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**30 else ""
    return value.strip() if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    """When something was sent, by the sender's clock; nothing where that cannot be read, since nobody depends on it."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
