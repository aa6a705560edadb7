"""Jobs: what is due, running, failed; an owner tries again or gives up."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.app.kinds import title_of
from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.jobs.looking import STATES, Seen, State, cancel_job, counts, jobs_in, retry_job, timers
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.people.roles import EXPORTS, OWNERS
from stamm.web.access import Asked, Entry, page
from stamm.web.reading import whole_number

#: states whose jobs are listed, in their order
SHOWN: tuple[State, ...] = ("failed", "running", "waiting", "done")
#: jobs of a state that are shown
MOST = 50
CHANGES = {"retry": retry_job, "cancel": cancel_job}


@page("settings/jobs/", may=EXPORTS, sends=OWNERS, methods=("GET", "POST"), entry=Entry("Settings", "Jobs", 35))
def settings_jobs(request: Asked) -> HttpResponseBase:
    """All that is to be done, what failed first."""
    project, say = Project.open(settings.STAMM_PROJECT), request.say
    if request.method == "POST":
        return _changed(request, project)
    with closing(project.people()) as database, database.transaction() as run:
        found, due = counts(run), timers(run)
        shown = {state: jobs_in(run, state, most=MOST) for state in SHOWN}
    content = {
        "counts": [(say(title), say.number(found[state])) for state, title in STATES.items()],
        "lists": {state: [_line(job, project, say) for job in listed] for state, listed in shown.items()},
        "more": {state: say.number(found[state] - MOST) if found[state] > MOST else "" for state in shown},
        "timers": [
            {"name": retell(one.name, say), "title": _title(one.kind, say), "due": _moment(one.due_at, project, say)}
            for one in due
        ],
        "held": project.is_held,
        "any": any(found.values()) or bool(due),
        "may_change": request.user.may in OWNERS,
        "done": request.GET.get("done", ""),
    }
    return render(request, "settings/jobs.html.j2", content)


def _changed(request: Asked, project: Project) -> HttpResponseBase:
    action, number = request.POST.get("action", ""), whole_number(request.POST.get("number", ""))
    if action not in CHANGES:
        raise UsageError(
            f"There is nothing called {action!r} to be done.", remedy="Go back, and use the page's buttons."
        )
    with closing(project.people()) as database, database.transaction() as run:
        CHANGES[action](run, number, who=request.user.email, now=datetime.now(UTC))
    return redirect(f"{reverse('settings_jobs')}?done={action}")


def _line(job: Seen, project: Project, say: Language) -> dict[str, Any]:
    return {
        "number": job.id,
        "title": _title(job.kind, say),
        "due": _moment(job.due_at, project, say),
        "ended": _moment(job.ended_at, project, say),
        "tries": say.number(job.tries) if job.tries else "",
        "why": say(retell(job.reason, say)),
    }


def _title(kind: str, say: Language) -> str:
    return say(title_of(kind))


def _moment(moment: datetime | None, project: Project, say: Language) -> str:
    return "" if moment is None else say.moment(moment.astimezone(ZoneInfo(project.organisation.zone)))
