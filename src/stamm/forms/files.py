"""Files that came with a request: what their first bytes say, few and small, kept apart and given out as files alone.

They lie in a table of their own, so that they come and go with what they belong to, in a backup and when a customer is
erased, too. What they were called is not kept: it decides nothing, and is a stranger's word.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from stamm.intake.pictures import is_whole, size_of
from stamm.people.database import Run

TABLE = "form_file"
#: files of one submission, and their bytes together
MOST_FILES, MOST_BYTES = 3, 1_800_000
#: bytes in all forms, and those of them that may wait to be looked at
MOST_KEPT, MOST_WAITING = 2_000_000_000, 200_000_000
PDF = "application/pdf"
#: how a file of each kind is called
ENDINGS = {PDF: "pdf", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
_MOST_PIXELS, _TRAILER = 20_000, 1_024


@dataclass(frozen=True)
class Kept:
    """A file of a submission: its place among those, what it is (a media type), and its bytes."""

    id: int
    submission: int
    place: int
    kind: str
    size: int

    @property
    def name(self) -> str:
        """What it is called when it is given out."""
        return f"request-{self.submission}-{self.place}.{ENDINGS[self.kind]}"


def kind_of(content: bytes) -> str:
    """What a file is, by its bytes; empty for what is not taken or is cut off."""
    if content.startswith(b"%PDF-"):
        return PDF if b"%%EOF" in content[-_TRAILER:] else ""
    kind, size = size_of(content)
    sound = size is not None and all(0 < each <= _MOST_PIXELS for each in size) and is_whole(kind, content)
    return kind if sound else ""


def are_sound(files: Sequence[bytes]) -> bool:
    """Whether all of them are taken."""
    small = len(files) <= MOST_FILES and sum(map(len, files)) <= MOST_BYTES
    return small and all(map(kind_of, files))


def keep_files(run: Run, submission: int, files: Sequence[bytes]) -> None:
    """Keep them with a submission, in the transaction that is open."""
    for place, content in enumerate(files, 1):
        run(
            "INSERT INTO form_file (submission_id, place, kind, size, content) VALUES (?, ?, ?, ?, ?)",
            (submission, place, kind_of(content), len(content), base64.b64encode(content).decode()),
        )


def files_of(run: Run, submissions: Collection[int]) -> list[Kept]:
    """Those of submissions, without their bytes."""
    marks = ", ".join("?" * len(submissions))
    rows = run(
        f"SELECT id, submission_id, place, kind, size FROM form_file WHERE submission_id IN ({marks}) ORDER BY id",  # noqa: S608 - ours
        tuple(submissions),
    )
    return [Kept(*row) for row in rows]


def file_of(run: Run, form: int, file: int) -> tuple[Kept, bytes] | None:
    """One file of a form with its bytes; None where there is none."""
    rows = run(
        "SELECT f.id, f.submission_id, f.place, f.kind, f.size, f.content FROM form_file f "
        "JOIN form_submission s ON s.id = f.submission_id WHERE f.id = ? AND s.form_id = ?",
        (file, form),
    )
    return (Kept(*rows[0][:5]), base64.b64decode(rows[0][5])) if rows else None


def kept_bytes(run: Run, *, waiting: bool = False) -> int:
    """How much there is in all forms, or of that what waits to be looked at."""
    ((many,),) = run(
        "SELECT COALESCE(SUM(f.size), 0) FROM form_file f JOIN form_submission s ON s.id = f.submission_id "
        "WHERE s.held <> '' OR ? = 0",
        (int(waiting),),
    )
    return int(many)
