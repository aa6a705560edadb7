"""Every analysis to take away, as the command line and the API give it, and the customers behind one of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from stamm.analyses.kind import ROWS
from stamm.answers.arrow import as_arrow, parquet_of
from stamm.answers.table import TableAnswer
from stamm.answers.written import as_csv, as_json, csv_of
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.people.roles import EVERYONE, EXPORTS, NAMES
from stamm.reports.journeys.behind import Side, row_words, sides_of
from stamm.web.access import Asked, page
from stamm.web.desk import Opened, desk, soon
from stamm.web.frame import page_of
from stamm.web.questions import Question
from stamm.web.reading import number_in, shortened, some_from

#: customers on one page
MOST = 50


@dataclass(frozen=True)
class RowAsked:
    """A row of an answer, by its key columns."""

    question: Question
    who: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """Which row it is, over which days, and who is behind it."""

    row: str
    window: str
    sides: tuple[Side, ...]


@page("analyses/<slug:analysis>.csv", may=EVERYONE)
def analysis_csv(request: Asked, analysis: str) -> HttpResponse:
    """One table, as `stamm analyse --format csv` gives it."""
    answer = _answer(request, analysis)
    text = as_csv(answer, _table(request, answer)) + "\n"
    return _download(text.encode(), analysis, "csv", "text/csv; charset=utf-8")


@page("analyses/<slug:analysis>.json", may=EVERYONE)
def analysis_json(request: Asked, analysis: str) -> HttpResponse:
    """All tables, as `stamm analyse --format json` gives them."""
    return _download((as_json(_answer(request, analysis)) + "\n").encode(), analysis, "json", "application/json")


@page("analyses/<slug:analysis>.parquet", may=EVERYONE)
def analysis_parquet(request: Asked, analysis: str) -> HttpResponse:
    """One table, as the API gives it."""
    answer = _answer(request, analysis)
    content = parquet_of(as_arrow(answer, _table(request, answer)))
    return _download(content, analysis, "parquet", "application/vnd.apache.parquet")


@page("analyses/<slug:analysis>/customers", may=NAMES)
def analysis_customers(request: Asked, analysis: str) -> HttpResponse:
    """The customers behind one row, by what they are in it, a page after the other."""
    asked, say = _row_asked(request, analysis), request.say
    behind = soon(("behind", asked, say.code), lambda opened: _behind(opened, asked, say))
    part, first = number_in(request.GET, "part"), number_in(request.GET, "offset")
    content: dict[str, Any] = {
        "key": analysis,
        "name": asked.question.analysis.title(say.code),
        "behind": behind,
        "first": first,
        "next": first + MOST,
        "back": f"{page_of(analysis)}?{asked.question.address()}",
        "query": asked.question.address(who=asked.who),
        "may_export": request.user.may in EXPORTS,
    }
    if behind is not None:
        part = min(part, len(behind.sides) - 1)
        some_from(first, len(behind.sides[part].customers))
        content |= {"part": part, "shown": behind.sides[part].customers[first : first + MOST]}
    return render(request, "analysis_customers.html.j2", content)


@page("analyses/<slug:analysis>/customers.csv", may=EXPORTS)
def analysis_customers_csv(request: Asked, analysis: str) -> HttpResponse:
    """The same customers, to take away."""
    asked, say = _row_asked(request, analysis), request.say
    behind = desk().kept(("behind", asked, say.code), lambda opened: _behind(opened, asked, say))
    part = min(number_in(request.GET, "part"), len(behind.sides) - 1)
    rows = ({"customer_id": customer} for customer in behind.sides[part].customers)
    text = csv_of(["customer_id"], rows) + "\n"
    return _download(text.encode(), f"{analysis}-customers", "csv", "text/csv; charset=utf-8")


# -- what they give ------------------------------------------------------------------------------------------
def _answer(request: Asked, key: str) -> TableAnswer:
    """The answer to what the address asks; customers are named in it to those who may know them."""
    question = Question.of(key, request.GET, request.user.may)
    answer = desk().kept(("answer", question), lambda opened: _settled(question, opened).answer(opened))
    return answer if request.user.may in NAMES else answer.nameless()


def _settled(question: Question, opened: Opened) -> Question:
    found = question.settled(opened)
    if found is None:
        raise UsageError(
            f"There is no data yet to compute {question.key} from.", remedy="Bring some in with `stamm import`."
        )
    return found


def _row_asked(request: Asked, key: str) -> RowAsked:
    who = tuple(request.GET.getlist("who"))
    for text in who:
        _pair(text)  # refuses what names no row before anything is counted
    return RowAsked(Question.of(key, request.GET, request.user.may), who)


def _behind(opened: Opened, asked: RowAsked, say: Language) -> Named:
    question = _settled(asked.question, opened)
    answer = question.answer(opened)
    row = answer.row_named(dict(_pair(text) for text in asked.who))
    sides = sides_of(answer, opened.answers.customers(answer, row), say)
    return Named(row_words(answer, row, say), say.window(question.window), sides)


# -- what an address says ------------------------------------------------------------------------------------
def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"{shortened(text)!r} names no row.", remedy="Go back, and follow the link again.")
    return name, value


def _table(request: Asked, answer: TableAnswer) -> str:
    table = request.GET.get("table", "") or ROWS
    if table not in answer.tables:
        raise UsageError(f"There is no table {table!r} in it.", remedy=f"There are {', '.join(answer.tables)}.")
    return table


def _download(content: bytes, name: str, ending: str, type_: str) -> HttpResponse:
    response = HttpResponse(content, content_type=type_)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response
