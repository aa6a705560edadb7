"""Text of any encoding as pieces of whole lines in UTF-8; bytes that do not fit are told with their line."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from stamm.lang.errors import InputError
from stamm.sources.reading.kind import BLOCK, LONGEST
from stamm.sources.reading.layout import breaks_in
from stamm.sources.reading.packing import Bytes

UTF8 = "utf-8"
_MARKS = {  # the longer first: UTF-32 begins as UTF-16 does
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: UTF8,
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_ASCII = bytes(range(128))
#: bytes in which the first sign that is no white space is looked for
_SHOWN = 4096


class Text:
    """The text of a file.

    `encoding` is the one it is read in, `marked` whether the file itself names it, `overruled` whether it thereby
    contradicts the one asked for.
    """

    def __init__(self, stream: Bytes, encoding: str | None, block: int | None = None) -> None:
        self._stream, self._block, self.file = stream, block or BLOCK, stream.file
        self._begin = self._first()
        marks = [(mark, name) for mark, name in _MARKS.items() if self._begin.startswith(mark)]
        mark, marked = marks[0] if marks else (b"", None)
        self.marked = marked is not None
        asked = codecs.lookup(encoding).name.removesuffix("-sig") if encoding else UTF8
        self.encoding = marked or asked
        self.overruled = marked is not None and encoding is not None and not marked.startswith(asked)
        self._begin, self._mark = self._begin[len(mark) :], len(mark)
        if marked is None and encoding is None:
            self._refuse_utf16()

    def _first(self) -> bytes:
        """The first block, not less than a mark is long, however little is read at once."""
        begin = b""
        while len(begin) < len(codecs.BOM_UTF32) and (block := self._stream.read(self._block)):
            begin += block
        return begin

    def _refuse_utf16(self) -> None:
        """Text in UTF-16 without a mark has a NUL in every other byte."""
        begin = self._begin[:200]
        for order, place in (("le", 1), ("be", 0)):
            if len(begin) >= 4 and begin[place::2].count(0) * 2 > len(begin[place::2]):
                raise InputError(
                    f"The text is not UTF-8; it seems to be UTF-16 (utf-16-{order}).",
                    where=f"{self.file}, line 1",
                    remedy="Save it as UTF-8 (in Excel: 'CSV UTF-8'), or name this encoding in a mapping.",
                )

    def begins_with(self, sign: str) -> bool:
        """Whether this is the first sign that is no white space."""
        return self._begin[:_SHOWN].decode(self.encoding, "ignore").lstrip().startswith(sign)

    def pieces(self) -> Iterator[bytes]:
        """The text in UTF-8, cut behind ends of lines; raises InputError with the line where it does not fit."""
        if self.encoding == UTF8:
            return self._utf8(self._blocks())
        return self._whole(self._decoded())

    def characters(self) -> Iterator[bytes]:
        """The same, cut anywhere between two characters."""
        return self._decoded()

    def _blocks(self) -> Iterator[bytes]:
        if self._begin:
            yield self._begin
        while block := self._stream.read(self._block):
            yield block

    def _whole(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Blocks cut anew: each ends with a line."""
        held, line = b"", 1
        for block in blocks:
            held += block
            cut = held.rfind(b"\n") + 1 or held.rfind(b"\r", 0, len(held) - 1) + 1
            if cut:
                piece, held = held[:cut], held[cut:]
                line += breaks_in(piece)
                yield piece
            elif len(held) > LONGEST:
                raise InputError(
                    f"The line that begins here is longer than {LONGEST >> 20} MB.",
                    where=f"{self.file}, line {line}",
                    remedy="Look whether the file is what its name says, and whether its lines end.",
                )
        if held:
            yield held

    def _utf8(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        offset, line = self._mark, 1
        for piece in self._whole(blocks):
            if not piece.isascii():
                self._check(piece, offset, line)
            yield piece
            offset, line = offset + len(piece), line + breaks_in(piece)

    def _check(self, piece: bytes, offset: int, line: int) -> None:
        try:
            piece.decode()
        except UnicodeDecodeError as error:
            line += piece.count(b"\n", 0, error.start)
            byte = f"{piece[error.start]:#04x}"
            raise InputError(
                f"The text is not UTF-8: byte {byte} at offset {offset + error.start} does not fit.",
                where=f"{self.file}, line {line}",
                remedy="Save it as UTF-8 (in Excel: 'CSV UTF-8'), or name its encoding in a mapping.",
            ) from error

    def _decoded(self) -> Iterator[bytes]:
        """Blocks of another encoding in UTF-8."""
        decoder = codecs.getincrementaldecoder(self.encoding)()
        plain = _keeps_ascii(self.encoding)
        pending, line = False, 1
        for block in self._blocks():
            if plain and not pending and block.isascii():
                text = block
            else:
                text = self._in_utf8(decoder, block, line)
                pending = bool(decoder.getstate()[0])
            line += breaks_in(text)
            if text:
                yield text
        if text := self._in_utf8(decoder, b"", line, final=True):
            yield text

    def _in_utf8(self, decoder: codecs.IncrementalDecoder, block: bytes, line: int, *, final: bool = False) -> bytes:
        before = decoder.getstate()[0]
        try:
            return decoder.decode(block, final).encode()
        except UnicodeError as error:
            start = error.start if isinstance(error, UnicodeDecodeError) else 0
            sound = (before + block)[:start].decode(self.encoding, "ignore")
            raise InputError(
                f"The text is not {self.encoding}: a byte does not fit.",
                where=f"{self.file}, line {line + sound.count(chr(10))}",
                remedy="Look in which encoding the file was written, and name that one.",
            ) from error


def _keeps_ascii(encoding: str) -> bool:
    """Whether plain ASCII means itself in the encoding, whatever stands before it."""
    if encoding.startswith("iso2022"):  # after an escape, letters stand for something else
        return False
    try:
        return _ASCII.decode(encoding).encode() == _ASCII
    except UnicodeError:
        return False
