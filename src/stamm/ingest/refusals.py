"""What is not taken in, and how it is told: a status, a code for programs, a sentence for people.

Here is what a whole request is refused for. A single event that is none has a code of `sources.segment.problem`.
"""

from __future__ import annotations

from collections.abc import Mapping

#: bytes of one event, and of one request, as they are after decompression
EVENT_BYTES = 32 * 1024
BATCH_BYTES = 500 * 1024
BATCH_EVENTS = 10_000
#: bytes of all that a batch says of its events together, once each of them has it
SHARED_BYTES = 8 * BATCH_BYTES
_TOO_LARGE = (
    f"One event has at most {EVENT_BYTES:,} bytes, a batch {BATCH_BYTES:,} and {BATCH_EVENTS:,} events, "
    "also decompressed."
)

#: a request as a whole: nothing of it is kept. Code -> status and sentence
REQUESTS: Mapping[str, tuple[int, str]] = {
    "no_json": (400, "The body is not JSON as RFC 8259 writes it, encoded in UTF-8."),
    "no_events": (400, "The body holds no list of events under `batch`."),
    "no_object": (400, "The message is no JSON object."),
    "no_gzip": (400, "The body is not what Content-Encoding says it is."),
    "no_key": (401, "Send a write key: as the user name of Basic authentication, or as `writeKey` in the body."),
    "unknown_key": (401, "There is no such key, or it is revoked."),
    "signature_missing": (401, "The message is not signed."),
    "signature_wrong": (401, "The signature does not fit the message and the secret."),
    "signature_old": (401, "The message was signed too long ago, or in the future."),
    "wrong_scope": (403, "The key is not for this."),
    "no_hook": (404, "There is no such hook, or no secret is set for it."),
    "no_such_place": (404, "There is nothing at this address."),
    "wrong_method": (405, "This address does not take that method."),
    "too_slow": (408, "The body did not arrive in time."),
    "too_large": (413, _TOO_LARGE),
    "unknown_encoding": (415, "Send the body plain or with Content-Encoding: gzip."),
    "too_many": (429, "The key has sent more events than it may; wait as long as Retry-After says."),
    "overloaded": (503, "More is waiting than can be written; nothing was kept. Try again as Retry-After says."),
    "not_stored": (503, "The events could not be stored just now. Try again as Retry-After says; each counts once."),
}


class Refusal(Exception):  # noqa: N818 - an answer, not an error of ours
    """A request that is answered with a code instead of being taken in."""

    def __init__(self, code: str, sentence: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status, usual = REQUESTS[code]
        self.sentence = sentence or usual
        self.retry_after = retry_after
