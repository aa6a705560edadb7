"""What a job is, and what a kind of job does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from stamm.jobs.outcome import Outcome
from stamm.people.database import Run


@dataclass(frozen=True)
class Job:
    """Something to be done: `given` is what it is about, `key` its name towards everybody, the same at each try.

    `tries` counts those that came to nothing.
    """

    id: int
    key: str
    kind: str
    given: Mapping[str, Any]
    due_at: datetime
    tries: int = 0


class Kind:
    """What a kind of job does: outside, without a transaction, or inside, in the transaction in which it ends.

    What happens outside is repeated at most once where workers are lost in the middle, with the same key; what happens
    inside is never repeated.
    """

    name: ClassVar[str]
    #: in English; the words of a language are looked up where they are shown
    title: ClassVar[str]
    goes_outside: ClassVar[bool] = False
    #: what it does outside may be done again and again: nothing leaves that somebody would get twice
    repeatable: ClassVar[bool] = False
    #: after so many tries it has failed
    most_tries: ClassVar[int] = 10
    #: how long nobody else takes it up where its worker is lost
    lease: ClassVar[timedelta] = timedelta(minutes=2)

    @property
    def most_begun(self) -> int:
        """Begun so often without an outcome it is set aside: a second repeat, or a job that takes its workers along."""
        return 2 if self.goes_outside and not self.repeatable else 20

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Do what is to be done outside, under the job's key."""
        raise NotImplementedError

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        """Do what is to be done inside, once it came out so outside; how it comes out in the end.

        What is written stays, whatever that is; what is raised takes it back, and is a try.
        """
        return outcome

    def failed(self, run: Run, job: Job, reason: str, now: datetime) -> None:
        """What follows where it has failed for good, in the same transaction."""
