"""stamm explain: what a metric, an analysis or a prediction means and how it is calculated."""

from __future__ import annotations

from stamm.cli.asking import Span, pairs, span_options
from stamm.cli.session import current
from stamm.cli.speaking import argument, command, option
from stamm.lang.errors import UsageError


@command(
    "explain",
    step=4,
    about=(
        "Explain a metric, an analysis or a prediction: its meaning, its formula with numbers, examples and relatives.",
        (
            "The numbers are those you give, or, inside a project with data, those of its last complete month. It "
            "works outside any project, too."
        ),
    ),
    examples=(
        ("stamm explain", "All metrics, by topic, all analyses and all predictions"),
        (
            "stamm explain customer_retention_rate --given start=1000 --given kept=600",
            "The formula with your numbers in it",
        ),
    ),
)
@argument("key", "Which one: its key or abbreviation. Without it, all are listed.", required=False, metavar="[KEY]")
@option(
    "--given",
    multiple=True,
    metavar="NAME=NUMBER",
    help="A number of the formula; money in major units (12.50). Repeat it.",
)
@option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of it; may be repeated.")
@span_options("First day of the real numbers shown.")
def explain(key: str | None, *, given: tuple[str, ...], params: tuple[str, ...], span: Span) -> None:
    """Print one definition, or the list of all."""
    from stamm.cli import analyses, definitions

    say = current()
    if key is None:
        if given or params:
            raise UsageError(say("Which metric?"), remedy=say("Name one: stamm explain KEY --given name=number."))
        definitions.print_list(say)
        analyses.print_list(say)
        analyses.print_predictions(say)
        return
    if not given and (analysis := analyses.named(key)) is not None:
        analyses.print_analysis(analysis(**pairs(params, "--param", say)), say)
        return
    asked = say.metrics[key](**pairs(params, "--param", say))
    numbers = definitions.numbers_given(asked, pairs(given, "--given", say), say) if given else None
    definitions.print_definition(asked, say)
    if numbers is not None:
        definitions.print_given(asked, numbers, say)
    elif (say.directory / "stamm.toml").is_file():
        definitions.print_real(asked, say, span)
    definitions.print_background(asked, say)
