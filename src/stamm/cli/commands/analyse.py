"""stamm analyse: an analysis over a span of days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stamm.cli.asking import Span, moment_named, pairs, span_of, span_options, where_option
from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option
from stamm.lang.errors import UsageError

if TYPE_CHECKING:
    from stamm.facts.filter import Filter


@command(
    "analyse",
    step=4,
    about=(
        "Ask a question whose answer is a table, such as retention by cohort.",
        (
            "Each cell is empty where it cannot be known yet, and a footnote says why. For programs, csv and json "
            "give one row a cell with all that it is made of. `stamm explain KEY` tells what the parameters do."
        ),
    ),
    examples=(
        ("stamm analyse", "All analyses"),
        ("stamm analyse retention_table --window 2017", "Who came back, by month of the first order"),
        (
            "stamm analyse retention_table --param rule=on_or_after --param period=week --param cohort=week",
            "In that week or any later one, by weeks",
        ),
        ("stamm analyse retention_table --who cohort=2017-03 --who period=2", "The customers behind one cell"),
    ),
)
@argument("key", "Which analysis: its key. Without it, all are listed.", required=False, metavar="[KEY]")
@span_options("First day of it; without it, the first day the data cover.", grain=False)
@option("--by", metavar="COLUMN", help="Split by an attribute of customers such as country.")
@where_option
@option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the analysis; may be repeated.")
@option("--as-of", metavar="DAY", help="As it was known at the start of that day.")
@option(
    "--who",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="List the customers behind one row, named by its columns; may be repeated.",
)
@option(
    "--format",
    "form",
    type=click.Choice(("table", "csv", "json")),
    default="table",
    help="For people (table) or for programs (csv, json).",
)
def analyse(
    key: str | None,
    *,
    span: Span,
    by: str | None,
    where: Filter,
    params: tuple[str, ...],
    as_of: str | None,
    who: tuple[str, ...],
    form: str,
) -> None:
    """Print the tables of one analysis, or the list of all."""
    from stamm.analyses import ANALYSES
    from stamm.answers import Answers, written
    from stamm.cli import analyses, tables

    say = current()
    if key is None:
        if params or who:
            raise UsageError(say("Which analysis?"), remedy=say("Name one: stamm analyse KEY --param name=value."))
        analyses.print_list(say)
        return
    asked = ANALYSES[key](**pairs(params, "--param", say))
    project = say.project
    world = project.world(as_of=moment_named(as_of, project.organisation.zone, say))
    asked = asked.knowing(world.metrics, world.coverage)
    answers = Answers(world)
    with say.err.status(say("Computing {name} ...", name=asked.title(say.language.code))):
        answer = answers.analyse(asked, span_of(span, world, asked, say), by=by, where=where)
        behind = answers.customers(answer, answer.row_named(pairs(who, "--who", say))) if who else None
    if behind is not None:
        tables.print_customers(behind, form, say)
    elif form == "table":
        tables.print_answer(answer, world, say)
    else:
        click.echo(written.as_json(answer) if form == "json" else written.as_csv(answer))
