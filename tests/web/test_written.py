"""What people write anywhere may name a customer: every column of words is known, and what names them goes from all."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

from stamm.app.leaving.written import WRITTEN, Place, Written
from stamm.app.project import Project
from stamm.boards.content import Add, Alter, Rename, content_of
from stamm.care.leaving import HELD
from tests.web.conftest import NOON

NAME = "Annegret Mustermüller-Quast"
#: tables without words about customers, by how they begin, and why
CANNOT = {
    "people_person": "who works here",
    "people_signinlink": "a hash, and who works here",
    "people_key": "a hash, and the name of a source",
    "people_slowed": "who tried to sign in",
    "account_": "who works here",
    "mfa_": "who works here",
    "auth_": "of the framework",
    "django_": "of the framework",
    "care_": "erased as whole rows",
    "survey_sheet": "erased as whole rows, and by each word of others that names somebody",
    "survey_follow_up": "erased with its sheet, and each note of others that names somebody",
    "form_submission": "erased as whole rows, and by each word of others that names somebody",
    "form_file": "a file that belongs to a submission, and goes with it",
    "form_arrival": "a hash that nobody can undo",
    "form_salt": "chance",
    "survey_arrival": "a hash that nobody can undo",
    "survey_salt": "chance",
    "survey_logo": "a picture",
    "idea_participant": "erased as whole rows",
    "idea_post": "erased as whole rows, and by each word of others that names somebody",
    "idea_step": "each answer that names somebody is emptied",
    "idea_arrival": "a hash that nobody can undo",
    "idea_link_arrival": "a hash that nobody can undo",
    "idea_news_mail": "erased as whole rows, what became of a mail in our own words",
    "idea_salt": "chance",
    "job": "tells what is to be done by numbers",
    "mail_suppressed": "a keyed digest, and who works here",
    "mail_restraint": "hours and numbers, and who works here",
    "survey_mail": "what became of a mail, in our own words",
    "ticket_reminder": "hours and roles, and who works here",
    "ticket_reminded": "a keyed digest, and moments",
    "report_recipient": "addresses of people here, and of those whom an owner named",
    "alert_told": "windows and numbers",
    "alert_sent": "addresses of people here, and of those whom an owner named",
    "report_sent": "tells what went out by numbers",
}


def names(text: str) -> bool:
    return "quast" in text.casefold()


def test_every_column_of_words_is_looked_through_or_cannot_name_a_customer(project: Project) -> None:
    with closing(project.people()) as database, database.transaction() as run:
        columns = {
            table: {
                name
                for _, name, kind, *_ in run(f"PRAGMA table_info({table})", ())
                if "char" in kind or kind in ("text", "TEXT")
            }
            for table in database.tables(run)
        }
    unknown = {
        table: sorted(told)
        for table, told in columns.items()
        if told and table not in WRITTEN and not any(table.startswith(known) for known in CANNOT)
    }
    assert unknown == {}, "words that nobody looks through when a person is erased"
    for table, (_, looked) in WRITTEN.items():
        assert looked.keys() <= columns[table], table
    assert columns["boards_board"] - WRITTEN["boards_board"][1].keys() == {"shown_to"}
    assert columns["boards_version"] - WRITTEN["boards_version"][1].keys() == {"who", "what"}
    assert columns["boards_boardlink"] - WRITTEN["boards_boardlink"][1].keys() == {"hash", "made_by"}
    assert columns["people_act"] - WRITTEN["people_act"][1].keys() == {"who", "what"}
    assert columns["goal_version"] - WRITTEN["goal_version"][1].keys() == {"who", "what"}
    assert columns["segment"] == {"key"}
    assert columns["segment_version"] - WRITTEN["segment_version"][1].keys() == {"who", "what"}
    assert columns["survey_version"] - WRITTEN["survey_version"][1].keys() == {"state", "what", "who"}
    assert columns["survey_link"] - WRITTEN["survey_link"][1].keys() == {"who"}
    assert columns["form_version"] - WRITTEN["form_version"][1].keys() == {"state", "what", "who"}
    assert columns["form_confirmation"] - WRITTEN["form_confirmation"][1].keys() == {"state", "reason"}
    assert columns["idea_board"] == {"key"}
    assert columns["idea_board_version"] - WRITTEN["idea_board_version"][1].keys() == {"state", "what", "who"}
    assert columns["goal_check_in"] - WRITTEN["goal_check_in"][1].keys() == {"who", "known_on"}
    assert columns["report"] - WRITTEN["report"][1].keys() == {"who"}
    assert columns["alert"] - WRITTEN["alert"][1].keys() == {"who", "judged_until", "state"}
    assert columns["webhook"] - WRITTEN["webhook"][1].keys() == {"url", "form", "chance", "who"}
    assert columns["webhook_message"] - WRITTEN["webhook_message"][1].keys() == {"key", "state", "outcome"}
    assert columns["customer_mail"] - WRITTEN["customer_mail"][1].keys() == {
        *("key", "purpose", "occasion", "programme", "state", "outcome"),
        "customer_id",  # emptied: see stamm.delivery.leaving
    }
    assert columns["care_note"] - set(HELD["care_note"]) == {"customer_id", "who"}


def test_a_board_and_all_its_versions_forget_a_name(
    signed_in: Callable[..., Any], board: Callable[..., Any], project: Project
) -> None:
    from stamm.boards.changing import change_board
    from stamm.boards.links import make_board_link
    from stamm.boards.models import Board, BoardLink, Version

    made = board("analyst")
    maker = made.maker
    for change in (
        Add("text", {"text": f"Ask {NAME} first"}, title=f"Of {NAME}"),
        Rename(f"Orders of {NAME}"),
        Alter(2, {"text": "Nobody in particular"}, "Of all"),
    ):
        made = change_board(made, change, seen=made.revision, who=maker, now=NOON)
    make_board_link(made, who=maker, now=NOON, until=None, note=f"for {NAME}")
    with closing(project.people()) as database:
        written = Written(database, lambda text: f"erased-{len(text)}")
        assert {
            Place("boards_board", (made.pk,)),
            Place("boards_version", (made.pk, 3)),
            Place("boards_version", (made.pk, 4)),
            Place("boards_version", (made.pk, 5)),
            Place("boards_boardlink", (made.pk,)),
        } <= set(written.places(names))
        assert written.places(names)[1].told("de") == f"ein Link auf Tafel {made.pk}"
        # the board, three of its versions, the link, and the act that names the board by its name
        assert written.erase(names) == 6
        assert written.places(names) == []
        assert written.erase(names) == 0
    kept = content_of(Board.objects.get(pk=made.pk).written)
    assert (kept.name, Board.objects.get(pk=made.pk).name) == ("erased-37", "erased-37")
    assert [(w.kind, dict(w.settings), w.title) for w in kept.widgets] == [
        ("number", {"metric": "order_count"}, ""),
        ("text", {"text": "Nobody in particular"}, "Of all"),
    ]
    before = content_of(Version.objects.get(board=made, revision=3).written)
    assert (before.name, before.widgets[1].settings, before.widgets[1].title) == ("Mornings", {"text": "erased-37"}, "")
    assert BoardLink.objects.get(board=made).note == ""
    told = json.dumps([version.written for version in Version.objects.all()])
    assert "uast" not in told
    for file in project.directory.glob("stamm.sqlite*"):
        assert b"-Quast" not in file.read_bytes(), file
    browser = signed_in("owner")
    assert browser.get(f"/boards/{made.pk}/").status_code == 200
    assert browser.post(f"/boards/{made.pk}/versions", {"revision": 3}).status_code in (200, 302, 405)
