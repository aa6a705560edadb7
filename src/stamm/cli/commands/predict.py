"""stamm predict: what each customer will do, as far as it can be known."""

from __future__ import annotations

import click

from stamm.cli.asking import Span, day_named, pairs, span_of
from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option
from stamm.lang.errors import UsageError


@command(
    "predict",
    step=4,
    about=(
        "Foretell something of each customer, such as how likely it is that they order nothing more.",
        (
            "It knows nothing that came after the day as of which it is asked. Where the data do not suffice it is "
            "refused, and says what is lacking. With --keep it becomes a fact, so that it can be held against what "
            "came. `stamm explain KEY` tells what the parameters do."
        ),
    ),
    examples=(
        ("stamm predict", "All predictions"),
        ("stamm predict no_order_risk --horizon 90", "Who will order nothing in the next 90 days"),
        (
            "stamm predict value_ahead --as-of 2018-01-01 --format csv",
            "What everybody will bring, as known then",
        ),
        (
            "stamm predict churn_risk --segment best_tenth --format csv",
            "The same of the members of a segment; `stamm segment` lists them",
        ),
        ("stamm predict churn_risk --report", "How far it is to be trusted"),
        ("stamm predict no_order_risk --keep", "The same, kept with its date"),
        ("stamm predict no_order_risk --check", "How those that were kept came out"),
    ),
)
@argument("key", "Which prediction: its key. Without it, all are listed.", required=False, metavar="[KEY]")
@option("--as-of", metavar="DAY", help="As it was known at the start of that day; without it, when the data end.")
@option("--horizon", type=int, metavar="DAYS", help="For how many days ahead.")
@option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of it; may be repeated.")
@option("--segment", metavar="NAME", help="Only who is in it as that day begins; it is learned from everybody.")
@option("--top", type=click.IntRange(1), default=20, metavar="NUMBER", help="How many customers the table shows.")
@option("--keep", is_flag=True, help="Keep it as facts, to be held against what comes.")
@option("--check", is_flag=True, help="Hold what was kept of it against what came since, instead of foretelling.")
@option("--report", is_flag=True, help="Say how far it is to be trusted, instead of foretelling.")
@option(
    "--format",
    "form",
    type=click.Choice(("table", "csv", "json")),
    default="table",
    help="For people (table) or for programs (csv, json): these have everybody.",
)
def predict(  # noqa: PLR0913 - a command takes its options
    key: str | None,
    *,
    as_of: str | None,
    horizon: int | None,
    params: tuple[str, ...],
    segment: str | None,
    top: int,
    keep: bool,
    check: bool,
    report: bool,
    form: str,
) -> None:
    """Print one prediction, or the list of all."""
    from datetime import UTC, datetime

    from stamm.answers import Answers, written
    from stamm.answers.foretold_members import of_members
    from stamm.app.foretelling import keep_foretold
    from stamm.cli import analyses, tables
    from stamm.lang.window import day_start
    from stamm.predictions import PREDICTIONS
    from stamm.predictions.checked import Checked
    from stamm.predictions.report import Report

    say = current()
    if keep + check + report > 1:
        raise UsageError(
            say("--keep foretells, --check looks back, --report says how far to trust it."),
            remedy=say("Say one of them."),
        )
    if segment is not None and keep + check + report:
        raise UsageError(
            say("--keep, --check and --report are of everybody, not of a segment."),
            remedy=say("Leave --segment away."),
        )
    if key is None:
        if params or as_of or segment or keep or report or horizon is not None:
            raise UsageError(say("Which prediction?"), remedy=say("Name one: stamm predict KEY."))
        analyses.print_predictions(say)
        return
    settings: dict[str, object] = dict(pairs(params, "--param", say))
    if horizon is not None:
        settings["horizon"] = horizon
    asked = PREDICTIONS[key](**settings)
    project = say.project
    day = day_named(as_of, "--as-of", say)
    world = project.world(as_of=day_start(day, project.organisation.zone) if day else None)
    span = span_of(Span(None, None, "day"), world, asked, say)
    with say.err.status(say("Computing {name} ...", name=asked.title(say.language.code))):
        answer = Answers(world).analyse(Checked(asked) if check else Report(asked) if report else asked, span)
    if segment is not None:
        answer = of_members(answer, segment, world)
    if keep:  # first: whoever reads a pipe may have had enough before the end
        rows = keep_foretold(project, answer, now=datetime.now(UTC))
        say.err.print(say.language.counted(rows, "One prediction kept.", "{count} predictions kept."))
    if form == "table":
        tables.print_top(answer, world, say, top)
    else:
        click.echo(written.as_json(answer) if form == "json" else written.as_csv(answer))
