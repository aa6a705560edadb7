"""Boards: the list of them, one on a page, on a wall, and the rows of its widgets as CSV."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.answers.written import as_csv
from stamm.app.retelling import retell
from stamm.boards.asking import Aims, Asking, check_impersonal
from stamm.boards.changing import create_board, restore_board
from stamm.boards.content import Content, Kept, Placed
from stamm.boards.drawn import Drawn
from stamm.boards.first import first_board
from stamm.boards.kind import WIDGETS, unknown, widget_of
from stamm.boards.models import Board
from stamm.boards.seeing import EDITORS, board_for, boards_of, may_change
from stamm.facts import FACTS
from stamm.facts.filter import SEGMENT
from stamm.lang.errors import LakeError, StammError
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.people.models import Person
from stamm.people.roles import EVERYONE
from stamm.reports.wording import Words
from stamm.saved.keeping import Segment
from stamm.web.access import Asked, Entry, page
from stamm.web.desk import WITHIN_SECONDS, Opened, desk
from stamm.web.filters import Choice, Period, window_choices
from stamm.web.goals import goals_now, today
from stamm.web.segments import saved_now

#: how often a board on a wall looks whether there is something newer
WALL_SECONDS = 60


@page("boards/", may=EVERYONE, sends=EDITORS, entry=Entry("Boards", "Boards", 40), methods=("GET", "POST"))
def boards(request: Asked) -> HttpResponseBase:
    """All boards that the person sees; a form makes a new one, and one brings a deleted one back."""
    person, now = request.user, datetime.now(UTC)
    if request.method == "POST":
        return _made(request, now)
    gone = _number_or_none(request.GET.get("deleted", ""))
    deleted = board_for(person, gone, deleted=True) if gone else None
    shown = {
        "boards": [(board, board.maker == person, len(board.content.widgets)) for board in boards_of(person)],
        "may_make": person.may in EDITORS,
        "deleted": deleted if deleted is not None and deleted.deleted_at and may_change(person, deleted) else None,
        "kinds": kinds(request.say),
    }
    return render(request, "boards.html.j2", shown)


def _made(request: Asked, now: datetime) -> HttpResponseBase:
    person, say = request.user, request.say
    action = request.POST.get("action", "")
    if action == "restore":
        board = board_for(person, _number_or_none(request.POST.get("board", "")) or 0, deleted=True)
        if board is None or not may_change(person, board):
            raise Http404
        restore_board(board, who=person, now=now)
        return redirect("board", board.pk)
    if action == "first":
        content = desk().kept(("first board", say.code), lambda opened: first_board(_asking(opened, Kept(), say)))
        return redirect("board", create_board(content, who=person, now=now).pk)
    name = request.POST.get("name", "").strip() or say("New board")
    return redirect("board_edit", create_board(Content(name), who=person, now=now).pk)


@page("boards/<int:pk>/", may=EVERYONE)
def board(request: Asked, pk: int) -> HttpResponse:
    """One board; each widget is counted by itself."""
    found = seen_board(request.user, pk)
    kept = kept_of(request.GET, found.content.kept)
    shown = Shown.of(found.content, kept, request.say, whole="whole" in request.GET)
    about = {
        "board": found,
        "may_change": may_change(request.user, found),
        "own": kept != found.content.kept,
        **filters_of(kept, request.say),
    }
    return render(request, "board.html.j2", {**about, "shown": shown, "place": reverse("board", args=[pk])})


@page("boards/<int:pk>/wall", may=EVERYONE)
def board_wall(request: Asked, pk: int) -> HttpResponse:
    """The board alone, for a screen on the wall: it renews itself."""
    found = seen_board(request.user, pk)
    return on_wall(request, found, reverse("board", args=[pk]))


@page("boards/<int:pk>/widgets/<int:widget>", may=EVERYONE)
def board_widget(request: Asked, pk: int, widget: int) -> HttpResponse:
    """One widget of it."""
    found = seen_board(request.user, pk)
    kept = kept_of(request.GET, found.content.kept)
    return one_widget(request, found, widget, kept, reverse("board", args=[pk]))


@page("boards/<int:pk>/widgets/<int:widget>.csv", may=EVERYONE)
def board_widget_csv(request: Asked, pk: int, widget: int) -> HttpResponse:
    """The rows behind a widget, as the command line gives them."""
    found = seen_board(request.user, pk)
    placed, kept = found.content.widget(widget), kept_of(request.GET, found.content.kept)
    if placed is None:
        raise Http404

    saved = segments_of(placed, kept)

    def rows(opened: Opened) -> str:
        answer = widget_of(placed).rows(_asking(opened, kept, Language("en"), saved=saved))
        return "" if answer is None else as_csv(answer) + "\n"

    text = desk().kept(("widget csv", _mark(placed), kept, saved), rows)
    if not text:
        raise Http404
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{placed.kind}-{pk}-{widget}.csv"'
    return response


# -- what is shown -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Shown:
    """The widgets of a board, drawn or still being counted, and what stands in the addresses of these."""

    widgets: tuple[tuple[Placed, Drawn | None], ...]
    query: str

    @classmethod
    def of(cls, content: Content, kept: Kept, say: Language, *, whole: bool, query: str | None = None) -> Shown:
        """All widgets, as far as they are there within a moment; `whole` waits for them."""
        end = time.monotonic() + WITHIN_SECONDS
        widgets = tuple(
            (each, drawn_widget(each, kept, say, None if whole else max(0.0, end - time.monotonic())))
            for each in content.widgets
        )
        return cls(widgets, query_of(kept) if query is None else query)


def on_wall(request: Asked, found: Board, place: str, *, shared: bool = False) -> HttpResponse:
    """A board alone on the page. Asked whether it is still the newest, it has nothing to say where it is."""
    state = f"{found.revision}-{desk().opened().name}"
    if request.GET.get("state") == state:
        return HttpResponse(status=204)
    content = found.content
    more = {
        "board": found,
        "shown": Shown.of(content, content.kept, request.say, whole="whole" in request.GET, query=""),
        "place": place,
        "wall": request.path,
        "state": state,
        "seconds": WALL_SECONDS,
        "shared": shared,
        "now": now_words(content.kept, request.say),
    }
    return render(request, "board_alone.html.j2", more)


def one_widget(
    request: Asked, found: Board, widget: int, kept: Kept, place: str, *, shared: bool = False
) -> HttpResponse:
    """A widget by itself, as the page puts it into its place; it says so where it is still being counted."""
    placed = found.content.widget(widget)
    if placed is None:
        raise Http404
    drawn = drawn_widget(placed, kept, request.say, WITHIN_SECONDS)
    query = "" if shared else query_of(kept)
    more = {"placed": placed, "drawn": drawn, "place": place, "query": query, "shared": shared}
    return render(request, "board_widget.html.j2", more)


def drawn_widget(placed: Placed, kept: Kept, say: Language, within: float | None) -> Drawn | None:
    """What a widget is made of, or why there is nothing; None where that is not known within so many seconds."""
    aims, saved = aims_of(placed), segments_of(placed, kept)

    def make(opened: Opened) -> Drawn:
        name = WIDGETS[placed.kind].title(say.code) if placed.kind in WIDGETS else placed.kind
        try:
            return widget_of(placed).draw(_asking(opened, kept, say, aims, saved))
        except LakeError:
            raise  # files of the snapshot are gone: the desk opens another one
        except StammError as error:
            return unknown(name, f"{retell(error.what, say)} {retell(error.remedy, say)}".strip())

    what = ("widget", _mark(placed), kept, aims, saved, say.code)
    drawn = desk().kept(what, make) if within is None else desk().soon(what, make, within)
    return replace(drawn, title=placed.title) if drawn is not None and placed.title else drawn


def aims_of(placed: Placed) -> Aims | None:
    """The goal of a widget that shows one, read before it is drawn."""
    if placed.kind != "goal":
        return None
    wanted = str(placed.settings.get("goal", ""))
    return Aims(tuple(goal for goal in goals_now() if str(goal.id) == wanted), today())


def segments_of(placed: Placed | None, kept: Kept) -> tuple[Segment, ...]:
    """All saved segments, where a widget shows one or its board is kept to one; read before it is drawn."""
    shows = placed is not None and (placed.kind == "goal" or "segment" in placed.settings)
    return tuple(saved_now()) if shows or any(each.startswith(SEGMENT) for each in kept.where) else ()


def asking(kept: Kept, say: Language) -> Asking:
    """What a widget may ask now."""
    return _asking(desk().opened(), kept, say, Aims(goals_now(), today()), tuple(saved_now()))


def _asking(
    opened: Opened, kept: Kept, say: Language, aims: Aims | None = None, saved: tuple[Segment, ...] = ()
) -> Asking:
    return Asking(opened.answers, opened.project.organisation, kept, say, aims, saved)


def _mark(placed: Placed) -> tuple[object, ...]:
    return placed.kind, *sorted(placed.settings.items())


def kinds(say: Language) -> list[tuple[str, str, str]]:
    """Every kind of widget: key, name and what it is."""
    return [(kind.key, kind.title(say.code), kind.sentence(say.code)) for kind in WIDGETS]


def seen_board(person: Person, number: int) -> Board:
    """A board that the person sees; any other is not there."""
    found = board_for(person, number)
    if found is None:
        raise Http404
    return found


# -- what it is kept to --------------------------------------------------------------------------------------
def kept_of(query: QueryDict, own: Kept) -> Kept:
    """What an address keeps a board to, else what it is kept to itself; raises UsageError."""
    if not {"grain", "window", "where", "dimension"} & query.keys():
        return own
    where = [condition for condition in query.getlist("where") if condition]
    dimension, value = query.get("dimension", ""), query.get("value", "").strip()
    if dimension:
        quoted = '"' + value.replace('"', '""') + '"' if set(value) & {",", '"'} else value
        where.append(f"{dimension}={quoted}")
    kept = Kept(query.get("grain", "") or "month", query.get("window", ""), tuple(where)).checked()
    _impersonal(kept)
    return kept


def _impersonal(kept: Kept) -> None:
    for condition in kept.where:
        check_impersonal(condition.partition("=")[0].removesuffix("!"))


def query_of(kept: Kept, **other: str) -> str:
    """The same as it stands in an address."""
    pairs = [("grain", kept.grain), ("window", kept.window), *(("where", each) for each in kept.where)]
    return urlencode([pair for pair in [*pairs, *other.items()] if pair[1]])


def filters_of(kept: Kept, say: Language) -> Mapping[str, object]:
    """What may be chosen for a whole board, and what is chosen."""
    opened = desk().opened()
    period = Period(kept.grain)
    newest = opened.figures(frozenset(), period).months  # of no metric: their windows alone
    chosen = replace(period, until=Window.parse(kept.window).end) if kept.window else period
    without = [
        (condition, query_of(Kept(kept.grain, kept.window, tuple(c for c in kept.where if c != condition))))
        for condition in kept.where
    ]
    words = Words(say, opened.answers.world)
    return {
        "kept": kept,
        "grains": [Choice(grain, name, grain == kept.grain) for grain, name in grain_names(say).items()],
        "choices": window_choices(newest, chosen, say),
        "conditions": without,
        "dimensions": sorted(
            ((SEGMENT, say("Segment")), *((name, words.dimension(name)) for name in dimensions())),
            key=lambda pair: pair[1],
        ),
        "now": now_words(kept, say),
    }


def now_words(kept: Kept, say: Language) -> str:
    """The window of a board and how far the data reach, in words."""
    found = asking(kept, say)
    months = found.figures().months
    if months is None:
        return ""
    return say.period(months.now)


def dimensions() -> tuple[str, ...]:
    """By what a whole board may be kept to something: attributes of customers and of orders that name nobody."""
    found: list[str] = []
    for fact in ("customers", "orders"):
        kind = FACTS[fact]
        found += [name for name in kind.dimensions() if not kind.columns()[name].personal]
    return tuple(dict.fromkeys(found))


def grain_names(say: Language) -> dict[str, str]:
    """Every grain, by its name."""
    return {
        "day": say("Day"),
        "week": say("Week"),
        "month": say("Month"),
        "quarter": say("Quarter"),
        "year": say("Year"),
    }


def _number_or_none(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
