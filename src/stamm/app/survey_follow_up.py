"""The letter that tells somebody of an answer that was given to them: a link to it, no words of the customer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from stamm.app.project import Project
from stamm.delivery.letter import Letter
from stamm.lang.language import Language
from stamm.people.database import Database
from stamm.surveys.following_up import Step
from stamm.surveys.given_letters import FollowUpLetter
from stamm.surveys.keeping import Survey


def follow_up_letter(directory: Path, database: Callable[[], Database]) -> FollowUpLetter:
    """The kind of job for the project in a directory."""

    def compose(step: Step, survey: Survey, language: str) -> Letter:
        return letter_about(Project.open(directory), step, survey, language)

    return FollowUpLetter(database, lambda: Project.open(directory).settings.mail, compose)


def letter_about(project: Project, step: Step, survey: Survey, language: str) -> Letter:
    """The letter in a language, or where none is named in that of the organisation."""
    say = Language("de" if (language or project.organisation.language) == "de" else "en")
    address, whose = project.settings.address, project.organisation.name or "Stamm"
    title = say("An answer to “{survey}” is yours now", survey=survey.plan.name)
    leads = f"{address}/surveys/{survey.id}/comments/?answer={step.sheet}"
    return Letter(
        say.code,
        title,
        whose,
        title,
        [say("{who} gave it to you. What the customer said stands there, with what is known of them.", who=step.who)],
        button=(say("Open the answer"), leads) if address else None,
    )
