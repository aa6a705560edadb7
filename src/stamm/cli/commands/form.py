"""stamm form: what strangers hand in by a link, and what is held for review."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option
from stamm.lang.errors import UsageError

ACTIONS = ("list", "make", "show", "change", "open", "close", "link", "received", "review")
READY = ("lead", "registration", "booking", "support")


@command(
    "form",
    step=8,
    about=(
        "Take in leads, registrations, bookings and requests by a link.",
        (
            "A form is made from one that comes ready, or from a file that `show --format json` wrote. Once it is open,"
            " whoever has its link fills it in without signing in. What is sent becomes customers, attendances and "
            "tickets a moment later; what looks like spam is held for review and counts nowhere."
        ),
    ),
    examples=(
        ('stamm form make "Tasting" --ready booking', "One that comes ready; it takes something once it is opened"),
        ("stamm form open 1", "Its link takes what is sent from now on"),
        ("stamm form link 1", "The link, for whoever has it"),
        ("stamm form received 1 --format csv", "Everything that was sent, held or not"),
        ("stamm form review 1 --remove", "What was held is thrown away"),
    ),
)
@argument("action", "list, make, show, change, open, close, link, received or review.", type=click.Choice(ACTIONS))
@argument("which", "The number of a form; for make its name.", required=False)
@option("--ready", type=click.Choice(READY), help="For make: what it is for; it comes ready.")
@option("--file", type=click.Path(path_type=Path, dir_okay=False), help="For make and change: what it asks, as JSON.")
@option("--count", "count", is_flag=True, help="For review: count what was held.")
@option("--remove", is_flag=True, help="For review: throw away what was held.")
@option("--submission", "submissions", type=int, multiple=True, metavar="N", help="For review: this one alone.")
@option(
    "--format",
    "form",
    type=click.Choice(("table", "csv", "json")),
    default="table",
    help="For people (table) or for programs (csv, json).",
)
def form_command(*, action: str, which: str | None, form: str, **given: Any) -> None:
    """Do what is asked with forms."""
    from stamm.cli import forms

    say = current()
    if action == "list":
        forms.print_list(say, form)
        return
    if which is None:
        missing = say("{name} is missing.", name="WHICH")
        raise UsageError(missing, remedy=say("`{command} --help` shows what it takes.", command="stamm form"))
    if action == "make":
        forms.make(say, which, given)
        return
    if not (which.isascii() and which.isdecimal()) or len(which) > 9:
        raise UsageError(f"{which!r} is no number.", remedy="`stamm form list` shows all.")
    forms.DOING[action](say, int(which), form, given)
