"""What a hook is: how a sender signs its messages, and the source that reads them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal

from stamm.lang.definition import Definition
from stamm.lang.organisation import Organisation
from stamm.sources.exports import Documents
from stamm.sources.exports.records import value_of
from stamm.sources.kind import Chunk, Reject
from stamm.sources.reading.objects import UnsoundError

Code = Literal["signature_missing", "signature_wrong", "signature_old", "not_json", "no_object"]

#: the status with which each refusal is answered. A sender tries again after any of them, so that a wrong secret
#: that is corrected in time loses nothing
STATUS: Mapping[Code, int] = {
    "signature_missing": 401,
    "signature_wrong": 401,
    "signature_old": 401,
    "not_json": 400,
    "no_object": 422,
}


@dataclass(frozen=True)
class Refusal:
    """Why a message is not taken; neither code nor reason repeats anything of it."""

    code: Code
    reason: str

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return STATUS[self.code]


@dataclass(frozen=True)
class Message:
    """A message whose signature is right, and by what it is known if it comes again."""

    message_id: str
    value: Any


@dataclass(frozen=True)
class Delivery:
    """A message whose signature is right: by what it is known if it comes again, and the facts in it.

    A fact that cannot be read is a reject of its chunk. A message of another kind, which nobody reads, has no facts.
    """

    message_id: str
    chunks: tuple[Chunk, ...]


class Hook(Definition):
    """A system that sends signed messages.

    The docstring's first line says in English who sends, `sentence_de` in German.
    """

    abstract = True
    #: what reads a message
    source: ClassVar[type[Documents]]
    #: seconds that a signature holds, where the sender signs the time
    tolerance: ClassVar[int] = 300

    def check(self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Refusal | None:
        """What is wrong with the signature. The names of the headers are in small letters."""
        raise NotImplementedError

    def message_id(self, headers: Mapping[str, str], value: Any) -> str | None:
        """By what the sender knows a message, whenever it comes again."""
        raise NotImplementedError

    def tests_the_line(self, body: bytes) -> bool:
        """Whether this is no message but the sender's question whether anybody is here; it needs no signature."""
        del body
        return False

    def receive(
        self, headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime, organisation: Organisation
    ) -> Delivery | Refusal:
        """A message as it came, byte for byte: the facts in it, or why it is refused."""
        if self.tests_the_line(body):
            return Delivery("", ())
        message = self.verified(headers, body, secret, now=now)
        if isinstance(message, Refusal):
            return message
        source = self.source()
        found = [source.known(one, 1, self.key, live=True) for one in source.opened(message.value)]
        things = [one for one in found if not isinstance(one, Reject)]
        # a sender that is told off for messages of other kinds stops sending
        chunks = tuple(source.facts([one for one in things if source.ours(one.content)], self.key, organisation))
        return Delivery(message.message_id, chunks)

    def verified(self, headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime) -> Message | Refusal:
        """What was sent and by what it is known, or why it is refused.

        An empty secret refuses everything: nobody could tell who sends.
        """
        small = {name.lower(): value for name, value in headers.items()}
        if not secret:
            return Refusal("signature_wrong", "No secret is set for this hook.")
        if refusal := self.check(small, body, secret, now):
            return refusal
        try:
            value = value_of(body)
        except UnsoundError:
            return Refusal("not_json", "The message is not JSON.")
        source = self.source()
        if any(isinstance(source.known(one, 1, self.key), Reject) for one in source.opened(value)):
            return Refusal("no_object", "The message is no object.")
        return Message(self.message_id(small, value) or digest(body), value)


def signed(secret: str, *parts: bytes) -> bytes:
    """HMAC-SHA256 of parts one behind the other."""
    return hmac.new(secret.encode(), b"".join(parts), hashlib.sha256).digest()


def digest(body: bytes) -> str:
    """What stands for a message that has no number."""
    return hashlib.sha256(body).hexdigest()


def same(given: str, expected: str) -> bool:
    """Whether two signatures are equal, found out in a time that does not tell where they differ."""
    return hmac.compare_digest(given.strip().encode("utf-8", "replace"), expected.encode())


def too_old(seconds: float, now: datetime, tolerance: int) -> bool:
    """Whether a time of signing lies further from now than is tolerated, in either direction."""
    return not abs(now.timestamp() - seconds) <= tolerance


MISSING = Refusal("signature_missing", "The message is not signed.")
WRONG = Refusal("signature_wrong", "The signature does not fit the message and the secret.")
OLD = Refusal("signature_old", "The message was signed too long ago, or in the future.")
