"""An address of the door: who answers there, and what it takes and gives, said once beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from stamm.ingest.door import Door
from stamm.ingest.published import Answer, Schema, shape

Handler = Callable[[Door, Request], Awaitable[Response]]
#: media types
JSON, TEXT, SCRIPT = "application/json", "text/plain", "text/javascript"
#: codes of `refusals.REQUESTS` that come of reading a body, and of asking for a key
BODY = ("no_gzip", "too_slow", "too_large", "unknown_encoding", "overloaded")
KEY = ("no_key", "unknown_key", "wrong_scope", "not_stored")
SIGNATURE = ("signature_missing", "signature_wrong", "signature_old", "no_hook", "no_json", "no_object")


@dataclass(frozen=True)
class Place:
    """An address, and all that a stranger has to know of it.

    `takes` is the shape of the body; `gives` that of the answer, or its media type where the shape is not ours. `also`
    are statuses beside 200 with which it answers alike, and what each means; `refuses` the codes with which a request
    is not taken in. `key` says where a key may stand: nowhere where anybody may ask.
    """

    path: str
    handler: Handler
    says: str
    method: str = "POST"
    takes: Schema = field(default_factory=dict)
    gives: Schema | str = field(default_factory=lambda: shape(Answer))
    also: Mapping[int, str] = field(default_factory=dict)
    refuses: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
