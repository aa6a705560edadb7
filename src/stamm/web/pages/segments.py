"""Segments: customers chosen by a rule that reads as a sentence and stands in the address."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from stamm.answers.segments import Segments
from stamm.answers.written import csv_of
from stamm.app.retelling import told
from stamm.lang.errors import StammError, UsageError
from stamm.lang.language import Language
from stamm.people.accounts import acted
from stamm.people.roles import EXPORTS, NAMES
from stamm.reports.segments import AllReady, SegmentShown, ready_shown, sayable, segment_shown
from stamm.segments.rule import Join, Rule
from stamm.segments.sentence import understood, written
from stamm.segments.speech import Speech
from stamm.web.access import Asked, Entry, page
from stamm.web.desk import Opened, desk, soon


@page("segments/", may=NAMES, entry=Entry("See", "Segments", 31))
def segments(request: Asked) -> HttpResponse:
    """The segment whose rule the address says, or all that come ready."""
    say, text, day = request.say, request.GET.get("rule", "").strip(), request.GET.get("day", "").strip()
    speech = Speech(say.code, desk().opened().project.organisation.currency)
    content = {"text": text, "day": day, "problem": "", "rule": "", "shown": None, "ready": None}
    content["may_export"] = request.user.may in EXPORTS
    try:
        on = _day(day)
        rule = understood(text, speech) if text else None
        if rule is None:
            content["ready"] = soon(("segments", say.code), lambda opened: _ready(opened, say))
        else:
            content["rule"] = written(rule, speech)
            content["shown"] = soon(("segment", rule, on, say.code), lambda opened: _shown(opened, rule, on, say))
        if isinstance(content["ready"], AllReady) and content["ready"].problem is not None:
            content["problem"] = told(content["ready"].problem, say)
    except StammError as error:
        content["problem"] = told(error, say)
    # what stands beside it is joined to the whole
    base = f"({content['rule']})" if text and content["rule"] and _is_any(text, speech) else content["rule"]
    return render(request, "segments.html.j2", {**content, "sayable": sayable(str(base), speech)})


@page("segments.csv", may=EXPORTS)
def segments_csv(request: Asked) -> HttpResponse:
    """Whoever is in the segment, to take away."""
    asked = Segments(desk().opened().answers.world)
    speech = Speech(request.say.code, asked.world.organisation.currency)
    rule = understood(request.GET.get("rule", ""), speech)
    on = asked.day(_day(request.GET.get("day", "").strip()), rule)
    who = asked.members(rule, on)["customer_id"].to_pylist()
    acted(request.user.email, "customers_read", f"segments.csv, {len(who)} rows")
    response = HttpResponse(
        csv_of(["customer_id", "day"], ({"customer_id": each, "day": on} for each in who)) + "\n",
        content_type="text/csv; charset=utf-8",
    )
    response.headers["Content-Disposition"] = 'attachment; filename="segment.csv"'
    return response


def _shown(opened: Opened, rule: Rule, on: date | None, say: Language) -> SegmentShown:
    return segment_shown(Segments(opened.answers.world), rule, on, say)


def _ready(opened: Opened, say: Language) -> AllReady:
    return ready_shown(Segments(opened.answers.world), say)


def _is_any(text: str, speech: Speech) -> bool:
    rule = understood(text, speech)
    return isinstance(rule, Join) and rule.how == "any"


def _day(text: str) -> date | None:
    """Raises UsageError for what is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no day.", remedy="Write it as 2024-02-29.") from error
