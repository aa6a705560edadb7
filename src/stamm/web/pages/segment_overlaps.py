"""What a segment shares with all others on a day, each number with the customers behind it."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from stamm.answers.segments import Segments
from stamm.app.retelling import told
from stamm.lang.errors import StammError
from stamm.people.roles import NAMES
from stamm.reports.segment_overlaps import OverlapsShown, overlaps_shown
from stamm.saved.keeping import Rules
from stamm.segments.named import resolved
from stamm.segments.ready import READY
from stamm.segments.sentence import sentence
from stamm.segments.speech import Speech
from stamm.web.access import Asked, page
from stamm.web.desk import desk, soon
from stamm.web.reading import day_or_none
from stamm.web.segments import kept_or_missing, saved_now, titles


@page("segments/<str:segment>/overlaps/", may=NAMES)
def segment_overlaps(request: Asked, segment: str) -> HttpResponseBase:
    """How many a segment shares with each other one, and which part of either that is."""
    say, world = request.say, desk().opened().answers.world
    if segment not in READY and (found := kept_or_missing(segment)).key != segment:
        return redirect("segment_overlaps", found.key)
    kept = saved_now()
    rules = {each.key: each.rule for each in kept} | {key: each.rule for key, each in READY.items()}
    if segment not in rules:
        return redirect("segment", segment)  # deleted: its page says so
    saved, names = Rules(kept), titles(say)
    shown: OverlapsShown | None = None
    problem: StammError | None = None
    try:
        on = day_or_none(request.GET.get("day", ""))
        meant = tuple((key, names[key], resolved(rule, saved)) for key, rule in rules.items())
        shown = soon(
            ("segment overlaps", segment, meant, on, say.code),
            lambda opened: overlaps_shown(Segments(opened.answers.world, saved), segment, rules, names, on, say),
        )
    except StammError as error:
        problem = error
    content = {
        "key": segment,
        "name": names[segment],
        "told": sentence(rules[segment], Speech(say.code, world.organisation.currency)),
        "day": request.GET.get("day", "").strip() if problem is None else "",
        "problem": told(problem, say) if problem else "",
        "shown": shown,
        "simulated": bool(world.simulated),
        "empty": not world.coverage,
    }
    return render(request, "segment_overlaps.html.j2", content)
