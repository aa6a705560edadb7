"""The comments of a survey: each with who wrote it, what that customer is worth, and how likely they go."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render

from stamm.answers.written import csv_of
from stamm.lang.language import Language
from stamm.people.accounts import acted, run
from stamm.people.roles import EXPORTS, NAMES
from stamm.predictions import PREDICTIONS
from stamm.reports.survey_groups import touchpoint_words
from stamm.surveys.plan import said
from stamm.surveys.records import COMMENTS, comment_records
from stamm.surveys.voices import BANDS, Voice, scored_question, voices_of
from stamm.web.access import Asked, page
from stamm.web.ahead import VALUED, everybody_valued
from stamm.web.desk import desk
from stamm.web.filters import Choice
from stamm.web.pages.surveys import csv_response, results_here, simulated_here, survey_or_missing
from stamm.web.reading import number_in, one_of, some_from
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
    every = voices_of(run, found)
    about, scored = beside(every), scored_question(found)
    voices = chosen(every, band, sort, about)
    some_from(first, len(voices))
    organisation = desk().opened().project.organisation
    called = band_words(scored.kind, say) if scored is not None else {}
    content = {
        "survey": found,
        "rows": [
            _row(each, about, called, ZoneInfo(organisation.zone), organisation.currency, say)
            for each in voices[first : first + MOST]
        ],
        "bands": _bands(every, band, called, say),
        "sorts": [Choice("", say("Newest first"), not sort), Choice(WORTH, say("Most valuable first"), sort == WORTH)],
        "who": band,
        "sort": sort,
        "query": urlencode({name: value for name, value in (("who", band), ("sort", sort)) if value}),
        "first": first,
        "next": first + MOST,
        "count": len(voices),
        "counted": about.worth is not None,
        "simulated": simulated_here(say),
        "basis": _basis(say) if about.worth is not None else "",
        "may_take": request.user.may in EXPORTS,
    }
    return render(request, "survey_comments.html.j2", content)


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
