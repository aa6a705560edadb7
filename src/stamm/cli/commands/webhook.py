"""stamm webhook: where messages go over HTTP, such as Slack, Teams and Zapier."""

from __future__ import annotations

import getpass
from contextlib import closing
from datetime import UTC, datetime

import click

from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option


@command(
    "webhook",
    step=13,
    about=(
        "Say where reports go over HTTP: Slack, Teams, Zapier, a program of your own.",
        (
            "`add` makes a webhook and shows its secret this once, `list` shows them and the last messages, `try "
            "NUMBER` sends one now, `again NUMBER` sends a message once more under its own number, `resume NUMBER` "
            "sends to one that was stopped, `remove NUMBER` ends one. Nothing goes into private networks but to the "
            "hosts that own_hosts in [outgoing] of stamm.toml names. `stamm work` sends."
        ),
    ),
    examples=(
        (
            "stamm webhook add https://hooks.slack.com/services/T0/B0/X --name Sales --as slack",
            "A channel in Slack",
        ),
        ("stamm webhook try 1", "To see whether it arrives"),
    ),
)
@argument(
    "action",
    "What to do: list (without it, too), add, try, again, resume or remove.",
    type=click.Choice(("list", "add", "try", "again", "resume", "remove")),
    default="list",
    metavar="[ACTION]",
)
@argument("which", "For add an address, for again a message's number, else a webhook's.", required=False)
@option("--name", default="", metavar="NAME", help="Who reads it there; else like its host.")
@option(
    "--as", "form", type=click.Choice(("json", "slack", "teams")), default="json", help="The form that is read there."
)
def webhook(action: str, which: str | None, name: str, form: str) -> None:
    """Do what is asked with webhooks."""
    from stamm.cli import webhooks

    say, now, who = current(), datetime.now(UTC), getpass.getuser()
    with closing(say.project.people()) as database:
        if action == "list":
            webhooks.print_webhooks(database, say)
        elif action == "add":
            webhooks.add(database, say, webhooks.given(which, say), name, form, who=who, now=now)
        else:
            webhooks.change(database, say, action, webhooks.given(which, say), who=who, now=now)
