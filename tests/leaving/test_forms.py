"""What a person sent by forms goes when they are erased, held or counted, and is given to them before."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

from stamm.app.form_facts import tell
from stamm.app.leaving.erasing import Erasing
from stamm.app.leaving.exporting import export_person
from stamm.app.project import Project
from stamm.forms import keeping
from stamm.forms.ready import ready
from stamm.forms.submissions import submissions_where
from stamm.forms.submitting import Sent, fresh_token, take_submission
from stamm.lang.language import Language
from tests.forms.filled import nonce_for
from tests.forms.test_files import SOUND_PDF
from tests.leaving import planted as p

NOW = datetime(2024, 7, 1, tzinfo=UTC)


def filled_in(project: Project) -> None:
    """The person is counted once and held once; ben names them, and cleo nobody."""
    with closing(project.people()) as database:
        with database.transaction() as run:
            form = keeping.make_form(run, ready("support", "Help", NOW), who="i", now=NOW)
            keeping.open_form(run, form, who="i", now=NOW)
            for email, words, works in (
                (p.EMAIL, "Wo ist mein Tee?", True),
                (p.EMAIL, "Noch einmal", False),
                ("ben@example.org", f"Auch für {p.NAME}", True),
                ("cleo@example.org", "Rechnung", True),
            ):
                token = fresh_token(form, "secret", NOW)
                fields = {"email": [email], "topic": ["order"], "request": [words]}
                file = SOUND_PDF.replace(b"endobj", f"endobj % {email}".encode())
                work = nonce_for(token) if works else ""
                sent = Sent(fields, "203.0.113.7", "de", nonce=work, files={"files": [file]}, revision=2)
                take_submission(run, token, sent, secret="secret", now=NOW + timedelta(seconds=20))
        tell(project, database)


def test_what_they_sent_goes_with_them_and_what_others_said_of_them(project: Project) -> None:
    filled_in(project)
    looked, told = Erasing(project).look(p.ID), Erasing(project).erase(p.ID, now=NOW)
    assert (looked.submissions, told.submissions) == (3, 3)
    assert p.traces(project.directory) == []
    with closing(project.people()) as database, database.transaction() as run:
        left = submissions_where(run, "id > 0", ())
        assert [(each.email, each.content["request"]) for each in left] == [
            ("ben@example.org", None),
            ("cleo@example.org", "Rechnung"),
        ]
        assert run("SELECT count(*) FROM form_arrival", ()) == [(2,)]
        assert run("SELECT count(*) FROM form_file", ()) == [(2,)]
    assert Erasing(project).lake.snapshot().rows("tickets") == 3, "the ticket stays, and is nobody's"


def test_who_asks_is_given_what_they_sent(project: Project) -> None:
    filled_in(project)
    place, _ = export_person(project, p.ID, now=NOW, language=Language("de"))
    rows = json.loads((place / "everything.json").read_text())["care"]["forms"]
    assert [row["answer"] for row in rows if row["field"] == "Your request"] == ["Wo ist mein Tee?", "Noch einmal"]
    assert (place / "forms.csv").is_file()
    assert sorted(path.name for path in place.glob("*.pdf")) == ["request-1-1.pdf", "request-2-1.pdf"]
    assert p.EMAIL.encode() in (place / "request-1-1.pdf").read_bytes()
