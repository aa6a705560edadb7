"""Personas: groups of customers who behave alike, found in the data, each a rule that can be saved."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from stamm.answers.personas import Personas, personas_of
from stamm.answers.segments import Segments
from stamm.app.retelling import told
from stamm.lang.errors import StammError
from stamm.people.roles import NAMES
from stamm.reports.personas import PersonasShown, personas_shown
from stamm.web.access import Asked, page
from stamm.web.desk import Opened, desk, soon
from stamm.web.segments import EDITORS, saved_now


@page("segments/personas/", may=NAMES)
def personas(request: Asked) -> HttpResponse:
    """Each persona with its rule and what sets it apart; or why there is none."""
    say, world = request.say, desk().opened().answers.world
    currency, orders = world.organisation.currency, "orders" in world.coverage
    shown: PersonasShown | None = None
    problem: StammError | None = None
    if orders:
        try:
            shown = soon(
                ("personas", say.code),
                lambda opened: personas_shown(opened.kept("personas", _found), currency, say),
            )
        except StammError as error:
            problem = error
    content: dict[str, Any] = {
        "shown": shown,
        "orders": orders,
        "problem": told(problem, say) if problem else "",
        "saved": {each.rule: each for each in saved_now()} if shown else {},
        "may_save": request.user.may in EDITORS,
        "simulated": bool(world.simulated),
    }
    return render(request, "personas.html.j2", content)


def _found(opened: Opened) -> Personas:
    return personas_of(Segments(opened.answers.world, {}))
