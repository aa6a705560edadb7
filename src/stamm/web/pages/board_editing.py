"""Changing a board: placing, adding and setting widgets, its name, what it is kept to, and its versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.analyses import ANALYSES
from stamm.app.retelling import retell
from stamm.boards.asking import Asking, check_impersonal
from stamm.boards.changing import change_board, delete_board, duplicate_board
from stamm.boards.content import (
    MOST_NAME,
    SPANS,
    Add,
    Alter,
    Change,
    Content,
    GoBack,
    KeepTo,
    Kept,
    MeanwhileError,
    Move,
    Placed,
    Remove,
    Rename,
    Resize,
)
from stamm.boards.kind import WIDGETS, Choice, OfMetric, Widget
from stamm.boards.models import Board
from stamm.boards.seeing import EDITORS, may_change, version_of, versions_of
from stamm.lang.definition import Definition, Setting
from stamm.lang.errors import StammError, UsageError
from stamm.lang.language import Language
from stamm.reports.splits import dimensions_for
from stamm.web.access import Asked, page
from stamm.web.pages.boards import Shown, asking, filters_of, kinds, seen_board
from stamm.web.reading import whole_number
from stamm.web.settings_form import settings_form


@page("boards/<int:pk>/edit", may=EDITORS, methods=("GET", "POST"))
def board_edit(request: Asked, pk: int) -> HttpResponseBase:
    """The board with what changes it; every button is one change, and one version."""
    found, status, problem = _changeable(request, pk), 200, ""
    if request.method == "POST":
        try:
            found = _changed(request, found)
            if not request.htmx:
                return redirect("board_edit", pk)
        except UsageError as error:
            problem, status = _told(error, request.say), 409 if isinstance(error, MeanwhileError) else 422
            found = _changeable(request, pk)
    content = found.content
    about = {
        "board": found,
        "content": content,
        "problem": problem,
        "tried": request.POST if problem else {},
        "shown": Shown.of(content, content.kept, request.say, whole="whole" in request.GET),
        "place": reverse("board", args=[pk]),
        "kinds": kinds(request.say),
        "narrowest": SPANS[0],
        "widest": SPANS[-1],
        "undone": version_of(found, found.revision - 1) is not None,
        **filters_of(content.kept, request.say),
    }
    # htmx puts a page in place only where it was answered with success; what is wrong stands in it
    return render(request, "board_edit.html.j2", about, status=200 if request.htmx else status)


@page("boards/<int:pk>/widgets/new", may=EDITORS, methods=("GET", "POST"))
def board_widget_new(request: Asked, pk: int) -> HttpResponseBase:
    """The settings of a widget that is to be added."""
    found = _changeable(request, pk)
    key = request.POST.get("kind") or request.GET.get("kind", "")
    if key not in WIDGETS:
        raise Http404
    kind = WIDGETS[key]
    return _form(request, found, kind, None)


@page("boards/<int:pk>/widgets/<int:widget>/settings", may=EDITORS, methods=("GET", "POST"))
def board_widget_settings(request: Asked, pk: int, widget: int) -> HttpResponseBase:
    """The settings of a widget that is there."""
    found = _changeable(request, pk)
    placed = found.content.widget(widget)
    if placed is None or placed.kind not in WIDGETS:
        raise Http404
    return _form(request, found, WIDGETS[placed.kind], placed)


@page("boards/<int:pk>/versions", may=EDITORS)
def board_versions(request: Asked, pk: int) -> HttpResponse:
    """How the board became what it is; any version can be gone back to."""
    found = _changeable(request, pk)
    lines = [(version, _did(version.what, request.say)) for version in versions_of(found)]
    return render(request, "board_versions.html.j2", {"board": found, "versions": lines})


@page("boards/<int:pk>/duplicate", may=EDITORS, methods=("POST",))
def board_duplicate(request: Asked, pk: int) -> HttpResponseBase:
    """The same board once more, for oneself; whoever sees one may have a copy of it."""
    found, say = seen_board(request.user, pk), request.say
    name = say("{name} (copy)", name=found.name[:100])
    return redirect("board_edit", duplicate_board(found, name, who=request.user, now=datetime.now(UTC)).pk)


@page("boards/<int:pk>/delete", may=EDITORS, methods=("POST",))
def board_delete(request: Asked, pk: int) -> HttpResponseBase:
    """The board away; the list offers to bring it back."""
    found = _changeable(request, pk)
    delete_board(found, who=request.user, now=datetime.now(UTC))
    return redirect(f"{reverse('boards')}?deleted={pk}")


# -- changes -------------------------------------------------------------------------------------------------
def _changeable(request: Asked, pk: int) -> Board:
    found = seen_board(request.user, pk)
    if not may_change(request.user, found):
        raise PermissionDenied
    return found


def _changed(request: Asked, found: Board) -> Board:
    seen = whole_number(request.POST.get("revision", ""))
    return change_board(found, _change(request, found), seen=seen, who=request.user, now=datetime.now(UTC))


def _change(request: Asked, found: Board) -> Change:
    """What a form asks to be done; raises UsageError."""
    posted, action = request.POST, request.POST.get("action", "")
    if action == "rename":
        return Rename(posted.get("name", ""))
    if action == "keep":
        where = tuple(line.strip() for line in posted.get("where", "").splitlines() if line.strip())
        kept = Kept(posted.get("grain", "month"), posted.get("window", ""), where).checked()
        for condition in kept.where:
            check_impersonal(condition.partition("=")[0].removesuffix("!"))
        asking(kept, request.say)  # refuses a segment that there is not
        return KeepTo(kept)
    if action in ("undo", "back"):
        revision = found.revision - 1 if action == "undo" else whole_number(posted.get("to", ""))
        version = version_of(found, revision)
        if version is None:
            raise UsageError("This version is not kept any more.", remedy="The list of versions shows those that are.")
        return GoBack(version.content)
    return _placing(action, whole_number(posted.get("widget", "")), posted, found.content)


def _placing(action: str, widget: int, posted: Mapping[str, str], content: Content) -> Change:
    numbers = [each.number for each in content.widgets]
    at = numbers.index(widget) if widget in numbers else -1
    if action == "earlier" and at > 0:
        return Move(widget, numbers[at - 1])
    if action == "later" and at >= 0:
        return Move(widget, numbers[at + 2] if at + 2 < len(numbers) else 0)
    if action == "before":
        return Move(widget, whole_number(posted.get("before", "0")))
    if action in ("wider", "narrower"):
        return Resize(widget, 1 if action == "wider" else -1)
    if action == "remove":
        return Remove(widget)
    if action == "earlier":
        return Move(widget, widget)  # the first one has nothing before it
    raise UsageError(f"There is nothing called {action!r} to be done.", remedy="Go back, and use the page's buttons.")


# -- the form of a widget ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Field:
    """A setting of a widget's own as a form has it: value and words of what may be chosen, none of a text.

    What `leads` decides what may be chosen beside it.
    """

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]
    leads: bool


def _form(request: Asked, found: Board, kind: type[Widget], placed: Placed | None) -> HttpResponseBase:
    say, problem, status = request.say, "", 200
    known = {} if placed is None else {name: _text(value) for name, value in placed.settings.items()}
    sent = request.POST if request.method == "POST" else request.GET
    given = {**known, "title": placed.title if placed else "", **{name: plain(sent[name]) for name in sent}}
    own = {name: given.get(name, _text(setting.default)) for name, setting in kind.settings_declared().items()}
    asked = asking(found.content.kept, say)
    shows = _shown(kind, own, asked)
    more = None if shows is None else settings_form(shows, given, say, currency=asked.organisation.currency)
    seen = whole_number(given["revision"]) if given.get("revision") else found.revision
    if request.method == "POST" and (more is None or more.made is not None):
        try:
            made = kind(**own, **(more.settings if more else {}))
            made.checked(asked)
            title = " ".join(given["title"].split())[:MOST_NAME]
            change: Change = (
                Add(kind.key, made.settings, title, kind.span)
                if placed is None
                else Alter(placed.number, made.settings, title)
            )
            change_board(found, change, seen=seen, who=request.user, now=datetime.now(UTC))
            return redirect("board_edit", found.pk)
        except MeanwhileError as error:
            # what was written stays in the form; sent again, it is meant
            problem, status, seen = _told(error, say), 409, _changeable(request, found.pk).revision
        except StammError as error:
            problem, status = _told(error, say), 422
    elif request.method == "POST":
        status = 422  # the form says what does not fit
    about = {
        "board": found,
        "kind": kind.key,
        "again": request.path,
        "name": kind.title(say.code),
        "sentence": kind.sentence(say.code),
        "placed": placed,
        "title_value": given["title"],
        "fields": tuple(_field(setting, own, asked) for setting in kind.settings_declared().values()),
        "more": more,
        "problem": problem,
        "revision": seen,
        "theirs": _theirs(found, placed, say) if status == 409 else (),
    }
    return render(request, "board_form.html.j2", about, status=status)


def _shown(kind: type[Widget], own: Mapping[str, str], asked: Asking) -> type[Definition] | None:
    """The metric or analysis whose settings the form has, too; raises Http404 where there is none of that name."""
    try:
        return asked.world.metrics[own["metric"]] if issubclass(kind, OfMetric) else kind.analysis_of(own)
    except UsageError as error:
        raise Http404 from error


def _field(setting: Setting[Any], own: Mapping[str, str], asked: Asking) -> Field:
    assert isinstance(setting, Choice)  # widgets declare no others: those of what they show have a form of their own
    options = _options(setting, own, asked)
    return Field(
        setting.name,
        setting.label(asked.say.code),
        own[setting.name],
        options,
        setting.among in ("metrics", "analyses"),
    )


def _options(setting: Choice, own: Mapping[str, str], asked: Asking) -> tuple[tuple[str, str], ...]:
    """What may be chosen; nothing of a text that is written."""
    say, metrics, metric = asked.say, asked.world.metrics, own.get("metric", "")
    if setting.among == "metrics":
        named = [(each.key, each.title(say.code)) for each in metrics]
    elif setting.among == "analyses":
        named = [(each.key, each.title(say.code)) for each in ANALYSES]
    elif setting.among == "goals":
        named = [(str(each.id), each.aim.name) for each in (asked.aims.goals if asked.aims else ())]
        named = named or [("", say("no goal is set yet"))]
    elif setting.among == "segments":
        return tuple(asked.named_segments().items())
    elif setting.among == "dimensions" and metric in metrics:
        named = [(each, asked.words.dimension(each)) for each in dimensions_for(metrics[metric](), personal=False)]
    else:
        named = []
    return tuple(sorted(named, key=lambda pair: pair[1].casefold()))


def _theirs(found: Board, placed: Placed | None, say: Language) -> tuple[tuple[str, str], ...]:
    """What somebody else has set meanwhile."""
    now = None if placed is None else Board.objects.get(pk=found.pk).content.widget(placed.number)
    if now is None:
        return ()
    kind, asked = WIDGETS[now.kind], asking(found.content.kept, say)
    shows = _shown(kind, now.settings, asked)
    declared = {**kind.settings_declared(), **(shows.settings_declared() if shows else {})}
    words = ((declared[name].label(say.code), _text(value)) for name, value in now.settings.items())
    return ((say("Title"), now.title), *words)


def plain(text: str) -> str:
    """What somebody wrote, without signs that are none; lines stay."""
    return "".join(c for c in text.replace("\r\n", "\n") if c.isprintable() or c == "\n")


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _told(error: StammError, say: Language) -> str:
    return f"{retell(error.what, say)} {retell(error.remedy, say)}".strip()


def _did(what: str, say: Language) -> str:
    names = {
        "created": say("made the board"),
        "renamed": say("gave it another name"),
        "kept_to": say("changed its filters"),
        "added": say("added a widget"),
        "altered": say("set a widget"),
        "resized": say("changed a width"),
        "moved": say("moved a widget"),
        "removed": say("took a widget away"),
        "went_back": say("went back to an earlier version"),
    }
    return names.get(what, what)
