"""The record of acts: who did what, when, and to what. It only grows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from stamm.people.database import Database, Run, as_moment

#: what each code means, in English; the words of a language are looked up where they are shown
ACTS = {
    "key_created": "key made",
    "key_revoked": "key revoked",
    "customers_read": "customers read",
    "person_erased": "customer erased",
    "person_erased_again": "customer erased again after a restore",
    "person_exported": "customer's data given out",
    "customers_merged": "customers merged",
    "customers_unmerged": "merge taken back",
    "backup_made": "backup made",
    "backup_restored": "backup restored",
    "released": "released after a restore",
    "person_invited": "person invited",
    "role_changed": "role changed",
    "person_removed": "person removed",
    "signed_out": "signed out everywhere",
    "link_made": "link made",
    "link_used": "link used",
    "signed_in": "signed in",
    "password_changed": "password changed",
    "note_written": "note written",
    "note_removed": "note removed",
    "note_restored": "note brought back",
    "task_made": "task given",
    "task_done": "task done",
    "task_reopened": "task opened again",
    "task_removed": "task removed",
    "task_restored": "task brought back",
    "owner_set": "customer given to somebody",
    "settings_changed": "settings changed",
    "settings_restored": "settings put back",
    "messages_replayed": "failed messages read again",
    "rejects_read": "rows set aside taken away",
    "rejects_removed": "rows set aside removed",
    "files_imported": "files taken in",
    "import_taken_back": "import taken back",
    "demo_made": "made-up shop made",
    "demo_removed": "made-up shop removed",
    "goal_made": "goal made",
    "goal_changed": "goal changed",
    "goal_archived": "goal archived",
    "goal_restored": "goal brought back",
    "goal_checked_in": "goal checked in on",
    "survey_made": "survey made",
    "survey_changed": "survey changed",
    "survey_opened": "survey opened",
    "survey_closed": "survey closed",
    "survey_link_made": "link to a survey made",
    "survey_logo": "logo of a survey changed",
    "survey_followed_up": "answer to a survey followed up",
    "survey_asked": "customers asked by a survey",
    "survey_sent": "survey sent by mail",
    "survey_by_itself": "how a survey asks by itself changed",
    "survey_held_counted": "answers held for review counted",
    "survey_held_removed": "answers held for review removed",
    "form_made": "form made",
    "form_changed": "form changed",
    "form_opened": "form opened",
    "form_closed": "form closed",
    "form_held_counted": "submissions held for review counted",
    "form_submissions_removed": "submissions of a form removed",
    "idea_board_made": "board of ideas made",
    "idea_board_changed": "board of ideas changed",
    "idea_board_opened": "board of ideas opened",
    "idea_board_closed": "board of ideas closed",
    "idea_links_made": "links to a board of ideas made",
    "idea_answered": "idea answered",
    "idea_merged": "idea merged into another",
    "idea_split": "merge of ideas taken back",
    "idea_posts_shown": "posts on a board of ideas shown",
    "idea_posts_removed": "posts on a board of ideas removed",
    "segment_saved": "segment saved",
    "segment_changed": "segment changed",
    "segment_deleted": "segment deleted",
    "segment_restored": "segment brought back",
    "board_created": "board made",
    "board_shown": "board shown to roles",
    "board_deleted": "board deleted",
    "board_restored": "board brought back",
    "board_link_made": "link to a board made",
    "board_link_revoked": "link to a board revoked",
    "report_made": "report made",
    "report_removed": "report removed",
    "report_sent": "report sent at once",
    "report_stopped": "report not wanted any more",
    "alert_made": "alert made",
    "alert_paused": "alert paused",
    "alert_resumed": "alert resumed",
    "alert_removed": "alert removed",
    "ticket_reminder_changed": "reminder of tickets changed",
    "webhook_made": "webhook made",
    "webhook_removed": "webhook removed",
    "webhook_tried": "webhook tried",
    "webhook_stopped": "webhook stopped after failing for long",
    "webhook_resumed": "webhook sent to again",
    "webhook_sent_again": "message sent to a webhook again",
    "restraint_changed": "limits of mail to customers changed",
    "address_suppressed": "address suppressed",
    "address_taken_off": "address taken off the suppressed ones",
    "job_retried": "job tried again",
    "job_cancelled": "job cancelled",
}


@dataclass(frozen=True)
class Act:
    """Something that somebody did: `what` is a code such as `key_created`, `about` names its object.

    `number` is its place in the record; what is not written down yet has none.
    """

    at: datetime
    who: str
    what: str
    about: str
    number: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Which:
    """Which acts: of one person or key, of one kind, within moments (`until` out); empty or None where all are meant.

    `before` is a number in the record: those that were written down earlier.
    """

    who: str = ""
    what: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None

    def conditions(self) -> Iterator[tuple[str, object]]:
        """Conditions of a statement, each with its value."""
        said = (
            ("who = ?", self.who or None),
            ("what = ?", self.what or None),
            ("at >= ?", self.since),
            ("at < ?", self.until),
            ("id < ?", self.before),
        )
        yield from ((condition, value) for condition, value in said if value is not None)


EVERY = Which()


def record(run: Run, act: Act) -> None:
    """Write it down, in the transaction in which it is done."""
    run(
        "INSERT INTO people_act (at, who, what, about) VALUES (?, ?, ?, ?)",
        (act.at, act.who[:200], act.what, act.about[:500]),
    )


def acts(database: Database, last: int | None = 100, which: Which = EVERY) -> list[Act]:
    """The last acts, or (None) all, the newest one first."""
    conditions = list(which.conditions())
    where = f"WHERE {' AND '.join(condition for condition, _ in conditions)}" if conditions else ""
    values = [value for _, value in conditions]
    limit = "" if last is None else "LIMIT ?"
    with database.transaction() as run:
        rows = run(
            f"SELECT at, who, what, about, id FROM people_act {where} ORDER BY id DESC {limit}",  # noqa: S608 - ours
            values if last is None else [*values, last],
        )
    return [Act(as_moment(at), who, what, about, number) for at, who, what, about, number in rows]


def doers(database: Database) -> list[str]:
    """Everybody, and every key, of whom the record says something."""
    with database.transaction() as run:
        return [who for (who,) in run("SELECT DISTINCT who FROM people_act ORDER BY who", ())]
