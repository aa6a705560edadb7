"""How a request finds who answers it, with as little in between as there can be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

Answering = Callable[[Request], Awaitable[Response]]


class Addresses(BaseRoute):
    """Addresses in which nothing is variable, found in one step instead of trying each; all take one method."""

    def __init__(self, method: str, answering: Mapping[str, Answering]) -> None:
        self._method, self._answering = method, answering
        #: the same as routes of their own
        self.routes = {path: Route(path, each, methods=[method]) for path, each in answering.items()}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As any route does."""
        if scope["type"] != "http" or _path(scope) not in self._answering:
            return Match.NONE, {}
        return (Match.FULL if scope["method"] == self._method else Match.PARTIAL), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As any route does."""
        if scope["method"] != self._method:
            await self.routes[_path(scope)].handle(scope, receive, send)
            return
        response = await self._answering[_path(scope)](Request(scope, receive))
        await response(scope, receive, send)


class OpenToPages(CORSMiddleware):
    """Pages of other sites may send. What names no origin, as programs do, has no part in it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"]):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
