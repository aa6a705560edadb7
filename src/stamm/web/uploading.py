"""Files on their way in: from the connection straight to the disk, never in memory whole, and no more than may come.

The body of such a request is not read before it is known whose it is: Django reads it when a page asks for it, and
waits for the next piece of it in a thread.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from io import RawIOBase
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.core.handlers.asgi import ASGIHandler
from starlette.types import Message, Receive

from stamm.app.bringing.bundles import MOST_BYTES, SPARE_BYTES, Bundle
from stamm.lang.errors import StammError, UsageError

#: where files are sent to; every other body is short
PATH = "/bring/files/"
#: uploads at once, in a process
AT_ONCE = 4


class Body(RawIOBase):
    """What is still coming, as a file that is read in a thread while the loop waits for more."""

    def __init__(self, receive: Receive) -> None:
        super().__init__()
        self._receive, self._loop = receive, asyncio.get_running_loop()
        self._rest, self._whole = b"", False
        #: the client is gone
        self.cut_off = asyncio.Event()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; none at the end. Raises OSError where the client went before it."""
        while not self._rest and not self._whole:
            message = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result()
            self._rest = message.get("body", b"")
            self._whole = not message.get("more_body", False)
        given, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return given

    async def _next(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.cut_off.set()
            raise ConnectionResetError
        return message

    async def __call__(self) -> Message:
        """What Django waits for beside its work: that the client goes."""
        await self.cut_off.wait()
        return {"type": "http.disconnect"}


class Streaming(ASGIHandler):
    """Django, which reads a body while it comes: it is called with a `Body` to receive from."""

    async def read_body(self, receive: Any) -> Any:
        """The body itself."""
        return receive


class ToBundle(FileUploadHandler):
    """Writes files into a bundle; what is told of them (name, type) decides nothing but their name."""

    def __init__(self, bundle: Bundle) -> None:
        super().__init__()
        self._bundle = bundle
        self._file: IO[bytes] | None = None
        self._left = MOST_BYTES
        self._size, self._name = 0, ""
        #: why nothing more was taken
        self.refused: StammError | None = None
        self.took: list[tuple[str, int]] = []

    def new_file(self, *arguments: Any, **more: Any) -> None:
        """Open it; raises StopUpload for one too many."""
        super().new_file(*arguments, **more)
        try:
            place = self._bundle.place_for(self.file_name or "")
        except StammError as error:
            raise self._refused(error) from error
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._size, self._name, self._file = 0, place.name, os.fdopen(handle, "wb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece; raises StopUpload where it is too much."""
        del start
        assert self._file is not None  # it was opened
        self._left -= len(raw_data)
        if self._left < 0:
            raise self._refused(too_much())
        if shutil.disk_usage(self._bundle.folder).free < SPARE_BYTES:
            raise self._refused(
                UsageError("There is too little space on the disk.", remedy="Make space, and try again.")
            )
        self._file.write(raw_data)
        self._size += len(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """Close it."""
        assert self._file is not None  # it was opened
        self._file.close()
        self.took.append((self._name, self._size))
        return UploadedFile(name=self._name, size=file_size)

    def upload_interrupted(self) -> None:
        """Close what was cut off, if anything was."""
        if self._file is not None:
            self._file.close()

    def _refused(self, error: StammError) -> StopUpload:
        self.refused = error
        self.upload_interrupted()
        return StopUpload(connection_reset=True)


def too_much() -> StammError:
    """Why more than that is not taken."""
    return UsageError(
        f"These files are larger than {MOST_BYTES // 2**30} GB together.",
        remedy="Pack them, bring them one by one, or put them into the folder that is watched.",
    )
