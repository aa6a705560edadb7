"""The server process: connections that have to get on with it, a log of its own, and an end in order."""

from __future__ import annotations

import asyncio
import errno
import logging
import re
import resource
import signal
import socket
import sys
from asyncio import TimerHandle
from collections.abc import Callable
from typing import Any, NoReturn

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from stamm.ingest.records import tell
from stamm.lang.errors import AddressError

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


def heed_signals() -> None:
    """From now on SIGTERM ends the process as Ctrl-C does, also where a shell has told it to ignore that."""
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, signal.default_int_handler)


def listening(host: str, port: int) -> list[socket.socket]:
    """Sockets that are this process's from now on; who connects waits until it serves. With port 0 the system chooses.

    Raises AddressError where the address is taken, forbidden, or none of this machine.
    """
    found: list[socket.socket] = []
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, place in dict.fromkeys(places):
            opened = socket.socket(family, kind, protocol)
            found.append(opened)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family is socket.AF_INET6:
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            opened.bind(place)
            opened.listen(BACKLOG)
    except (OSError, UnicodeError) as error:
        for opened in found:
            opened.close()
        raise _no_address(host, port, error) from error
    return found


def _no_address(host: str, port: int, error: OSError | UnicodeError) -> AddressError:
    where = f"{host}:{port}"
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        remedy = "End what listens there, or take another with --port; 0 takes a free one."
        return AddressError("Another program listens on this port already.", where=where, remedy=remedy)
    if isinstance(error, PermissionError):
        remedy = "Take a port from 1024 on with --port, or let the system allow this one."
        return AddressError("This port is not allowed to whoever runs Stamm.", where=where, remedy=remedy)
    remedy = "Name one of this machine with --host: 127.0.0.1 for this machine alone, 0.0.0.0 for others as well."
    return AddressError("This is no address of this machine.", where=where, remedy=remedy)


def serve(app: Any, sockets: list[socket.socket], *, started: Callable[[int], None]) -> None:
    """Serve until the process is asked to end (SIGINT, SIGTERM), then raise KeyboardInterrupt.

    `started` is told the port once connections are answered.
    """
    heed_signals()  # uvicorn raises them again once it has ended
    sys.setswitchinterval(TURN_SECONDS)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    logger = logging.getLogger()
    logger.handlers, logger.level = [_Told()], logging.WARNING
    config = uvicorn.Config(
        app,
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
    _Server(config, started).run(sockets)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[int], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tell(self.servers[0].sockets[0].getsockname()[1])
