"""stamm survey: what customers are asked, the links to it, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option
from stamm.lang.errors import UsageError

ACTIONS = (
    "list",
    "make",
    "show",
    "change",
    "open",
    "close",
    "links",
    "widget",
    "send",
    "keep-asking",
    "results",
    "review",
)
READY = ("nps", "csat", "ces", "exit")


@command(
    "survey",
    step=8,
    about=(
        "Ask customers by links, and see what they answered.",
        (
            "A survey is made from one that comes ready, or from a file that `show --format json` wrote. Open, it takes"
            " answers by links: open ones for whoever has them, and personal ones, each good for one customer, who can "
            "correct an answer until the survey closes and is counted once. Nobody is asked again by any survey within "
            "the days of rest. Answers are facts a moment later, and every metric of them counts them."
        ),
    ),
    examples=(
        ('stamm survey make "After the purchase" --ready nps', "One that comes ready; it is asked once it is opened"),
        ("stamm survey open 1", "Its links take answers from now on"),
        ('stamm survey links 1 --touchpoint "At the counter"', "A link for whoever has it"),
        ("stamm survey links 1 --segment lapsed --sample 200 --format csv", "A link for each of 200 customers"),
        ("stamm survey widget 1 --origin https://shop.example.com", "The line that shows it on a shop's pages"),
        ("stamm survey send 1 --sample 200", "How many a mail would ask, and why not the others"),
        ("stamm survey send 1 --sample 200 --yes", "The mails are planned; the worker sends them"),
        ("stamm survey keep-asking 1 --after delivery --days 7", "A week after each delivery, by itself"),
        ("stamm survey results 1", "The score, how many gave each answer, and every comment"),
    ),
)
@argument(
    "action",
    "list, make, show, change, open, close, links, widget, send, keep-asking, results or review.",
    type=click.Choice(ACTIONS),
)
@argument("which", "The number of a survey; for make its name.", required=False)
@option("--ready", type=click.Choice(READY), help="For make: one that comes ready.")
@option("--file", type=click.Path(path_type=Path, dir_okay=False), help="For make and change: what is asked, as JSON.")
@option("--closes", metavar="MOMENT", help="For make: when it closes by itself, as 2026-12-31T18:00.")
@option("--quota", type=int, metavar="N", help="For make: no more answers than that.")
@option("--rest", type=int, metavar="DAYS", help="For make: nobody is asked again within so many days; 30 without it.")
@option("--touchpoint", metavar="TEXT", help="For links: where an open link is to hang.")
@option(
    "--origin", "origins", multiple=True, metavar="SITE", help="For widget: where it may be shown; may be repeated."
)
@option("--customer", "customers", multiple=True, metavar="ID", help="For links: whom to ask; may be repeated.")
@option("--segment", metavar="NAME", help="For links and send: whoever is in that segment now.")
@option("--sample", type=int, metavar="N", help="For links and send: of those only so many, always the same ones.")
@option("--seed", metavar="TEXT", help="For send: another draws another sample; the survey's number without it.")
@option("--after", type=click.Choice(("order", "delivery")), help="For keep-asking: after what; order without it.")
@option("--days", type=int, metavar="N", help="For keep-asking: so many days later; 7 without it.")
@option("--hour", type=int, metavar="H", help="For keep-asking: the local hour; 10 without it.")
@option("--stop", is_flag=True, help="For keep-asking: ask nobody by itself any more.")
@option("--purpose", metavar="TEXT", help="For send and keep-asking: what customers agreed to; feedback without it.")
@option("--subject", metavar="TEXT", help="For send and keep-asking: the subject of the mail; a ready one without it.")
@option(
    "--sentence",
    metavar="TEXT",
    help="For send and keep-asking: what stands above the question; a ready one without it.",
)
@option("--yes", is_flag=True, help="For send: plan the mails; without it they are only counted.")
@option("--count", "count", is_flag=True, help="For review: count what was held.")
@option("--remove", is_flag=True, help="For review: throw away what was held.")
@option("--comments", is_flag=True, help="For results with csv: the comments instead of the numbers.")
@option(
    "--format",
    "form",
    type=click.Choice(("table", "csv", "json")),
    default="table",
    help="For people (table) or for programs (csv, json).",
)
def survey(*, action: str, which: str | None, form: str, **given: Any) -> None:
    """Do what is asked with surveys."""
    from stamm.cli import surveys

    say = current()
    if action == "list":
        surveys.print_list(say, form)
        return
    if which is None:
        missing = say("{name} is missing.", name="WHICH")
        raise UsageError(missing, remedy=say("`{command} --help` shows what it takes.", command="stamm survey"))
    if action == "make":
        surveys.make(say, which, given)
        return
    if not (which.isascii() and which.isdecimal()) or len(which) > 9:
        raise UsageError(f"{which!r} is no number.", remedy="`stamm survey list` shows all.")
    surveys.DOING[action](say, int(which), form, given)
