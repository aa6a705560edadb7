"""The addresses under which events come in."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stamm.ingest import messages
from stamm.ingest.admission import secret_of
from stamm.ingest.door import Door, Taken
from stamm.ingest.finding import Addresses, Answering, OpenToPages
from stamm.ingest.hooks import place_of, take_message
from stamm.ingest.openapi import document
from stamm.ingest.place import BODY, JSON, KEY, SCRIPT, SIGNATURE, TEXT, Place
from stamm.ingest.published import CAPTURED, TRACKED, TYPED, Answer, Batch, Event, Refused, shape
from stamm.ingest.published import Fault as Told
from stamm.ingest.records import tell
from stamm.ingest.refusals import BATCH_BYTES, EVENT_BYTES, Refusal
from stamm.ingest.script import PATH, Script
from stamm.people import Scope
from stamm.store.log import Outcome

#: by name, and by the letter that Segment's library for browsers uses
SINGLE = {"track": "t", "identify": "i", "page": "p", "screen": "s", "group": "g", "alias": "a"}
BATCHES = ("/v1/batch", "/v1/b", "/v1/import", "/batch", "/batch/")
#: PostHog's address for one event, or several
CAPTURES = ("/capture", "/capture/")
#: everything below these, and these themselves
BELOW = ("/v1/", "/hooks/")
OWN = frozenset({*BATCHES, *CAPTURES, PATH, "/healthz", "/readyz", "/metrics", "/openapi.json"})


def takes(path: str) -> bool:
    """Whether an address is one of this application's."""
    return path.startswith(BELOW) or path in OWN


def application(door: Door, *, hooks: Mapping[str, str] | None = None, close: bool = True) -> Starlette:
    """The ASGI application in front of a door, which is closed at its end; `hooks` holds the secret of each."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        if close:
            door.close()

    answering = [(place, _answering(place, door)) for place in places(hooks or {})]
    routes: list[BaseRoute] = [
        Addresses("POST", {place.path: each for place, each in answering if place.takes}),
        *(Route(place.path, each, methods=[place.method]) for place, each in answering if not place.takes),
    ]
    cors = Middleware(
        OpenToPages,
        allow_origins=["*"],
        allow_methods=["POST"],
        allow_headers=["Authorization", "Content-Type", "Content-Encoding"],
        max_age=86_400,
    )
    found = Starlette(
        routes=routes, middleware=[cors], lifespan=lifespan, exception_handlers={HTTPException: _not_found}
    )
    found.router.redirect_slashes = False  # behind a proxy it would send keys to an address without TLS
    return found


def places(hooks: Mapping[str, str]) -> tuple[Place, ...]:
    """All addresses, in their order."""
    taken: dict[str, Any] = {
        "also": {400: "The only event of the request cannot be understood; it is kept with the reason."},
        "refuses": (*BODY, *KEY, "too_many"),
        "key": ("header", "body"),
    }
    singles = tuple(
        Place(
            f"/v1/{path}",
            partial(take_event, type_=name),
            f"Takes in one event of type {name}.",
            takes=shape(Event, TRACKED if name == "track" else TYPED),
            **taken,
        )
        for name, letter in SINGLE.items()
        for path in (name, letter)
    )
    taken["refuses"] += ("no_json", "no_events")
    batches = tuple(
        Place(
            path,
            take_batch,
            "Takes in several events, each with its type or in PostHog's format.",
            takes=shape(Batch),
            **taken,
        )
        for path in BATCHES
    )
    captures = tuple(
        Place(
            path,
            take_capture,
            "Takes in one event of PostHog, or several under `batch`.",
            takes={"anyOf": [shape(Batch), shape(Event, CAPTURED)]},
            **taken,
        )
        for path in CAPTURES
    )
    hook = Place(
        "/hooks/{hook}",
        partial(take_hook, secrets=hooks),
        "Takes in a message of another system, signed by it.",
        refuses=(*BODY, *SIGNATURE, "not_stored"),
    )
    looks = (
        Place("/healthz", is_alive, "Tells whether the process answers.", method="GET", gives=TEXT),
        Place(
            "/readyz",
            is_ready,
            "Tells whether events can be stored.",
            method="GET",
            gives=TEXT,
            also={503: "They cannot; it is tried anew each time."},
        ),
        Place(
            "/metrics",
            measures,
            "Tells Prometheus how the server is, with a key that reads.",
            method="GET",
            gives=TEXT,
            refuses=KEY,
            key=("header",),
        ),
        Place(PATH, give_script, "Gives the script for pages.", method="GET", gives=SCRIPT),
        Place("/openapi.json", describe, "Tells programs all of this.", method="GET", gives=JSON),
    )
    return (*singles, *batches, *captures, hook, *looks)


# -- events --------------------------------------------------------------------------------------------------
async def take_event(door: Door, request: Request, *, type_: str) -> Response:
    """One event; what it is stands in the address."""
    return await _take(door, request, EVENT_BYTES, lambda body: messages.Request.of_event(body, type_))


async def take_batch(door: Door, request: Request) -> Response:
    """Several events under `batch`, each with its type."""
    return await _take(door, request, BATCH_BYTES, messages.Request.of_batch)


async def take_capture(door: Door, request: Request) -> Response:
    """One event of PostHog, or several under `batch`."""

    def read(body: bytes) -> messages.Request:
        try:
            return messages.Request.of_batch(body)
        except Refusal:
            return messages.Request.of_event(body)

    return await _take(door, request, BATCH_BYTES, read)


async def take_hook(door: Door, request: Request, *, secrets: Mapping[str, str]) -> Response:
    """A message of another system, signed by it."""
    outcomes = await take_message(door, request, secrets)
    return _json(_told(Taken(outcomes, ())), 200)


async def _take(door: Door, request: Request, most: int, read: Callable[[bytes], messages.Request]) -> Response:
    """Take in what the body holds; the answer is given when it is durable, or says that nothing was kept."""
    secret = secret_of(request)
    key = await door.admission.admit(secret, Scope.WRITE) if secret else None
    with door.bodies.receiving(of_stranger=key is None) as held:
        body = await held.read(request, most)
        if key is None:
            key = await door.admission.admit(messages.key_in(body), Scope.WRITE)
        told = read(body)
        entries = list(told.entries(key.source, door.now()))
        taken = await door.take(key, entries)
    return _json(_told(taken), 400 if taken.faults and len(entries) == 1 else 200)


def _told(taken: Taken) -> Answer:
    """What became of the events; a batch with some that failed is still a success: they are kept, not lost."""
    counted = taken.outcomes
    answer = Answer(
        success=True,
        accepted=counted[Outcome.ACCEPTED],
        duplicate=counted[Outcome.DUPLICATE] + counted[Outcome.CONFLICT],
        failed=counted[Outcome.FAILED],
        errors=[Told(fault.index, fault.message_id, fault.code, fault.sentence) for fault in taken.faults],
    )
    if len(taken.faults) == 1 == counted.total():
        answer.success, answer.code, answer.message = False, answer.errors[0].code, answer.errors[0].message
    return answer


# -- how the server is ---------------------------------------------------------------------------------------
async def is_alive(door: Door, request: Request) -> Response:
    """Whether the process answers."""
    del door, request
    return Response("alive\n", media_type=TEXT)


async def is_ready(door: Door, request: Request) -> Response:
    """Whether events can be kept."""
    del request
    ready = await door.is_ready()
    return Response("ready\n" if ready else "not ready\n", 200 if ready else 503, media_type=TEXT)


async def measures(door: Door, request: Request) -> Response:
    """What Prometheus asks for; a key that only writes does not read it."""
    await door.admission.admit(secret_of(request), Scope.READ)
    told = await door.look(partial(generate_latest, door.measures.registry))
    return Response(told, media_type=CONTENT_TYPE_LATEST)


async def describe(door: Door, request: Request) -> Response:
    """All addresses, for programs."""
    del door, request
    return Response(_description(), media_type=JSON)


async def give_script(door: Door, request: Request) -> Response:
    """The script for pages, which sends what visitors do."""
    del door
    return _script().answer(request)


@cache
def _script() -> Script:
    return Script.read()


@cache
def _description() -> bytes:
    return msgspec.json.encode(document(places({})))


# -- answers -------------------------------------------------------------------------------------------------
def _answering(place: Place, door: Door) -> Answering:
    async def answer(request: Request) -> Response:
        begun = time.perf_counter()
        try:
            response = await place.handler(door, request)
        except Refusal as refusal:
            door.measures.refused.labels(refusal.code).inc()
            response = _refused(refusal)
            tell("refused", place=place_of(place.path, request), code=refusal.code, status=refusal.status)
        door.measures.answered(place.path, response.status_code, time.perf_counter() - begun)
        return response

    return answer


def _refused(refusal: Refusal) -> Response:
    response = _json(Refused(success=False, code=refusal.code, message=refusal.sentence), refusal.status)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after)))
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="stamm", charset="UTF-8"'
    if refusal.status in (408, 413):
        response.headers["Connection"] = "close"  # what still comes is not read
    return response


async def _not_found(request: Request, error: Exception) -> Response:
    del request
    found = error.status_code if isinstance(error, HTTPException) else 404
    response = _refused(Refusal("wrong_method" if found == 405 else "no_such_place"))
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _json(content: object, status: int) -> Response:
    return Response(msgspec.json.encode(content), status, media_type=JSON)
