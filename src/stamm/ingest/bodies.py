"""The body of a request, never more of it in memory than its limit."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from stamm.ingest.refusals import Refusal

#: how long a body may take, so that nobody holds a place by sending slowly
SECONDS = 20.0
#: bytes of all bodies that are being received; more is refused instead of swelling
MOST_BYTES = 64 * 2**20
#: and of those whose sender has not said who it is, so that there is room for the others
STRANGERS_BYTES = MOST_BYTES // 2
_GZIP = 16 + zlib.MAX_WBITS


class Bodies:
    """Receives bodies; knows how much of them lies in memory."""

    def __init__(self) -> None:
        self._held = self._of_strangers = 0

    @contextmanager
    def receiving(self, *, of_stranger: bool = False) -> Iterator[Held]:
        """The place of one body; it is given back at the end. A stranger's key is in the body, if it has one."""
        held = Held(self, of_stranger=of_stranger)
        try:
            yield held
        finally:
            self._held -= held.bytes
            self._of_strangers -= held.bytes * of_stranger

    def take(self, size: int, *, of_stranger: bool) -> None:
        """Raises Refusal where there is no room."""
        if self._held + size > MOST_BYTES or (of_stranger and self._of_strangers + size > STRANGERS_BYTES):
            raise Refusal("overloaded", retry_after=1)
        self._held += size
        self._of_strangers += size * of_stranger


class Held:
    """One body while it is received and read."""

    def __init__(self, bodies: Bodies, *, of_stranger: bool) -> None:
        self._bodies, self._of_stranger, self.bytes = bodies, of_stranger, 0

    async def read(self, request: Request, most: int) -> bytes:
        """The body, decompressed, of at most so many bytes; raises Refusal as soon as there are more."""
        encoding = request.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip", "x-gzip", ""):
            raise Refusal("unknown_encoding")
        told = request.headers.get("content-length", "")
        if told.isdigit() and int(told) > most:
            raise Refusal("too_large")
        try:
            async with asyncio.timeout(SECONDS):
                received = await self._received(request, most)
        except TimeoutError as error:
            raise Refusal("too_slow") from error
        return self._decompressed(received, most) if "gzip" in encoding else received

    async def _received(self, request: Request, most: int) -> bytes:
        pieces = []
        size, more = 0, True
        while more:
            message = await request.receive()
            if message["type"] == "http.disconnect":
                raise Refusal("too_slow")
            piece, more = message.get("body", b""), message.get("more_body", False)
            size += len(piece)
            if size > most:
                raise Refusal("too_large")
            self._hold(len(piece))
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _decompressed(self, packed: bytes, most: int) -> bytes:
        """Unpacked as far as the limit and no further; several members one after another are one body."""
        found = b""
        try:
            while packed:
                unpacking = zlib.decompressobj(_GZIP)
                found += unpacking.decompress(packed, most + 1 - len(found))
                if len(found) > most:
                    raise Refusal("too_large")
                if not unpacking.eof:
                    raise Refusal("no_gzip")
                packed = unpacking.unused_data
        except zlib.error as error:
            raise Refusal("no_gzip") from error
        self._hold(len(found))
        return found

    def _hold(self, size: int) -> None:
        self._bodies.take(size, of_stranger=self._of_stranger)
        self.bytes += size
