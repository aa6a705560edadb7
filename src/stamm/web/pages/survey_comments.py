"""The comments of a survey: each with who wrote it, what that customer is worth, and how likely they go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.answers.written import csv_of
from stamm.app.retelling import retell
from stamm.intake.words import plain, said
from stamm.lang.errors import StammError
from stamm.lang.language import Language
from stamm.people.accounts import acted, people, person_called, run
from stamm.people.roles import EXPORTS, NAMES
from stamm.predictions import PREDICTIONS
from stamm.reports.survey_groups import touchpoint_words
from stamm.surveys.following_up import STATES, Case, Doing, cases_of, follow_up, in_time
from stamm.surveys.records import COMMENTS
from stamm.surveys.voices import BANDS, LOW, Voice, scored_question
from stamm.web.access import Asked, page
from stamm.web.ahead import VALUED, everybody_valued
from stamm.web.desk import desk
from stamm.web.filters import Choice
from stamm.web.pages.care import able
from stamm.web.pages.surveys import csv_response, simulated_here, survey_or_missing
from stamm.web.reading import number_in, one_of, some_from, whole_number
from stamm.web.survey_cases import case_words, in_time_words, state_words
from stamm.web.survey_results import voices_here
from stamm.web.voices import (
    BESIDE,
    FOLLOWED_UP,
    SORTS,
    WORTH,
    Beside,
    band_words,
    beside,
    chosen,
    counts_of,
    records_beside,
    voice_records,
    worth_words,
)

#: comments on one page
MOST = 50
#: where on which page somebody was who did something, and is again
BACK = ("who", "sort", "state", "answer", "first")


@dataclass(frozen=True)
class Typed:
    """What somebody wrote about an answer, and why it was not taken."""

    sheet: int
    told: str
    problem: str


@page("surveys/<int:survey>/comments/", may=NAMES)
def survey_comments(request: Asked, survey: int) -> HttpResponse:
    """Comments and low scores, the newest first or those first whose customers would bring most."""
    return _comments(request, survey, request.GET)


def _comments(request: Asked, survey: int, given: QueryDict, typed: Typed | None = None) -> HttpResponse:
    found, say = survey_or_missing(survey), request.say
    band, sort, first = one_of(given, "who", BANDS), one_of(given, "sort", SORTS[1:]), number_in(given, "first")
    every, cases, now = voices_here(found), cases_of(run, survey), datetime.now(UTC)
    # who they are is looked up of those who are shown, unless all are put in order by it
    everybody, scored = (beside(every) if sort == WORTH else None), scored_question(found)
    one, state = number_in(given, "answer"), one_of(given, "state", STATES)
    voices = [
        each
        for each in chosen(every, band, everybody)
        if (not one or each.sheet == one) and (not state or cases.get(each.sheet, Case()).stands(each) == state)
    ]
    some_from(first, len(voices))
    about = everybody or beside(voices[first : first + MOST])
    organisation = desk().opened().project.organisation
    called = band_words(scored.kind, say) if scored is not None else {}
    people_here = {person.email: str(person) for person in people()}
    kept = {"who": band, "sort": sort, "state": state, "answer": str(one or "")}
    may_see = [(person.email, str(person)) for person in people() if person.may in NAMES]
    content = {
        "survey": found,
        "rows": [
            {
                **_row(each, about, called, ZoneInfo(organisation.zone), organisation.currency, say),
                **case_words(each, cases.get(each.sheet, Case()), people_here, ZoneInfo(organisation.zone), say),
            }
            for each in voices[first : first + MOST]
        ],
        "bands": _bands(every, band, called, say),
        "sorts": [Choice("", say("Newest first"), not sort), Choice(WORTH, say("Most valuable first"), sort == WORTH)],
        "query": urlencode({name: value for name, value in kept.items() if value}),
        "links": {
            name: urlencode({key: value for key, value in kept.items() if value and key != name}) for name in kept
        },
        "states": _states(every, cases, state, say),
        "able": may_see,
        "emails": [email for email, _ in may_see],
        "typed": typed,
        "problem": typed.problem if typed else "",
        "in_time": in_time_words(in_time(every, cases, now), called.get(LOW, ""), say),
        "told": given.get("told", ""),
        "one": one,
        "back": [(name, value) for name, value in {**kept, "first": str(first or "")}.items() if value],
        "first": first,
        "next": first + MOST,
        "count": len(voices),
        "counted": about.worth is not None,
        "simulated": simulated_here(say),
        "basis": basis_of_worth(say) if about.worth is not None else "",
        "may_take": request.user.may in EXPORTS,
    }
    return render(request, "survey_comments.html.j2", content, status=422 if typed else 200)


@page("surveys/<int:survey>/follow-up", may=NAMES, methods=("POST",))
def survey_follow_up(request: Asked, survey: int) -> HttpResponseBase:
    """What somebody did about an answer: gave it to somebody, noted something, answered the customer, resolved it."""
    found, said_ = survey_or_missing(survey), request.POST
    sheet, seen, told = whole_number(said_.get("about", "")), whole_number(said_.get("seen", "")), said_.get("told", "")
    try:
        with transaction.atomic():
            does = Doing(said_.get("do", ""), _given_to(survey, sheet, plain(said_.get("whose", ""))), told, seen)
            follow_up(run, found, sheet, does, who=request.user.email, now=datetime.now(UTC))
    except StammError as error:
        if sheet not in {voice.sheet for voice in voices_here(found)}:
            raise
        problem = " ".join(retell(text, request.say) for text in (error.what, error.remedy) if text)
        return _comments(request, survey, QueryDict(urlencode({"answer": sheet})), Typed(sheet, told, problem))
    query = urlencode({**{name: said_[name] for name in BACK if said_.get(name)}, "told": sheet})
    return redirect(f"{reverse('survey_comments', args=[survey])}?{query}#answer-{sheet}")


def _given_to(survey: int, sheet: int, whose: str) -> str:
    """Who is to look after an answer: somebody who may see it, or whoever does now."""
    now = cases_of(run, survey).get(sheet, Case()).whose
    return whose if whose in ("", now) else able(person_called(whose))


@page("surveys/<int:survey>/comments.csv", may=EXPORTS)
def survey_comments_csv(request: Asked, survey: int) -> HttpResponse:
    """Every comment and every low score, whose it is, what they are worth, and how it stands, to take away."""
    found = survey_or_missing(survey)
    voices, cases = voices_here(found), cases_of(run, survey)
    rows = records_beside(voice_records(found, voices, cases), beside(voices, wait=True))
    acted(request.user.email, "customers_read", f"survey {survey}, {len(rows)} rows")
    return csv_response(f"survey-{survey}-comments", csv_of((*COMMENTS, *BESIDE, *FOLLOWED_UP), rows))


def _row(
    voice: Voice, about: Beside, called: dict[str, str], zone: ZoneInfo, currency: str, say: Language
) -> dict[str, Any]:
    return {
        "sheet": voice.sheet,
        "customer": about.numbers.get(voice.customer or ""),
        "name": about.names.get(voice.customer or "", ""),
        "at": say.moment(voice.at.astimezone(zone)),
        "score": "" if voice.score is None else say.number(voice.score),
        "band": voice.band,
        "called": called.get(voice.band, ""),
        "touchpoint": touchpoint_words(voice.touchpoint, say),
        "comments": [(said(question.told, say.code), told) for question, told in voice.comments],
        "worth": worth_words(about.of(voice), currency, say),
    }


def _bands(voices: Sequence[Voice], band: str, called: dict[str, str], say: Language) -> list[Choice]:
    counts = counts_of(voices)
    shown = [(each, words) for each, words in called.items() if counts[each]]
    every = Choice("", f"{say('All of them')} ({say.number(len(voices))})", not band)
    return [every, *(Choice(each, f"{words} ({say.number(counts[each])})", each == band) for each, words in shown)]


def _states(voices: Sequence[Voice], cases: Mapping[int, Case], state: str, say: Language) -> list[Choice]:
    """How answers stand, and how many so."""
    counts = Counter(cases.get(each.sheet, Case()).stands(each) for each in voices)
    shown = [
        Choice(each, f"{words} ({say.number(counts[each])})", each == state) for each, words in state_words(say).items()
    ]
    return [Choice("", say("Every state"), not state), *shown]


def basis_of_worth(say: Language) -> str:
    """Which prediction value and risk are of."""
    (found,) = desk().kept(VALUED, everybody_valued)
    if found is None:
        return say("No risk of leaving was kept yet, so value and risk of nobody are known.")
    told = found.told
    return say(
        "Value: what they would bring if they stay. Risk: {prediction} of {day}, {days} days ahead.",
        prediction=PREDICTIONS[told.key].title(say.code),
        day=say.day(told.on),
        days=say.number(told.days),
    )
