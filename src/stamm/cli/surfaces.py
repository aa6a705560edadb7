"""Several surfaces behind one port: each is given its own addresses, and the pages all others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True)
class Surface:
    """An application and the addresses that are its own; its lifespan is part of the server's."""

    takes: Callable[[str], bool]
    application: Starlette


class Surfaces:
    """One ASGI application. An address is looked at once, before any other code: taking events in costs nothing more.

    `others` answers what belongs to no surface; it has no lifespan.
    """

    def __init__(self, *surfaces: Surface, others: ASGIApp) -> None:
        self._surfaces, self._others = surfaces, others
        self._lifespan = Router(lifespan=self._live)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the surface that takes it."""
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
            return
        path = scope["path"]
        for surface in self._surfaces:
            if surface.takes(path):
                await surface.application(scope, receive, send)
                return
        await self._others(scope, receive, send)

    @asynccontextmanager
    async def _live(self, _: object) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for surface in self._surfaces:
                await stack.enter_async_context(surface.application.router.lifespan_context(surface.application))
            yield
