"""Customers: all of them in some order, somebody by whatever they are called by, and one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRefresh

from stamm.analyses.rfm.segments import SEGMENTS
from stamm.answers.everybody import STATES
from stamm.answers.written import csv_of
from stamm.app.booking import as_of_of
from stamm.facts.predictions import LEAVING
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.window import last_day
from stamm.people.accounts import acted
from stamm.people.roles import EXPORTS, NAMES, Role
from stamm.reports.exact import of_customer
from stamm.store.book import Book, Line, Wanted
from stamm.store.book.reading import MOST_COUNTED
from stamm.store.book.writing import SORTED
from stamm.web.access import Asked, Entry, page
from stamm.web.customers import being_made, book, book_waited_for
from stamm.web.desk import Opened, desk
from stamm.web.filters import Choice
from stamm.web.finding import Hit, finder
from stamm.web.reading import number_in, some_from

#: customers on one page
MOST = 50
#: letters of a question that are looked at
MOST_LETTERS = 200
#: what an address calls a state without a code
NOT_YET = "none"


@page("customers/", may=NAMES, entry=Entry("See", "Customers", 30))
def customers(request: Asked) -> HttpResponse:
    """A page of the customers asked for."""
    known, say = book(), request.say
    if known is None:
        return not_yet(request)
    if request.htmx and request.htmx.target == "book":  # it was being made, and now heading and badge say so, too
        return cast(HttpResponse, HttpResponseClientRefresh())
    wanted, first = _wanted(request.GET), number_in(request.GET, "first")
    found = known.find(wanted, first, MOST)
    if not found.lines:
        some_from(first, min(first, found.count))
    organisation = desk().opened().project.organisation
    as_of = as_of_of(known)
    query = _query(request.GET)
    content = {
        "known": known,
        "wanted": wanted,
        "rows": [_row(line, say, organisation.zone, organisation.currency) for line in found.lines],
        "count": found.count,
        "counted": say.number(min(found.count, MOST_COUNTED)),
        "many": bool(wanted.text) and found.count > MOST_COUNTED,
        "everybody": say.number(known.count),
        "alike": found.alike,
        "first": first,
        "next": first + MOST,
        "query": query,
        "sorts": _sorts(wanted, query, known),
        "states": _states(wanted, known, say),
        "segments": _segments(wanted, known, say),
        "risk": _risk(known, say),
        "until": say.day(last_day(as_of, organisation.zone)) if as_of else "",
        "may_export": request.user.may in EXPORTS,
    }
    return render(request, "customers.html.j2", content)


def not_yet(request: Asked) -> HttpResponse:
    """Why there is no book, or how far it is."""
    opened = desk().opened()
    content = {
        "known": None,
        "shop": opened.project.reads_database,
        "simulated": bool(opened.answers.world.simulated & {"customers", "orders"}),
        "making": being_made(request.say),
    }
    return render(request, "customers.html.j2", content)


@page("customers.csv", may=EXPORTS)
def customers_csv(request: Asked) -> HttpResponse:
    """All customers asked for, to take away."""
    known = book_waited_for()
    found = known.find(_wanted(request.GET), most=known.count)
    columns = [name for name in Line._fields if name not in ("formers", "order_ids")]
    rows = ({**{name: getattr(line, name) for name in columns}, **_told(line)} for line in found.lines)
    acted(request.user.email, "customers_read", f"customers.csv, {len(found.lines)} rows")
    response = HttpResponse(csv_of(columns, rows) + "\n", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="customers.csv"'
    return response


@finder("Customers", step=3, may=NAMES)
def customers_found(opened: Opened, text: str, say: Language, role: Role, most: int) -> Sequence[Hit]:
    """Customers by name, mail address, number, telephone number, number of an order; or that the book is being made."""
    del role
    known = book()
    if known is None:
        return () if opened.project.reads_database else (Hit(being_made(say), reverse("customers")),)
    found = known.find(Wanted(text), most=most).lines
    return [
        Hit(
            line.name or line.customer_id,
            reverse("customer", args=[line.customer_id]),
            ", ".join(filter(None, (_below(line), STATES[line.state].of(say.code)))),
            line.customer_id if line.name else "",
            1 - place / 1000,
        )
        for place, line in enumerate(found)
    ]


# -- what an address says --------------------------------------------------------------------------------------
def _wanted(query: Mapping[str, str]) -> Wanted:
    """Raises UsageError for what nobody can be sorted by, or is in."""
    state, segment, sort = query.get("state", ""), query.get("segment", ""), query.get("sort", "") or SORTED[0]
    if sort not in SORTED:
        raise UsageError(f"Nobody can be sorted by {sort!r}.", remedy=f"Sort by one of {', '.join(SORTED)}.")
    if state not in (*STATES, NOT_YET):
        raise UsageError(f"There is no state {state!r}.", remedy="Go back, and follow the link again.")
    if segment and not (segment.isdecimal() and int(segment) < len(SEGMENTS)):
        raise UsageError(f"There is no segment {segment!r}.", remedy="Go back, and follow the link again.")
    wanted = Wanted(
        query.get("q", "").replace("\0", "")[:MOST_LETTERS],
        None if not state else "" if state == NOT_YET else state,
        int(segment) if segment else None,
        sort,
    )
    return replace(wanted, reverse=query.get("turned") == "1")


def _query(query: Mapping[str, str], **more: str) -> str:
    told = {name: query.get(name, "") for name in ("q", "state", "segment", "sort", "turned")} | more
    return urlencode({name: value for name, value in told.items() if value})


def _below(line: Line) -> str:
    """What tells apart customers of one name; nothing that stands above it already."""
    shown = line.name or line.customer_id
    return next((text for text in (line.email, line.city) if text and text.casefold() != shown.casefold()), "")


# -- what is shown ---------------------------------------------------------------------------------------------
def _row(line: Line, say: Language, zone: str, currency: str) -> dict[str, Any]:
    revenue = say("no value") if line.revenue_minor is None else say.money(line.revenue_minor, currency)
    risk = "" if line.risk is None else say.percent(line.risk, 0)
    return {
        "customer_id": line.customer_id,
        "name": line.name,
        "below": _below(line),
        "state": STATES[line.state].of(say.code),
        "since": _day(line.state_since, zone, say),
        "segment": "" if line.segment is None else SEGMENTS[line.segment].of(say.code),
        "last": _day(line.last_order_at, zone, say),
        "orders": of_customer(line.customer_id, "orders", line.orders, say.number(line.orders)),
        "revenue": of_customer(line.customer_id, "revenue_minor", line.revenue_minor, revenue),
        "risk": of_customer(line.customer_id, "risk", line.risk, risk),
    }


def _told(line: Line) -> dict[str, str | None]:
    """Codes as words of a file that is taken away."""
    return {
        "state": STATES[line.state].en,
        "segment": None if line.segment is None else SEGMENTS[line.segment].en,
    }


def _day(moment: datetime | None, zone: str, say: Language) -> str:
    return "" if moment is None else say.short_day(moment.astimezone(ZoneInfo(zone)).date())


def _sorts(wanted: Wanted, query: str, known: Book) -> dict[str, dict[str, Any]]:
    """Of each column its address, and whether it is the one, turned or not."""
    del known
    kept = dict(pair.split("=", 1) for pair in query.split("&") if pair)
    found = {}
    for name in SORTED:
        chosen = wanted.sort == name
        turned = "1" if chosen and not wanted.reverse else ""
        told = {**kept, "sort": name, "turned": turned}
        address = "&".join(f"{key}={value}" for key, value in told.items() if value)
        rising = (name == "name") is not wanted.reverse
        found[name] = {"query": address, "order": ("ascending" if rising else "descending") if chosen else ""}
    return found


def _states(wanted: Wanted, known: Book, say: Language) -> list[Choice]:
    counts = known.states()
    found = [Choice("", say("everybody"), wanted.state is None)]
    for code, words in STATES.items():
        if code in counts:
            told = f"{words.of(say.code)} ({say.number(counts[code])})"
            found.append(Choice(code or NOT_YET, told, wanted.state == code))
    return found


def _segments(wanted: Wanted, known: Book, say: Language) -> list[Choice]:
    counts = known.segments()
    if not counts:
        return []
    found = [Choice("", say("all segments"), wanted.segment is None)]
    for place, words in enumerate(SEGMENTS):
        if place in counts:
            told = f"{words.of(say.code)} ({say.number(counts[place])})"
            found.append(Choice(str(place), told, wanted.segment == place))
    return found


def _risk(known: Book, say: Language) -> str:
    """What the column of risks says; empty where nothing was foretold."""
    if known.about["risk"] is None:
        return ""
    key, days, _ = known.about["risk"]
    if key in LEAVING:
        return say("Foretold to leave within {days} days, of 100 like them", days=say.number(days))
    return say("Foretold not to order within {days} days, of 100 like them", days=say.number(days))
