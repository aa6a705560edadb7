"""stamm metric: one metric over windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stamm.cli.asking import Span, moment_named, pairs, span_options, where_option, windows_of
from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option

if TYPE_CHECKING:
    from stamm.facts.filter import Filter


@command(
    "metric",
    step=3,
    about=(
        "Compute a metric, window by window.",
        (
            "Every number comes with its 95% interval where it has one, the count behind it (n), and a mark where "
            "its window is not over. Where there is no value, a footnote says why; it is never shown as 0."
        ),
    ),
    examples=(
        ("stamm metric customer_retention_rate --grain month", "Month by month, as far as the data reach"),
        (
            "stamm metric revenue --from 2017-01-01 --to 2018-01-01 --grain quarter --by country --format csv",
            "Four quarters, a line a country, for a spreadsheet",
        ),
        (
            "stamm metric revenue --segment lapsed --segment best_tenth",
            "Of who was in each as the window opened, side by side",
        ),
        ("stamm metric order_count --where country=DE --where channel=web,app", "Only orders of these"),
    ),
)
@argument("key", "Which metric: its key or abbreviation (`stamm explain` lists all).")
@span_options("First day of it; without it, the first day the data cover.")
@option("--by", metavar="COLUMN", help="Split by an attribute such as country or channel.")
@option("--segment", "segments", multiple=True, metavar="NAME", help="Only who was in it as the window opened.")
@where_option
@option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the metric; may be repeated.")
@option("--as-of", metavar="DAY", help="As it was known at the start of that day.")
@option(
    "--format",
    "form",
    type=click.Choice(("table", "csv", "json")),
    default="table",
    help="For people (table) or for programs (csv, json).",
)
def metric(
    key: str,
    *,
    span: Span,
    by: str | None,
    segments: tuple[str, ...],
    where: Filter,
    params: tuple[str, ...],
    as_of: str | None,
    form: str,
) -> None:
    """Print one metric over windows."""
    from stamm.answers import Answers, written
    from stamm.answers.members import in_segment
    from stamm.answers.plan import uses
    from stamm.answers.side_by_side import side_by_side
    from stamm.cli import printing
    from stamm.metrics.operands import facts_used

    say = current()
    asked = say.metrics[key](**pairs(params, "--param", say))
    project = say.project
    world = project.world(as_of=moment_named(as_of, project.organisation.zone, say))
    with say.err.status(say("Computing {name} ...", name=asked.title(say.language.code))):
        answers, days = Answers(world), windows_of(span, world, asked, say)
        if len(segments) > 1:
            answer = side_by_side(answers, asked, days, segments, by=by, where=where)
        else:
            where = (*where, *(in_segment(name) for name in segments))
            answer = answers.ask(asked, days, by=by, where=where)
    if form != "table":
        click.echo(written.as_json(answer) if form == "json" else written.as_csv(answer))
        return
    say.out.print(printing.title_of(asked, say), style="title")
    say.out.print(asked.sentence(say.language.code), style="quiet")
    printing.print_filter(where, say)
    say.out.print()
    printing.print_rows(answer, world, say)
    printing.print_trend(answer, say)
    row = printing.last_complete_row(answer)
    if row is not None:
        printing.print_working(answer, row, say)
    new = not {"new", "first"}.isdisjoint(asked.parts())
    printing.print_notes(answer, world, say, spells=uses(facts_used(asked), "spells", world), new=new)
