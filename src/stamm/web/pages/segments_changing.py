"""Changing segments: saving one, changing it, and putting back what it was."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from stamm.lang.errors import UsageError
from stamm.people.accounts import run
from stamm.saved import keeping
from stamm.segments.rule import Rule
from stamm.segments.sentence import understood
from stamm.segments.speech import Speech
from stamm.web.access import Asked, page
from stamm.web.desk import desk
from stamm.web.reading import number_in
from stamm.web.segments import EDITORS, kept_or_missing


@page("segments/save", may=EDITORS, methods=("POST",))
def segment_save(request: Asked) -> HttpResponseBase:
    """A rule saved under a new name."""
    given, who, now = request.POST, request.user.email, datetime.now(UTC)
    with transaction.atomic():
        made = keeping.save_segment(
            run, given.get("name", ""), _rule(request), note=given.get("note", ""), who=who, now=now
        )
    return redirect(f"{reverse('segment', args=[made.key])}?told=save")


@page("segments/<str:segment>/act", may=EDITORS, methods=("POST",))
def segment_act(request: Asked, segment: str) -> HttpResponseBase:
    """Another rule, another name, deleted or brought back, or back to an earlier version."""
    found, given, does = kept_or_missing(segment), request.POST, request.POST.get("do", "")
    who, now = request.user.email, datetime.now(UTC)
    if number_in(given, "revision") != found.revision:
        raise keeping.MeanwhileError(
            "Somebody else has changed this segment meanwhile.",
            remedy="Look at what it is now, and change it again if need be.",
        )
    with transaction.atomic():
        if does == "change":
            keeping.change_segment(run, found, _rule(request), who=who, now=now)
        elif does == "rename":
            renamed = keeping.rename_segment(run, found, given.get("name", ""), who=who, now=now)
            keeping.change_segment(run, renamed, renamed.rule, note=given.get("note"), who=who, now=now)
        elif does == "delete":
            keeping.delete_segment(run, found, who=who, now=now)
        elif does == "restore":
            keeping.restore_segment(run, found, who=who, now=now)
        elif does == "back":
            keeping.restore_segment(run, found, number_in(given, "to"), who=who, now=now)
        else:
            raise UsageError(f"Nothing here is called {does!r}.", remedy="Go back, and load the page anew.")
    return redirect(f"{reverse('segment', args=[found.key])}?told={does}")


def _rule(request: Asked) -> Rule:
    """The rule that a form sends."""
    currency = desk().opened().answers.world.organisation.currency
    return understood(request.POST.get("rule", ""), Speech(request.say.code, currency))
