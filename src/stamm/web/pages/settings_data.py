"""The data as they lie there: what is kept, whether they agree with themselves, backups, erased people."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from stamm.app.consistency import all_checks, plan_of
from stamm.app.desk import Opened
from stamm.app.extent import extent
from stamm.app.project import Project
from stamm.app.surroundings import Looking, blocks
from stamm.engines.kind import CannotRunError
from stamm.lang.language import Language
from stamm.lang.version import __version__
from stamm.people.acts import Which, acts
from stamm.people.roles import EXPORTS, OWNERS
from stamm.store.erasing.ledger import Ledger, State
from stamm.web.access import Asked, Entry, page
from stamm.web.desk import soon
from stamm.web.pages.settings_organisation import renewal

#: where facts came so many days after the last backup, the page says so
SELDOM_DAYS = 7
#: facts that are checked without being asked to; of more it takes minutes
CHECKED_UNASKED = 2_000_000
#: how often it is looked anew how much room files take
SIZED_SECONDS = 60


@page("settings/data/", may=EXPORTS, entry=Entry("Settings", "Data", 30))
def settings_data(request: Asked) -> HttpResponse:
    """What is kept and how well it is; what takes a while comes as soon as it is there."""
    project, say = Project.open(settings.STAMM_PROJECT), request.say
    rows = _rows(project)
    checks = rows <= CHECKED_UNASKED or "check" in request.GET
    content = {
        "version": __version__,
        "snapshot": _snapshot(project, say),
        "backup": _backup(project, say),
        "sizes": soon(
            ("extent", say.code, int(time.time() // SIZED_SECONDS)), lambda opened: _sizes(opened.project, say)
        ),
        "checks": soon(("consistency", say.code), lambda opened: _checks(opened, say)) if checks else [],
        "unchecked": "" if checks else say.number(rows),
        "erased": _erased(project, say),
        "may_look_around": request.user.may in OWNERS,
        **renewal(project),
    }
    return render(request, "settings/data.html.j2", content)


@page("settings/data/surroundings/", may=OWNERS)
def settings_surroundings(request: Asked) -> HttpResponse:
    """A piece of the page: what `stamm doctor` finds."""
    found = list(blocks(Looking(settings.STAMM_PROJECT, request.say)))
    ill = [finding for _, findings in found for finding in findings if finding.remedy]
    return render(request, "settings/surroundings.html.j2", {"blocks": found, "ill": ill})


def _snapshot(project: Project, say: Language) -> dict[str, str] | None:
    """The newest snapshot, and when its last facts came; None where the facts lie elsewhere."""
    if project.reads_database:
        return None
    snapshot = project.lake().snapshot()
    written = _moment(snapshot.written_at, project, say) if snapshot.kinds() else ""
    return {"number": say.number(snapshot.number), "written": written}


def _rows(project: Project) -> int:
    """How many facts there are; none that could be counted where they lie in a shop's own database."""
    if project.reads_database:
        return 0
    snapshot = project.lake().snapshot()
    return sum(snapshot.rows(kind) for kind in snapshot.kinds())


def _backup(project: Project, say: Language) -> dict[str, str]:
    """The last backup, and what to do where facts have come long after it, or there is none."""
    with closing(project.people()) as database:
        made = acts(database, 1, Which(what="backup_made"))
    at, who = (_moment(made[0].at, project, say), made[0].who) if made else ("", "")
    hint = ""
    if not project.reads_database and (snapshot := project.lake().snapshot()).kinds():
        if not made:
            hint = say("There is no backup yet.")
        elif (snapshot.written_at - made[0].at).days >= SELDOM_DAYS:
            hint = say("Facts have come since the last backup.")
    return {"at": at, "who": who, "hint": hint}


def _sizes(project: Project, say: Language) -> list[tuple[str, str]]:
    """How much room what takes."""
    found = extent(project)
    lines = (
        (say("Facts"), found.facts),
        (say("Kept at hand"), found.kept),
        (say("What has arrived"), found.log),
        (say("People and keys"), found.people),
        (say("Rows set aside"), found.rejects),
        (say("Free"), found.free),
    )
    return [(name, _size(size, say)) for name, size in lines]


def _size(size: int, say: Language) -> str:
    for unit, bytes_ in (("GB", 2**30), ("MB", 2**20), ("KB", 2**10)):
        if size >= bytes_:
            return f"{say.number(size / bytes_, 1)}\u00a0{unit}"
    return f"{say.number(size)}\u00a0B"


def _checks(opened: Opened, say: Language) -> list[dict[str, str]]:
    """Every check that the data allow: those that found something first."""
    world, lines = opened.answers.world, []
    plan = plan_of(world)
    for check in all_checks() if plan is not None else ():
        assert plan is not None
        if not all(kind in world.coverage for kind in check.needs):
            continue
        try:
            count, examples = check.run(plan)
        except CannotRunError as error:
            found = say("cannot be told on {engine}", engine=error.engine)
            lines.append({"check": check.told(say), "found": found, "remedy": "", "examples": ""})
            continue
        found = say.number(count) if count else say("agrees")
        remedy = say(check.remedy) if count else ""
        lines.append({"check": check.told(say), "found": found, "remedy": remedy, "examples": examples})
    return sorted(lines, key=lambda line: not line["remedy"])


def _erased(project: Project, say: Language) -> list[tuple[str, str, str, str]]:
    """Who was erased, by what the erasure is called: nothing of them is known any more."""
    ledger = None if project.reads_database else Ledger.read(project.lake_directory)
    states = {State.BEGUN: say("begun"), State.RESTORED: say("came back with a backup"), State.DONE: say("done")}
    people = sorted(ledger.people, key=lambda one: one.at, reverse=True) if ledger else []
    return [(one.reference, _moment(one.at, project, say), one.who, states[one.state]) for one in people]


def _moment(moment: datetime, project: Project, say: Language) -> str:
    return say.moment(moment.astimezone(ZoneInfo(project.organisation.zone)))
