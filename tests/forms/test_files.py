"""Files of requests: what their bytes say, few and small, and gone with what they belong to."""

from __future__ import annotations

import struct
import zlib
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from stamm.app.form_facts import tell
from stamm.app.project import Project
from stamm.forms import reviewing
from stamm.forms.files import MOST_BYTES, MOST_FILES, PDF, file_of, files_of, kind_of
from stamm.forms.plan import Field, checked
from stamm.forms.ready import ready
from stamm.forms.submitting import NotTakenError, Sent, WrongError, take_submission
from stamm.lang.errors import UsageError
from stamm.lang.organisation import Organisation
from stamm.people import Database
from tests.forms.filled import HOME, NOON, SECRET, WHILE, nonce_for, opened, page

SOUND_PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def png(width: int = 2, height: int = 2) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress((b"\0" + b"\xff" * 3 * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def request(database: Database, form: int, *sent: bytes, nonce: str | None = None, required: str = "?") -> int:
    token = page(form)
    fields = {"email": ["anna@example.com"], "topic": ["order"], "request": [required]}
    work = nonce_for(token) if nonce is None else nonce
    with database.transaction() as run:
        given = Sent(fields, HOME, "en", nonce=work, files={"files": list(sent)} if sent else {}, revision=2)
        return take_submission(run, token, given, secret=SECRET, now=NOON + WHILE).id


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (SOUND_PDF, PDF),
        (png(), "image/png"),
        (b"", ""),
        (b"%PDF-1.7 cut off", ""),
        (b" %PDF-1.7\n%%EOF", ""),
        (png()[:-12], ""),
        (png(20_001, 1), ""),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', ""),
        (b"<html><script>alert(1)</script></html>", ""),
        (b"GIF89a" + b"\0" * 40, ""),
        (b"PK\3\4" + b"\0" * 40, ""),
        (b"MZ" + b"\0" * 40, ""),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


def test_files_are_kept_with_the_request_under_names_of_ours(database: Database) -> None:
    form = opened(database, "support", "Help")
    number = request(database, form, SOUND_PDF, png())
    with database.transaction() as run:
        first, second = files_of(run, [number])
        assert [each.name for each in (first, second)] == [f"request-{number}-1.pdf", f"request-{number}-2.png"]
        assert file_of(run, form, second.id) == (second, png())
        assert file_of(run, form + 1, second.id) is None, "by another form it is not found"


@pytest.mark.parametrize(
    "sent",
    [
        (b"<svg></svg>",),
        (SOUND_PDF, b""),
        (SOUND_PDF,) * (MOST_FILES + 1),
        (SOUND_PDF + b" " * (MOST_BYTES - len(SOUND_PDF) - 1020) + b"%%EOF" + b" " * 1016,),
    ],
)
def test_what_is_none_too_many_or_too_large_is_asked_again_and_nothing_is_kept(
    database: Database, sent: tuple[bytes, ...]
) -> None:
    form = opened(database, "support", "Help")
    with pytest.raises(WrongError) as refused:
        request(database, form, *sent)
    assert refused.value.fields == ("files",)
    with database.transaction() as run:
        assert (run("SELECT count(*) FROM form_file", ()), run("SELECT count(*) FROM form_submission", ())) == (
            [(0,)],
            [(0,)],
        )


def test_a_file_that_has_to_be_there_is_asked_for(database: Database) -> None:
    plan = ready("support", "Help", NOON)
    form = opened(
        database, "support", fields=(*plan.fields[:-1], replace(plan.fields[-1], required=True)), title=plan.title
    )
    with pytest.raises(WrongError):
        request(database, form)
    assert request(database, form, SOUND_PDF)


def test_files_have_their_room_and_without_one_a_request_is_taken_all_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stamm.forms.submitting.MOST_WAITING", len(SOUND_PDF))
    monkeypatch.setattr("stamm.forms.submitting.MOST_KEPT", 3 * len(SOUND_PDF))
    form = opened(database, "support", "Help")
    request(database, form, SOUND_PDF)
    request(database, form, SOUND_PDF, nonce="")  # what counts does not wait; this does
    for sent, nonce in ((SOUND_PDF, ""), (SOUND_PDF * 2, None)):
        with pytest.raises(NotTakenError) as refused:
            request(database, form, sent, nonce=nonce)
        assert refused.value.gate == "crowded"
    assert request(database, form)
    with database.transaction() as run:
        held = [number for (number,) in run("SELECT id FROM form_submission WHERE held <> ''", ())]
        reviewing.throw_away(run, form, held, who="i", now=NOON)
        assert run("SELECT count(*) FROM form_file", ()) == [(1,)]
    assert request(database, form)


def test_only_a_request_takes_files() -> None:
    lead = ready("lead", "Spring", NOON)
    with pytest.raises(UsageError):
        checked(replace(lead, fields=(*lead.fields, Field("files", "files", {"en": "Files"}))))


def test_files_go_with_a_request_that_is_thrown_away(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "shop", Organisation(zone="UTC"))
    with closing(project.people()) as database:
        form = opened(database, "support", "Help")
        number = request(database, form, SOUND_PDF)
        tell(project, database)
        with database.transaction() as run:
            reviewing.throw_away(run, form, [number], who="i", now=NOON + timedelta(hours=1))
            assert len(files_of(run, [number])) == 1, "it leaves the facts first"
        tell(project, database)
        with database.transaction() as run:
            assert run("SELECT count(*) FROM form_file", ()) == [(0,)]
