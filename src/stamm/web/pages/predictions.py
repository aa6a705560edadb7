"""Predictions: which there are and whether the data suffice, how far to trust one, and how kept ones came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render

from stamm.analyses.kind import ROWS
from stamm.answers.foretold import Kept, kept
from stamm.answers.table import TableAnswer
from stamm.answers.written import as_csv, as_json
from stamm.app.retelling import told
from stamm.facts import FACTS
from stamm.lang.errors import StammError, UsageError
from stamm.lang.language import Language
from stamm.lang.window import Window, moved, windows
from stamm.people.accounts import acted
from stamm.people.roles import EVERYONE, EXPORTS, NAMES
from stamm.predictions import PREDICTIONS
from stamm.predictions.value_at_risk import ValueAtRisk
from stamm.reports.exact import Told
from stamm.reports.foreseen.trust import Out, Trust, came_out, trust_of
from stamm.reports.journeys.about import simulated_for
from stamm.web.access import Asked, Entry, page
from stamm.web.desk import Opened, desk, soon
from stamm.web.filters import Choice
from stamm.web.foretold import Foretelling
from stamm.web.settings_form import settings_form

#: settings that are shown at once
FIRST = ("horizon", "recent", "model")


@dataclass(frozen=True)
class Line:
    """One prediction in the list: whether it can be asked, and what is lacking."""

    key: str
    name: str
    sentence: str
    suffices: bool
    #: what there is too little of: how much is needed, of what, and how much there is
    lacking: tuple[str, ...]
    kept: str
    checks: bool


@dataclass(frozen=True)
class Section:
    """What became of one prediction, day by day."""

    key: str
    name: str
    sentence: str
    lines: tuple[Out, ...]


@page("predictions/", may=EVERYONE, entry=Entry("See", "Predictions", 27))
def predictions(request: Asked) -> HttpResponse:
    """All predictions."""
    say, world = request.say, desk().opened().answers.world
    known = not world.coverage.keys().isdisjoint(("orders", "subscriptions"))
    lines = soon(("predictions", say.code), lambda opened: _lines(opened, say)) if known else ()
    content = {
        "lines": lines,
        "orders": known,
        "named": request.user.may in NAMES,
        "any_kept": "predictions" in world.coverage,
        "every": world.organisation.keep_predictions,
        "simulated": simulated_for(ValueAtRisk(), "", (), world, say),
    }
    return render(request, "predictions.html.j2", content)


@page("predictions/came-out/", may=EVERYONE)
def predictions_came_out(request: Asked) -> HttpResponse:
    """How kept predictions of a quarter came out, by default the last one of which something is over."""
    say, world = request.say, desk().opened().answers.world
    told_of = desk().kept(("kept predictions",), _kept)
    quarters = _quarters(told_of)
    name = request.GET.get("window", "")
    known = world.known_until(("orders",)) or world.known_until(("subscriptions",))
    chosen = _chosen(quarters, told_of, name, known.date() if known else None)
    sections = None
    if chosen is not None:
        span = chosen
        sections = soon(("came out", chosen, say.code), lambda opened: _sections(opened, span, say))
    content = {
        "quarters": [Choice(each.name, say.window(each), each == chosen) for each in quarters],
        "window": say.window(chosen) if chosen else "",
        "sections": sections,
        "any": bool(told_of),
        "orders": "orders" in world.coverage,
        "simulated": simulated_for(ValueAtRisk(), "", (), world, say),
    }
    return render(request, "predictions_came_out.html.j2", content)


@page("predictions/<slug:prediction>/", may=EVERYONE)
def prediction(request: Asked, prediction: str) -> HttpResponse:
    """How far one is to be trusted."""
    say, world = request.say, desk().opened().answers.world
    if prediction not in PREDICTIONS or not PREDICTIONS[prediction].checks:
        raise Http404
    form = settings_form(PREDICTIONS[prediction], request.GET, say, FIRST)
    asked = Foretelling(prediction, "report", tuple(form.settings.items()))
    report: Trust | None = None
    problem: StammError | None = None
    if form.made is not None:
        try:
            report = soon(("trust", asked, say.code), lambda opened: _trust(opened, asked, say))
        except StammError as error:
            problem = error
    kind = PREDICTIONS[prediction]
    content = {
        "key": prediction,
        "name": kind.title(say.code),
        "sentence": kind.sentence(say.code),
        "remarks": kind.cited,
        "form": form,
        "report": report,
        "asked": form.made is not None,
        "problem": told(problem, say) if problem else "",
        "query": asked.address(),
        "may_export": request.user.may in EXPORTS,
        "simulated": simulated_for(kind(), "", (), world, say),
    }
    return render(request, "prediction.html.j2", content)


# -- to take away --------------------------------------------------------------------------------------------
@page("predictions/<slug:prediction>.csv", may=EXPORTS)
def prediction_csv(request: Asked, prediction: str) -> HttpResponse:
    """What is foretold of everybody, or another of its tables, as `stamm predict --format csv` gives it."""
    answer = _answer(request, Foretelling.of(prediction, request.GET))
    text = as_csv(answer, _table(request, answer)) + "\n"
    acted(request.user.email, "customers_read", f"{prediction}.csv, {len(answer.rows)} rows")
    return _download(text, prediction, "csv")


@page("predictions/<slug:prediction>.json", may=EXPORTS)
def prediction_json(request: Asked, prediction: str) -> HttpResponse:
    """All of its tables."""
    answer = _answer(request, Foretelling.of(prediction, request.GET))
    acted(request.user.email, "customers_read", f"{prediction}.json, {len(answer.rows)} rows")
    return _download(as_json(answer) + "\n", prediction, "json")


@page("predictions/<slug:prediction>/<slug:side>.csv", may=EVERYONE)
def prediction_side_csv(request: Asked, prediction: str, side: str) -> HttpResponse:
    """One table of a report, or of what kept ones came to."""
    answer = _answer(request, Foretelling.of(prediction, request.GET, side))
    return _download(as_csv(answer, _table(request, answer)) + "\n", f"{prediction}-{side}", "csv")


@page("predictions/<slug:prediction>/<slug:side>.json", may=EVERYONE)
def prediction_side_json(request: Asked, prediction: str, side: str) -> HttpResponse:
    """All tables of one."""
    answer = _answer(request, Foretelling.of(prediction, request.GET, side))
    return _download(as_json(answer) + "\n", f"{prediction}-{side}", "json")


def _answer(request: Asked, asked: Foretelling) -> TableAnswer:
    del request
    return desk().kept(("foretold", asked), asked.answer)


def _table(request: Asked, answer: TableAnswer) -> str:
    table = request.GET.get("table", "") or ROWS
    if table not in answer.tables:
        raise UsageError(f"There is no table {table!r} in it.", remedy=f"There are {', '.join(answer.tables)}.")
    return table


def _download(content: str, name: str, ending: str) -> HttpResponse:
    kind = "text/csv; charset=utf-8" if ending == "csv" else "application/json"
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


# -- what they show ------------------------------------------------------------------------------------------
def _lines(opened: Opened, say: Language) -> tuple[Line, ...]:
    newest: Mapping[str, Kept] = {each.key: each for each in reversed(kept(opened.answers.world))}
    return tuple(_line(kind.key, newest.get(kind.key), opened, say) for kind in PREDICTIONS)


def _line(key: str, last: Kept | None, opened: Opened, say: Language) -> Line:
    kind = PREDICTIONS[key]
    of = key if kind.checks else ValueAtRisk().source.key
    facts = kind().facts()
    lacking = [
        say("no {kind} are known", kind=FACTS[fact].title(say.code))
        for fact in facts
        if fact not in opened.answers.world.coverage
    ]
    if lacking:
        return Line(key, kind.title(say.code), kind.sentence(say.code), False, tuple(lacking), "", kind.checks)
    answer = Foretelling(of, "enough").answer(opened)
    for row in answer.rows:
        if not row.met:
            there = Told(answer, row, say)
            lacking.append(
                say(
                    "{there} of at least {least} {what}",
                    there=there("there"),
                    least=there("least"),
                    what=row.words.of(say.code),
                )
            )
    when = (
        say("kept as of {day}, of {count} customers", day=say.day(last.on), count=say.number(last.customers))
        if last
        else ""
    )
    return Line(key, kind.title(say.code), kind.sentence(say.code), not lacking, tuple(lacking), when, kind.checks)


def _trust(opened: Opened, asked: Foretelling, say: Language) -> Trust:
    return trust_of(asked.answer(opened), asked.prediction, say)


def _kept(opened: Opened) -> tuple[Kept, ...]:
    """What was kept of the predictions there are; what others foretold may be kept, too, and is not checked here."""
    return tuple(each for each in kept(opened.answers.world) if each.key in PREDICTIONS)


def _quarters(found: tuple[Kept, ...]) -> list[Window]:
    """Those in which something was kept, the newest first."""
    if not found:
        return []
    first, last = found[-1].on, found[0].on
    start = date(first.year, 3 * ((first.month - 1) // 3) + 1, 1)
    every = windows(start, moved(last, "quarter", 1), "quarter")
    return [each for each in reversed(every) if any(each.start <= told.on < each.end for told in found)]


def _chosen(quarters: list[Window], found: tuple[Kept, ...], name: str, known: date | None) -> Window | None:
    """The quarter that is named, else the last in which something was kept whose days are over, else the last."""
    if name:
        wanted = Window.parse(name)
        if wanted not in quarters:
            raise UsageError("Nothing was kept in that quarter.", remedy="Choose one of the list.")
        return wanted
    over = [each for each in found if known is not None and (known - each.on).days >= each.horizon_days]
    last = over[0].on if over else None
    return next((each for each in quarters if last is None or each.start <= last < each.end), None)


def _sections(opened: Opened, span: Window, say: Language) -> tuple[Section, ...]:
    told_of = {each.key for each in _kept(opened) if span.start <= each.on < span.end}
    found = []
    for kind in PREDICTIONS:
        if kind.key in told_of:
            asked = Foretelling(kind.key, "check")
            answer = asked.answer(opened)
            rows = [row for row in answer.rows if span.start <= date.fromisoformat(row.predicted_on) < span.end]
            lines = came_out(answer, asked.prediction, rows, say)
            found.append(Section(kind.key, kind.title(say.code), kind.sentence(say.code), tuple(lines)))
    return tuple(found)
