"""What a picture is, by its first bytes, and how large: what it is called and said to be decides nothing.

SVG is a program as much as a picture, and is none here.
"""

from __future__ import annotations

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
#: markers of JPEG that tell how large it is: frames of all kinds, without those between that are none
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: how a PNG and a JPEG end
_IEND, _EOI = b"IEND\xaeB`\x82", b"\xff\xd9"
#: markers without a length
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


def size_of(content: bytes) -> tuple[str, tuple[int, int] | None]:
    """What a picture is, and how wide and high; no size where it is none of the three."""
    if content.startswith(_PNG):
        return "image/png", _size_of_png(content)
    if content.startswith(_JPEG):
        return "image/jpeg", _size_of_jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp", _size_of_webp(content)
    return "", None


def _size_of_png(content: bytes) -> tuple[int, int] | None:
    if content[12:16] != b"IHDR" or len(content) < 33:
        return None
    return _number(content[16:20]), _number(content[20:24])


def _size_of_jpeg(content: bytes) -> tuple[int, int] | None:
    place = _frame_of_jpeg(content)
    return (_number(content[place + 7 : place + 9]), _number(content[place + 5 : place + 7])) if place else None


def _frame_of_jpeg(content: bytes) -> int:
    """Where the picture itself begins; 0 where it does nowhere."""
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker in _FRAMES:
            return place
        place += 1 if marker == 0xFF else 2 if marker in _BARE else 2 + _number(content[place + 2 : place + 4])
    return 0


def _size_of_webp(content: bytes) -> tuple[int, int] | None:
    if len(content) < 30:
        return None
    kind, little = content[12:16], int.from_bytes(content[21:25], "little")
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L" and content[20] == 0x2F:
        return 1 + (little & 0x3FFF), 1 + (little >> 14 & 0x3FFF)
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        return int.from_bytes(content[26:28], "little") & 0x3FFF, int.from_bytes(content[28:30], "little") & 0x3FFF
    return None


def is_whole(kind: str, content: bytes) -> bool:
    """Whether its end came along; what stands behind that is nobody's concern."""
    if kind == "image/png":
        return _IEND in content
    if kind == "image/jpeg":  # a small picture within the first parts has an end of its own
        return _EOI in content[_frame_of_jpeg(content) :]
    return 30 <= 8 + int.from_bytes(content[4:8], "little") <= len(content)


def _number(content: bytes) -> int:
    return int.from_bytes(content, "big")
