"""A page about one analysis: its settings as a form, its answer, the split, and how it came about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from stamm.analyses import ANALYSES, Analysis
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import NAMES
from stamm.reports.journeys.about import about_of, missing_for
from stamm.reports.spans import span_of
from stamm.reports.wording import Words
from stamm.web.access import Asked
from stamm.web.desk import Opened, desk
from stamm.web.filters import Choice
from stamm.web.questions import Question, dimensions_for
from stamm.web.settings_form import settings_form

#: what a page shows of an answer, in a language
Show = Callable[[TableAnswer, Language], Mapping[str, Any]]


@dataclass(frozen=True)
class Subject:
    """What is the page's own: the analysis, its template, and what is shown of the answer and of a split one."""

    key: str
    template: str
    show: Show
    split: Show
    #: the settings that are shown at once
    first: Collection[str] = ()


def analysed(
    request: Asked, subject: Subject, given: Mapping[str, str] | None = None, *, draft: bool = False, **more: Any
) -> HttpResponse:
    """The page, with `more` that is its own; `given` are settings, by default those of the address.

    A `draft` is the form alone, which is still being written and was not asked yet.
    """
    given = request.GET if given is None else given
    form = settings_form(ANALYSES[subject.key], given, request.say, subject.first)
    role = request.user.may
    question = Question.of(subject.key, request.GET, role, form.settings)
    asks = form.made is not None and not draft
    content = desk().kept(
        ("analysed", question, asks, role in NAMES, request.say.code),
        lambda opened: _content(opened, subject, question, request, asks=asks),
    )
    return render(request, subject.template, {**content, **more, "form": form, "draft": draft, "named": role in NAMES})


def page_of(key: str) -> str:
    """The address of the page about an analysis; of the first page where there is none."""
    try:
        return reverse(key)
    except NoReverseMatch:
        return reverse("today")


def _content(opened: Opened, subject: Subject, question: Question, request: Asked, *, asks: bool) -> dict[str, Any]:
    say, world = request.say, opened.answers.world
    analysis, settled = question.analysis if asks else ANALYSES[subject.key](), question.settled(opened)
    shared: dict[str, Any] = {
        "key": subject.key,
        "here": page_of(subject.key),
        "name": analysis.title(say.code),
        "sentence": analysis.sentence(say.code),
        "by": question.by,
        "dimensions": _dimensions(analysis, question, Words(say, world), request),
        "conditions": [
            (each.told(say), replace(question, where=tuple(o for o in question.where if o != each)).address())
            for each in question.where
        ],
    }
    if settled is None:
        missing = missing_for(analysis, world, say)
        return {**shared, "question": question, "span": None, "about": None, "missing": missing}
    shared |= {"question": settled, "span": span_of(analysis, settled.window, world, say), "missing": ()}
    if not asks:
        return {**shared, "about": None}
    whole = replace(settled, by="").answer(opened)
    parts = settled.answer(opened) if settled.by else None
    return {
        **shared,
        "window": say.window(settled.window),
        "query": replace(settled, by="").address(),
        "about": about_of(whole, world, say),
        "shown": subject.show(whole, say),
        "split": subject.split(parts, say) if parts is not None else None,
        "split_about": about_of(parts, world, say) if parts is not None else None,
        "split_by": Words(say, world).dimension(settled.by) if settled.by else "",
        "split_query": settled.address(),
    }


def _dimensions(analysis: Analysis, question: Question, words: Words, request: Asked) -> tuple[Choice, ...]:
    names = dimensions_for(analysis, request.user.may)
    return tuple(Choice(name, words.dimension(name), name == question.by) for name in names)
