"""One idea for the shop: who wants it, what was said of it, and the form that answers it or says that it is another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.app.idea_news import can_tell
from stamm.ideas.deciding import (
    MERGED,
    SPLIT,
    STATES,
    Step,
    answer_idea,
    counting_as,
    merge_idea,
    root_of,
    split_idea,
    steps_of,
)
from stamm.ideas.keeping import OPEN
from stamm.ideas.moderating import review
from stamm.ideas.news import wanting
from stamm.ideas.reading import VOTES, Idea, ideas_of, shown
from stamm.lang.errors import StammError, UsageError
from stamm.lang.language import Language
from stamm.people.accounts import people, run
from stamm.people.roles import NAMES
from stamm.reports.marked import exactly
from stamm.web.access import Asked, page
from stamm.web.desk import desk
from stamm.web.idea_words import state_words
from stamm.web.ideas_ranked import ranked
from stamm.web.pages.ideas import EDITORS, board_or_missing, money_words, name_of, told_of, why_held
from stamm.web.pages.survey_comments import basis_of_worth
from stamm.web.pages.surveys import simulated_here
from stamm.web.reading import whole_number
from stamm.web.voices import worth_words

#: customers on the page of an idea
MOST = 50


@page("ideas/<int:board>/<int:idea>/", may=NAMES, methods=("GET", "POST"), sends=EDITORS)
def idea(request: Asked, board: int, idea: int) -> HttpResponseBase:
    """Who wants it, comments and history; the form says its state and an answer, merges it, or takes that back."""
    found = ideas_of(run, board_or_missing(board).id).get(idea)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _shown(request, board, found)
    try:
        with transaction.atomic():
            _do(request, board, idea)
    except StammError as error:
        return _shown(request, board, found, told_of(error, request.say))
    return redirect(f"{reverse('idea', args=[board, idea])}?told=saved")


def _do(request: Asked, board: int, idea: int) -> None:
    given, who, now = request.POST, request.user.email, datetime.now(UTC)
    does, seen = given.get("do", ""), whole_number(given.get("seen", ""))
    if does == "answer":
        answer_idea(run, idea, given.get("state", ""), given.get("answer", ""), seen=seen, who=who, now=now)
    elif does == "merge":
        merge_idea(run, idea, whole_number(given.get("into", "")), seen=seen, who=who, now=now)
    elif does == "split":
        split_idea(run, idea, seen=seen, who=who, now=now)
    elif does in ("show", "remove"):
        post = whole_number(given.get("post", ""))
        review(run, board, {post}, show=does == "show", who=who, now=now)
    else:
        raise UsageError("Nothing here is called that.", remedy="Go back, and load the page anew.")


def _shown(request: Asked, board: int, found: Idea, problem: str = "") -> HttpResponse:
    say, organisation = request.say, desk().opened().project.organisation
    zone, currency = ZoneInfo(organisation.zone), organisation.currency
    every, names = ideas_of(run, board), {person.email: str(person) for person in people()}
    made = ranked([found], VOTES)
    (wanted,) = made.ideas
    steps, called = steps_of(run, found.id), state_words(say)
    customers = sorted({made.about.numbers[each] for each in found.customers})
    of_number = {number: made.about.names.get(each, "") for each, number in made.about.numbers.items()}
    worth = made.about.worth or {}
    others = len(found.voters) - len(found.customers)
    content = {
        "board": board_or_missing(board),
        "board_name": name_of(board_or_missing(board), say),
        "idea": found,
        "post": found.post,
        "at": say.moment(found.at.astimezone(zone)),
        "stands": called[found.state],
        "held": why_held(found.post.held, say) or (say("not shown") if found.post.held else ""),
        "root": every[found.root] if found.is_merged else None,
        "votes": exactly(len(found.voters), say.number(len(found.voters))),
        **money_words(wanted, currency, say),
        "counted": made.counted,
        "basis": basis_of_worth(say) if made.counted else "",
        "customers": [
            {"id": each, "name": of_number[each], "worth": worth_words(worth.get(each), currency, say)}
            for each in customers[:MOST]
        ],
        "more": say.counted(len(customers) - MOST, "{count} more", "{count} more") if len(customers) > MOST else "",
        "others": say.counted(others, "{count} vote of nobody known", "{count} votes of nobody known")
        if others
        else "",
        "comments": [
            {"id": each.id, "name": each.name, "customer": each.customer, "words": each.words,
             "at": say.moment(each.at.astimezone(zone))}
            for each in found.comments
        ],
        "steps": [_step(each, every, names, zone, say) for each in reversed(steps)],
        "seen": steps[-1].revision if steps else 0,
        "states": [(each, called[each]) for each in STATES],
        "asked": _asked(found, say),
        "into": [each for each in shown(every) if each.id != found.id and not found.is_merged],
        "given": request.POST if problem else {"state": found.state, "answer": found.answer},
        "problem": problem,
        "told": request.GET.get("told", ""),
        "may_change": request.user.may in EDITORS,
        "simulated": simulated_here(say),
    }  # fmt: skip
    return render(request, "idea.html.j2", content, status=422 if problem else 200)


def _asked(found: Idea, say: Language) -> str:
    """How many are told what becomes of it, or that nothing can be sent; empty where nobody asked, or it is no longer
    one of its own."""
    many = len(wanting(run, found.post.board, counting_as(root_of(run, found.post.board), found.id)))
    if not many or found.is_merged or found.post.held:
        return ""
    if board_or_missing(found.post.board).state != OPEN:
        return say("The board is closed: nobody is told by mail.")
    if not can_tell(desk().opened().project):
        return say.counted(
            many,
            "{count} person asked to be told. Nothing is sent: stamm.toml lacks a mail server or an address.",
            "{count} people asked to be told. Nothing is sent: stamm.toml lacks a mail server or an address.",
        )
    return say.counted(
        many,
        "{count} person asked to be told by mail once it is planned, done or not planned.",
        "{count} people asked to be told by mail once it is planned, done or not planned.",
    )


def _step(step: Step, every: dict[int, Idea], names: dict[str, str], zone: ZoneInfo, say: Language) -> dict[str, Any]:
    other = every.get(step.merged_into or 0)
    did = {
        MERGED: say("said that it is the same as “{idea}”", idea=other.post.title if other else ""),
        SPLIT: say("took the merge back"),
    }.get(step.what, say("said “{state}”", state=state_words(say)[step.state]))
    return {
        "who": names.get(step.who, step.who),
        "did": did,
        "told": step.answer if step.what not in (MERGED, SPLIT) else "",
        "at": say.moment(step.at.astimezone(zone)),
    }
