"""The tables, and what all of them share."""

from __future__ import annotations

from datetime import datetime, timedelta

from stamm.lang.errors import UsageError
from stamm.people.database import Run

TABLES = (
    """CREATE TABLE IF NOT EXISTS care_note (
        id {identity},
        customer_id text NOT NULL,
        told text NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL,
        removed_at {moment} NULL
    )""",
    "CREATE INDEX IF NOT EXISTS care_note_customer ON care_note (customer_id)",
    """CREATE TABLE IF NOT EXISTS care_task (
        id {identity},
        customer_id text NOT NULL,
        told text NOT NULL,
        whose varchar(200) NOT NULL,
        due_on varchar(10) NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL,
        done_at {moment} NULL,
        done_by varchar(200) NULL,
        removed_at {moment} NULL
    )""",
    "CREATE INDEX IF NOT EXISTS care_task_customer ON care_task (customer_id)",
    "CREATE INDEX IF NOT EXISTS care_task_whose ON care_task (whose)",
    """CREATE TABLE IF NOT EXISTS care_owner (
        id {identity},
        customer_id text NOT NULL UNIQUE,
        whose varchar(200) NOT NULL,
        who varchar(200) NOT NULL,
        at {moment} NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS care_owner_whose ON care_owner (whose)",
)
#: letters of a note or a task
LONGEST = 4_000
#: what was removed can be brought back for so long; then it is gone
UNDO = timedelta(days=1)


def checked(told: str) -> str:
    """What somebody wrote, without space around it; raises UsageError where it is nothing, or too much."""
    text = told.replace("\r\n", "\n").strip()
    if not text:
        raise UsageError("There is nothing written.", remedy="Write something, and save it again.")
    if len(text) > LONGEST:
        raise UsageError(
            f"This has {len(text):,} letters, and {LONGEST:,} fit.", remedy="Write the rest into a second note."
        )
    return text


def forget_removed(run: Run, table: str, now: datetime) -> None:
    """What was removed longer ago than it can be brought back is gone for good."""
    run(f"DELETE FROM {table} WHERE removed_at < ?", (now - UNDO,))  # noqa: S608 - ours
