"""stamm segment: customers chosen by a rule, as they were known on any day."""

from __future__ import annotations

import click

from stamm.cli.asking import day_named
from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option

ACTIONS = ("list", "operators", "show", "members", "overlap", "moves")


@command(
    "segment",
    step=4,
    about=(
        "Choose customers by a rule, and see how many they are, who, and who came and went.",
        (
            "A rule is a sentence such as `who ordered at least 2 times in the last 90 days and whose country is DE`, "
            "with and, or, not and brackets, or the same as JSON; `operators` lists what can be said. Whoever is in it "
            "is told as of the start of a day, from what had happened and was known by then."
        ),
    ),
    examples=(
        ("stamm segment", "All segments there are"),
        ("stamm segment show lapsed", "How many are in one, of all"),
        (
            "stamm segment members --rule 'whose last order was at least 60 days ago' --format csv",
            "Whoever a rule of your own is so of",
        ),
        ("stamm segment overlap lapsed rfm_at_risk", "How many two of them have in common"),
        ("stamm segment moves lapsed --from 2017-11-01 --to 2017-12-01", "Who entered and left it in November"),
    ),
)
@argument("action", "list, operators, show, members, overlap or moves.", type=click.Choice(ACTIONS), default="list")
@argument("names", "Which segments, by their keys.", nargs=-1, metavar="[NAME]...")
@option("--rule", metavar="RULE", help="A rule, in the place of a name.")
@option("--as-of", metavar="DAY", help="At the start of that day; without it, when the data end.")
@option("--from", "start", metavar="DAY", help="For moves: the start of the earlier day.")
@option("--to", "end", metavar="DAY", help="For moves: the start of the later day; without it, when the data end.")
@option(
    "--format",
    "form",
    type=click.Choice(("table", "csv", "json")),
    default="table",
    help="For people (table) or for programs (csv, json).",
)
def segment(
    *,
    action: str,
    names: tuple[str, ...],
    rule: str | None,
    as_of: str | None,
    start: str | None,
    end: str | None,
    form: str,
) -> None:
    """Do what is asked with segments."""
    from stamm.cli.segments import Asked, print_operators

    say = current()
    if action == "operators":
        print_operators(say)
        return
    days = [day_named(day, name, say) for day, name in ((as_of, "--as-of"), (start, "--from"), (end, "--to"))]
    asked = Asked(say, names, rule, form, *days)
    {
        "list": asked.print_list,
        "show": asked.print_one,
        "members": asked.print_members,
        "overlap": asked.print_overlap,
        "moves": asked.print_moves,
    }[action]()
