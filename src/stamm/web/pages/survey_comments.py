"""The comments of a survey: each with who wrote it, what that customer is worth, and how likely they go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.answers.written import csv_of
from stamm.lang.language import Language
from stamm.people.accounts import acted, people, person_called, run
from stamm.people.roles import EXPORTS, NAMES
from stamm.predictions import PREDICTIONS
from stamm.reports.survey_groups import touchpoint_words
from stamm.surveys.following_up import STATES, Case, Doing, cases_of, follow_up, in_time
from stamm.surveys.plan import said
from stamm.surveys.records import COMMENTS, comment_records
from stamm.surveys.voices import BANDS, LOW, Voice, scored_question, voices_of
from stamm.web.access import Asked, page
from stamm.web.ahead import VALUED, everybody_valued
from stamm.web.desk import desk
from stamm.web.filters import Choice
from stamm.web.pages.care import able
from stamm.web.pages.surveys import csv_response, results_here, simulated_here, survey_or_missing
from stamm.web.reading import number_in, one_of, some_from, whole_number
from stamm.web.survey_cases import case_words, in_time_words, state_words
from stamm.web.voices import (
    BESIDE,
    SORTS,
    WORTH,
    Beside,
    band_words,
    beside,
    chosen,
    counts_of,
    records_beside,
    worth_words,
)

#: comments on one page
MOST = 50


@page("surveys/<int:survey>/comments/", may=NAMES)
def survey_comments(request: Asked, survey: int) -> HttpResponse:
    """Comments and low scores, the newest first or those first whose customers would bring most."""
    found, say, given = survey_or_missing(survey), request.say, request.GET
    band, sort, first = one_of(given, "who", BANDS), one_of(given, "sort", SORTS[1:]), number_in(given, "first")
    every, cases, now = voices_of(run, found), cases_of(run, survey), datetime.now(UTC)
    about, scored = beside(every), scored_question(found)
    one, state = number_in(given, "answer"), one_of(given, "state", STATES)
    voices = [
        each
        for each in chosen(every, band, sort, about)
        if (not one or each.sheet == one) and (not state or cases.get(each.sheet, Case()).state == state)
    ]
    some_from(first, len(voices))
    organisation = desk().opened().project.organisation
    called = band_words(scored.kind, say) if scored is not None else {}
    people_here = {person.email: str(person) for person in people()}
    kept = {"who": band, "sort": sort, "state": state, "answer": str(one or "")}
    content = {
        "survey": found,
        "rows": [
            {
                **_row(each, about, called, ZoneInfo(organisation.zone), organisation.currency, say),
                **case_words(cases.get(each.sheet, Case()), people_here, ZoneInfo(organisation.zone), say),
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
        "able": [(person.email, str(person)) for person in people() if person.may in NAMES],
        "in_time": in_time_words(in_time(every, cases, now), called.get(LOW, ""), say),
        "told": given.get("told", ""),
        "one": one,
        "back": [(name, value) for name, value in kept.items() if value and name != "answer"],
        "first": first,
        "next": first + MOST,
        "count": len(voices),
        "counted": about.worth is not None,
        "simulated": simulated_here(say),
        "basis": _basis(say) if about.worth is not None else "",
        "may_take": request.user.may in EXPORTS,
    }
    return render(request, "survey_comments.html.j2", content)


@page("surveys/<int:survey>/follow-up", may=NAMES, methods=("POST",))
def survey_follow_up(request: Asked, survey: int) -> HttpResponseBase:
    """What somebody did about an answer: gave it to somebody, noted something, answered the customer, resolved it."""
    found, said_ = survey_or_missing(survey), request.POST
    sheet, seen = whole_number(said_.get("answer", "")), whole_number(said_.get("seen", ""))
    whose = said_.get("whose", "")
    if whose:
        whose = able(person_called(whose))
    with transaction.atomic():
        does = Doing(said_.get("do", ""), whose, said_.get("told", ""), seen)
        follow_up(run, found, sheet, does, who=request.user.email, now=datetime.now(UTC))
    back = {name: said_.get(name, "") for name in ("who", "sort", "state")}
    query = urlencode({**{name: value for name, value in back.items() if value}, "told": sheet})
    return redirect(f"{reverse('survey_comments', args=[survey])}?{query}#answer-{sheet}")


@page("surveys/<int:survey>/comments.csv", may=EXPORTS)
def survey_comments_csv(request: Asked, survey: int) -> HttpResponse:
    """Every comment, whose it is, and what they are worth, to take away."""
    found = survey_or_missing(survey)
    records = comment_records(results_here(found))
    rows = records_beside(records, beside(voices_of(run, found), wait=True))
    acted(request.user.email, "customers_read", f"survey {survey}, {len(rows)} rows")
    return csv_response(f"survey-{survey}-comments", csv_of((*COMMENTS, *BESIDE), rows))


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


def _bands(voices: list[Voice], band: str, called: dict[str, str], say: Language) -> list[Choice]:
    counts = counts_of(voices)
    shown = [(each, words) for each, words in called.items() if counts[each]]
    every = Choice("", f"{say('All of them')} ({say.number(len(voices))})", not band)
    return [every, *(Choice(each, f"{words} ({say.number(counts[each])})", each == band) for each, words in shown)]


def _states(voices: list[Voice], cases: Mapping[int, Case], state: str, say: Language) -> list[Choice]:
    """How answers stand, and how many so."""
    counts = Counter(cases.get(each.sheet, Case()).state for each in voices)
    shown = [
        Choice(each, f"{words} ({say.number(counts[each])})", each == state) for each, words in state_words(say).items()
    ]
    return [Choice("", say("Every state"), not state), *shown]


def _basis(say: Language) -> str:
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
