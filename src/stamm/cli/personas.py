"""Personas on the command line: which there are, and one as the rule of a segment."""

from __future__ import annotations

from datetime import date

import click

from stamm.answers.personas import Personas, personas_of
from stamm.answers.personas_told import COLUMNS, record_of, rows_of
from stamm.answers.segments import Segments
from stamm.answers.written import csv_of, json_of
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.lang.errors import UsageError
from stamm.reports.personas import PersonaShown, personas_shown
from stamm.segments.personas import Persona


def print_personas(say: Session, on: date | None, form: str) -> None:
    """Each persona with its rule and its traits; and how steady they are, or why there are none."""
    found, currency = _asked(say, on)
    if form == "json":
        click.echo(json_of(record_of(found, currency)))
        return
    if form == "csv":
        click.echo(csv_of(COLUMNS, rows_of(found, currency, say.language.code)))
        return
    shown = personas_shown(found, currency, say.language)
    say.heading(say("Personas"))
    say.out.print(shown.about)
    if shown.reason:
        say.out.print(say("There are no personas: {reason}.", reason=shown.reason))
        return
    for each in shown.personas:
        _print_one(say, each)
    say.out.print()
    for sentence in shown.steadiness:
        say.out.print(sentence, style="quiet")
    say.out.print(say("`stamm segment save NAME --persona 1` keeps the first as a segment."), style="quiet")


def persona_numbered(say: Session, number: int, on: date | None) -> Persona:
    """One by its number in the list; raises UsageError where there is none."""
    personas = _asked(say, on)[0].found.personas
    if not 1 <= number <= len(personas):
        raise UsageError(
            f"There is no persona {number}.", where="--persona", remedy="`stamm segment personas` lists all there are."
        )
    return personas[number - 1]


def _asked(say: Session, on: date | None) -> tuple[Personas, str]:
    world = say.project.world()
    return personas_of(Segments(world, {}), on), world.organisation.currency


def _print_one(say: Session, each: PersonaShown) -> None:
    say.out.print()
    say.out.print(f"{each.number}  {each.name}", style="title")
    say.out.print(each.told)
    say.out.print(each.sentence, style="quiet")
    heads = ("Metric", "Median in it", "Median of the others", "Has more", "95% interval", "n in it", "n of the others")
    table = printing.table(*(say(head) for head in heads), right=range(1, len(heads)))
    for trait in each.traits:
        table.add_row(trait.name, trait.inside, trait.outside, trait.ahead, trait.between, trait.n, trait.others)
    say.out.show(table)
