"""In which encoding a text is: what its mark or its bytes say, else where its letters make sense."""

from __future__ import annotations

import codecs
from collections import Counter

from charset_normalizer import from_bytes

from stamm.sources.guessing.reason import Reason, say

#: encodings of one byte a letter, the usual ones first; cp1252 holds all of Latin-1 that can be seen
_WESTERN = ("cp1252", "cp1250", "cp850", "mac_roman", "latin-1")
_OTHERS = ["cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp932", "gb18030", "big5", "euc_kr"]
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: letters stand among plain ones in languages that are written so
_AMONG = 0.4
#: signs that stand in texts by themselves
_SIGNS = frozenset("€£§°–—’‘“”„»«…²³µ™®©·•½\u00a0")
_SHOWN = 4
#: bytes that are looked at, in all and of one line
_LOOKED_AT, _ROW = 40_000, 2_000


def encoding_of(begin: bytes) -> tuple[str | None, Reason | None]:
    """The encoding that has to be named, or None where UTF-8 or a byte order mark says enough; and why."""
    if begin.startswith(_MARKS) or begin.isascii():
        return (None, None) if b"\0" not in begin or begin.startswith(_MARKS) else _utf16(begin)
    if b"\0" in begin[:400]:
        return _utf16(begin)
    cut = len(begin)
    try:
        begin.decode("utf-8")
        return None, None
    except UnicodeDecodeError as error:
        if error.start >= cut - 3 and error.reason == "unexpected end of data":
            return None, None
        place = error.start
    line = begin.count(b"\n", 0, place) + 1
    begin = _special(begin)
    scored = {name: points for name in _WESTERN if (points := _points(begin, name)) is not None}
    name = max(scored, key=lambda name: scored[name][0], default=None)
    if name is not None and scored[name][1] >= _AMONG:
        return name, _why(begin, name, line, doubtful=scored[name][0] < _AMONG)
    other = from_bytes(begin, cp_isolation=_OTHERS).best()
    if other is not None:
        return other.encoding, say("not UTF-8 (line {line}); told by the letters it makes", line=line).doubted()
    return "cp1252", say("not UTF-8 (line {line}), and nothing else makes sense of it", line=line).doubted()


def _special(begin: bytes) -> bytes:
    """The lines that are not plain, as many as it takes."""
    found = bytearray()
    for row in begin.splitlines(keepends=True):
        if not row.isascii():
            found += row[:_ROW]
        if len(found) > _LOOKED_AT:
            break
    return bytes(found)


def _utf16(begin: bytes) -> tuple[str | None, Reason | None]:
    """UTF-16 without a mark has a NUL in every other byte of plain letters."""
    some = begin[:400]
    for name, place in (("utf-16-le", 1), ("utf-16-be", 0)):
        if some[place::2].count(0) * 2 > len(some[place::2]):
            return name, say("every other byte is NUL, as in UTF-16")
    return None, None


def _points(begin: bytes, name: str) -> tuple[float, float] | None:
    """The share of the special characters that stand where they should, and of the letters among plain ones."""
    try:
        text = begin.decode(name)
    except UnicodeDecodeError:
        return None
    right = among = letters = special = 0
    for place, sign in enumerate(text):
        if sign.isascii():
            continue
        special += 1
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        if not sign.isalpha():
            right += sign in _SIGNS and not before.isalpha()
            continue
        letters += 1
        near = (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
        among += near
        right += near and (sign.islower() or not before.isalpha() or (before.isupper() and not after.islower()))
    return right / special, among / letters if letters else 1.0


def _why(begin: bytes, name: str, line: int, *, doubtful: bool) -> Reason:
    counts = Counter(sign for sign in begin.decode(name) if not sign.isascii() and sign.isprintable())
    shown = [sign for sign, _ in counts.most_common(_SHOWN)]
    return say("not UTF-8 (line {line}); read so, {letters} make sense", line=line, letters=shown).doubted(doubtful)
