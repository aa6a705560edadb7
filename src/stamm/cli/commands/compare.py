"""stamm compare: one word, several definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stamm.cli.asking import Span, span_options, where_option
from stamm.cli.session import current
from stamm.cli.speaking import argument, command

if TYPE_CHECKING:
    from stamm.facts.filter import Filter


@command(
    "compare",
    step=5,
    about=(
        "Set the definitions of a word side by side, and name who makes the difference.",
        (
            "Each definition is shown with the numbers filled in, and with the customers whom it counts "
            "differently from the usual one. Without a window it is the last complete month."
        ),
    ),
    examples=(
        ("stamm compare churn", "Churn by five definitions, for the last complete month"),
        ("stamm compare retention --window 2017-Q4", "Retention over a quarter"),
    ),
)
@argument("family", "Which word: retention, churn ...; or the key of one of its definitions.")
@span_options("First day of the window compared.")
@where_option
def compare(family: str, *, span: Span, where: Filter) -> None:
    """Print a family side by side."""
    from stamm.answers import Answers
    from stamm.answers.compare import compare_family
    from stamm.cli import comparing

    say = current()
    world = say.project.world()
    window = comparing.window_of(family, span, world, say)
    with say.err.status(say("Comparing ...")):
        comparison = compare_family(Answers(world), family, window, say.language, where=where)
    comparing.print_comparison(comparison, world, say)
