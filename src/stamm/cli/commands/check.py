"""stamm check: what can be computed, and whether the data agree with themselves."""

from __future__ import annotations

import click

from stamm.cli.session import current
from stamm.cli.speaking import command

FOUND = 1


@command(
    "check",
    step=6,
    about=(
        "Say which numbers the data support, and whether the data agree with themselves.",
        (
            "For each metric: whether it has a value in its last complete month, and if not, why. Then the data "
            "are held against themselves: order lines against orders, ends against beginnings, customers at a "
            "month's end against those at its start. Of a shop's own database it says which rows are not sound. Ends "
            "with 1 if something does not agree, else with 0."
        ),
    ),
    examples=(
        ("stamm check", "All metrics and all checks"),
        ("stamm check && stamm report", "A report only if nothing is wrong"),
    ),
)
def check() -> None:
    """Print what the data support and what does not agree; exit 1 where something is wrong."""
    from stamm.cli import checking
    from stamm.cli.database_seen import print_unsound

    say = current()
    project = say.project
    shop = project.shop() if project.reads_database else None
    world = project.world_of_shop(shop) if shop else project.world()
    failed = checking.print_support(world, say)
    if shop:
        print_unsound(shop, say)
    found = checking.print_consistency(world, say)
    if failed or found:
        click.get_current_context().exit(FOUND)
