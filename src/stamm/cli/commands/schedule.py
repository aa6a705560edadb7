"""stamm schedule: reports that go out by mail at a set hour."""

from __future__ import annotations

import getpass
from contextlib import closing
from datetime import UTC, datetime

import click

from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option
from stamm.lang.errors import UsageError


@command(
    "schedule",
    step=12,
    about=(
        "Send a board or a metric by mail, every day, week or month at a local hour.",
        (
            "`add` makes such a report, `list` shows them and what went out last, `send NUMBER` sends one now, `remove "
            "NUMBER` ends one, `try ADDRESS` sends a mail to see whether mail goes out at all. `stamm work` sends what "
            "is due by the server that [mail] in stamm.toml names; its password stands in STAMM_MAIL_PASSWORD."
        ),
    ),
    examples=(
        ("stamm schedule add --metric revenue --to anna@example.com", "Each Monday at 9"),
        (
            "stamm schedule add --board 1 --every month --to a@example.com --to b@example.com",
            "On the first of each month, for two",
        ),
        ("stamm schedule send 1", "Now, too"),
    ),
)
@argument(
    "action",
    "What to do: list (without it, too), add, send, remove or try.",
    type=click.Choice(("list", "add", "send", "remove", "try")),
    default="list",
    metavar="[ACTION]",
)
@argument("which", "For send and remove the report's number, for try an address.", required=False)
@option("--metric", default="", metavar="KEY", help="The metric that it shows.")
@option("--board", type=click.IntRange(min=1), default=None, metavar="NUMBER", help="The board that it shows.")
@option(
    "--where", multiple=True, metavar="CONDITION", help="Of a metric only what meets a condition, as `stamm metric`."
)
@option("--name", default="", metavar="NAME", help="What it is called; else like the metric.")
@option("--to", multiple=True, metavar="ADDRESS", help="Whom it goes to; several times for several.")
@option("--webhook", multiple=True, type=click.IntRange(min=1), metavar="NUMBER", help="A webhook it goes to, too.")
@option("--in", "language", type=click.Choice(("en", "de")), default="en", help="In which language.")
@option("--every", type=click.Choice(("day", "week", "month")), default="week", help="How often.")
@option(
    "--on", type=click.IntRange(1, 31), default=1, metavar="DAY", help="The weekday (1: Monday) or day of the month."
)
@option("--at", default="9:00", metavar="HOUR", help="The local hour, such as 9:00.")
def schedule(action: str, which: str | None, metric: str, board: int | None, language: str, **more: object) -> None:
    """Do what is asked with reports."""
    from stamm.app.reporting import board_content
    from stamm.cli import schedules

    say, now, who = current(), datetime.now(UTC), getpass.getuser()
    if action in ("send", "remove", "try") and which is None:
        missing = say("{name} is missing.", name="WHICH")
        raise UsageError(missing, remedy=say("`{command} --help` shows what it takes.", command="stamm schedule"))
    if action == "try":
        schedules.try_mail(say, which or "", now)
        return
    with closing(say.project.people()) as database, database.transaction() as run:
        if action == "add":
            asked = schedules.asked(say, metric, board, {**more, "language": language})
            if board is not None:
                board_content(database, run, board)
            schedules.add(run, say, asked, [(address, language) for address in more["to"]], who=who, now=now)  # type: ignore[attr-defined]
        elif action == "list":
            schedules.print_reports(run, say)
        else:
            change = schedules.send if action == "send" else schedules.remove
            change(run, say, schedules.number_of(which or ""), who=who, now=now)
