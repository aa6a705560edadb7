"""stamm failed: messages that are no facts."""

from __future__ import annotations

from contextlib import closing

import click

from stamm.cli.session import current
from stamm.cli.speaking import argument, command
from stamm.lang.errors import UsageError


@command(
    "failed",
    step=12,
    about=(
        "Show which messages are no facts and why, and read them again after a fix.",
        (
            "Nothing that was received is lost: received = accepted + duplicate + failed. `list` counts them and tells "
            "the reasons, `show NUMBER` prints one as it came, `replay` reads all (or those of some numbers) again and "
            "puts back what is a fact by now; `stamm work` takes it in."
        ),
    ),
    examples=(
        ("stamm failed", "How many, and why"),
        ("stamm failed show 17", "One message as it came"),
        ("stamm failed replay", "After a fix: read all of them again"),
    ),
)
@argument(
    "action",
    "What to do: list (without it, too), show or replay.",
    type=click.Choice(("list", "show", "replay")),
    default="list",
    metavar="[ACTION]",
)
@argument("numbers", "Numbers of messages, as listed.", nargs=-1, type=click.IntRange(min=1), metavar="[NUMBER...]")
def failed(action: str, numbers: tuple[int, ...]) -> None:
    """Ask the log, and tell."""
    from stamm.app.failures import Failures
    from stamm.cli import failures_seen

    say = current()
    project = say.project
    if (action == "list" and numbers) or (action == "show" and len(numbers) != 1):
        raise UsageError(
            say("`stamm failed list` takes no numbers.")
            if action == "list"
            else say("`stamm failed show` takes the number of one message."),
            remedy=say("`{command} --help` shows what it takes.", command="stamm failed"),
        )
    if not project.has_log:
        say.out.print(say("Nothing was received so far."))
        return
    with closing(project.log()) as log:
        failures = Failures(project, log)
        if action == "show":
            failures_seen.print_message(failures.one(numbers[0]), say)
        elif action == "replay":
            failures_seen.print_reread(failures.read_again(numbers), say)
        else:
            failures_seen.print_failures(failures, say)
