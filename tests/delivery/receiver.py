"""Somebody on this machine who takes what is sent over HTTP, and answers byte by byte as a test wants it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

#: what is done with a connection once its request was read
Answer = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Request:
    """What came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """All that came, how many connected, and what is answered."""

    port: int = 0
    answer: Answer = lambda connection: connection.sendall(replied(200))
    requests: list[Request] = field(default_factory=list)
    connected: int = 0
    secure: ssl.SSLContext | None = None

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            self.connected += 1
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.closing(connection):
            connection.settimeout(10)
            if self.secure is not None:
                connection = self.secure.wrap_socket(connection, server_side=True)
            self.requests.append(_read(connection))
            self.answer(connection)
            connection.close()


def replied(status: int, *headers: str, body: bytes = b"") -> bytes:
    head = [f"HTTP/1.1 {status} Told", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body


@contextlib.contextmanager
def receiving(secure: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """It, on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        receiver = Receiver(listening.getsockname()[1], secure=secure)
        threading.Thread(target=receiver.serve, args=(listening,), daemon=True).start()
        yield receiver
        listening.shutdown(socket.SHUT_RDWR)


def _read(connection: socket.socket) -> Request:
    came = b""
    while b"\r\n\r\n" not in came:
        came += _more(connection)
    head, _, body = came.partition(b"\r\n\r\n")
    line, *told = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in told)}
    while len(body) < int(headers.get("content-length", 0)):
        body += _more(connection)
    return Request(line, headers, body)


def _more(connection: socket.socket) -> bytes:
    came = connection.recv(65_536)
    if not came:
        raise ConnectionError
    return came
