"""stamm segment: customers chosen by a rule, as they were known on any day."""

from __future__ import annotations

import json
from typing import Any

import click

from stamm.cli.asking import day_named
from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option
from stamm.lang.window import GRAINS

ACTIONS = ("list", "operators", "personas", "show", "members", "sizes", "overlap", "moves")
#: what is done with saved ones
KEEPING = ("save", "rename", "delete", "versions", "restore")
#: the names of days, and how they are asked for
_DAYS = {"as_of": "as-of", "start": "from", "end": "to"}


@command(
    "segment",
    step=4,
    about=(
        "Choose customers by a rule, save it, and see how many they are, who, and who came and went.",
        (
            "A rule is a sentence such as `who ordered at least 2 times in the last 90 days and whose country is DE`, "
            "with and, or, not and brackets, or the same as JSON; `operators` lists what can be said. Whoever is in it "
            "is told as of the start of a day, from what had happened and was known by then. A saved rule is a segment "
            "that other rules, metrics and boards can name; each change is a version more, and nothing is lost."
        ),
    ),
    examples=(
        ("stamm segment", "All segments there are"),
        ("stamm segment show lapsed", "How many are in one, of all"),
        (
            "stamm segment members --rule 'whose last order was at least 60 days ago' --format csv",
            "Whoever a rule of your own is so of",
        ),
        (
            "stamm segment sizes lapsed --from 2017-01-01",
            "How many were in it month by month, and how many came and went",
        ),
        ("stamm segment overlap lapsed rfm_at_risk", "How many two of them have in common"),
        ("stamm segment personas", "Groups of customers who behave alike, found in your data"),
        ("stamm segment save Regulars --persona 1", "Keep the rule of the first of them under a name"),
        (
            "stamm segment save 'Slipping regulars' --rule 'who ordered at least 3 times in the last 365 days'",
            "Keep a rule under a name; the same again with another rule changes it",
        ),
        ("stamm segment versions slipping_regulars", "What it was before; restore --version goes back"),
        ("stamm segment moves lapsed --from 2017-11-01 --to 2017-12-01", "Who entered and left it in November"),
    ),
)
@argument("action", ", ".join((*ACTIONS, *KEEPING)) + ".", type=click.Choice((*ACTIONS, *KEEPING)), default="list")
@argument(
    "names", "Which segments, by their keys or names; for rename the new name behind it.", nargs=-1, metavar="[NAME]..."
)
@option("--rule", metavar="RULE", help="A rule, in the place of a name; for save the rule itself.")
@option("--persona", type=int, metavar="NUMBER", help="For save: the rule of a persona, in the place of --rule.")
@option("--note", metavar="TEXT", help="For save: what it is for.")
@option("--version", type=int, metavar="NUMBER", help="For restore: the version that it shall be like.")
@option("--as-of", metavar="DAY", help="At the start of that day; without it, when the data end.")
@option("--from", "start", metavar="DAY", help="For moves and sizes: the start of the earlier day.")
@option(
    "--to", "end", metavar="DAY", help="For moves and sizes: the start of the later day; without it, when the data end."
)
@option("--grain", type=click.Choice(GRAINS), default="month", metavar="GRAIN", help="For sizes: how windows are cut.")
@option(
    "--format",
    "form",
    type=click.Choice(("table", "csv", "json")),
    default="table",
    help="For people (table) or for programs (csv, json).",
)
def segment(*, action: str, names: tuple[str, ...], rule: str | None, form: str, **given: Any) -> None:
    """Do what is asked with segments."""
    from stamm.cli.segments import Asked, print_operators

    say = current()
    if action == "operators":
        print_operators(say)
        return
    days = [day_named(given[name], f"--{told}", say) for name, told in _DAYS.items()]
    if action == "personas":
        from stamm.cli.personas import print_personas

        print_personas(say, days[0], form)
        return
    if action in KEEPING:
        from stamm.cli.segments_kept import Keeping

        if given["persona"] is not None:
            from stamm.cli.personas import persona_numbered

            found = persona_numbered(say, given["persona"], days[0])
            names, rule = names or (found.name.of(say.language.code),), json.dumps(found.rule.written())
        kept = Keeping(say, names, rule, given["note"], given["version"], form)
        {
            "save": kept.save,
            "rename": kept.rename,
            "delete": kept.delete,
            "versions": kept.versions,
            "restore": kept.restore,
        }[action]()
        return
    asked = Asked(say, names, rule, form, given["grain"], *days)
    {
        "list": asked.print_list,
        "show": asked.print_one,
        "members": asked.print_members,
        "sizes": asked.print_sizes,
        "overlap": asked.print_overlap,
        "moves": asked.print_moves,
    }[action]()
