"""What people write about customers: one address that takes it, and everybody's own tasks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm import care
from stamm.lang.errors import UsageError
from stamm.people.accounts import people, person_called, run
from stamm.people.roles import NAMES
from stamm.store.book import Book
from stamm.web.access import Asked, Entry, page
from stamm.web.customers import book, line_of, numbers_of, refuse_erased
from stamm.web.desk import desk
from stamm.web.pages.customer import task_line
from stamm.web.reading import whole_number
from stamm.web.survey_cases import given_to

#: what is done to something that is there already, by its number
TO_ONE = {
    "note_remove": care.remove_note,
    "note_restore": care.restore_note,
    "task_done": care.finish_task,
    "task_reopen": care.reopen_task,
    "task_remove": care.remove_task,
    "task_restore": care.restore_task,
}
#: pages beside the customer's own from which something is written
BACK = ("tasks", "leaving")


@page("customers/care/", may=NAMES, methods=("POST",))
def care_act(request: Asked) -> HttpResponse:
    """A note, a task, an owner, or the end of one; back to where it was written, with the way to take it back."""
    does, who, now = request.POST.get("do", ""), request.user.email, datetime.now(UTC)
    if does in TO_ONE:
        number = whole_number(request.POST.get("number", ""))
        with transaction.atomic():
            customer = TO_ONE[does](run, number, who=who, now=now)
        told = {"done": does, "number": str(number)}
    else:
        known, line = line_of(request.POST.get("customer", ""))
        customer, told = line.customer_id, {}
        with transaction.atomic():
            refuse_erased(customer)  # nothing is written about somebody who is erased just now
            _write(request, does, numbers_of(known, customer), who, now)
    where = request.POST.get("back")
    if where == "leaving":
        told = {"made": request.POST.get("whose", "") or who}
    back = reverse(where) if where in BACK else reverse("customer", args=[customer])
    return redirect(f"{back}?{urlencode(told)}" if told else back)


@page("tasks/", may=NAMES, entry=Entry("Act", "My tasks", 10))
def tasks(request: Asked) -> HttpResponse:
    """The open tasks of whoever looks, the one due soonest first, the last ones done, and whom they look after."""
    say, who = request.say, request.user.email
    zone = desk().opened().project.organisation.zone
    known, today = book(), datetime.now(ZoneInfo(zone)).date()
    names = {person.email: str(person) for person in people()}
    lines = {
        done: [
            {**task_line(task, names, today, zone, say), "name": _name(known, task.customer_id)}
            for task in care.tasks_for(run, who, done=done)[: 20 if done else None]
        ]
        for done in (False, True)
    }
    number = request.GET.get("number", "")
    content: dict[str, Any] = {
        "open": lines[False],
        "finished": lines[True],
        "given": given_to(who, known, zone, say),
        "owned": [(number, _name(known, number)) for number in care.owned_by(run, who)],
        "done": request.GET.get("done", "") == "task_done" and number.isdecimal(),
        "number": number,
    }
    return render(request, "tasks.html.j2", content)


def _write(request: Asked, does: str, numbers: tuple[str, ...], who: str, now: datetime) -> None:
    said = request.POST
    if does == "note":
        care.write_note(run, numbers[0], said.get("told", ""), who=who, now=now)
    elif does == "task":
        whose = person_called(said.get("whose", "") or who)
        due = _day(said.get("due", ""))
        care.make_task(run, numbers[0], said.get("told", ""), whose=able(whose), due_on=due, who=who, now=now)
    elif does == "owner":
        named = said.get("whose", "")
        care.set_owner(run, numbers, able(person_called(named)) if named else None, who=who, now=now)
    else:
        raise UsageError(f"Nothing here is called {does!r}.", remedy="Go back, and load the page anew.")


def able(person: Any) -> str:
    """The address of somebody who may see customers; raises UsageError for one who may not."""
    if person.may not in NAMES:
        raise UsageError(
            f"{person.email} may not see customers, as {person.role}.", remedy="Choose somebody else, or another role."
        )
    return str(person.email)


def _name(known: Book | None, customer: str) -> str:
    line = known.line(customer) if known is not None else None
    return (line.name or "") if line is not None else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{text!r} is no day.", remedy="Write it as 2026-11-20.") from error
