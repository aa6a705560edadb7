"""Surveys by mail for a project: whom it could ask, and the mails as they go out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from stamm.answers.orders_between import customers_of_orders
from stamm.answers.segments import Segments
from stamm.answers.world import World
from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.app.sending import Knowing, digests_of
from stamm.delivery.customer_door import Compose, Whom
from stamm.delivery.foreseeing import foreseen
from stamm.delivery.letter import Letter
from stamm.jobs import Cancel
from stamm.lang.errors import UsageError
from stamm.people import Database
from stamm.people.database import Run
from stamm.saved.keeping import Rules
from stamm.segments.named import named, resolved
from stamm.surveys.by_itself import Asking, SurveyDue
from stamm.surveys.keeping import Survey, survey_of
from stamm.surveys.letters import letter_for
from stamm.surveys.mailing import MOST_AT_ONCE, OCCASION, PURPOSE, Chosen, choose


@dataclass(frozen=True)
class Wanted:
    """Whom somebody wants to ask: a segment by its key (empty: everybody), of them a sample by its seed (0: all)."""

    segment: str = ""
    sample: int = 0
    seed: str = ""
    purpose: str = PURPOSE

    def checked(self) -> Wanted:
        """The same; raises UsageError for what cannot be."""
        if not 0 <= self.sample <= MOST_AT_ONCE:
            raise UsageError(f"A sample has 1 to {MOST_AT_ONCE} customers.", remedy="Write a number of these.")
        if not 0 < len(self.purpose) <= 200 or len(self.seed) > 50:
            raise UsageError("A purpose has 1 to 200 letters, a seed at most 50.", remedy="Write less.")
        return self


def candidates(project: Project, world: World, saved: Rules, wanted: Wanted, now: datetime) -> list[Whom]:
    """All whom that means, as they are known now. Raises UsageError for a segment that there is not."""
    everybody = Knowing(project.directory).everybody(wanted.purpose, now)
    if not wanted.segment:
        return everybody
    asked = Segments(world, saved)
    rule = resolved(named(wanted.segment, saved), saved)
    inside = frozenset(asked.members(rule, asked.day(None, rule))["customer_id"].to_pylist())
    return [whom for whom in everybody if inside & whom.numbers]


def chosen(run: Run, project: Project, number: int, among: list[Whom], wanted: Wanted, now: datetime) -> Chosen:
    """Who of them a survey would ask by mail now, and why the others are left out."""
    looked = foreseen(run, among, wanted.purpose, OCCASION, digests_of(project))
    survey = survey_of(run, number)
    return choose(run, survey, looked, sample=wanted.sample, seed=wanted.seed or str(number), now=now)


def candidates_after(project: Project, world: World, about: Asking, now: datetime) -> list[Whom]:
    """Whom a survey that asks by itself means now: customers whose order, or its delivery, lies so many days back."""
    first, last = about.meant(now, project.organisation.zone)
    moment = {"order": "ordered_at", "delivery": "delivered_at"}[about.after]
    inside = customers_of_orders(world, moment, first, last)
    return [whom for whom in Knowing(project.directory).everybody(about.purpose, now) if inside & whom.numbers]


def survey_due(directory: Path, database: Callable[[], Database]) -> SurveyDue:
    """The kind of job by which surveys ask by themselves."""

    def among(about: Asking, now: datetime) -> list[Whom]:
        project = Project.open(directory)
        world = project.world()
        try:
            return candidates_after(project, world, about, now)
        finally:
            world.engine.close()

    def of_them(run: Run, survey: Survey, among: list[Whom], about: Asking, now: datetime) -> Chosen:
        return chosen(run, Project.open(directory), survey.id, among, Wanted(purpose=about.purpose), now)

    return SurveyDue(database, among, of_them, lambda: ready_to_send(Project.open(directory)))


def ready_to_send(project: Project) -> None:
    """Raises UsageError where stamm.toml lacks what mail to customers needs."""
    if project.settings.mail is None:
        raise UsageError("stamm.toml names no mail server.", remedy="Write `server` and `sender` into `[mail]`.")
    if not project.settings.address:
        raise UsageError(
            "stamm.toml does not say where this server is reached.", remedy="Write its `address` into `[server]`."
        )


def survey_mail(directory: Path, database: Callable[[], Database]) -> Compose:
    """Composes the mail of a survey when it goes out."""

    def composed(about: Mapping[str, Any], whom: Whom, now: datetime) -> Letter | Cancel:
        project = Project.open(directory)
        with database().transaction() as run:
            return letter_for(run, about, whom, address=project.settings.address, secret=secret_of(project), now=now)

    return composed
