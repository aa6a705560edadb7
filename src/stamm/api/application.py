"""/api/v1 as an ASGI application: who asks, what, and the answer in the form and language they wish."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib import import_module
from importlib.util import find_spec

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from stamm.api.front import front
from stamm.api.openapi import document
from stamm.api.parameters import Asked, refuse_tokens
from stamm.api.places import BASE, PLACES, Place
from stamm.api.problems import Problem, fault, problem_of
from stamm.api.readers import Readers
from stamm.api.replies import Reply, replying
from stamm.api.turns import GoneError, Turns
from stamm.lang.errors import StammError
from stamm.lang.language import CODES, Language
from stamm.people import Scope
from stamm.people.keys import secret_in

#: what is written down of a failure: its place and code, the kind of error; never what was asked or found
Tell = Callable[..., None]
#: nothing is for other pages, for caches that others share, or to be guessed at
_ALWAYS = {
    "Cache-Control": "private, no-cache",
    "Vary": "Authorization, Accept-Language, Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_CHALLENGE = 'Bearer realm="stamm", Basic realm="stamm", charset="UTF-8"'
#: where assistants ask
ASSISTANTS = "/api/mcp"
#: nobody asked any more; what is sent is not read
_GONE = 499


def takes(path: str) -> bool:
    """Whether an address is one of this application's."""
    return path.startswith("/api/")


def application(turns: Turns, readers: Readers, *, tell: Tell) -> Starlette:
    """The application, which closes both at its end; `tell` writes a line of its log."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        turns.close()
        readers.close()

    routes = [
        *(
            Route(BASE + place.path, partial(_answered, partial(_asked, place, turns, readers), tell))
            for place in PLACES
        ),
        Route(f"{BASE}/openapi.json", partial(_answered, _describe, tell)),
        *(Route(path, partial(_answered, _front, tell)) for path in (BASE, f"{BASE}/")),
        Route(ASSISTANTS, Assisted(turns, readers, tell), methods=["GET", "POST", "DELETE"]),
    ]
    return Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={HTTPException: _nowhere},
    )


async def _asked(place: Place, turns: Turns, readers: Readers, request: Request) -> Response:
    """Who asks is known before anything is read of what they ask."""
    refuse_tokens(request.query_params.multi_items())
    key = await readers.admit(secret_in(request.headers.get("authorization", "")), place.scope)
    key_asked, given = request.path_params.get("key", ""), request.query_params.multi_items()
    asked = Asked.of(key_asked, given, place.parameters, say=reader_of(request), scope=key.scope)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    work = replying(place, asked, request.headers.get("if-none-match", ""), packed=packed)
    reply: Reply = await turns.ask(work, _leaving(request))
    if reply.status == 200 and place.discloses(asked):
        await readers.write_down(key, place.path.replace("{key}", asked.key))
    return Response(reply.body, reply.status, {**_ALWAYS, **reply.headers})


class Assisted:
    """The address of assistants, where the package for them is installed; each is let in by their token, each time."""

    def __init__(self, turns: Turns, readers: Readers, tell: Tell) -> None:
        self._turns, self._readers, self._tell = turns, readers, tell

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        response = await _answered(partial(self._let_in, scope, receive, send), self._tell, request)
        if response is not _SENT:
            await response(scope, receive, send)

    async def _let_in(self, scope: AsgiScope, receive: Receive, send: Send, request: Request) -> Response:
        refuse_tokens(request.query_params.multi_items())
        if "origin" in request.headers:  # a page in a browser has no business here, whoever's token it holds
            raise Problem("wrong_scope", "Pages may not ask this.", remedy="Ask from a program.")
        key = await self._readers.admit(secret_in(request.headers.get("authorization", "")), Scope.READ)
        if find_spec("mcp") is None:
            raise Problem(
                "no_such_place",
                "The package for assistants is not installed.",
                remedy="Install it: `pip install 'stamm[mcp]'`.",
            )
        assistants = await asyncio.to_thread(import_module, "stamm.api.assistants")

        async def disclosed(place: Place, about: str) -> None:
            await self._readers.write_down(key, f"{place.tool} {about}")

        server = assistants.server_for(self._turns, key.scope, reader_of(request), disclosed=disclosed, tell=self._tell)
        await assistants.over_http(server, scope, receive, send)
        return _SENT


#: what was answered already
_SENT = Response()


async def _describe(request: Request) -> Response:
    """All of this, for programs."""
    Asked.of("", request.query_params.multi_items(), (), say=reader_of(request), scope=Scope.READ)
    return Response(msgspec.json.encode(document()), headers={**_ALWAYS, "Content-Type": "application/json"})


async def _front(request: Request) -> Response:
    """All of this, for people; a proxy in front may speak https, which matters to the examples alone."""
    refuse_tokens(request.query_params.multi_items())
    scheme = "https" if request.headers.get("x-forwarded-proto") == "https" else request.url.scheme
    page, rule = front(f"{scheme}://{request.url.netloc}", say := reader_of(request))
    headers = {
        "Content-Security-Policy": rule,
        "Content-Language": say.code,
        "Content-Type": "text/html; charset=utf-8",
    }
    return Response(page, headers={**_ALWAYS, **headers})


async def _answered(handler: Callable[[Request], Awaitable[Response]], tell: Tell, request: Request) -> Response:
    try:
        return await handler(request)
    except GoneError:
        return Response(status_code=_GONE)
    except Problem as error:
        problem = error
    except StammError as error:
        problem = problem_of(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, nobody is told what stood in the data
        tell("api_failed", place=request.scope["route"].path, error=type(error).__name__)
        problem = fault()
    if problem.code == "unusable":
        tell("api_refused", place=request.scope["route"].path, code=problem.code)
    return refused(problem, reader_of(request))


def refused(problem: Problem, say: Language) -> Response:
    """A problem as it goes out."""
    headers = {**_ALWAYS, "Content-Type": "application/problem+json", "Content-Language": say.code}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    if problem.status == 401:
        headers["WWW-Authenticate"] = _CHALLENGE
    return Response(msgspec.json.encode(problem.told(say)), problem.status, headers)


async def _nowhere(request: Request, error: Exception) -> Response:
    wrong = isinstance(error, HTTPException) and error.status_code == 405
    remedy = f"{BASE}/openapi.json tells all addresses."
    problem = Problem("no_such_place", "There is nothing at this address.", remedy=remedy)
    if wrong:
        problem = Problem("wrong_method", "This address does not take that method.", remedy="Ask with GET.")
    response = refused(problem, reader_of(request))
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


async def _leaving(request: Request) -> None:
    """Ends when the client has left."""
    while (await request.receive())["type"] != "http.disconnect":
        continue


def reader_of(request: Request) -> Language:
    """The language that whoever asks understands best: German where it is wished for before English."""
    wishes: list[tuple[float, int, str]] = []
    for place, wish in enumerate(request.headers.get("accept-language", "").split(",")):
        name, _, weight = wish.strip().partition(";q=")
        with suppress(ValueError):
            wishes.append((-float(weight or 1), place, name[:2].lower()))
    wished = (code for _, _, wish in sorted(wishes) for code in CODES if code == wish)
    return Language(next(wished, "en"))
