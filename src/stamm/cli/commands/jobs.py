"""stamm jobs: what is due, running, failed."""

from __future__ import annotations

import getpass
from contextlib import closing
from datetime import UTC, datetime

import click

from stamm.cli.session import current
from stamm.cli.speaking import argument, command
from stamm.lang.errors import UsageError


@command(
    "jobs",
    step=12,
    about=(
        "Show which jobs are due, running or failed and why, and try failed ones again.",
        (
            "`stamm work` does jobs when they are due, among them what goes out at a set hour. What came to nothing is "
            "tried again by itself, later each time, and set aside after its last try. `list` counts all and tells the "
            "reasons, `retry NUMBER` tries one again now, `cancel NUMBER` gives it up. Jobs that were done are "
            "forgotten after 30 days."
        ),
    ),
    examples=(
        ("stamm jobs", "What is due, running, failed"),
        ("stamm jobs retry 17", "Once more, now"),
        ("stamm jobs cancel 17 18", "Not any more"),
    ),
)
@argument(
    "action",
    "What to do: list (without it, too), retry or cancel.",
    type=click.Choice(("list", "retry", "cancel")),
    default="list",
    metavar="[ACTION]",
)
@argument("numbers", "Numbers of jobs, as listed.", nargs=-1, type=click.IntRange(min=1), metavar="[NUMBER...]")
def jobs(action: str, numbers: tuple[int, ...]) -> None:
    """Look, or do what is asked, all of it or nothing."""
    from stamm.cli import jobs_seen
    from stamm.jobs.looking import cancel_job, retry_job

    say = current()
    if (action == "list") == bool(numbers):
        raise UsageError(
            say("`stamm jobs list` takes no numbers.") if numbers else say("Which jobs? Their numbers are missing."),
            remedy=say("`{command} --help` shows what it takes.", command="stamm jobs"),
        )
    with closing(say.project.people()) as database, database.transaction() as run:
        if action == "list":
            jobs_seen.print_jobs(run, say)
            return
        for number in numbers:
            change = retry_job if action == "retry" else cancel_job
            change(run, number, who=getpass.getuser(), now=datetime.now(UTC))
    for number in numbers:
        text = "Job {number} is tried again." if action == "retry" else "Job {number} is given up."
        say.out.print(say(text, number=number))
