"""The pages of a board of ideas as customers see it: without signing in, a cookie or a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.ideas import posting
from stamm.ideas.deciding import STATES, counting_as, root_of
from stamm.ideas.keeping import CLOSED, IdeaBoard
from stamm.ideas.links import Come, come_by
from stamm.ideas.news import wanted_by
from stamm.ideas.posting import MissingError, NotTakenError, Sent, fresh_chance
from stamm.ideas.posts import Post
from stamm.ideas.reading import NEWEST, VOTES, Idea, ideas_of, shown
from stamm.intake.words import said
from stamm.lang.language import Language
from stamm.people.accounts import run
from stamm.web.access import ANYBODY, Asked, page
from stamm.web.idea_words import state_words
from stamm.web.pages.ask import unlisted
from stamm.web.reading import number_in, one_of, some_from, whole_number

#: what a form says beside its fields
LANGUAGE, CHANCE, TRAP = "-language", "-chance", "-website"
#: ideas on one page
MOST = 30
#: what a page says after something was sent
TOLD = ("shown", "waiting", "mailed", "voted", "back", "confirmed", "news", "no_news")
STATUS = {"unknown": 404, "not_open": 403, "closed": 410, "many": 429}


@page("suggest/<str:token>/", may=ANYBODY, methods=("GET", "POST"), guarded=False)
def suggest(request: Asked, token: str) -> HttpResponseBase:
    """The ideas of a board; whoever came by the link that was mailed to them confirms it here."""
    come = _come(request, token)
    if not isinstance(come, Come):
        return come
    if request.method == "POST":
        return _sent(request, token, come, lambda: _confirmed(request, token))
    state, sort = one_of(request.GET, "state", STATES), one_of(request.GET, "sort", (VOTES, NEWEST))
    every, first = ideas_of(run, come.board.id), number_in(request.GET, "first")
    found = shown(every, state=state, sort=sort or VOTES)
    some_from(first, len(found))
    called = state_words(request.say)
    there = [each for each in STATES if any(idea.state == each for idea in shown(every))]
    kept = {"state": state, "sort": sort, "lang": request.GET.get("lang", "")}
    content = {
        **_around(request, token, come),
        "intro": said(come.board.plan.intro, request.say.code),
        "ideas": [_line(each, request, _voter(come)) for each in found[first : first + MOST]],
        "states": [("", request.say("All")), *((each, called[each]) for each in there)],
        "sorts": [(VOTES, request.say("Most wanted")), (NEWEST, request.say("Newest"))],
        "state": state,
        "sort": sort or VOTES,
        "links": {name: urlencode({k: v for k, v in kept.items() if v and k != name}) for name in kept},
        "query": urlencode({name: value for name, value in kept.items() if value}),
        "count": len(found),
        "first": first,
        "next": first + MOST,
        "to_confirm": _to_confirm(request, come, every),
    }
    return unlisted(render(request, "suggest.html.j2", content))


@page("suggest/<str:token>/new", may=ANYBODY, methods=("GET", "POST"), guarded=False)
def suggest_new(request: Asked, token: str) -> HttpResponseBase:
    """The form of an idea."""
    come = _come(request, token)
    if not isinstance(come, Come):
        return come
    if request.method == "POST":
        return _sent(
            request, token, come, lambda: posting.suggest(run, token, _form(request), secret=_secret(), now=_now())
        )
    return unlisted(_new(request, token, come))


@page("suggest/<str:token>/<int:idea>/", may=ANYBODY, methods=("GET", "POST"), guarded=False)
def suggest_idea(request: Asked, token: str, idea: int) -> HttpResponseBase:
    """One idea: what the shop says of it, comments, and the forms to vote and to comment."""
    come = _come(request, token)
    if not isinstance(come, Come):
        return come
    if request.method == "POST":
        news = {"news": lambda: _tell(token, idea), "no_news": lambda: _tell_no_more(token, idea)}
        if (do := request.POST.get("do", "")) in news:
            return _sent(request, token, come, news[do], idea)
        does = {"vote": posting.vote, "comment": posting.comment}.get(do)
        if does is None:
            return _sent(request, token, come, lambda: _taken_back(token, idea), idea)
        return _sent(
            request, token, come, lambda: does(run, token, idea, _form(request), secret=_secret(), now=_now()), idea
        )
    return unlisted(_idea(request, token, come, idea))


@page("suggest/<str:token>/news", may=ANYBODY, methods=("GET", "POST"), guarded=False)
def suggest_news(request: Asked, token: str) -> HttpResponseBase:
    """Of which ideas somebody is told; one click ends all of it (RFC 8058), also where the board is closed.

    Opening it changes nothing, because scanners open links.
    """
    come = _come(request, token)
    if not isinstance(come, Come) or come.participant is None:
        return come if isinstance(come, HttpResponse) else unlisted(_told(request, "unknown"))
    if request.method == "POST":
        with transaction.atomic():
            _tell_no_more(token, number_in(request.POST, "idea") or None)
    every = ideas_of(run, come.board.id)
    told = {every[each].root for each in wanted_by(run, come.participant) if each in every}
    content = {
        **_around(request, token, come),
        "ideas": [(each, every[each].post.title) for each in sorted(told) if not every[each].post.held],
        "ended": request.method == "POST",
    }
    return unlisted(render(request, "suggest_news.html.j2", content))


# -- what was sent -------------------------------------------------------------------------------------------
def _confirmed(request: Asked, token: str) -> None:
    votes, news = ({whole_number(each) for each in request.POST.getlist(name)} for name in ("vote", "news"))
    posting.confirm(run, token, votes, news, secret=_secret(), now=_now())


def _taken_back(token: str, idea: int) -> None:
    posting.take_back(run, token, idea, secret=_secret(), now=_now())


def _tell(token: str, idea: int) -> None:
    posting.tell_me(run, token, idea, secret=_secret(), now=_now())


def _tell_no_more(token: str, idea: int | None) -> None:
    posting.tell_me_no_more(run, token, idea, secret=_secret())


def _form(request: Asked) -> Sent:
    given = request.POST
    return Sent(
        chance=given.get(CHANCE, ""),
        address=request.META.get("REMOTE_ADDR", ""),
        title=given.get("title", ""),
        words=given.get("words", ""),
        name=given.get("name", ""),
        mail=given.get("mail", ""),
        language=request.say.code,
        trap=given.get(TRAP, ""),
        tell=given.get("tell") == "yes",
    )


def _sent(request: Asked, token: str, come: Come, does: Callable[[], Post | None], idea: int = 0) -> HttpResponse:
    """Keep it, and lead to where it is seen; or say why not."""
    try:
        with transaction.atomic():
            post = does()
    except NotTakenError as error:
        return unlisted(_told(request, error.gate))
    except MissingError as error:
        missing = _idea(request, token, come, idea, error.fields) if idea else _new(request, token, come, error.fields)
        return unlisted(missing)
    is_list = request.POST.get("from") == "list" or not idea
    path = reverse("suggest", args=[token]) if is_list else reverse("suggest_idea", args=[token, idea])
    query = {"told": _outcome(come, post, idea, request.POST.get("do", "")), "lang": request.POST.get(LANGUAGE, "")}
    kept = {name: request.POST[name] for name in ("state", "sort", "first") if is_list and request.POST.get(name)}
    anchor = f"#idea-{idea}" if is_list and idea else ""
    there = HttpResponseRedirect(f"{path}?{urlencode({**kept, **{k: v for k, v in query.items() if v}})}{anchor}")
    there.status_code = 303
    return unlisted(there)


def _outcome(come: Come, post: Post | None, idea: int, do: str) -> str:
    """What the page says of it. Whoever floods is told no more than others."""
    if post is None:
        return (do if do in ("news", "no_news") else "back") if idea else "confirmed"
    if post.kind == "vote":
        return "voted" if come.participant is not None else "mailed"
    return "waiting" if post.held else "shown"


# -- what is shown -------------------------------------------------------------------------------------------
def _come(request: Asked, token: str) -> Come | HttpResponse:
    """Where the link leads, in the language of whoever comes; or the page that says that it leads nowhere."""
    come = come_by(run, token, _secret())
    if come is None or come.board.state not in ("open", CLOSED):
        _speak(request, come.board if come else None)
        return unlisted(_told(request, "not_open" if come else "unknown"))
    _speak(request, come.board)
    return come


def _speak(request: Asked, board: IdeaBoard | None) -> None:
    known = board.plan.languages if board else ("en", "de")
    wishes = [request.POST.get(LANGUAGE, ""), request.GET.get("lang", "")]
    wishes += [part.partition(";")[0].strip() for part in request.headers.get("Accept-Language", "")[:500].split(",")]
    code = next((wish[:2].lower() for wish in wishes if wish[:2].lower() in known), known[0])
    request.say = Language("de" if code == "de" else "en")


def _around(request: Asked, token: str, come: Come) -> dict[str, Any]:
    """What stands around every such page."""
    code, own = request.say.code, come.participant
    kept = {name: request.GET[name] for name in ("state", "sort") if request.GET.get(name)}
    chosen = urlencode({"lang": code}) if request.GET.get("lang") or request.POST.get(LANGUAGE) else ""
    return {
        "code": code,
        "board": said(come.board.plan.name, code),
        "home": f"{reverse('suggest', args=[token])}{'?' if chosen else ''}{chosen}",
        "new": f"{reverse('suggest_new', args=[token])}{'?' if chosen else ''}{chosen}",
        "lang": chosen,
        "token": token,
        "others": [
            (each, f"?{urlencode({**kept, 'lang': each})}") for each in come.board.plan.languages if each != code
        ],
        "names": {"de": "Deutsch", "en": "English"},
        "look": {"sheet": "", "logo": ""},
        "is_open": come.board.state != CLOSED,
        "own": own is not None,
        "can_be_told": own is not None and own.confirmed_at is not None,
        "member": own is not None and own.customer is not None,
        "address": (own.address or "") if own is not None else "",
        "waits": come.board.plan.waits or own is None or not own.is_member,
        "hidden": {LANGUAGE: code, CHANCE: fresh_chance()},
        "trap": TRAP,
        "told": one_of(request.GET, "told", TOLD) if request.method != "POST" else "",
        "missing": (),
        "given": request.POST,
    }


def _new(request: Asked, token: str, come: Come, missing: Sequence[str] = ()) -> HttpResponse:
    if come.board.state == CLOSED:
        return _told(request, "closed")
    content = {**_around(request, token, come), "missing": missing}
    if missing:
        content["hidden"] = {LANGUAGE: request.say.code, CHANCE: request.POST.get(CHANCE, "")}
    return render(request, "suggest_new.html.j2", content, status=422 if missing else 200)


def _idea(request: Asked, token: str, come: Come, number: int, missing: Sequence[str] = ()) -> HttpResponse:
    every, say = ideas_of(run, come.board.id), request.say
    found = every.get(number)
    if found is None or found.post.held:
        return _told(request, "unknown")
    root, own = every[found.root], come.participant
    zone = ZoneInfo(Project.open(settings.STAMM_PROJECT).organisation.zone)
    if found.is_merged and root.post.held:
        return _told(request, "unknown")
    content = {
        **_around(request, token, come),
        **_line(found, request, _voter(come)),
        "root": _line(root, request, _voter(come)) if found.is_merged else None,
        "words": found.post.words,
        "name": found.post.name,
        "at": say.day(found.at.astimezone(zone).date()),
        "answered_at": say.day(found.step.at.astimezone(zone).date()) if found.step else "",
        "same": [each.title for each in found.merged if not each.held],
        "said": [
            {"name": each.name, "words": each.words, "at": say.day(each.at.astimezone(zone).date())}
            for each in found.comments
        ],
        "is_told": own is not None and bool(wanted_by(run, own) & counting_as(root_of(run, come.board.id), root.id)),
        "missing": missing,
        "did": request.POST.get("do", ""),
    }
    if missing:
        content["hidden"] = {LANGUAGE: say.code, CHANCE: request.POST.get(CHANCE, "")}
    return render(request, "suggest_idea.html.j2", content, status=422 if missing else 200)


def _to_confirm(request: Asked, come: Come, every: dict[int, Idea]) -> list[tuple[str, int, str]]:
    """What waits until an address says that it asked for it: the field, the idea, and the words."""
    if come.participant is None:
        return []
    say, (votes, news) = request.say, posting.to_confirm(run, come.participant)

    def title(number: int) -> str:
        """What somebody wrote is shown once somebody here has looked at it."""
        root = every[every[number].root].post
        return say("an idea that waits to be looked at") if root.held else root.title

    return [
        *(("vote", each, say("Your vote: {idea}", idea=title(each))) for each in votes if each in every),
        *(("news", each, say("News by mail: {idea}", idea=title(each))) for each in news if each in every),
    ]


def _line(idea: Idea, request: Asked, voter: str) -> dict[str, Any]:
    """An idea as the list has it."""
    say = request.say
    return {
        "id": idea.id,
        "title": idea.post.title,
        "state": idea.state,
        "stands": state_words(say)[idea.state],
        "votes": say.number(len(idea.voters)),
        "votes_told": say.counted(len(idea.voters), "{count} vote", "{count} votes"),
        "comments": say.counted(len(idea.comments), "{count} comment", "{count} comments") if idea.comments else "",
        "answer": idea.answer,
        "voted": voter in idea.voters,
    }


def _voter(come: Come) -> str:
    """As whom somebody votes; empty for whoever came by the link of everybody."""
    own = come.participant
    if own is None:
        return ""
    return f"c{own.customer}" if own.customer is not None else f"p{own.id}"


def _told(request: Asked, what: str) -> HttpResponse:
    """Why nothing is shown or taken."""
    say = request.say
    about = {
        "code": say.code,
        "others": (),
        "names": {},
        "look": {"sheet": "", "logo": ""},
        "what": what,
        "title": {
            "not_open": say("This board has not begun yet"),
            "closed": say("This board is closed"),
            "many": say("Too many links were asked for from here"),
        }.get(what, say("This link leads nowhere")),
    }
    return render(request, "suggest_told.html.j2", about, status=STATUS.get(what, 404))


def _secret() -> str:
    return secret_of(Project.open(settings.STAMM_PROJECT))


def _now() -> datetime:
    return datetime.now(UTC)
