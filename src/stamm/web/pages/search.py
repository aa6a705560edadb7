"""Search over everything: metrics, analyses and pages here; what else can be found is said where it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from stamm.analyses import ANALYSES
from stamm.lang.language import CODES, Language
from stamm.people.roles import EVERYONE, Role
from stamm.web.access import Asked, page, pages
from stamm.web.desk import Opened, desk
from stamm.web.finding import LONG, SHORT, Hit, finder, rank_of, search

#: letters of a question that are looked at
MOST_LETTERS = 200


@page("search", may=EVERYONE)
def search_page(request: Asked) -> HttpResponse:
    """What was found for `q`: a few of each kind below the field while somebody writes, else a page of it."""
    text = request.GET.get("q", "").replace("\0", "")[:MOST_LETTERS]
    most = SHORT if request.htmx else LONG
    found = search(desk().opened(), text, request.say, request.user.may, most)
    return render(request, "search.html.j2", {"q": text, "found": found})


@finder("Pages", step=1)
def pages_found(opened: Opened, text: str, say: Language, role: Role, most: int) -> Sequence[Hit]:
    """What stands in the navigation, by its name in both languages."""
    del opened, most
    hits = []
    for each in pages():
        if each.entry is None or not each.open_to(role):
            continue
        names = [say(each.entry.title), *(Language(code)(each.entry.title) for code in CODES if code != say.code)]
        if rank := rank_of(text, names):
            hits.append(Hit(names[0], reverse(each.name), say(each.entry.group), rank=rank))
    return hits


@finder("Metrics", step=2)
def metrics_found(opened: Opened, text: str, say: Language, role: Role, most: int) -> Sequence[Hit]:
    """Metrics by their names and sentences in both languages, their abbreviations and their keys."""
    del role, most
    hits = []
    codes = (say.code, *(code for code in CODES if code != say.code))
    for each in opened.answers.world.metrics:
        names, says = [each.title(code) for code in codes], [each.sentence(code) for code in codes]
        if rank := rank_of(text, [*names, each.key], each.also, says):
            hits.append(Hit(names[0], reverse("metric", args=[each.key]), says[0], each.also, rank))
    return hits


@finder("Analyses", step=3)
def analyses_found(opened: Opened, text: str, say: Language, role: Role, most: int) -> Sequence[Hit]:
    """Analyses that have a page, as metrics are found."""
    del opened, role, most
    hits, codes = [], (say.code, *(code for code in CODES if code != say.code))
    with_page = {each.name for each in pages()}
    for each in ANALYSES:
        names, says = [each.title(code) for code in codes], [each.sentence(code) for code in codes]
        if each.key in with_page and (rank := rank_of(text, [*names, each.key], each.also, says)):
            hits.append(Hit(names[0], reverse(each.key), says[0], each.also, rank))
    return hits
