"""What `stamm jobs` says: how many there are, which failed and why, what is due."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from stamm.app.kinds import title_of
from stamm.app.retelling import retell
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.jobs.looking import STATES, Seen, State, counts, jobs_in, timers

if TYPE_CHECKING:
    from stamm.people.database import Run

#: what somebody may wait for
SHOWN: tuple[State, ...] = ("failed", "running", "waiting")
#: so many jobs of a state are listed
LISTED = 20


def print_jobs(run: Run, say: Session) -> None:
    """Counts, and the first jobs of each state that somebody may wait for."""
    number, found, due = say.language.number, counts(run), timers(run)
    if not any(found.values()) and not due:
        say.out.print(say("There are no jobs."))
        return
    made = printing.table(say("jobs"), say("count"), right=(1,))
    for state, title in STATES.items():
        made.add_row(say(title), number(found[state]))
    say.out.show(made)
    for state in SHOWN:
        listed = jobs_in(run, state, most=LISTED)
        if listed:
            say.heading(say(STATES[state]))
            made = printing.table(*map(say, ("number", "job", "due", "tries", "reason")), right=(0, 3))
            for job in listed:
                made.add_row(
                    str(job.id), _title(job.kind, say), _moment(job.due_at, say), number(job.tries), _why(job, say)
                )
            say.out.show(made)
    if due:
        say.heading(say("at a set hour"))
        made = printing.table(*map(say, ("name", "job", "due")))
        for timer in due:
            made.add_row(retell(timer.name, say.language), _title(timer.kind, say), _moment(timer.due_at, say))
        say.out.show(made)


def _title(kind: str, say: Session) -> str:
    return say(title_of(kind))


def _why(job: Seen, say: Session) -> str:
    return say(retell(job.reason, say.language))


def _moment(moment: datetime, say: Session) -> str:
    return say.language.moment(moment.astimezone(ZoneInfo(say.project.organisation.zone)))
