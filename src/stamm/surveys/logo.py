"""The logo of a survey: a picture that is what its first bytes say, kept beside the survey, one for each.

What it is called and said to be decides nothing. SVG is a program as much as a picture, and is not taken.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from stamm.intake.pictures import is_whole, size_of
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run
from stamm.surveys.keeping import MeanwhileError, survey_of

MOST_BYTES, MOST_PIXELS = 200_000, 2_000
_DIGEST = re.compile(r"[0-9a-f]{32}")


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
    kind, size = size_of(content)
    if size is None:
        raise UsageError(
            "A logo is a PNG, JPEG or WebP picture.", remedy="Save it as one of them, and choose it again."
        )
    if not is_whole(kind, content):
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
