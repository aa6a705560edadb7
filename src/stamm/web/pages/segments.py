"""Segments: customers chosen by a rule that reads as a sentence and stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
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
from stamm.web.customers import book
from stamm.web.desk import Opened, desk, soon


@page("segments/", may=NAMES, entry=Entry("See", "Segments", 31))
def segments(request: Asked) -> HttpResponse:
    """The segment whose rule the address says, or all that come ready."""
    say, text, day = request.say, request.GET.get("rule", "").strip(), request.GET.get("day", "").strip()
    world = desk().opened().answers.world
    speech = Speech(say.code, world.organisation.currency)
    rule: Rule | None = None
    shown: SegmentShown | None = None
    ready: AllReady | None = None
    problem: StammError | None = None
    try:
        on = _day(day)
        if text:
            rule = asked = understood(text, speech)
            shown = soon(("segment", asked, on, say.code), lambda opened: _shown(opened, asked, on, say))
        else:
            ready = soon(("segments", say.code), lambda opened: _ready(opened, say))
            problem = ready.problem if ready else None
    except StammError as error:
        problem = error
    words = written(rule, speech) if rule else ""
    # a condition is added to all of it
    whole = f"({words})" if isinstance(rule, Join) and rule.how == "any" else words
    content = {
        "text": text,
        "day": day,
        "problem": told(problem, say) if problem else "",
        "rule": words,
        "shown": shown,
        "ready": ready,
        "names": _names(shown.first) if shown else {},
        "sayable": sayable(whole, speech),
        "may_export": request.user.may in EXPORTS,
        "simulated": bool(world.simulated),
    }
    return render(request, "segments.html.j2", content)


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


def _names(who: Sequence[str]) -> dict[str, str | None]:
    """What customers are called, as the book has it; nothing while there is none."""
    known = book()
    lines = {each: known.line(each) if known is not None else None for each in who}
    return {each: line.name if line is not None else None for each, line in lines.items()}


def _shown(opened: Opened, rule: Rule, on: date | None, say: Language) -> SegmentShown:
    return segment_shown(Segments(opened.answers.world), rule, on, say)


def _ready(opened: Opened, say: Language) -> AllReady:
    return ready_shown(Segments(opened.answers.world), say)


def _day(text: str) -> date | None:
    """Raises UsageError for what is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no day.", remedy="Write it as 2024-02-29.") from error
