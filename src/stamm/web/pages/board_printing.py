"""A board to take along: as a PDF, and as one picture."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from stamm.boards.printed import printed
from stamm.lang.window import zone_named
from stamm.people.roles import EVERYONE
from stamm.web.access import Asked, page
from stamm.web.desk import desk
from stamm.web.frame import organisation_name
from stamm.web.pages.boards import drawn_widget, kept_of, now_words, seen_board

#: what no file's name needs
_UNSAFE = re.compile(r"[^\w -]+")
TYPES = {"pdf": "application/pdf", "png": "image/png"}


@page("boards/<int:pk>.pdf", may=EVERYONE)
def board_pdf(request: Asked, pk: int) -> HttpResponse:
    """The board on paper, in the person's language."""
    return _taken(request, pk, "pdf")


@page("boards/<int:pk>.png", may=EVERYONE)
def board_png(request: Asked, pk: int) -> HttpResponse:
    """The board as one picture."""
    return _taken(request, pk, "png")


def _taken(request: Asked, pk: int, form: Literal["pdf", "png"]) -> HttpResponse:
    found, say = seen_board(request.user, pk), request.say
    content = found.content
    kept = kept_of(request.GET, content.kept)
    drawn = ((placed.span, drawn_widget(placed, kept, say, None)) for placed in content.widgets)
    made = printed(
        content.name,
        " · ".join(text for text in (now_words(kept, say), *kept.where) if text),
        [(span, widget) for span, widget in drawn if widget is not None],
        organisation=organisation_name(),
        say=say,
        now=datetime.now(zone_named(desk().opened().project.organisation.zone)),
        form=form,
    )
    response = HttpResponse(made, content_type=TYPES[form])
    name = _UNSAFE.sub("", content.name).strip() or "board"
    header = content_disposition_header(as_attachment=True, filename=f"{name}.{form}")
    response.headers["Content-Disposition"] = header or "attachment"
    return response
