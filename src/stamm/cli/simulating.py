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
    made = printing.table(say("fact"), "", say("rows"), right=(2,))
    for kind, rows in world.rows.items():
        fact = imported()[kind]
        made.add_row(kind, fact.de if language.code == "de" else fact.en, language.number(rows))
    say.out.show(made)
    say.out.plain(say("Every row is marked as simulated. What is really true of it: {place}", place=world.truth))


def open_history(project: Project, say: Session) -> Project:
    """The project with a history that begins with the shop, told."""
    organisation = project.organisation
    if organisation.history == "complete":
        return project
    say.out.print(
        say("The shop opened on its first day, so history is now complete in {file}.", file=SETTINGS), style="quiet"
    )
    return project.rewrite(replace(organisation, history="complete"))
