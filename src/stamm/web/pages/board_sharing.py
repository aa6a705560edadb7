"""Showing a board to others: to roles, and by links to whoever has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.boards.changing import show_board
from stamm.boards.links import board_of_link, links_of, make_board_link, revoke_board_link
from stamm.boards.models import Board, BoardLink
from stamm.boards.seeing import EDITORS, may_change
from stamm.lang.errors import UsageError
from stamm.people.roles import ROLES, Role
from stamm.web.access import ANYBODY, Asked, page
from stamm.web.pages.boards import on_wall, one_widget, seen_board

#: days that a link may be good for; 0 is until it is revoked
DAYS = (7, 30, 90, 365, 0)
#: the roles that a board may be shown to; owners see every board
SHOWN_TO = (Role.ANALYST, Role.SUPPORT, Role.VIEWER)


@page("boards/<int:pk>/share", may=EDITORS, methods=("GET", "POST"))
def board_share(request: Asked, pk: int) -> HttpResponseBase:
    """Who sees the board. A new link is shown once, on the page that made it."""
    found, now, made = seen_board(request.user, pk), datetime.now(UTC), ""
    if not may_change(request.user, found):
        raise PermissionDenied
    if request.method == "POST":
        made = _done(request, found, now)
        if not made:
            return redirect("board_share", pk)
    about = {
        "board": Board.objects.get(pk=pk),
        "roles": [(role.value, request.say(ROLES[role])) for role in SHOWN_TO],
        "days": DAYS,
        "links": links_of(found, now=now),
        "made": made,
    }
    return render(request, "board_share.html.j2", about)


def _done(request: Asked, found: Board, now: datetime) -> str:
    """What the form asks for; the address of a new link, or nothing."""
    action, who = request.POST.get("action", ""), request.user
    if action == "roles":
        chosen = [role for role in SHOWN_TO if role.value in request.POST.getlist("role")]
        show_board(found, chosen, who=who, now=now)
        return ""
    if action == "revoke":
        link = request.POST.get("link", "")
        there = BoardLink.objects.filter(
            board=found, pk=int(link) if link.isdecimal() and len(link) < 10 else 0
        ).first()
        if there is None:
            raise Http404
        revoke_board_link(there, who=who, now=now)
        return ""
    days = request.POST.get("days", "")
    if action != "link" or days not in map(str, DAYS):
        raise UsageError(
            f"There is nothing called {action!r} to be done.", remedy="Go back, and use the page's buttons."
        )
    until = now + timedelta(days=int(days)) if int(days) else None
    note = "".join(c for c in request.POST.get("note", "") if c.isprintable())
    token = make_board_link(found, who=who, now=now, note=note, until=until)
    path = reverse("shared", args=[token])
    return f"{settings.STAMM_ADDRESS}{path}" if settings.STAMM_ADDRESS else request.build_absolute_uri(path)


@page("shared/<str:token>/", may=ANYBODY)
def shared(request: Asked, token: str) -> HttpResponse:
    """The board of a link, and nothing else: it leads nowhere, and is kept to what the board is kept to."""
    found = board_of_link(token, now=datetime.now(UTC))
    if found is None:
        return _over(request)
    return _unlisted(on_wall(request, found, request.path, shared=True))


@page("shared/<str:token>/widgets/<int:widget>", may=ANYBODY)
def shared_widget(request: Asked, token: str, widget: int) -> HttpResponse:
    """One widget of it."""
    found = board_of_link(token, now=datetime.now(UTC))
    if found is None:
        return _over(request)
    return _unlisted(
        one_widget(request, found, widget, found.content.kept, reverse("shared", args=[token]), shared=True)
    )


def _over(request: Asked) -> HttpResponse:
    return _unlisted(render(request, "shared_over.html.j2", status=410))


def _unlisted(response: HttpResponse) -> HttpResponse:
    """No search engine lists it, and no address of it is told to others."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
