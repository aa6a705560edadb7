"""stamm alert: who is told when a metric crosses a line, or is not what was expected."""

from __future__ import annotations

import getpass
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from stamm.cli.asking import where_option
from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option
from stamm.lang.errors import UsageError

if TYPE_CHECKING:
    from stamm.facts.filter import Filter

ACTIONS = ("list", "add", "preview", "pause", "resume", "remove")


@command(
    "alert",
    step=12,
    about=(
        "Tell people by mail, or webhooks, when a metric crosses a line or leaves what was expected of it.",
        (
            "`add METRIC` makes an alert; `preview METRIC` shows of which past windows it would have told, and makes "
            "nothing. `list` shows all and what they told last; `pause`, `resume` and `remove` take a number. Without "
            "--line a window is held against what it was expected to be by those before it. Only windows that are over "
            "are judged, each of them once, by `stamm work`."
        ),
    ),
    examples=(
        ("stamm alert preview order_count --side below", "Of which of the last days it would have told"),
        ("stamm alert add order_count --side below --to anna@example.com", "Fewer orders on a day than expected"),
        (
            "stamm alert add revenue --per week --side below --line 9000 --back 10000 --to anna@example.com",
            "A week below 9,000; again only after one with 10,000",
        ),
        ("stamm alert list", "All of them"),
    ),
)
@argument(
    "action",
    "What to do: list (without it, too), add, preview, pause, resume or remove.",
    type=click.Choice(ACTIONS),
    default="list",
    metavar="[ACTION]",
)
@argument("which", "For add and preview a metric, else the number of an alert.", required=False)
@option("--per", type=click.Choice(("day", "week", "month")), default="day", help="What is judged.")
@option("--side", type=click.Choice(("below", "above", "both")), default=None, help="What is told; else both.")
@option("--line", default="", metavar="NUMBER", help="Tell what crosses this, instead of what was not expected.")
@option("--back", default="", metavar="NUMBER", help="Tell of a line again only after a window was here.")
@option(
    "--one-in",
    type=click.IntRange(10, 1000),
    default=100,
    metavar="WINDOWS",
    help="One window in so many may be told without a cause.",
)
@where_option
@option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the metric; may be repeated.")
@option("--name", default="", metavar="NAME", help="What it is called; else like the metric.")
@option("--to", multiple=True, metavar="ADDRESS", help="Whom it tells; several times for several.")
@option("--webhook", multiple=True, type=click.IntRange(min=1), metavar="NUMBER", help="A webhook it tells, too.")
@option("--in", "language", type=click.Choice(("en", "de")), default="en", help="For those who have no account.")
def alert(*, action: str, which: str | None, where: Filter, **given: Any) -> None:
    """Do what is asked with alerts."""
    from stamm.cli import alerts

    say, now, who = current(), datetime.now(UTC), getpass.getuser()
    if action != "list" and which is None:
        missing = say("{name} is missing.", name="WHICH")
        raise UsageError(missing, remedy=say("`{command} --help` shows what it takes.", command="stamm alert"))
    if action == "preview":
        alerts.preview(say, alerts.asked(say, which or "", where, given), now)
        return
    about = alerts.checked(say, alerts.asked(say, which or "", where, given)) if action == "add" else None
    with closing(say.project.people()) as database, database.transaction() as run:
        if about is not None:
            alerts.add(run, say, about, who=who, now=now)
        elif action == "list":
            alerts.print_alerts(run, say)
        else:
            alerts.change(run, say, action, alerts.number_of(which or ""), who=who, now=now)
