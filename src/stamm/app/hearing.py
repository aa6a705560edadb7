"""What customers answered becomes facts: the same rows however often it is done, and what is corrected is replaced."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from stamm.app.project import Project
from stamm.app.projecting.said import Said, put_said
from stamm.jobs import Done, Job, Kind, Outcome, Retry
from stamm.lang.errors import BusyError
from stamm.people import Database
from stamm.surveys.asking import TELLING
from stamm.surveys.telling import SOURCE, Row, mark_told, note_telling, untold

#: an import may hold the lake for long; answers wait in the database meanwhile
WAIT_SECONDS = 60.0


class AnswersTold(Kind):
    """Answers to surveys become facts, all that wait in one commit; whoever is cut off tells the same once more."""

    name = TELLING
    title = "Survey answers become facts"
    goes_outside = True
    repeatable = True

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Tell all that is not told yet; a job that finds nothing was overtaken by another one."""
        project = Project.open(self.directory)
        if project.reads_database:
            return Done()  # the facts are the shop's own; the answers stay with the survey
        try:
            with closing(project.people()) as database:
                while tell(project, database):
                    continue
        except BusyError as error:
            return Retry(type(error).__name__)
        return Done()


def tell(project: Project, database: Database) -> int:
    """One commit of what waits; how many sheets it was. Raises BusyError while somebody else writes for long."""
    with database.transaction() as run:
        if not untold(run):
            return 0
    with project.lake().writing(wait_seconds=WAIT_SECONDS) as writer:
        with database.transaction() as run:  # what waits now that nobody else tells, and before it is told
            waiting = untold(run)
            for each in waiting:
                note_telling(run, each)
        rows = [_said(row) for each in waiting for row in each.rows]
        if rows:
            put_said(writer, rows)
            writer.commit()
        with database.transaction() as run:
            for each in waiting:
                mark_told(run, each)
    return len(waiting)


def _said(row: Row) -> Said:
    key = {"response_id": row.response_id, "question": row.question}
    return Said("responses", {**key, **(row.values or {})}, SOURCE, row.received_at, withdrawn=row.values is None)
