"""The logo of a survey: a picture that is what its first bytes say, kept beside the survey, one for each.

What it is called and said to be decides nothing. SVG is a program as much as a picture, and is not taken.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run
from stamm.surveys.keeping import MeanwhileError, survey_of

MOST_BYTES, MOST_PIXELS = 200_000, 2_000
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
#: markers of JPEG that tell how large it is: frames of all kinds, without those between that are none
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_DIGEST = re.compile(r"[0-9a-f]{32}")
#: how a PNG and a JPEG end
_IEND, _EOI = b"IEND\xaeB`\x82", b"\xff\xd9"
#: markers without a length
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True)
class Logo:
    """A picture and what it is (a media type); `digest` tells it from every other one."""

    kind: str
    content: bytes

    @property
    def digest(self) -> str:
        """The name that it is served by."""
        return hashlib.sha256(self.content).hexdigest()[:32]


def read_logo(content: bytes) -> Logo:
    """A picture as it was sent; raises UsageError for what is none, cut off, or too large."""
    if len(content) > MOST_BYTES:
        raise UsageError(f"A logo has at most {MOST_BYTES // 1000} KB.", remedy="Save it smaller, and choose it again.")
    kind, size = _size_of(content)
    if size is None:
        raise UsageError(
            "A logo is a PNG, JPEG or WebP picture.", remedy="Save it as one of them, and choose it again."
        )
    if not _is_whole(kind, content):
        raise UsageError("The end of this picture is missing.", remedy="Save it anew, and choose it again.")
    if not all(0 < each <= MOST_PIXELS for each in size):
        raise UsageError(
            f"A logo is at most {MOST_PIXELS} pixels wide and high.", remedy="Save it smaller, and choose it again."
        )
    return Logo(kind, content)


def set_logo(run: Run, number: int, logo: Logo | None, *, seen: str, who: str, now: datetime) -> None:
    """From now on a survey has this one, or none; the one before is gone.

    Raises MeanwhileError where it has another one than that of the digest `seen`, UsageError for no such survey.
    """
    run("UPDATE survey SET revision = revision WHERE id = ?", (number,))  # of two at once one waits
    survey_of(run, number)
    before = logo_digest(run, number)
    if before == (logo.digest if logo else ""):
        return
    if before != seen:
        raise MeanwhileError(
            "Somebody else has changed the logo meanwhile.",
            remedy="Look at what it is now, and change it again if need be.",
        )
    if logo is None:
        run("DELETE FROM survey_logo WHERE survey_id = ?", (number,))
    else:
        run(
            "INSERT INTO survey_logo (survey_id, digest, kind, content) VALUES (?, ?, ?, ?) ON CONFLICT (survey_id) "
            "DO UPDATE SET digest = excluded.digest, kind = excluded.kind, content = excluded.content",
            (number, logo.digest, logo.kind, base64.b64encode(logo.content).decode()),
        )
    record(run, Act(now, who, "survey_logo", f"survey {number}"))


def logo_digest(run: Run, number: int) -> str:
    """By which name the logo of a survey is served; empty where it has none."""
    rows = run("SELECT digest FROM survey_logo WHERE survey_id = ?", (number,))
    return str(rows[0][0]) if rows else ""


def logo_named(run: Run, digest: str) -> Logo | None:
    """The logo of that name; None for whatever is no name of one."""
    if not _DIGEST.fullmatch(digest):
        return None
    rows = run("SELECT kind, content FROM survey_logo WHERE digest = ? ORDER BY survey_id LIMIT 1", (digest,))
    return Logo(str(rows[0][0]), base64.b64decode(rows[0][1])) if rows else None


# -- what it is ----------------------------------------------------------------------------------------------
def _size_of(content: bytes) -> tuple[str, tuple[int, int] | None]:
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


def _is_whole(kind: str, content: bytes) -> bool:
    """Whether its end came along; what stands behind that is nobody's concern."""
    if kind == "image/png":
        return _IEND in content
    if kind == "image/jpeg":  # a small picture within the first parts has an end of its own
        return _EOI in content[_frame_of_jpeg(content) :]
    return 30 <= 8 + int.from_bytes(content[4:8], "little") <= len(content)


def _number(content: bytes) -> int:
    return int.from_bytes(content, "big")
