"""A customer who asks for their data, or to be erased."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from stamm.app.leaving.erasing import Erasing, Told
from stamm.app.leaving.exporting import export_person
from stamm.facts import FACTS
from stamm.lang.language import Language
from stamm.people.roles import EXPORTS, OWNERS
from stamm.web.access import Asked, page
from stamm.web.customers import line_of
from stamm.web.desk import desk, soon

#: places named where somebody has to look
MOST_PLACES = 50


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
    """What would go; and once the number is written again, it goes."""
    given = request.POST if request.method == "POST" else request.GET
    _, line = line_of(given.get("customer", ""))
    say, project = request.say, desk().opened().project
    content: dict[str, Any] = {"line": line, "title": line.name or line.customer_id, "mistyped": False}
    content["erase_query"] = urlencode({"customer": line.customer_id})
    if request.method == "POST":
        if request.POST.get("again", "").strip() == line.customer_id:
            told = Erasing(project).erase(line.customer_id, now=datetime.now(UTC), who=request.user.email)
            gone = {
                "gone": _lines(told, say),
                "reference": told.reference,
                "left": _left(told, say),
            }
            return render(request, "customer_erased.html.j2", gone)
        content["mistyped"] = True
    found = soon(("look", line.customer_id), lambda opened: Erasing(opened.project).look(line.customer_id))
    content |= {"told": found, "goes": _lines(found, say) if found else (), "left": _left(found, say) if found else ()}
    status = 422 if content["mistyped"] else 200
    return render(request, "customer_erase.html.j2", content, status=status)


def _lines(told: Told, say: Language) -> list[tuple[str, str]]:
    """What goes, and how much of it."""
    found = []
    for kind in sorted({*told.rows, *told.superseded}):
        fact = FACTS[kind]
        count = told.rows.get(kind, 0) + told.superseded.get(kind, 0)
        found.append((fact.de if say.code == "de" else fact.en, say.number(count)))
    if told.care:
        found.append((say("Notes, tasks and owners"), say.number(told.care)))
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
