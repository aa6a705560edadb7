"""Closing the loop: who looks after an answer, what was done about it, and whether that was in time.

Each step is a row that is never changed: what was done, whose it is from then on, a note, who did it and when. The last
step says how it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from stamm.intake.words import plain
from stamm.jobs import enqueue
from stamm.lang.errors import UsageError
from stamm.lang.interval import wilson
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment
from stamm.surveys.keeping import MeanwhileError, Survey
from stamm.surveys.results import Share
from stamm.surveys.voices import LOW, Voice, voices_of

#: how an answer stands
OPEN, IN_HAND, RESOLVED = "open", "in_hand", "resolved"
STATES = (OPEN, IN_HAND, RESOLVED)
#: what somebody does: gives it to somebody or notes something, has answered the customer, is done, begins again
NOTED, ANSWERED, DONE, REOPENED = "noted", "answered", "resolved", "reopened"
DOES = (NOTED, ANSWERED, DONE, REOPENED)
#: by when a customer with a low score is to have heard from somebody
IN_TIME = timedelta(hours=48)
#: letters of a note
LONGEST = 2_000
#: the kind of the job that tells somebody by mail
LETTER = "survey_follow_up_letter"
_COLUMNS = "id, sheet_id, survey_id, revision, what, state, whose, told, who, at"


@dataclass(frozen=True)
class Step:
    """One thing that was done about an answer: from then on it stands so, and is somebody's (empty: nobody's)."""

    id: int
    sheet: int
    survey: int
    revision: int
    what: str
    state: str
    whose: str
    told: str
    who: str
    at: datetime


@dataclass(frozen=True)
class Case:
    """All steps about one answer, the first one first."""

    steps: tuple[Step, ...] = ()

    @property
    def revision(self) -> int:
        """How many steps there are."""
        return self.steps[-1].revision if self.steps else 0

    @property
    def state(self) -> str:
        """How it stood after the last step."""
        return self.steps[-1].state if self.steps else OPEN

    @property
    def whose(self) -> str:
        """Who looks after it; empty for nobody."""
        return self.steps[-1].whose if self.steps else ""

    def answered_at(self, voice: Voice) -> datetime | None:
        """When the customer was first answered, since the score is low if it is (UTC)."""
        moments = (step.at for step in self.steps if step.what == ANSWERED)
        return next((at for at in moments if voice.band != LOW or at >= voice.low_since), None)

    def stands(self, voice: Voice) -> str:
        """How it stands: what was resolved is open again once the customer changes the answer."""
        if self.state != RESOLVED or voice.changed_at <= self.steps[-1].at:
            return self.state
        return IN_HAND if self.whose else OPEN


@dataclass(frozen=True)
class InTime:
    """Of those with a low score whom somebody can answer, and whose 48 hours are over: the share answered within them;
    and of how many more they are not over yet."""

    share: Share | None
    waiting: int


@dataclass(frozen=True)
class Doing:
    """What somebody does about an answer, whose it is from then on (empty: nobody's), a note, and how many steps they
    saw."""

    what: str
    whose: str
    told: str
    seen: int


def follow_up(run: Run, survey: Survey, sheet: int, does: Doing, *, who: str, now: datetime) -> bool:
    """One step more about an answer, where nobody did another since the one seen; False where it is there already.

    Raises UsageError for what says nothing or too much, MeanwhileError where somebody else was faster.
    """
    what, whose, note = does.what, does.whose, plain(does.told).strip()
    if len(note) > LONGEST:
        raise UsageError(f"A note has at most {LONGEST:,} letters.", remedy="Write less.")
    run("UPDATE survey_sheet SET revision = revision WHERE id = ?", (sheet,))  # nobody throws it away meanwhile
    voice = next(iter(voices_of(run, survey, sheet)), None)
    if what not in DOES or voice is None:
        raise UsageError(
            "There is no such answer, or nothing like that is done about it.", remedy="Load the page anew."
        )
    case = cases_of(run, survey.id).get(sheet, Case())
    if case.revision == does.seen + 1:
        last = case.steps[-1]
        if (last.what, last.whose, last.told, last.who) == (what, whose, note, who):
            return False
    if case.revision != does.seen:
        raise _meanwhile()
    if what == NOTED and whose == case.whose and not note:
        raise UsageError("There is nothing written.", remedy="Choose somebody, or write a note.")
    stands = case.stands(voice)
    state = {NOTED: stands, ANSWERED: IN_HAND, DONE: RESOLVED, REOPENED: OPEN}[what]
    if state != RESOLVED and what != ANSWERED:
        state = IN_HAND if whose or case.answered_at(voice) is not None else OPEN
    made = run(
        f"INSERT INTO survey_follow_up ({_COLUMNS.removeprefix('id, ')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - ours
        "ON CONFLICT (sheet_id, revision) DO NOTHING RETURNING id",
        (sheet, survey.id, case.revision + 1, what, state, whose, note, who, now),
    )
    if not made:
        raise _meanwhile()
    record(run, Act(now, who, "survey_followed_up", f"survey {survey.id}, answer {sheet}"))
    if whose not in ("", who, case.whose):
        ((number,),) = made
        enqueue(run, LETTER, f"{LETTER}:{number}", {"step": number}, due_at=now, now=now)
    return True


def cases_of(run: Run, survey: int) -> dict[int, Case]:
    """What was done about the answers of a survey, by the number of the sheet."""
    return _cases(_steps(run, "survey_id = ?", survey))


def cases_given_to(run: Run, whose: str) -> list[Case]:
    """All that somebody looks after, the one that was touched last at the end; what is resolved is among them."""
    mine = _steps(run, "sheet_id IN (SELECT sheet_id FROM survey_follow_up WHERE whose = ?)", whose)
    return sorted((case for case in _cases(mine).values() if case.whose == whose), key=lambda case: case.steps[-1].id)


def step_of(run: Run, number: int) -> tuple[Step, Case] | None:
    """One step, and all about its answer; None where it is gone."""
    found = _steps(run, "sheet_id IN (SELECT sheet_id FROM survey_follow_up WHERE id = ?)", number)
    step = next((each for each in found if each.id == number), None)
    return None if step is None else (step, Case(tuple(found)))


def in_time(voices: Collection[Voice], cases: Mapping[int, Case], now: datetime) -> InTime:
    """How many customers with a low score were answered within 48 hours, of those whose 48 hours are over.

    Whoever is answered sooner counts no sooner: else, of those of today, only the quick ones would be in it. Whoever
    came by an open link is not among them: nobody knows whom to answer.
    """
    low = [each for each in voices if each.band == LOW and each.customer is not None]
    firsts = {each.sheet: cases.get(each.sheet, Case()).answered_at(each) for each in low}
    over = [each for each in low if each.low_since + IN_TIME <= now]
    fine = sum((at := firsts[each.sheet]) is not None and at <= each.low_since + IN_TIME for each in over)
    if not over:
        return InTime(None, len(low))
    low_end, high_end = wilson(fine, len(over))
    return InTime(Share("", len(over), fine / len(over), low_end, high_end), len(low) - len(over))


def _steps(run: Run, condition: str, value: object) -> list[Step]:
    rows = run(f"SELECT {_COLUMNS} FROM survey_follow_up WHERE {condition} ORDER BY sheet_id, revision", (value,))  # noqa: S608 - ours
    return [Step(*(*row[:-1], as_moment(row[-1]))) for row in rows]


def _cases(steps: Sequence[Step]) -> dict[int, Case]:
    found: dict[int, list[Step]] = {}
    for step in steps:
        found.setdefault(step.sheet, []).append(step)
    return {sheet: Case(tuple(each)) for sheet, each in found.items()}


def _meanwhile() -> MeanwhileError:
    return MeanwhileError(
        "Somebody else has done something about this answer meanwhile.",
        remedy="Look at what it is now, and save it again if need be.",
    )
