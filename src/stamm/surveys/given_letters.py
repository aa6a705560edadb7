"""The kind of job that tells somebody by mail that an answer was given to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from stamm.delivery.letter import Letter
from stamm.delivery.mail_server import MailServer
from stamm.delivery.mailing import message_of, send
from stamm.jobs import Cancel, Job, Kind, Outcome
from stamm.people.database import Database
from stamm.people.roles import NAMES
from stamm.surveys.following_up import LETTER, RESOLVED, Step, step_of
from stamm.surveys.keeping import Survey, survey_of

#: what was done, with the survey, and the language of the reader (empty: that of the organisation) -> the letter
Compose = Callable[[Step, Survey, str], Letter]


@dataclass
class FollowUpLetter(Kind):
    """One person is told once of an answer that somebody gave to them, if it is still theirs to look after."""

    database: Callable[[], Database]
    server: Callable[[], MailServer | None]
    compose: Compose
    name = LETTER
    title = "Answer to a survey given to somebody"
    goes_outside = True

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Looked at again, as it may have waited for the mail server."""
        places = ", ".join("?" * len(NAMES))
        with self.database().transaction() as run:
            found = step_of(run, job.given["step"])
            if found is None:
                return Cancel("the answer was erased")
            step, case = found
            survey = survey_of(run, step.survey)
            rows = run(
                f"SELECT email, language FROM people_person WHERE is_active AND email = ? AND role IN ({places})",  # noqa: S608 - ours
                (step.whose, *sorted(role.value for role in NAMES)),
            )
        if case.whose != step.whose or case.state == RESOLVED or not rows:
            return Cancel("it is somebody else’s by now, or done")
        server = self.server()
        if server is None:
            return Cancel("stamm.toml names no mail server")
        ((address, language),) = rows
        letter = self.compose(step, survey, language)
        return send(message_of(letter, address, server, key=job.key, now=now), server)
