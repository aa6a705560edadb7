"""The pages as an ASGI application: files from memory, everything else through Django."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.urls import get_resolver
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from stamm.web.assets import PLACE, Asset, by_path
from stamm.web.headers import HEADERS
from stamm.web.survey_widget import HEADERS as FOR_PAGES_OF_OTHERS
from stamm.web.survey_widget import PATH as SURVEY_SCRIPT
from stamm.web.survey_widget import script
from stamm.web.uploading import AT_ONCE as UPLOADS_AT_ONCE
from stamm.web.uploading import PATH as UPLOADS
from stamm.web.uploading import Body, Streaming

#: bytes of a form; files come another way
MOST_BYTES = 2_000_000
#: requests that are worked on at once; the others wait their turn
AT_ONCE = 24
FOREVER = "public, max-age=31536000, immutable"


class Web:
    """Pages for people. Django has to be set up before."""

    def __init__(self) -> None:
        self._django, self._streaming = cast(ASGIApp, ASGIHandler()), cast(ASGIApp, Streaming())
        self._heard = cast(ASGIApp, ProxyHeadersMiddleware(cast(Any, self._answered), list(settings.STAMM_PROXIES)))
        get_resolver().url_patterns  # noqa: B018 - a page that cannot be loaded is known at the start
        self._https = settings.STAMM_ADDRESS.startswith("https:")
        self._turns, self._uploads = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(UPLOADS_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        assert scope["type"] == "http"  # there are no websockets, and whoever mounts this lives in its own lifespan
        if scope["path"].startswith(PLACE):
            await _send_asset(by_path().get(scope["path"]), scope, send)
        elif scope["path"] == SURVEY_SCRIPT:
            await _send_asset(script(), scope, send, FOR_PAGES_OF_OTHERS)
        else:
            await self._heard(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Where it came from is known by now: from a proxy that is believed, or from the connection."""
        if self._https:
            # the proxy in front speaks it, whatever headers it sends
            scope = {**scope, "scheme": "https"}
        if scope["path"] == UPLOADS and scope["method"] == "POST":
            async with self._uploads:
                await self._streaming(scope, Body(receive), send)
            return
        body = await _body(receive)
        if body is None:
            await _send(send, 413, {"Content-Type": "text/plain", "Connection": "close"}, b"too large\n")
            return
        async with self._turns:
            await self._django(scope, _replayed(body, receive), send)


async def _body(receive: Receive) -> bytes | None:
    """The whole body, None where it is too large; a slow one keeps no thread waiting."""
    pieces: list[bytes] = []
    total = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(pieces)
        pieces.append(message.get("body", b""))
        total += len(pieces[-1])
        if total > MOST_BYTES:
            return None
        if not message.get("more_body", False):
            return b"".join(pieces)


def _replayed(body: bytes, receive: Receive) -> Receive:
    told: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return told.pop() if told else await receive()

    return again


async def _send_asset(
    asset: Asset | None, scope: Scope, send: Send, more: Mapping[str, str] = MappingProxyType({})
) -> None:
    if asset is None or scope["method"] not in ("GET", "HEAD"):
        await _send(send, 404, {**HEADERS, "Content-Type": "text/plain"}, b"not found\n")
        return
    packed = any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
    headers = {**_asset_headers(asset, packed=packed), **more}
    await _send(send, 200, headers, asset.packed if packed else asset.plain)


def _asset_headers(asset: Asset, *, packed: bool) -> dict[str, str]:
    encoding = {"Content-Encoding": "gzip"} if packed else {}
    return {
        **HEADERS,
        "Content-Type": asset.type,
        "Cache-Control": FOREVER,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        **encoding,
    }


async def _send(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    told: list[Any] = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    told.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
