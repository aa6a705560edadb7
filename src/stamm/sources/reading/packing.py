"""The bytes of a file, unpacked as they are read; what is packed badly is told, never half read."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from os import SEEK_END
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Protocol, cast

import pyarrow as pa

from stamm.lang.errors import InputError

#: endings of packed files, and what packs them
PACKED = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd", ".zip": "zip"}
#: how packed files begin, whatever they are called
_SIGNS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
}
#: bytes that are put on the disk for what cannot be read as it is unpacked
UNPACKED = 4 << 30
_BLOCK = 1 << 20
_ENCRYPTED = 1
_BROKEN = (
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
)


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Bytes:
    """A file open for reading, unpacked if need be. Every error of the disk or the packing is an InputError."""

    def __init__(self, file: str, raw: IO[bytes], unpacked: _Readable, packing: str | None) -> None:
        self.file, self.packing = file, packing
        self._raw, self._unpacked, self._ended = raw, unpacked, False

    def read(self, size: int) -> bytes:
        """The next bytes, at most so many; nothing at the end."""
        with _told(self.file, self.packing):
            block = self._unpacked.read(size)
            self._ended = not block
            return block

    @property
    def taken(self) -> int:
        """Bytes of the file as it lies there that were read so far; at the end all, with what follows a packed one."""
        return self._raw.seek(0, SEEK_END) if self._ended else self._raw.tell()


@contextmanager
def open_bytes(path: Path, member: str | None = None) -> Iterator[Bytes]:
    """The bytes of a file, unpacked by what its name and its first bytes say.

    Raises InputError where it cannot be read, is not packed as its name says, or is an archive of several files
    of which `member` names none.
    """
    with ExitStack() as stack:
        with _told(path.name, None):
            raw = stack.enter_context(path.open("rb"))
            begin = raw.read(8)
            raw.seek(0)
        packing = next((name for sign, name in _SIGNS.items() if begin.startswith(sign)), None)
        packing = packing or PACKED.get(path.suffix.lower())
        with _told(path.name, packing):
            unpacked = _unpacked(raw, packing, path.name, member, stack)
        yield Bytes(path.name, raw, unpacked, packing)


@contextmanager
def unpacked_file(path: Path, member: str | None = None) -> Iterator[Path]:
    """A file that can be read anywhere in it: the file itself, or what is packed in it, unpacked for the while.

    A workbook is an archive itself, so here the name alone says whether something is packed. Raises InputError for
    what is too large to be unpacked.
    """
    if path.suffix.lower() not in PACKED:
        yield path
        return
    with open_bytes(path, member) as stream, NamedTemporaryFile() as whole:
        size = 0
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > UNPACKED:
                raise InputError(
                    f"The file is larger than {UNPACKED >> 20:,} MB when unpacked.",
                    where=path.name,
                    remedy="Unpack it yourself, if it is what you expect.",
                )
            whole.write(block)
        whole.flush()
        yield Path(whole.name)


def _unpacked(raw: IO[bytes], packing: str | None, file: str, member: str | None, stack: ExitStack) -> _Readable:
    if packing == "gzip":
        return cast(_Readable, stack.enter_context(gzip.GzipFile(fileobj=raw)))
    if packing == "bzip2":
        return stack.enter_context(bz2.BZ2File(raw))
    if packing == "xz":
        return stack.enter_context(lzma.LZMAFile(raw))
    if packing == "zstd":
        return cast(_Readable, stack.enter_context(pa.CompressedInputStream(pa.PythonFile(raw, "r"), "zstd")))
    if packing == "zip":
        archive = stack.enter_context(zipfile.ZipFile(raw))
        return stack.enter_context(archive.open(_the_one(archive, file, member)))
    return raw


def _the_one(archive: zipfile.ZipFile, file: str, member: str | None) -> zipfile.ZipInfo:
    """The file of the archive that is meant; what an operating system leaves in archives does not count."""
    if any(one.filename in {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} for one in archive.infolist()):
        raise InputError("The file is a workbook.", where=file, remedy="Let its name end with .xlsx, .xlsb or .ods.")
    inside = [one for one in archive.infolist() if not one.is_dir() and not _leftover(one.filename)]
    chosen = [one for one in inside if member is None or one.filename == member]
    if len(chosen) == 1:
        if chosen[0].flag_bits & _ENCRYPTED:
            raise InputError("The archive is protected by a password.", where=file, remedy="Pack it without one.")
        return chosen[0]
    names = ", ".join(one.filename for one in inside[:10]) or "none"
    if member is not None:
        raise InputError(f"The archive holds no file {member}.", where=file, remedy=f"Files in it: {names}.")
    raise InputError(
        f"The archive holds {len(inside):,} files, not one.",
        where=file,
        remedy=f"Unpack it, or name one of them as `member`: {names}.",
    )


def _leftover(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")


@contextmanager
def _told(file: str, packing: str | None) -> Iterator[None]:
    """Errors of the disk and of the packing in words."""
    try:
        yield
    except InputError:
        raise
    except (*_BROKEN, OSError) as error:
        if packing and (not isinstance(error, OSError) or error.errno is None or isinstance(error, gzip.BadGzipFile)):
            raise InputError(
                f"The file is not a whole {packing} file.",
                where=file,
                remedy="Copy or pack it again; it seems cut off or damaged.",
            ) from error
        told = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise InputError(
            f"The file cannot be read: {told}.", where=file, remedy="Check its name and permissions."
        ) from error
