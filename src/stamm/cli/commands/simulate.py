"""stamm simulate: a made-up shop whose truth is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from stamm.cli.session import Session, current
from stamm.cli.speaking import command, option
from stamm.lang.errors import UsageError

if TYPE_CHECKING:
    from stamm.app.project import Project
    from stamm.app.simulating import World


@command(
    "simulate",
    step=3,
    about=(
        "Fill a project with a made-up shop whose truth is known.",
        (
            "From a seed comes a world of all fact kinds: customers of six kinds who come, order, complain and leave, "
            "visitors who log in later, bots, campaigns with a held-out group, subscriptions, tickets, surveys. Every "
            "row is marked as simulated, and every number computed from one says so."
        ),
        (
            "The folder truth holds what no shop can know: who has really left, what each customer is worth, how many "
            "orders each campaign caused. Judge a model by it. The same seed gives the same world."
        ),
    ),
    examples=(
        ("stamm init toy --time-zone Europe/Berlin && stamm --project toy simulate", "A small world to try things on"),
        ("stamm simulate --size large --seed 7", "5 million events, another world"),
        ("stamm simulate --around", "Visits, messages, tickets and answers around the real orders that are there"),
        ("stamm simulate --customers 3000 --from 2025-01-01 --to 2025-07-01", "Half a year of 3,000 customers"),
    ),
)
@option(
    "--seed", type=click.IntRange(min=0), default=1, metavar="N", help="Which world: the same number, the same one."
)
@option(
    "--size",
    type=click.Choice(("small", "medium", "large", "huge")),
    default="small",
    help="small: 100 thousand events (the default), medium: 1 million, large: 5 million, huge: 50 million.",
)
@option("--customers", type=click.IntRange(min=1), metavar="N", help="How many customers, instead of a size.")
@option("--from", "first", default="2024-01-01", metavar="DAY", help="The day on which the shop opens.")
@option("--to", "until", default="2026-01-01", metavar="DAY", help="First day that no longer belongs to it.")
@option(
    "--around",
    is_flag=True,
    help="No shop of its own: make up visits, messages, posts, answers, tickets and gatherings around the real orders.",
)
@option("--mix", is_flag=True, help="Put it beside real facts that are there already.")
def simulate(*, seed: int, size: str, customers: int | None, first: str, until: str, around: bool, mix: bool) -> None:
    """Make the world, take it in, and tell what is there."""
    from stamm.app.simulating import Simulating
    from stamm.cli import taking_in
    from stamm.cli.asking import day_named
    from stamm.cli.simulating import open_history, print_layer, print_world
    from stamm.sources.simulated import SIZES, Shop

    say = current()
    project = say.project
    if project.reads_database:
        raise UsageError(
            say("This project reads the database of a shop; nothing is imported into it."),
            where=f"{project.directory / 'stamm.toml'}, engine",
            remedy=say('To import files, set engine = "duckdb", or begin another project with `stamm init`.'),
        )
    if around:
        _only_seed(say)
        print_layer(_around(project, seed, say), say)
        return
    begins, ends = day_named(first, "--from", say), day_named(until, "--to", say)
    assert begins is not None  # both have defaults
    assert ends is not None
    organisation = project.organisation
    shop = Shop(seed, customers or SIZES[size], begins, ends, organisation.zone, organisation.currency)
    fresh = not project.lake().snapshot().kinds()
    with taking_in.progress(say) as told:
        simulating = Simulating(project.lake(), project.directory, told, taking_in.waiting(say))
        world = simulating.make(shop, now=datetime.now(UTC), mix=mix)
    if world.snapshot is None:
        say.out.print(say("This world is there already: nothing to do."))
        return
    print_world(world, shop, say)
    if fresh:
        project = open_history(project, say)
        taking_in.choose_lapse(project, say, first=True)
    taking_in.print_next(project, say)


def _only_seed(say: Session) -> None:
    """Refuses what --around takes from the orders."""
    context = click.get_current_context()
    given = {"size": "--size", "customers": "--customers", "first": "--from", "until": "--to", "mix": "--mix"}
    said = [word for name, word in given.items() if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    if said:
        raise UsageError(
            say("--around takes customers and days from the orders that are there."),
            remedy=say("Leave out {options}.", options=", ".join(said)),
        )


def _around(project: Project, seed: int, say: Session) -> World:
    """Facts made up around the orders of a project."""
    from stamm.app.simulating import Simulating
    from stamm.cli import taking_in

    with taking_in.progress(say) as told:
        simulating = Simulating(project.lake(), project.directory, told, taking_in.waiting(say))
        return simulating.around(seed, project.organisation, now=datetime.now(UTC))
