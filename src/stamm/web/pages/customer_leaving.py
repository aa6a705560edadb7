"""A customer who asks for their data, or to be erased."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.app.leaving.erasing import Erasing, Told
from stamm.app.leaving.exporting import export_person
from stamm.app.project import Project
from stamm.facts import FACTS
from stamm.lang.language import Language
from stamm.people.roles import EXPORTS, OWNERS
from stamm.store.erasing.ledger import Erased, Ledger
from stamm.web.access import Asked, page
from stamm.web.customers import line_of
from stamm.web.desk import desk, soon

#: places named where somebody has to look
MOST_PLACES = 50
#: what the last erasures took away, by reference; never written down, since names of files may name the person
_told: dict[str, Told] = {}
MOST_TOLD = 100


@page("customers/export/", may=EXPORTS, methods=("POST",))
def customer_export(request: Asked) -> HttpResponse:
    """All that is held of somebody, as one file; nothing of it stays here."""
    _, line = line_of(request.POST.get("customer", ""))
    project, now = desk().opened().project, datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="stamm-") as folder:
        place = Path(folder) / "person.zip"
        export_person(
            project, line.customer_id, now=now, language=request.say, place=place, who=request.user.email
        )  # fmt: skip
        response = HttpResponse(place.read_bytes(), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="person-{now:%Y%m%d}.zip"'
    return response


@page("customers/erase/", may=OWNERS, methods=("GET", "POST"), again=True)
def customer_erase(request: Asked) -> HttpResponse:
    """What would go; once the number is written again, it goes; and afterwards, by its reference, what went."""
    say, project = request.say, desk().opened().project
    if "reference" in request.GET:
        return _erased(request, project, request.GET["reference"])
    given = request.POST if request.method == "POST" else request.GET
    customer, again = given.get("customer", ""), request.POST.get("again", "").strip()
    if again and again == customer and (gone := _ledger(project).knows(customer)):  # sent twice
        Erasing(project).finish()
        return _told_by(gone.reference)
    _, line = line_of(customer)
    content: dict[str, Any] = {"line": line, "title": line.name or line.customer_id, "mistyped": False}
    content["erase_query"] = urlencode({"customer": line.customer_id})
    if request.method == "POST":
        if again == line.customer_id:
            told = Erasing(project).erase(line.customer_id, now=datetime.now(UTC), who=request.user.email)
            _told[told.reference] = told
            for oldest in list(_told)[:-MOST_TOLD]:
                del _told[oldest]
            return _told_by(told.reference)
        content["mistyped"] = True
    found = soon(("look", line.customer_id), lambda opened: Erasing(opened.project).look(line.customer_id))
    content |= {"told": found, "goes": _lines(found, say) if found else (), "left": _left(found, say) if found else ()}
    status = 422 if content["mistyped"] else 200
    return render(request, "customer_erase.html.j2", content, status=status)


def _ledger(project: Project) -> Ledger:
    return (Ledger.read(project.lake_directory) if project.has_erased else None) or Ledger(b"")


def _told_by(reference: str) -> HttpResponse:
    return redirect(f"{reverse('customer_erase')}?{urlencode({'reference': reference})}")


def _erased(request: Asked, project: Project, reference: str) -> HttpResponse:
    """What an erasure took away; after a restart of the server, that it was done."""
    found: list[Erased] = [each for each in _ledger(project).people if each.reference == reference]
    if not found:
        raise Http404
    told, say = _told.get(reference), request.say
    content = {
        "reference": reference,
        "day": say.day(found[0].at.astimezone(ZoneInfo(project.organisation.zone)).date()),
        "gone": _lines(told, say) if told else None,
        "left": _left(told, say) if told else (),
    }
    return render(request, "customer_erased.html.j2", content)


def _lines(told: Told, say: Language) -> list[tuple[str, str]]:
    """What goes, and how much of it."""
    found = []
    for kind in sorted({*told.rows, *told.superseded}):
        fact = FACTS[kind]
        count = told.rows.get(kind, 0) + told.superseded.get(kind, 0)
        found.append((fact.de if say.code == "de" else fact.en, say.number(count)))
    if told.care:
        found.append((say("Notes, tasks and owners"), say.number(told.care)))
    if told.sheets:
        found.append((say("Sheets of surveys"), say.number(told.sheets)))
    if told.submissions:
        found.append((say("Sent by forms"), say.number(told.submissions)))
    if told.ideas:
        found.append((say("Links, ideas, votes and comments on boards of ideas"), say.number(told.ideas)))
    if told.mails:
        found.append((say("Mails to them"), say.number(told.mails)))
    if told.texts:
        found.append((say("Texts of boards and acts that name the customer"), say.number(told.texts)))
    if told.cells:
        found.append((say("Words in rows of others that name the customer"), say.number(told.cells)))
    return found


def _left(told: Told, say: Language) -> list[str]:
    """What erasing does not reach, and where somebody has to look."""
    said = [
        *(say("Not made by Stamm and left as it is, though it names the customer: {file}", file=path.name)
          for path in told.foreign),
        *(say("Brought and not taken in, and names the customer or is no text: {file}", file=path.name)
          for path in told.brought),
        *(say("A backup that still holds the customer: {file}", file=path.name) for path in told.backups),
    ]  # fmt: skip
    if told.standing:
        places = say.listed([place.told(say.code) for place in told.standing[:MOST_PLACES]], say("and"))
        said.append(say("May mean the customer or somebody else, and stays; look there: {place}", place=places))
    if len(told.standing) > MOST_PLACES:
        said.append(say("… and {count} more such places", count=say.number(len(told.standing) - MOST_PLACES)))
    return said
