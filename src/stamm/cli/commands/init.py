"""stamm init: a new project."""

from __future__ import annotations

from pathlib import Path

import click

from stamm.cli.beginning import CURRENCY, system_zone
from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option
from stamm.lang.window import zone_named


@command(
    "init",
    step=1,
    about=(
        "Begin a project: a folder with its settings and, later, its data.",
        (
            "Everything a number depends on is a setting in stamm.toml, with a comment beside it. The time zone "
            "cannot be changed once data is there, because the days of the data were cut in it."
        ),
    ),
    examples=(
        ("stamm init shop --time-zone Europe/Berlin --currency EUR", "A project in the folder shop"),
        ("stamm init club --rule subscriptions --name 'Chess Club'", "Where people are customers while they subscribe"),
    ),
)
@argument("directory", "The folder to begin in; without it, the project's.", required=False, metavar="[DIR]")
@option("--time-zone", metavar="ZONE", help="Where days begin, such as Europe/Berlin; without it, this machine's.")
@option("--currency", metavar="CODE", help="The one that money is reported in, such as EUR.")
@option("--name", default="", metavar="TEXT", help="What the organisation is called; it heads the reports.")
@option(
    "--history",
    type=click.Choice(("cut", "complete")),
    default="cut",
    help="Whether the data begin in mid-life (cut, to be safe) or nothing came before them (complete).",
)
@option(
    "--rule",
    type=click.Choice(("orders", "subscriptions", "activity")),
    default="orders",
    help="What makes somebody a customer: orders, a running subscription, or any activity.",
)
def init(
    directory: str | None, time_zone: str | None, currency: str | None, name: str, history: str, rule: str
) -> None:
    """Make the directory and say what was chosen."""
    from stamm.app.project import Project
    from stamm.lang.organisation import Organisation

    say = current()
    place = Path(directory) if directory else say.directory
    zone, why = (time_zone, "") if time_zone else system_zone(say)
    code = (currency or CURRENCY).upper()
    organisation = Organisation(
        name=name,
        language=say.asked_language,
        zone=_checked_zone(zone),
        currency=_checked_currency(code),
        history="complete" if history == "complete" else "cut",
        spell_rule="subscriptions" if rule == "subscriptions" else "activity" if rule == "activity" else "orders",
    )
    Project.create(place, organisation)
    say.out.print(say("A new project in {place}", place=str(place.resolve())), style="title")
    say.out.print(say("time zone: {zone}", zone=zone) + (f" ({why})" if why else ""))
    default = "" if currency else f" ({say('the usual one, as none was named')})"
    say.out.print(say("currency: {code}", code=code) + default)
    say.out.print(say("Change these in {file} before data comes in.", file="stamm.toml"))
    say.heading(say("Next"))
    there = "" if place.resolve() == Path.cwd() else f" --project {place}"
    say.out.plain(f"stamm{there} import orders.csv")
    say.out.plain(f"stamm{there} import complete_journey   {say('(real purchases to try things on)')}")


def _checked_zone(zone: str) -> str:
    return str(zone_named(zone).key)


def _checked_currency(code: str) -> str:
    from stamm.lang.money import exponent

    exponent(code)
    return code
