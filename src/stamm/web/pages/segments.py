"""Segments: customers chosen by a rule that reads as a sentence and stands in the address, or is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.answers.segment_sizes import COLUMNS, days_of, sizes_over
from stamm.answers.segments import Segments
from stamm.answers.written import csv_of
from stamm.app.retelling import told
from stamm.lang.errors import StammError
from stamm.lang.language import Language
from stamm.people.accounts import acted, people, run
from stamm.people.roles import EXPORTS, NAMES
from stamm.reports.segment_sizes import SizesShown, sizes_shown
from stamm.reports.segments import AllListed, SegmentShown, listed, segment_shown
from stamm.saved import keeping
from stamm.saved.keeping import Rules, Segment
from stamm.segments.editing import path_of
from stamm.segments.named import resolved
from stamm.segments.ready import READY
from stamm.segments.rule import Rule
from stamm.segments.sentence import sentence, understood, written
from stamm.segments.speech import Speech
from stamm.web.access import Asked, Entry, page
from stamm.web.customers import book
from stamm.web.desk import Opened, desk, soon
from stamm.web.reading import day_or_none, one_of
from stamm.web.segment_building import SETTING, Builder, Sayable, first_sayable
from stamm.web.segments import EDITORS, kept_or_missing, saved_now, titles


@page("segments/", may=NAMES, entry=Entry("See", "Segments", 31))
def segments(request: Asked) -> HttpResponseBase:
    """The segment whose rule the address says, as a sentence that is changed in place; or all that there are."""
    given, say = request.GET, request.say
    text = given.get("rule", "").strip()
    if not text:
        return _all(request)
    speech = Speech(say.code, desk().opened().answers.world.organisation.currency)
    try:
        builder = Builder(understood(text, speech), speech, given.get("day", "").strip(), given.get("of", ""))
    except StammError as error:
        return _all(request, error)
    if given.get("do") != "change":
        return _one(request, builder)
    try:
        return redirect(builder.address(builder.changed(path_of(given.get("at", "")), given)))
    except StammError as error:
        return _one(request, builder, problem=error)


@page("segments/<str:segment>/", may=NAMES)
def segment(request: Asked, segment: str) -> HttpResponseBase:
    """One segment, saved or ready: whom it holds, who came and went, and what it was before."""
    say, day = request.say, request.GET.get("day", "").strip()
    speech = Speech(say.code, desk().opened().answers.world.organisation.currency)
    if (ready := READY.get(segment)) is not None:
        return _one(request, Builder(ready.rule, speech, day), key=segment, title=ready.title.of(say.code))
    found = kept_or_missing(segment)
    if found.key != segment:
        return redirect("segment", found.key)
    return _one(request, Builder(found.rule, speech, day, found.key), kept=found, title=found.name)


@page("segments.csv", may=EXPORTS)
def segments_csv(request: Asked) -> HttpResponse:
    """Whoever is in the segment, to take away."""
    asked = Segments(desk().opened().answers.world, Rules(saved_now()))
    speech = Speech(request.say.code, asked.world.organisation.currency)
    rule = understood(request.GET.get("rule", ""), speech)
    on = asked.day(day_or_none(request.GET.get("day", "")), rule)
    who = asked.members(rule, on)["customer_id"].to_pylist()
    acted(request.user.email, "customers_read", f"segments.csv, {len(who)} rows")
    return _csv("segment", csv_of(["customer_id", "day"], ({"customer_id": each, "day": on} for each in who)))


@page("segments/sizes.csv", may=NAMES)
def segment_sizes_csv(request: Asked) -> HttpResponse:
    """How many were in the segment over time, as `stamm segment sizes --format csv` gives it."""
    given = request.GET
    asked = Segments(desk().opened().answers.world, Rules(saved_now()))
    rule = understood(given.get("rule", ""), Speech(request.say.code, asked.world.organisation.currency))
    start, end = (day_or_none(given.get(name, "")) for name in ("from", "to"))
    grain = given.get("grain", "") or "month"
    rows = sizes_over(asked, rule, days_of(asked, rule, start, end, grain), grain)
    return _csv("segment-sizes", csv_of(COLUMNS, (row.record() for row in rows)))


def _csv(name: str, text: str) -> HttpResponse:
    response = HttpResponse(text + "\n", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


# -- all of them ---------------------------------------------------------------------------------------------
def _all(request: Asked, problem: StammError | None = None) -> HttpResponse:
    """All segments, those that were saved first; and why a rule was not understood."""
    say, given = request.say, request.GET
    world = desk().opened().answers.world
    kept = saved_now()
    rules = {each.key: (each.name, each.rule) for each in kept}
    ready = {key: (each.title.of(say.code), each.rule) for key, each in READY.items()}
    saved = Rules(kept)
    meant = tuple((key, name, resolved(rule, saved)) for key, (name, rule) in rules.items())
    found = soon(
        ("segments", meant, say.code),
        lambda opened: (_listed(opened, rules, saved, say), _listed(opened, ready, saved, say)),
    )
    speech = Speech(say.code, world.organisation.currency)
    problem = problem or (found[1].problem if found else None)
    content = {
        "text": given.get("rule", ""),
        "day": given.get("day", ""),
        "problem": told(problem, say) if problem else "",
        "wrong": bool(given.get("rule", "").strip()),
        "saved": found[0] if found else None,
        "ready": found[1] if found else None,
        "any_saved": bool(kept),
        "deleted": keeping.segments(run, removed=True) if request.user.may in EDITORS else (),
        "sayable": first_sayable(speech, given.get("day", "")),
        "simulated": bool(world.simulated),
        "empty": not world.coverage,
    }
    return render(request, "segments.html.j2", content)


def _listed(opened: Opened, named: dict[str, tuple[str, Rule]], saved: Rules, say: Language) -> AllListed:
    return listed(Segments(opened.answers.world, saved), named, say)


# -- one of them ---------------------------------------------------------------------------------------------
def _one(
    request: Asked,
    builder: Builder,
    *,
    kept: Segment | None = None,
    key: str = "",
    title: str = "",
    problem: StammError | None = None,
) -> HttpResponse:
    say, given, opened, rule = request.say, request.GET, desk().opened(), builder.rule
    before = kept or (_kept(builder.key) if builder.key else None)
    saved, shown, sizes, editor = Rules(saved_now()), None, None, None
    which = key or ("" if before is None or before.rule != rule else before.key)
    sayable: tuple[Sayable, ...] = ()
    try:
        on, meant = day_or_none(builder.day), resolved(rule, saved)
        what = (rule, meant, on, which, say.code)
        shown = soon(("segment", what), lambda opened: _shown(opened, rule, saved, on, which, say))
        sizes = soon(("segment over time", what), lambda opened: _sizes(opened, builder, saved, on, which, say))
    except StammError as error:
        problem = problem or error
    at = path_of(given["at"]) if given.get("at") else None
    add = one_of(given, "add", ("all", "any"))
    if add:
        sayable = builder.sayable(at or (), "all" if add == "all" else "any")
    elif at is not None:
        editor = builder.editor(at, opened, tuple(titles(say)), say)
    words = written(rule, builder.speech)
    content: dict[str, Any] = {
        "title": title or (before.name if before else say("A new segment")),
        "kept": kept,
        "before": before,
        "differs": before is not None and before.rule != rule,
        "builder": builder,
        "slots": builder.slots(at),
        "editor": editor,
        "add": add,
        "sayable": sayable,
        "setting": SETTING,
        "day": builder.day,
        "rule": words,
        "text": words,
        "problem": told(problem, say) if problem else "",
        "shown": shown,
        "sizes": sizes[0] if sizes else None,
        "sized": sizes is not None,
        "which": which,
        "names": _names(shown.first) if shown else {},
        "may_save": request.user.may in EDITORS,
        "may_export": request.user.may in EXPORTS,
        "versions": _versions(kept, builder.speech, say) if kept else (),
        "users": keeping.users_of(run, kept.key) if kept else (),
        "told": given.get("told", ""),
        "simulated": bool(opened.answers.world.simulated),
        "empty": not opened.answers.world.coverage,
    }
    return render(request, "segment.html.j2", content)


def _kept(key: str) -> Segment | None:
    try:
        return kept_or_missing(key)
    except Http404:
        return None  # an old link: the rule stands in it, and can be saved anew


def _names(who: Sequence[str]) -> dict[str, str | None]:
    """What customers are called, as the book has it; nothing while there is none."""
    known = book()
    lines = {each: known.line(each) if known is not None else None for each in who}
    return {each: line.name if line is not None else None for each, line in lines.items()}


def _shown(opened: Opened, rule: Rule, saved: Rules, on: date | None, which: str, say: Language) -> SegmentShown:
    return segment_shown(Segments(opened.answers.world, saved), rule, on, say, which)


def _sizes(
    opened: Opened, builder: Builder, saved: Rules, on: date | None, which: str, say: Language
) -> tuple[SizesShown | None]:
    asked = Segments(opened.answers.world, saved)
    to = partial(_on_day, builder, which)
    return (sizes_shown(asked, builder.rule, on, which or written(builder.rule, builder.speech), say, to=to),)


def _on_day(builder: Builder, which: str, day: date) -> str:
    """The address of the same segment at the start of a day."""
    if which:
        return f"{reverse('segment', args=[which])}?day={day}"
    return replace(builder, day=day.isoformat()).address()


def _versions(kept: Segment, speech: Speech, say: Language) -> list[dict[str, Any]]:
    """What each version was, the newest first."""
    did = {
        keeping.MADE: say("saved it"),
        keeping.CHANGED: say("changed it"),
        keeping.RENAMED: say("renamed it"),
        keeping.BACK: say("went back to an earlier version"),
        keeping.DELETED: say("deleted it"),
        keeping.RESTORED: say("brought it back"),
    }
    zone = ZoneInfo(desk().opened().project.organisation.zone)
    words = {person.email: str(person) for person in people()}
    return [
        {
            "revision": each.revision,
            "did": did[each.what],
            "who": words.get(each.who, each.who),
            "at": say.moment(each.at.astimezone(zone)),
            "name": each.name,
            "told": sentence(each.rule, speech),
            "current": each.revision == kept.revision,
        }
        for each in keeping.versions_of(run, kept)
    ]
