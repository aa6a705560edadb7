"""What was done about answers, in words: how each stands, by whom and when, and how many were answered in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from stamm.lang.language import Language
from stamm.people.accounts import run
from stamm.reports.marked import Marked, exactly, filled, interval
from stamm.store.book import Book
from stamm.surveys import following_up
from stamm.surveys.following_up import RESOLVED, Case, InTime, Step, cases_given_to
from stamm.surveys.keeping import survey_of
from stamm.surveys.voices import Voice
from stamm.web.survey_results import voices_here


def state_words(say: Language) -> dict[str, str]:
    """How an answer stands."""
    return {
        following_up.OPEN: say("open"),
        following_up.IN_HAND: say("in hand"),
        following_up.RESOLVED: say("resolved"),
    }


def case_words(voice: Voice, case: Case, names: Mapping[str, str], zone: ZoneInfo, say: Language) -> dict[str, Any]:
    """What was done about one of them: how it stands, whose it is, and all steps, the last first."""
    answered, stands = case.answered_at(voice), case.stands(voice)
    return {
        "state": stands,
        "stands": state_words(say)[stands],
        "changed": stands != case.state,
        "whose": case.whose,
        "whose_name": names.get(case.whose, case.whose),
        "seen": case.revision,
        "answered": "" if answered is None else say.moment(answered.astimezone(zone)),
        "steps": [
            {
                "at": say.moment(step.at.astimezone(zone)),
                "who": names.get(step.who, step.who),
                "did": _did(step, case, names, say),
                "told": step.told,
            }
            for step in reversed(case.steps)
        ],
    }


def _did(step: Step, case: Case, names: Mapping[str, str], say: Language) -> str:
    before = next((each.whose for each in case.steps if each.revision == step.revision - 1), "")
    did = {
        following_up.NOTED: say("noted"),
        following_up.ANSWERED: say("answered the customer"),
        following_up.DONE: say("resolved it"),
        following_up.REOPENED: say("opened it again"),
    }[step.what]
    if step.whose == before:
        return did
    to = (
        say("gave it to {name}", name=names.get(step.whose, step.whose))
        if step.whose
        else say("took it from everybody")
    )
    return to if step.what == following_up.NOTED else f"{did}, {to}"


def in_time_words(found: InTime, called: str, say: Language) -> dict[str, Any] | None:
    """The share answered within 48 hours, n and interval; None where nobody is among them."""
    if found.share is None or found.share.share is None or found.share.low is None or found.share.high is None:
        return None
    share = found.share
    low, high = (exactly(end, say.percent(end)) for end in (found.share.low, found.share.high))
    between, n = interval(low, high, say), exactly(share.count, say.number(share.count))
    return {
        "called": called,
        "value": exactly(share.share, say.percent(share.share)),  # type: ignore[arg-type]
        "range": filled("{between} · n = {n}", between=between, n=n),
        "waiting": say.counted(found.waiting, "{count} more has time left", "{count} more have time left")
        if found.waiting
        else "",
    }


def given_to(whose: str, known: Book | None, zone: str, say: Language) -> list[dict[str, Any]]:
    """The answers that somebody looks after and that are not resolved, those touched first before others."""
    cases = {case.steps[-1].sheet: case for case in cases_given_to(run, whose)}
    surveys = {number: survey_of(run, number) for number in {case.steps[-1].survey for case in cases.values()}}
    voices = {voice.sheet: voice for found in surveys.values() for voice in voices_here(found)}
    rows = []
    for sheet, case in cases.items():
        voice = voices.get(sheet)
        if voice is None:
            continue  # held for review meanwhile, or corrected to a better score without a word
        if (stands := case.stands(voice)) == RESOLVED:
            continue
        line = known.line(voice.customer) if known is not None and voice.customer else None
        words: Marked | str = " · ".join(told for _, told in voice.comments)
        rows.append(
            {
                "survey": surveys[case.steps[-1].survey],
                "sheet": sheet,
                "customer": (line.customer_id if line else voice.customer) or "",
                "name": (line.name or "") if line else "",
                "told": words if len(words) <= 140 else f"{words[:140]}…",
                "score": "" if voice.score is None else say.number(voice.score),
                "band": voice.band,
                "stands": state_words(say)[stands],
                "at": say.short_day(voice.at.astimezone(ZoneInfo(zone)).date()),
            }
        )
    return rows
