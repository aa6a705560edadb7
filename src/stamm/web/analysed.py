"""A page about one analysis: its settings as a form, its answer, the split, and how it came about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from stamm.analyses import ANALYSES, Analysis
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.people.roles import NAMES, Role
from stamm.reports.journeys.about import about_of, missing_for, simulated_for
from stamm.reports.spans import span_of
from stamm.reports.wording import Words
from stamm.web.access import Asked
from stamm.web.desk import Opened, desk, soon
from stamm.web.filters import Choice
from stamm.web.frame import page_of
from stamm.web.questions import Question, dimensions_for
from stamm.web.settings_form import settings_form

#: what a page shows of an answer, in a language
Show = Callable[[TableAnswer, Language], Mapping[str, Any]]
#: the same of one that may be split: of both together
ShowBoth = Callable[[TableAnswer, TableAnswer | None, Language], Mapping[str, Any]]


#: the form of a slider, which asks for its page by htmx
SLIDES = "slides"


def nothing(*_answers: object) -> Mapping[str, Any]:
    """What is shown where there is nothing beside the rest."""
    return {}


@dataclass(frozen=True)
class Subject:
    """What is the page's own: the analysis, its template, and what is shown of the answer and of a split one."""

    key: str
    template: str
    show: Show
    split: Show
    #: the settings that are shown at once
    first: Collection[str] = ()
    #: what has all of them and the groups beside each other, such as a picture
    both: ShowBoth = nothing


def analysed(
    request: Asked,
    subject: Subject,
    given: Mapping[str, str] | None = None,
    *,
    draft: bool = False,
    after: Callable[[], Mapping[str, Any]] = nothing,
    **more: Any,
) -> HttpResponse:
    """The page, with `more` that is its own; `given` are settings, by default those of the address.

    A `draft` is the form alone, which is still being written and was not asked yet. What comes `after` is asked for
    once the answer is there.
    """
    world = desk().opened().answers.world
    usual = ANALYSES[subject.key]().knowing(world.metrics, world.coverage).said
    given = {**usual, **dict((request.GET if given is None else given).items())}
    say, role = request.say, request.user.may
    currency = world.organisation.currency
    form = settings_form(ANALYSES[subject.key], given, say, subject.first, currency=currency)
    # what does not go together cannot be asked; the frame is then that of the usual settings
    question = Question.of(subject.key, request.GET, role, form.settings if form.made is not None else {})
    analysis = form.made or ANALYSES[subject.key]()
    frame = desk().kept(
        ("analysis", question, role in NAMES, say.code), lambda opened: _frame(opened, analysis, question, say, role)
    )
    asked: Question | None = frame["question"] if form.made is not None and not draft and not frame["missing"] else None
    content = None
    if asked is not None:
        found = asked
        # whoever holds a slider keeps it, and what is shown stays until the answer is there
        made = desk().kept if request.htmx.trigger == SLIDES else soon
        content = made(("analysed", found, say.code), lambda opened: _content(opened, subject, found, say))
    shown = {**frame, **more, "form": form, "draft": draft, "named": role in NAMES, "asked": asked is not None}
    later = after() if asked is None or content else {}
    return render(request, subject.template, {**shown, **later, "content": content, **(content or {})})


def _frame(opened: Opened, analysis: Analysis, question: Question, say: Language, role: Role) -> dict[str, Any]:
    """What surrounds the answer; nothing of it takes long."""
    world = opened.answers.world
    words, settled = Words(say, world), question.settled(opened)
    asked = settled or question
    return {
        "key": analysis.key,
        "place": page_of(analysis.key),
        "name": analysis.title(say.code),
        "sentence": analysis.sentence(say.code),
        "question": asked,
        "missing": missing_for(analysis, world, say),
        "span": span_of(analysis, settled.window, world, say) if settled else None,
        "window": say.window(settled.window) if settled else "",
        "simulated": simulated_for(analysis, asked.by, asked.where, world, say),
        "by": asked.by,
        "split_by": words.dimension(asked.by) if asked.by else "",
        "dimensions": tuple(
            Choice(name, words.dimension(name), name == asked.by) for name in dimensions_for(analysis, role)
        ),
        "conditions": tuple((each.told(say), asked.without(each)) for each in asked.where),
        "query": replace(asked, by="").address(),
        "split_query": asked.address(),
    }


def _content(opened: Opened, subject: Subject, question: Question, say: Language) -> dict[str, Any]:
    """The answer in words and pictures: of everybody together, and split."""
    world = opened.answers.world
    whole = replace(question, by="").answer(opened)
    parts = question.answer(opened) if question.by else None
    return {
        "about": about_of(whole, world, say),
        "shown": subject.show(whole, say),
        "both": subject.both(whole, parts, say),
        "split": subject.split(parts, say) if parts is not None else None,
        "split_about": about_of(parts, world, say) if parts is not None else None,
    }
