"""One customer's page: who it is, where they stand, what happened, and what people here have to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRefresh

from stamm import care
from stamm.analyses.rfm.segments import SEGMENTS
from stamm.answers.everybody import STATES
from stamm.answers.one_customer import OneCustomer, Rhythm, Row, Visit, rhythm_of
from stamm.answers.silences import Alike, Silences
from stamm.facts.predictions import LEAVING
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.organisation import Organisation
from stamm.lang.window import last_day
from stamm.people.accounts import acted, people, run
from stamm.people.roles import EXPORTS, NAMES, OWNERS
from stamm.reports.customer.expected import expected
from stamm.reports.customer.standing import Standing
from stamm.reports.customer.timeline import GROUPS, Timeline, shown
from stamm.reports.marked import exactly
from stamm.store.book import Book, Line
from stamm.web.access import Asked, page
from stamm.web.ahead import ahead
from stamm.web.customers import book, line_of, numbers_of
from stamm.web.desk import Opened, desk, soon
from stamm.web.filters import Choice
from stamm.web.pages.customers import not_yet
from stamm.web.reading import number_in, some_from

Made = TypeVar("Made")
#: lines of a timeline, orders, answers, and what stands beside them, on one page
MOST, MOST_ORDERS, MOST_BESIDE = 40, 5, 6
#: foretold alike is whoever has a risk in the same tenth
TENTHS = 10


@dataclass(frozen=True)
class Known:
    """What was asked of a snapshot about a customer."""

    rows: Mapping[str, Sequence[Row]]
    as_of: datetime | None
    rhythm: Rhythm | None
    #: whether it is known what was sent back
    returns: bool


@page("customers/of/<path:customer>", may=NAMES)
def customer(request: Asked, customer: str) -> HttpResponse:
    """The page of whoever bears that number now."""
    if book() is None:
        return not_yet(request)
    if request.htmx and request.htmx.target == "book":  # it was being made, and now is there
        return cast(HttpResponse, HttpResponseClientRefresh())
    known, line = line_of(customer)
    if line.customer_id != customer:  # a former number
        return redirect("customer", line.customer_id)
    if not request.htmx:
        acted(request.user.email, "customers_read", "the page of a customer")
    say, organisation = request.say, desk().opened().project.organisation
    asked = _about(customer)
    content = {
        "line": line,
        "title": line.name or customer,
        "sub": _sub(line, asked, known, say, organisation),
        "about": asked is not None,
        "more": request.GET.get("all", ""),
        **_written(request, numbers_of(known, customer), organisation.zone),
        **(_told(asked, customer, say, organisation) if asked is not None else {}),
        **_timeline(request, customer, asked, organisation),
        "compared": _compared(customer, asked, say, organisation),
        "state": _state(line, say, organisation.zone),
        "segment": "" if line.segment is None else SEGMENTS[line.segment].of(say.code),
        "ahead": ahead(customer, say),
        "foretold": _foretold(line, known, say, organisation.zone),
        "may_export": request.user.may in EXPORTS,
        "may_erase": request.user.may in OWNERS,
        "erase_query": urlencode({"customer": customer}),
        "simulated": say("Simulated data") if known.about["simulated"] else "",
    }
    return render(request, "customer.html.j2", content)


# -- what is asked -----------------------------------------------------------------------------------------------
def _about(customer: str) -> Known | None:
    def rows(opened: Opened) -> Known:
        one = OneCustomer(opened.answers.world, customer)
        found, as_of = one.rows(), one.as_of()
        rhythm = rhythm_of(found["orders"], as_of) if as_of else None
        return Known(found, as_of, rhythm, "returns" in opened.answers.world.coverage)

    return _once("rows", customer, rows)


def _visits(customer: str) -> list[Visit] | None:
    return _once("visits", customer, lambda opened: OneCustomer(opened.answers.world, customer).visits())


def _alike(customer: str, rhythm: Rhythm) -> tuple[Alike | None] | None:
    def alike(opened: Opened) -> tuple[Alike | None]:
        silences = opened.kept(("silences",), lambda opened: (Silences.of(opened.answers.world),))[0]
        return (silences.alike(customer, rhythm) if silences else None,)

    return _once("alike", customer, alike)


def _once(part: str, customer: str, make: Callable[[Opened], Made]) -> Made | None:
    """Made when it is asked for; nothing of a customer is made anew for a newer snapshot that nobody asked for."""
    name = desk().opened().name
    found = soon(("customer", part, customer, name), lambda opened: [make(opened)] if opened.name == name else [])
    return found[0] if found else None


# -- who, and where they stand -----------------------------------------------------------------------------------
def _sub(line: Line, asked: Known | None, known: Book, say: Language, organisation: Organisation) -> str:
    """The line below the name: number, place, since when, by which way, and former numbers."""
    said = asked.rows["customers"][-1] if asked is not None and asked.rows["customers"] else {}
    first = asked.rows["orders"][0]["ordered_at"] if asked is not None and asked.rows["orders"] else None
    languages = {"de": say("speaks German"), "en": say("speaks English")}
    formers = known.formers(line.customer_id)
    told = (
        say("Customer {number}", number=line.customer_id) if line.name else "",
        line.company or "",
        ", ".join(filter(None, (line.city, line.country))),
        say("first order {day}", day=_day(first, organisation.zone, say)) if first else "",
        say("first won through {way}", way=said["acquired_through"]) if said.get("acquired_through") else "",
        languages.get(str(said.get("language") or "")[:2].lower(), ""),
        say("formerly {numbers}", numbers=", ".join(formers)) if formers else "",
    )
    return " · ".join(filter(None, told))


def _state(line: Line, say: Language, zone: str) -> str:
    words = STATES[line.state].of(say.code)
    if line.state_since is None:
        return words
    return say("{state} since {day}", state=words, day=_day(line.state_since, zone, say))


def _foretold(line: Line, known: Book, say: Language, zone: str) -> dict[str, str] | None:
    """What is foretold of people like this one, with interval and n; None where nothing was."""
    if line.risk is None or known.about["risk"] is None:
        return None
    key, days, at = known.about["risk"]
    tenth = min(int(line.risk * TENTHS), TENTHS - 1)
    low, high = tenth / TENTHS, (tenth + 1) / TENTHS if tenth < TENTHS - 1 else 1.01
    of_100 = say.number(100 * line.risk)
    leave = say(
        "Of 100 customers like this one, {count} are expected to leave within {days} days.", count=of_100, days=days
    )
    pause = say(
        "Of 100 customers like this one, {count} are expected to order nothing within {days} days.",
        count=of_100,
        days=days,
    )
    between = ""
    if line.risk_low is not None and line.risk_high is not None:
        between = say(
            "95% interval: {low} to {high}.", low=say.number(100 * line.risk_low), high=say.number(100 * line.risk_high)
        )
    n = say.counted(
        known.alike(low, high), "Like this one: {count} customer of whom between {low} and {high} was foretold.",
        "Like this one: {count} customers of whom between {low} and {high} was foretold.",
        low=say.percent(low, 0), high=say.percent(min(high, 1.0), 0),
    )  # fmt: skip
    when = say(
        "Foretold {day}; it speaks of many, and knows of nobody what they will do.", day=_day(_moment(at), zone, say)
    )
    return {"sentence": leave if key in LEAVING else pause, "between": between, "n": n, "when": when}


def _told(asked: Known, customer: str, say: Language, organisation: Organisation) -> dict[str, Any]:
    """Numbers, the line of orders, and the lists beside the timeline."""
    zone, rows = organisation.zone, asked.rows
    words = Timeline(say, organisation.currency)
    as_of = asked.as_of or datetime.now(UTC)
    foretold = expected(rows, as_of, say, organisation)
    standing = Standing(rows, asked.rhythm, as_of, say, organisation, returns=asked.returns)
    last: dict[str, Row] = {row["purpose"]: row for row in rows["consents"]}
    orders = [row for row in rows["orders"] if row["cancelled_at"] is None]
    gaps = [None, *(asked.rhythm.gaps if asked.rhythm else ())]
    return {
        "numbers": standing.numbers(customer),
        "drawn": standing.line(),
        "silent": standing.silent(),
        "expected": foretold,
        "until": say.day(last_day(as_of, zone)) if asked.as_of else "",
        "orders": [
            {
                "number": row["order_id"],
                "day": _day(row["ordered_at"], zone, say),
                "gap": "" if gap is None else exactly(gap, say.number(gap)),
                "amount": exactly(
                    row["amount_minor"],
                    say.money(row["amount_minor"], row["currency"] if row["foreign"] else organisation.currency),
                ),
            }
            for row, gap in reversed(list(zip(orders, gaps, strict=False)))
        ],
        "consents": [
            (
                purpose,
                say("given {day}" if row["granted"] else "withdrawn {day}", day=_short(row["recorded_at"], zone, say)),
            )
            for purpose, row in sorted(last.items())
        ],
        "answers": [
            (
                words.asked(row),
                f"{words.answer(row) or say('in words')} · {_short(row['answered_at'], zone, say)}"
                if row["answered_at"]
                else say("asked, no answer"),
            )
            for row in reversed(rows["responses"][-MOST_BESIDE:])
        ],
        "tickets": [
            (" ".join(filter(None, (row["ticket_id"], row["topic"]))), _ticket(row, zone, say))
            for row in reversed(rows["tickets"][-MOST_BESIDE:])
        ],
        "person_told": _person(rows["customers"][-1] if rows["customers"] else {}, say),
    }


def _ticket(row: Row, zone: str, say: Language) -> str:
    solved = row["resolved_at"]
    if solved is not None and (row["reopened_at"] is None or row["reopened_at"] < solved):
        return say("resolved {day}", day=_short(solved, zone, say))
    return say("open since {day}", day=_short(row["opened_at"], zone, say))


def _person(said: Row, say: Language) -> list[tuple[str, str]]:
    """What is known of who it is."""
    birthday = said.get("birthday_on")
    told = (
        (say("Mail address"), said.get("email")),
        (say("Telephone"), said.get("phone")),
        (say("Birthday"), say.day(birthday).replace(f" {birthday.year}", "") if birthday else None),
        (say("Company"), said.get("company")),
        (say("Kind"), said.get("persona")),
        (say("Time zone"), said.get("time_zone")),
    )
    return [(name, str(value)) for name, value in told if value]


def _compared(customer: str, asked: Known | None, say: Language, organisation: Organisation) -> Any:
    """The sentence on others in the same position: None where it does not apply, False while it is being counted."""
    if asked is None or asked.rhythm is None or asked.as_of is None:
        return None
    rhythm = asked.rhythm
    if rhythm.late is None or rhythm.late <= 1:
        return None
    found = _alike(customer, rhythm)
    if found is None:
        return False
    if found[0] is None:
        return None
    return Standing(asked.rows, rhythm, asked.as_of, say, organisation, returns=asked.returns).compared(found[0])


# -- what happened -----------------------------------------------------------------------------------------------
def _timeline(request: Asked, customer: str, asked: Known | None, organisation: Organisation) -> dict[str, Any]:
    say, kind = request.say, request.GET.get("kind", "")
    if kind and kind not in GROUPS:
        raise UsageError(f"There is no kind {kind!r} in a timeline.", remedy=f"Choose one of {', '.join(GROUPS)}.")
    start = number_in(request.GET, "first")
    kinds = [Choice("", say("All"), not kind), *(Choice(key, say(name), key == kind) for key, name in GROUPS.items())]
    visits = _visits(customer)
    if asked is None or visits is None:
        return {"entries": None, "kinds": kinds, "kind": kind, "first": start}
    words = Timeline(say, organisation.currency, asked.as_of)
    every = [*words.silence(asked.rhythm, asked.as_of), *words.entries(asked.rows, visits)]
    there = {entry.group for entry in every}
    kept = [entry for entry in every if not kind or entry.group == kind]
    some_from(start, len(kept))
    rest = kept[start + MOST :]
    return {
        "entries": shown(kept[start : start + MOST], organisation.zone, say),
        "kinds": [choice for choice in kinds if not choice.value or choice.value in there or choice.chosen],
        "kind": kind,
        "first": start,
        "earlier": say.counted(
            len(rest), "Earlier: {count} entry, back to {day}", "Earlier: {count} entries, back to {day}",
            day=_day(rest[-1].at, organisation.zone, say),
        ) if rest else "",
        "earlier_query": urlencode({"kind": kind, "first": start + MOST}),
    }  # fmt: skip


# -- what people wrote -------------------------------------------------------------------------------------------
def _written(request: Asked, numbers: Sequence[str], zone: str) -> dict[str, Any]:
    """Notes, tasks and owner, and what has just been done and can be taken back."""
    say, everybody = request.say, list(people())
    names = {person.email: str(person) for person in everybody}
    today = datetime.now(ZoneInfo(zone)).date()
    owner = care.owner_of(run, numbers)
    done, number = request.GET.get("done", ""), request.GET.get("number", "")
    return {
        "owner": names.get(owner, owner) if owner else "",
        "owners": [Choice("", say("nobody"), owner is None)]
        + [Choice(each.email, str(each), each.email == owner) for each in everybody if each.may in NAMES],
        "notes": [
            {"id": note.id, "told": note.told, "who": names.get(note.who, note.who), "at": _day(note.at, zone, say)}
            for note in care.notes_of(run, numbers)
        ],
        "tasks": [task_line(task, names, today, zone, say) for task in care.tasks_of(run, numbers)],
        "undo": {"note_remove": "note_restore", "task_remove": "task_restore", "task_done": "task_reopen"}.get(
            done, ""
        ),
        "done": {
            "note_remove": say("The note is removed."),
            "task_remove": say("The task is removed."),
            "task_done": say("The task is done."),
        }.get(done, ""),
        "number": number if number.isdecimal() else "",
        "today": today.isoformat(),
    }


def task_line(task: care.Task, names: Mapping[str, str], today: date, zone: str, say: Language) -> dict[str, Any]:
    """A task as it is shown."""
    due = "" if task.due_on is None else say("due {day}", day=say.short_day(task.due_on))
    return {
        "id": task.id,
        "customer_id": task.customer_id,
        "told": task.told,
        "whose": names.get(task.whose, task.whose),
        "who": names.get(task.who, task.who),
        "due": due,
        "overdue": task.done_at is None and task.due_on is not None and task.due_on < today,
        "done": "" if task.done_at is None else say("done {day}", day=_short(task.done_at, zone, say)),
    }


def _day(moment: datetime, zone: str, say: Language) -> str:
    return say.day(moment.astimezone(ZoneInfo(zone)).date())


def _short(moment: datetime, zone: str, say: Language) -> str:
    return say.short_day(moment.astimezone(ZoneInfo(zone)).date())


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
