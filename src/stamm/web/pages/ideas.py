"""Boards of ideas for the shop: all of them, the ideas of one by who wants them, what waits, and the table as CSV."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.answers.written import csv_of
from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.ideas import keeping
from stamm.ideas.deciding import STATES
from stamm.ideas.keeping import IdeaBoard
from stamm.ideas.links import invite, open_token, own_token
from stamm.ideas.moderating import review, waiting
from stamm.ideas.plan import PUBLIC, BoardPlan
from stamm.ideas.posts import COMMENT, IDEA, VOTE, WAITING, Post
from stamm.ideas.reading import NEWEST, VOTES, ideas_of, shown
from stamm.intake.spam import FLOOD, TRAP
from stamm.intake.words import said
from stamm.lang.errors import StammError, UsageError
from stamm.lang.language import Language
from stamm.people.accounts import acted, people, run
from stamm.people.roles import EVERYONE, EXPORTS, NAMES, Role
from stamm.reports.marked import exactly
from stamm.web.access import Asked, Entry, page
from stamm.web.desk import desk
from stamm.web.filters import Choice
from stamm.web.idea_words import state_words
from stamm.web.ideas_ranked import AT_RISK, LISTED, SORTS, WORTH, Wanted, idea_records, ranked
from stamm.web.pages.survey_comments import basis_of_worth
from stamm.web.pages.surveys import csv_response, simulated_here
from stamm.web.reading import number_in, one_of, some_from, whole_number

#: who makes boards, changes them, and answers ideas
EDITORS = frozenset({Role.OWNER, Role.ANALYST})
#: ideas on one page
MOST = 50


@page("ideas/", may=EVERYONE, entry=Entry("Ask", "Ideas", 15))
def ideas(request: Asked) -> HttpResponse:
    """All boards, the newest first."""
    say = request.say
    lines = []
    for each in keeping.idea_boards(run):
        there = shown(ideas_of(run, each.id))
        votes = sum(len(idea.voters) for idea in there)
        lines.append(
            {
                "id": each.id,
                "name": said(each.plan.name, say.code),
                "state": board_state(each, say),
                "open_to": open_to_words(say)[each.plan.open_to],
                "ideas": exactly(len(there), say.number(len(there))),
                "votes": exactly(votes, say.number(votes)),
                "waiting": (many := len(waiting(run, each.id))) and exactly(many, say.number(many)),
            }
        )
    sees = request.user.may in NAMES
    return render(request, "ideas.html.j2", {"lines": lines, "may_change": request.user.may in EDITORS, "sees": sees})


@page("ideas/new", may=EDITORS, methods=("GET", "POST"))
def idea_board_new(request: Asked) -> HttpResponseBase:
    """The form of a new board."""
    problem = ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                number = keeping.make_idea_board(run, _plan(request), who=request.user.email, now=datetime.now(UTC))
            return redirect("idea_board", number)
        except UsageError as error:
            problem = told_of(error, request.say)
    content = {"board": None, "given": request.POST, "problem": problem, "revision": 0}
    return render(request, "idea_board_form.html.j2", content, status=422 if problem else 200)


@page("ideas/<int:board>/edit", may=EDITORS, methods=("GET", "POST"))
def idea_board_edit(request: Asked, board: int) -> HttpResponseBase:
    """The form of what a board is; each change is a version more."""
    found, problem = board_or_missing(board), ""
    given: Any = request.POST if request.method == "POST" else _fields(found.plan)
    seen = whole_number(request.POST.get("revision", "") or str(found.revision))
    if request.method == "POST":
        try:
            with transaction.atomic():
                who, now = request.user.email, datetime.now(UTC)
                keeping.change_idea_board(run, board, _plan(request), seen=seen, who=who, now=now)
            return redirect(f"{reverse('idea_board', args=[board])}?told=saved")
        except StammError as error:
            problem = told_of(error, request.say)
    content = {
        "board": found,
        "name": name_of(found, request.say),
        "given": given,
        "problem": problem,
        "revision": seen,
    }
    return render(request, "idea_board_form.html.j2", content, status=422 if problem else 200)


@page("ideas/<int:board>/act", may=EDITORS, methods=("POST",))
def idea_board_act(request: Asked, board: int) -> HttpResponseBase:
    """Opened or closed."""
    board_or_missing(board)
    does = {"open": keeping.open_idea_board, "close": keeping.close_idea_board}.get(request.POST.get("do", ""))
    if does is None:
        raise UsageError("Nothing here is called that.", remedy="Go back, and load the page anew.")
    with transaction.atomic():
        does(run, board, who=request.user.email, now=datetime.now(UTC))
    return redirect(f"{reverse('idea_board', args=[board])}?told={request.POST['do']}")


@page("ideas/<int:board>/", may=NAMES)
def idea_board(request: Asked, board: int) -> HttpResponse:
    """The ideas of a board, those first that most want, or whose customers would bring most or go most likely."""
    found, say = board_or_missing(board), request.say
    sort = one_of(request.GET, "sort", SORTS) or VOTES
    state, first = one_of(request.GET, "state", STATES), number_in(request.GET, "first")
    every, called = ideas_of(run, board), state_words(say)
    there = {each.state for each in shown(every)}
    made = ranked(shown(every, state=state), sort)
    some_from(first, len(made.ideas))
    organisation = desk().opened().project.organisation
    kept = {"sort": sort if sort != VOTES else "", "state": state}
    zone, names = ZoneInfo(organisation.zone), {person.email: str(person) for person in people()}
    orders = {VOTES: say("Votes"), WORTH: say("Value"), AT_RISK: say("Value at risk"), NEWEST: say("Newest")}
    content = {
        "board": found,
        "name": name_of(found, say),
        "state_of": board_state(found, say),
        "open_to": open_to_words(say)[found.plan.open_to],
        "rows": [_row(each, organisation.currency, say) for each in made.ideas[first : first + MOST]],
        "counted": made.counted,
        "basis": basis_of_worth(say) if made.counted else "",
        "sorts": [Choice(each, words, each == sort) for each, words in orders.items()],
        "states": [
            Choice("", say("Every state"), not state),
            *(Choice(each, called[each], each == state) for each in STATES if each in there or each == state),
        ],
        "links": {name: urlencode({k: v for k, v in kept.items() if v and k != name}) for name in kept},
        "query": urlencode({k: v for k, v in kept.items() if v}),
        "first": first,
        "next": first + MOST,
        "count": len(made.ideas),
        "waiting": len(waiting(run, board)),
        "link": _address(request, found) if found.plan.open_to == PUBLIC else "",
        "may_change": request.user.may in EDITORS,
        "may_take": request.user.may in EXPORTS,
        "told": request.GET.get("told", ""),
        "simulated": simulated_here(say),
        "versions": [
            {
                "who": names.get(each.who, each.who),
                "at": say.moment(each.at.astimezone(zone)),
                "did": did(each.what, say),
            }
            for each in keeping.versions_of(run, board)
        ],
    }
    return render(request, "idea_board.html.j2", content)


@page("ideas/<int:board>.csv", may=EXPORTS)
def idea_board_csv(request: Asked, board: int) -> HttpResponse:
    """Every idea of a board, also those that wait or were merged, with what stands beside it."""
    board_or_missing(board)
    rows = idea_records(ranked(ideas_of(run, board).values(), VOTES, wait=True).ideas)
    acted(request.user.email, "customers_read", f"board of ideas {board}, {len(rows)} rows")
    return csv_response(f"ideas-{board}", csv_of(LISTED, rows))


@page("ideas/<int:board>/links", may=EDITORS, methods=("GET", "POST"))
def idea_links(request: Asked, board: int) -> HttpResponseBase:
    """Links of their own for customers, whose numbers are written into the form; a table of them to take away."""
    found, problem = board_or_missing(board), ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                lines = request.POST.get("customers", "").splitlines()
                asked = invite(run, board, lines, who=request.user.email, now=datetime.now(UTC))
            secret = secret_of(Project.open(settings.STAMM_PROJECT))
            rows = [
                {"customer_id": each.customer, "link": _absolute(request, own_token(each, secret))} for each in asked
            ]
            return csv_response(f"ideas-{board}-links", csv_of(("customer_id", "link"), rows))
        except UsageError as error:
            problem = told_of(error, request.say)
    content = {"board": found, "name": name_of(found, request.say), "given": request.POST, "problem": problem}
    return render(request, "idea_links.html.j2", content, status=422 if problem else 200)


@page("ideas/<int:board>/waiting", may=NAMES, methods=("GET", "POST"))
def idea_posts(request: Asked, board: int) -> HttpResponseBase:
    """What waits until somebody has looked at it: shown, or thrown away."""
    found, say = board_or_missing(board), request.say
    if request.method == "POST":
        chosen, do = {whole_number(each) for each in request.POST.getlist("post")}, request.POST.get("do", "")
        if do not in ("show", "remove"):
            raise UsageError("Nothing here is called that.", remedy="Go back, and load the page anew.")
        with transaction.atomic():
            who, now = request.user.email, datetime.now(UTC)
            many = review(run, board, chosen, show=do == "show", who=who, now=now, only_waiting=True)
        return redirect(f"{reverse('idea_posts', args=[board])}?told={do}&many={many}")
    posts, zone = waiting(run, board), ZoneInfo(desk().opened().project.organisation.zone)
    every = ideas_of(run, board)
    content = {
        "board": found,
        "name": name_of(found, say),
        "posts": [_post(each, every, zone, say) for each in posts[:MOST]],
        "count": len(posts),
        "told": one_of(request.GET, "told", ("show", "remove")),
        "many": say.counted(number_in(request.GET, "many"), "{count} post", "{count} posts"),
    }
    return render(request, "idea_posts.html.j2", content)


# -- what pages share ----------------------------------------------------------------------------------------
def board_or_missing(number: int) -> IdeaBoard:
    """One board; raises Http404 where there is none."""
    try:
        return keeping.idea_board_of(run, number)
    except UsageError as error:
        raise Http404 from error


def board_state(found: IdeaBoard, say: Language) -> str:
    """Draft, open or closed."""
    return {keeping.OPEN: say("open"), keeping.CLOSED: say("closed")}.get(found.state, say("draft"))


def open_to_words(say: Language) -> dict[str, str]:
    """Who may come, by its code."""
    return {"public": say("whoever has the link"), "members": say("customers with a link of their own")}


def did(what: str, say: Language) -> str:
    """What somebody did with a board."""
    return {
        keeping.MADE: say("made the board of ideas"),
        keeping.CHANGED: say("changed what it says"),
        keeping.OPENED: say("opened it"),
        keeping.SHUT: say("closed it"),
    }.get(what, what)


def told_of(error: StammError, say: Language) -> str:
    """What went wrong, and what to do, in the language of whoever reads it."""
    return " ".join(retell(text, say) for text in (error.what, error.remedy) if text)


def why_held(held: str, say: Language) -> str:
    """Why a post is not shown."""
    return {
        WAITING: say("waits to be looked at"),
        FLOOD: say("came with many others from one address"),
        TRAP: say("filled in a field that nobody sees"),
    }.get(held, "")


def money_words(each: Wanted, currency: str, say: Language) -> dict[str, Any]:
    """The sums beside an idea, and of how many votes they are."""
    known = each.ahead is not None and each.at_risk is not None
    return {
        "known": exactly(each.known, say.number(each.known)),
        "ahead": exactly(each.ahead, say.money(each.ahead, currency)) if known and each.ahead is not None else "",
        "at_risk": exactly(each.at_risk, say.money(each.at_risk, currency))
        if known and each.at_risk is not None
        else "",
    }


def _row(each: Wanted, currency: str, say: Language) -> dict[str, Any]:
    idea = each.idea
    return {
        "id": idea.id,
        "title": idea.post.title,
        "state": state_words(say)[idea.state],
        "votes": exactly(len(idea.voters), say.number(len(idea.voters))),
        "comments": exactly(len(idea.comments), say.number(len(idea.comments))),
        **money_words(each, currency, say),
    }


def _post(post: Post, every: dict[int, Any], zone: ZoneInfo, say: Language) -> dict[str, Any]:
    about = every.get(post.idea)
    kinds = {IDEA: say("Idea"), COMMENT: say("Comment"), VOTE: say("Vote")}
    return {
        "id": post.id,
        "kind": kinds[post.kind],
        "title": post.title,
        "about": about.post.title if about is not None and post.kind != IDEA else "",
        "words": post.words,
        "name": post.name,
        "customer": post.customer if post.confirmed else None,
        "at": say.moment(post.at.astimezone(zone)),
        "why": why_held(post.held, say),
    }


def _plan(request: Asked) -> BoardPlan:
    given = request.POST
    order = (request.say.code, "en" if request.say.code == "de" else "de")
    return BoardPlan(
        {code: given.get(f"name-{code}", "") for code in order},
        {code: given.get(f"intro-{code}", "") for code in order},
        "members" if given.get("open_to") == "members" else "public",
        given.get("waits", "") == "yes",
    )


def _fields(plan: BoardPlan) -> dict[str, str]:
    found = {f"name-{code}": text for code, text in plan.name.items()}
    found |= {f"intro-{code}": text for code, text in plan.intro.items()}
    return {**found, "open_to": plan.open_to, "waits": "yes" if plan.waits else "no"}


def name_of(found: IdeaBoard, say: Language) -> str:
    """What a board is called."""
    return said(found.plan.name, say.code)


def _address(request: Asked, found: IdeaBoard) -> str:
    return _absolute(request, open_token(found.id, secret_of(Project.open(settings.STAMM_PROJECT))))


def _absolute(request: Asked, token: str) -> str:
    path = reverse("suggest", args=[token])
    return f"{settings.STAMM_ADDRESS}{path}" if settings.STAMM_ADDRESS else request.build_absolute_uri(path)
