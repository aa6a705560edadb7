"""Predictions that keep themselves: with each month or week that begins, so that they can be held against what came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import ibis

from stamm.answers.ask import Answers
from stamm.answers.reach import covered, kinds_needed
from stamm.answers.world import World
from stamm.app.foretelling import keep_foretold
from stamm.app.project import Project
from stamm.facts.predictions import RISKS, STAYING
from stamm.jobs import Done, Job, Kind, Outcome
from stamm.jobs.calendar import Rhythm
from stamm.jobs.timers import remove_timer, set_timer
from stamm.lang.errors import TooLittleError
from stamm.lang.organisation import Organisation
from stamm.lang.window import day_of
from stamm.people.database import Run
from stamm.predictions import PREDICTIONS, Prediction

_ = ibis._

#: what is kept: what tells of leaving, and what those would pay who stay
KEPT = (*RISKS, STAYING)
#: the timer, and the job that it becomes
NAME = "predictions"
#: the local hour at which it is looked, when hardly anybody else asks for anything
HOUR = 4


class PredictionsKept(Kind):
    """Each night it is looked whether a month or week has begun of which nothing is kept yet.

    What is kept already is left as it is, so that a look that was cut off is simply repeated.
    """

    name = NAME
    title = "Predictions are kept"
    goes_outside = True
    most_tries = 3

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Foretell and keep what is due; what the data do not suffice for is left out."""
        project = Project.open(self.directory)
        for _kept in keep_due(project, now=now):
            continue
        return Done()


def plan(run: Run, organisation: Organisation, *, now: datetime) -> None:
    """From now on it is looked each night; or no more, where nothing is to be kept."""
    if organisation.keep_predictions == "never":
        remove_timer(run, NAME)
    else:
        set_timer(run, NAME, NAME, {}, Rhythm("day", HOUR, 0, organisation.zone), now=now)


def keep_due(project: Project, *, now: datetime) -> Iterator[tuple[str, date, int]]:
    """Keeps what is due of each prediction, as of the first day of the newest month or week that the data reach: its
    key, that day, and of how many customers.

    Nothing of what is kept already, of a shop's own database, or of too few customers. Raises StammError where a
    prediction cannot be made, or somebody else writes.
    """
    every = project.organisation.keep_predictions
    if every == "never" or project.reads_database or project.is_held:
        return
    for key in KEPT:
        asked = PREDICTIONS[key]()
        known = project.world()
        try:
            day = _due(known, asked, every)
        finally:
            known.engine.close()
        if day is None:
            continue
        then = project.world(as_of=known.day_start(day))
        try:
            span = covered(then, kinds_needed(asked, then))
            if span is not None:
                yield key, day, keep_foretold(project, Answers(then).analyse(asked, span), now=now)
        except TooLittleError:
            continue  # it says so wherever somebody asks for it
        finally:
            then.engine.close()


def _due(world: World, asked: Prediction, every: str) -> date | None:
    """The day as of which it is to be kept; None where it is, or where nothing is known."""
    until = world.known_until(kinds_needed(asked, world))
    if until is None:
        return None
    day = begun(day_of(until, world.organisation.zone), every)
    if "predictions" not in world.coverage:
        return day
    kept = world.engine.table("predictions").filter(_.model == asked.mark, _.predicted_on == ibis.date(day))
    return None if world.engine.run(kept.limit(1)).num_rows else day


def begun(day: date, every: str) -> date:
    """The first day of the month or week (from Monday) that a day lies in."""
    return day.replace(day=1) if every == "month" else day - timedelta(days=day.weekday())
