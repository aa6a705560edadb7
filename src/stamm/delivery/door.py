"""The one guarded door out over HTTP. Nothing else in Stamm asks another host over HTTP.

A name is looked up once, all that it leads to is checked, and the connection goes to an address that was checked, so
that a name which leads elsewhere a moment later leads nowhere. No redirect is followed, no proxy of the surroundings is
used, nothing is unpacked, and there is a limit of size and of the time that all of it may take.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpcore2
from httpcore2 import NetworkBackend, NetworkStream

from stamm.delivery.destination import SECTION, Destination, destination_of, is_everybodys, may_be_own
from stamm.lang.errors import UsageError

#: seconds for all of it: looking up, connecting, sending, and the whole answer
SECONDS = 15.0
#: bytes of an answer that are read
MOST_BYTES = 64 * 1024
#: bytes read or written at once
_PIECE = 16 * 1024
#: (host, port) -> the addresses to which a name leads, as numbers
Resolve = Callable[[str, int], Sequence[str]]


class UnreachableError(Exception):
    """There was no answer, or none that can be understood; another time there may be. It says no word of an address."""


@dataclass(frozen=True)
class Reply:
    """What was answered; of the body no more than was asked for, as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def is_fine(self) -> bool:
        """Whether it was taken."""
        return 200 <= self.status < 300


def looked_up(host: str, port: int) -> Sequence[str]:
    """The addresses to which a name leads, in the order of this machine; raises OSError where there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


@dataclass(frozen=True)
class Door:
    """The way out. `own_hosts` (a host, or one with its port) may lie in the owner's own network; nobody else's may."""

    own_hosts: Collection[str] = frozenset()
    resolve: Resolve = looked_up
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
    seconds: float = SECONDS
    most_bytes: int = MOST_BYTES

    def check(self, url: str) -> Destination:
        """The address taken apart; raises UsageError where nothing may be sent there, or its name leads nowhere."""
        found = destination_of(url)
        try:
            self._addresses(found, _Clock(self.seconds))
        except UnreachableError as error:
            raise UsageError(
                f"{found.place} cannot be found.", remedy="Look for a mistake in the name, or try again later."
            ) from error
        return found

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send it, once; raises UsageError where that may not be, and UnreachableError where no answer came in time."""
        found, clock = destination_of(url), _Clock(self.seconds)
        way = _Checked(self, found, clock)
        sent = [(name.encode(), value.encode()) for name, value in _checked_headers(headers).items()]
        sent += [(b"Host", found.place.encode()), (b"Accept-Encoding", b"identity"), (b"Connection", b"close")]
        context = self.trust() if found.scheme == "https" else None
        try:
            with (
                contextlib.closing(_connection(found, context, way)) as connection,
                connection.stream("POST", found.url, headers=sent, content=body) as answer,
            ):
                return Reply(answer.status, _told(answer.headers), _start(answer.iter_stream(), self.most_bytes))
        except (httpcore2.TimeoutException, TimeoutError) as error:
            raise UnreachableError("there was no answer in time") from error
        except ssl.SSLCertVerificationError as error:
            raise UnreachableError("its certificate is not one of that name that this machine trusts") from error
        except (httpcore2.NetworkError, OSError) as error:
            raise UnreachableError("it cannot be reached") from error
        except (httpcore2.ProtocolError, ValueError) as error:
            raise UnreachableError("it does not answer as a web server does") from error

    def _addresses(self, found: Destination, clock: _Clock) -> Sequence[str]:
        """Where it leads now, all of it checked; raises UsageError where that may not be, and UnreachableError."""
        addresses = [found.host] if found.is_number else _in_time(self.resolve, found, clock)
        allowed = may_be_own if {found.host, found.place, f"{found.host}:{found.port}"} & {*self.own_hosts} else None
        # a name that leads into a network of one's own, among others, is no name of somebody else
        if not all((allowed or is_everybodys)(each) for each in addresses):
            raise UsageError(
                f"Nothing is sent to {found.place}: it leads into a network that is not everybody's.",
                remedy=f"If that is meant, the owner names it in stamm.toml, own_hosts in [{SECTION}].",
            )
        return addresses


@dataclass
class _Clock:
    """How much of the time is left; raises TimeoutError where none is."""

    seconds: float
    began: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        left = self.seconds - (time.monotonic() - self.began)
        if left <= 0:
            raise TimeoutError
        return left


def _in_time(resolve: Resolve, found: Destination, clock: _Clock) -> Sequence[str]:
    """Looked up beside us, since nobody can break that off."""
    came: list[Sequence[str]] = []

    def look() -> None:
        with contextlib.suppress(OSError, UnicodeError):  # no answer is told below
            came.append(resolve(found.host, found.port))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    looking.join(clock.left())
    if not came or not came[0]:
        raise UnreachableError("its name leads nowhere")
    return came[0]


class _Checked(NetworkBackend):
    """Connects to what was checked, whatever a name leads to by then."""

    def __init__(self, door: Door, found: Destination, clock: _Clock) -> None:
        self.door, self.found, self.clock = door, found, clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        trouble: OSError = ConnectionError()
        for address in self.door._addresses(self.found, self.clock):  # noqa: SLF001 - its other half
            opened = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
            try:
                opened.settimeout(self.clock.left())
                opened.connect((address, self.found.port))
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return _Timed(opened, self.clock)
            except OSError as error:
                opened.close()
                trouble = error
        raise trouble


class _Timed(NetworkStream):
    """A connection of which every step has what is left of the whole time."""

    def __init__(self, opened: socket.socket, clock: _Clock) -> None:
        self.opened, self.clock = opened, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.opened.settimeout(self.clock.left())
        return self.opened.recv(min(max_bytes, _PIECE))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        view = memoryview(buffer)
        while view:
            self.opened.settimeout(self.clock.left())
            view = view[self.opened.send(view[:_PIECE]) :]

    def close(self) -> None:
        self.opened.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        try:
            self.opened.settimeout(self.clock.left())
            return _Timed(ssl_context.wrap_socket(self.opened, server_hostname=server_hostname), self.clock)
        except BaseException:
            self.opened.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        return None


def _connection(found: Destination, context: ssl.SSLContext | None, way: NetworkBackend) -> httpcore2.HTTPConnection:
    origin = httpcore2.Origin(found.scheme.encode(), found.host.encode(), found.port)
    return httpcore2.HTTPConnection(origin, ssl_context=context, network_backend=way)


def _checked_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    """The same; raises UsageError for one that would be two."""
    for name, value in headers.items():
        if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not (value.isascii() and value.isprintable()):
            raise UsageError(f"A header {name!r} cannot be sent so.")
    return headers


def _told(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def _start(pieces: Iterator[bytes], most: int) -> bytes:
    """No more than so many bytes; what follows is never read."""
    found = b""
    for piece in pieces:
        found += piece
        if len(found) >= most:
            break
    return found[:most]
