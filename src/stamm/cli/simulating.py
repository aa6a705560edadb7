"""What is told of a world that was made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from stamm.app.settings import SETTINGS
from stamm.cli import printing
from stamm.facts import imported

if TYPE_CHECKING:
    from stamm.app.project import Project
    from stamm.app.simulating import World
    from stamm.cli.session import Session
    from stamm.sources.simulated import Shop


def print_world(world: World, shop: Shop, say: Session) -> None:
    """A line for each fact kind, and where the truth lies."""
    language = say.language
    days = {"first": language.day(shop.first), "last": language.day(shop.until - timedelta(days=1))}
    count = language.number(shop.customers)
    say.out.print(say("Simulated data"), style="title")
    say.out.print(say("Seed {seed}: {count} customers, {first} to {last}", seed=shop.seed, count=count, **days))
    _print_rows(world, say)
    say.out.plain(say("Every row is marked as simulated. What is really true of it: {place}", place=world.truth))


def print_layer(world: World, say: Session) -> None:
    """What was made up around real orders, and what that means for the numbers."""
    if world.snapshot is None:
        say.out.print(say("Facts around these orders are made up already: nothing to do."))
        return
    say.out.print(say("Simulated data"), style="title")
    _print_rows(world, say)
    say.out.print(say("Every row is marked as simulated, and every number that uses one says so."))
    say.out.print(say("The orders are as they were, and so is every number made of them alone."))


def _print_rows(world: World, say: Session) -> None:
    made = printing.table(say("fact"), "", say("rows"), right=(2,))
    for kind, rows in world.rows.items():
        made.add_row(kind, fact_title(kind, say), say.language.number(rows))
    say.out.show(made)


def fact_title(kind: str, say: Session) -> str:
    """What a fact kind is called. (A fact may have a column called `title`.)"""
    fact = imported()[kind]
    return fact.de if say.language.code == "de" else fact.en


def open_history(project: Project, say: Session) -> Project:
    """The project with a history that begins with the shop, told."""
    organisation = project.organisation
    if organisation.history == "complete":
        return project
    say.out.print(
        say("The shop opened on its first day, so history is now complete in {file}.", file=SETTINGS), style="quiet"
    )
    return project.rewrite(replace(organisation, history="complete"))
