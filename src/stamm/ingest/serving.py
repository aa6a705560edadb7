"""The server process: connections that have to get on with it, a log of its own, and an end in order."""

from __future__ import annotations

import asyncio
import logging
import re
import resource
import signal
import sys
from asyncio import TimerHandle
from collections.abc import Callable
from typing import Any, NoReturn

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from stamm.ingest.records import tell

#: how long a connection may take to say what it wants
HEAD_SECONDS = 15.0
HEAD_BYTES = 64 * 1024
#: how long the rest of a request may take that is answered already
REST_SECONDS = 20.0
IDLE_SECONDS = 65
#: connections that wait to be taken, and are taken in one go
BACKLOG = 256
#: connections at once; and files that stay for the log, the lake and the pages where the system allows few
MOST_CONNECTIONS, SPARE_FILES = 10_000, BACKLOG + 100
#: requests that may be sent before the answer to one of before
MOST_AHEAD = 100
#: after so long a thread that computes lets the loop have its turn; Python's own 5 ms add up at each step of a request
TURN_SECONDS = 0.0005
#: how long answers under way may take when the server is asked to end
ENDING_SECONDS = 20
_UPGRADE = re.compile(rb"\r\nupgrade[ \t]*:", re.IGNORECASE)


class Impatient(HttpToolsProtocol):
    """A connection that is closed where a request does not come, or does not end, also one that nobody reads."""

    _timer: TimerHandle | None = None
    _in_message, _in_head = False, True
    #: bytes since the head began, and in its headers
    _head = _headers = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await(HEAD_SECONDS)
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if len(self.connections) > min(MOST_CONNECTIONS, files - SPARE_FILES):
            self._give_up()

    def data_received(self, data: bytes) -> None:
        self._head += len(data)
        if self._in_head or not self._in_message:
            data = _without_upgrade(data)
        super().data_received(data)
        if self._in_head and self._head > HEAD_BYTES:
            self._give_up()
        elif self._in_head and self._timer is None:
            self._await(HEAD_SECONDS)  # the rest of it: a timer for each request would cost more than its head

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_message = True
        if not self._in_head:
            self._in_head, self._head, self._headers = True, 0, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            return  # what comes behind the body is nobody's, and may have no end
        self._headers += len(name) + len(value)
        if self._headers > HEAD_BYTES:
            self._refuse()
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_waiting()
        if len(self.pipeline) >= MOST_AHEAD:
            self._refuse()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_message = False
        self._stop_waiting()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._in_message and self._timer is None:
            self._await(REST_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _await(self, seconds: float) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self) -> NoReturn:
        """Close, and parse no more of what has come already."""
        self._give_up()
        raise ConnectionAbortedError

    def _give_up(self) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self.transport.close()


def _without_upgrade(data: bytes) -> bytes:
    """The head of a request without the wish for another protocol: the parser would take the body for that protocol's.

    Java's own client wishes for HTTP/2 with the first request that it sends without TLS, whatever that is.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(b"\r\nX-Upgrade:", head) + end + rest if b"pgrade" in head else data


class _Told(logging.Handler):
    """What the libraries log, as one of our lines; of an error only its kind, since its text may hold anything."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        about = {"error": error} if error else {}
        if record.name.startswith("uvicorn"):  # which puts nothing of a request into its messages
            about["message"] = record.getMessage()
        tell("server", level=record.levelname.lower(), about=record.name, **about)


def serve(app: Any, host: str, port: int, *, started: Callable[[int], None]) -> None:
    """Serve until the process is asked to end (SIGINT, SIGTERM), then raise KeyboardInterrupt.

    `started` is told the port once connections are taken; with port 0 the system chooses one.
    """
    for asked in (signal.SIGINT, signal.SIGTERM):
        # raised again by uvicorn once it has ended, also where a shell has told us to ignore Ctrl-C
        signal.signal(asked, signal.default_int_handler)
    sys.setswitchinterval(TURN_SECONDS)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    logger = logging.getLogger()
    logger.handlers, logger.level = [_Told()], logging.WARNING
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=Impatient,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=ENDING_SECONDS,
    )
    _Server(config, started).run()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[int], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tell(self.servers[0].sockets[0].getsockname()[1])
