"""A survey that asks by itself, by mail: whoever ordered something so many days ago, or got it then.

Each choice is kept, and the last one holds. A timer looks once a day at a local hour; a customer is asked by one survey
once, so that looking again asks nobody twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from stamm.delivery.customer_door import Whom
from stamm.jobs import Cancel, Done, Job, Kind, Outcome, Rhythm, Snooze, remove_timer, set_timer
from stamm.lang.errors import UsageError
from stamm.lang.window import zone_named
from stamm.people.acts import Act, record
from stamm.people.database import Database, Run
from stamm.surveys.keeping import OPEN, Survey, survey_of
from stamm.surveys.letters import Words, ready_words
from stamm.surveys.mailing import PURPOSE, Chosen, send_survey

#: the kind of its job
DUE = "survey_due"
#: the longest that it waits after an order
MOST_DAYS = 365
#: days on which nobody could look that are made up for: what is older is not asked about any more
MADE_UP_FOR = 7
#: who asks, as the record of acts calls it
BY_ITSELF = "stamm"

After = Literal["order", "delivery"]


class Asking(msgspec.Struct, frozen=True):
    """Whether customers are asked, how many days after what, at which local hour, and in which words (none: ready)."""

    on: bool = False
    after: After = "order"
    days: int = 7
    hour: int = 10
    purpose: str = PURPOSE
    words: Words | None = None

    def checked(self) -> Asking:
        """The same; raises UsageError."""
        if not 1 <= self.days <= MOST_DAYS:
            raise UsageError(f"Nobody is asked {self.days} days later.", remedy=f"Choose 1 to {MOST_DAYS} days.")
        if not 0 <= self.hour < 24:
            raise UsageError(f"There is no hour {self.hour}.", remedy="Choose 0 to 23.")
        if not 0 < len(self.purpose) <= 200:
            raise UsageError("A purpose has 1 to 200 letters.", remedy="Write what customers agreed to.")
        return self

    def meant(self, now: datetime, zone: str) -> tuple[date, date]:
        """The first and the last local day of orders of which customers are asked now."""
        last = now.astimezone(zone_named(zone)).date() - timedelta(days=self.days)
        return last - timedelta(days=MADE_UP_FOR - 1), last


def asking_of(run: Run, survey: int) -> Asking:
    """What holds for a survey; it asks nobody by itself unless somebody chose so."""
    rows = run("SELECT about FROM survey_by_itself WHERE survey_id = ? ORDER BY id DESC LIMIT 1", (survey,))
    return msgspec.json.decode(rows[0][0], type=Asking) if rows else Asking()


def ask_by_itself(run: Run, survey: int, about: Asking, *, zone: str, who: str, now: datetime) -> datetime | None:
    """From now on this holds; when it looks first (UTC), None where it is off. Raises UsageError."""
    survey_of(run, survey)
    before, checked, timer = asking_of(run, survey), about.checked(), f"survey:{survey}"
    if before != checked:
        run(
            "INSERT INTO survey_by_itself (survey_id, about, who, at) VALUES (?, ?, ?, ?)",
            (survey, msgspec.json.encode(checked).decode(), who, now),
        )
        told = f"{checked.days} days after {checked.after}, at {checked.hour:02}:00" if checked.on else "off"
        record(run, Act(now, who, "survey_by_itself", f"survey {survey}: {told}"))
    if not checked.on:
        remove_timer(run, timer)
        return None
    return set_timer(run, timer, DUE, {"survey": survey}, Rhythm("day", checked.hour, 0, zone), now=now)


@dataclass
class SurveyDue(Kind):
    """Plans a mail to each customer whose order is as old as its survey says.

    `among` says whom that means, `chosen` who of them would be asked, and `ready` raises UsageError where no mail can
    go out.
    """

    database: Callable[[], Database]
    among: Callable[[Asking, datetime], list[Whom]]
    chosen: Callable[[Run, Survey, list[Whom], Asking, datetime], Chosen]
    ready: Callable[[], None]
    found: dict[int, list[Whom]] = field(default_factory=dict, repr=False)
    name = DUE
    title = "A survey asks by itself"
    goes_outside = True
    repeatable = True

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Whom it means, as they are known now."""
        with self.database().transaction() as run:
            about = asking_of(run, job.given["survey"])
        if not about.on:
            return Cancel("something else was chosen")
        try:
            self.ready()
        except UsageError as error:
            return Cancel(error.what)
        self.found[job.id] = self.among(about, now)
        return Done()

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        """So many at once as a survey may ask, so that nobody waits long for the database; the others at once after."""
        among, number = self.found.pop(job.id, []), job.given["survey"]
        if not isinstance(outcome, Done):
            return outcome
        about, survey = asking_of(run, number), survey_of(run, number)
        if not about.on:
            return Cancel("something else was chosen")
        if survey.state != OPEN or survey.is_closed(now):
            return Cancel("the survey takes no answers now")
        words, would = about.words or ready_words(survey.plan), self.chosen(run, survey, among, about, now)
        if would.customers:
            send_survey(run, number, would.customers, words, purpose=about.purpose, who=BY_ITSELF, now=now)
        return Snooze(now) if would.more else Done()
