"""Who is about to leave: the list by value at risk, why, when somebody is expected, and a task about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from stamm import care
from stamm.answers.segments import Segments
from stamm.answers.table import TableAnswer
from stamm.answers.written import csv_of
from stamm.app.retelling import told
from stamm.facts.predictions import CHURN, CONTRACT, NO_ORDER
from stamm.lang.errors import StammError, TooLittleError, UsageError
from stamm.lang.language import Language
from stamm.lang.money import exponent
from stamm.lang.window import last_day
from stamm.people.accounts import acted, people, run
from stamm.people.models import Person
from stamm.people.roles import EXPORTS, NAMES
from stamm.predictions.value_at_risk import ValueAtRisk
from stamm.reports.foreseen.leaving import kept_to, leavers
from stamm.reports.journeys.about import simulated_for
from stamm.segments.ready import READY
from stamm.web.access import Asked, Entry, page
from stamm.web.customers import book, numbers_of
from stamm.web.desk import Opened, desk, soon
from stamm.web.filters import Choice
from stamm.web.foretold import Foretelling, risk_by
from stamm.web.reading import number_in, some_from
from stamm.web.settings_form import SettingsForm, settings_form

#: customers on one page
MOST = 25
#: what an address says beside the settings
SEGMENT, OWNER, LEAST = "segment", "owner", "least"


@dataclass(frozen=True)
class Kept:
    """What the list is kept to, as the address says it: a ready segment, who looks after them, a least value."""

    segment: str
    owner: str
    least_minor: int

    @property
    def any(self) -> bool:
        """Whether it is kept to anything."""
        return bool(self.segment or self.owner or self.least_minor)


@page("leaving/", may=NAMES, entry=Entry("See", "Who is about to leave", 26))
def leaving(request: Asked) -> HttpResponse:
    """The customers whose leaving would cost most, a page after the other."""
    say, opened = request.say, desk().opened()
    given = _as_it_comes(request, opened)
    first = ("horizon", "by") if given.get("by") == CONTRACT else ("horizon", "recent", "by")
    form = settings_form(ValueAtRisk, given, say, first)
    kept, currency = _kept(request, opened), opened.project.organisation.currency
    answer, problem, young = _asked(form)
    among: Sequence[frozenset[str] | None] | None = None
    if answer is not None:
        try:
            among = _among(kept, answer)
        except StammError as error:
            problem = error
    content: dict[str, Any] = {
        "form": form,
        "kept": kept,
        "segments": _segments(kept, say),
        "owners": _owners(kept, say),
        "least": f"{kept.least_minor / 10 ** exponent(currency):g}" if kept.least_minor else "",
        "currency": currency,
        "orders": not opened.answers.world.coverage.keys().isdisjoint(("orders", "subscriptions")),
        "problem": told(problem, say) if problem else "",
        "young": young,
        "young_query": urlencode({**dict(form.settings), "by": NO_ORDER}),
        "settings": [(name, str(value)) for name, value in form.settings.items()],
        "filters": [(SEGMENT, kept.segment), (OWNER, kept.owner), (LEAST, request.GET.get(LEAST, ""))],
        "query": form.query,
        "address": _query(form, kept, request),
        "may_export": request.user.may in EXPORTS,
        "made": _made(request),
        "simulated": simulated_for(ValueAtRisk(), "", (), opened.answers.world, say),
        "content": None,
    }
    if answer is not None and among is not None:
        content["content"] = _content(request, answer, among, kept)
    return render(request, "leaving.html.j2", content)


@page("leaving.csv", may=EXPORTS)
def leaving_csv(request: Asked) -> HttpResponse:
    """All of the list, as it is kept to a segment, an owner and a value."""
    asked = Foretelling.of(ValueAtRisk.key, request.GET)
    answer = desk().kept(("foretold", asked), asked.answer)
    kept = _kept(request, desk().opened())
    members = [_members(kept.segment, desk().opened())] if kept.segment else []
    rows = kept_to(answer, [*members, _owned(kept)], kept.least_minor)
    columns = [column.name for column in answer.analysis.columns() if not column.detail]
    text = csv_of(columns, ({name: getattr(row, name) for name in columns} for row in rows)) + "\n"
    acted(request.user.email, "customers_read", f"leaving.csv, {len(rows)} rows")
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="leaving.csv"'
    return response


# -- what is asked -------------------------------------------------------------------------------------------
def _as_it_comes(request: Asked, opened: Opened) -> dict[str, str]:
    """What the address says; where it does not, whose word on the risk is usually asked."""
    given = {name: str(value) for name, value in request.GET.dict().items()}
    usual = risk_by(opened)
    return given if "by" in given or usual == CHURN else {**given, "by": usual}


def _asked(form: SettingsForm[ValueAtRisk]) -> tuple[TableAnswer | None, StammError | None, bool]:
    """The answer as soon as it is there; what is wrong; whether it is that nobody can be learned from yet."""
    if form.made is None:
        return None, None, False
    asked = Foretelling(ValueAtRisk.key, "", tuple(form.settings.items()))
    try:
        return soon(("foretold", asked), asked.answer), None, False
    except TooLittleError as error:
        return None, error, form.made.by == CHURN
    except StammError as error:
        return None, error, False


def _among(kept: Kept, answer: TableAnswer) -> Sequence[frozenset[str] | None] | None:
    """Who may be in the list; None while that is being counted."""
    del answer
    found: list[frozenset[str] | None] = [_owned(kept)]
    if kept.segment:
        members = soon(("segment members", kept.segment), lambda opened: _members(kept.segment, opened))
        if members is None:
            return None
        found.append(members)
    return found


def _members(segment: str, opened: Opened) -> frozenset[str]:
    asked, rule = Segments(opened.answers.world), READY[segment].rule
    return frozenset(asked.members(rule, asked.day(None, rule))["customer_id"].to_pylist())


def _owned(kept: Kept) -> frozenset[str] | None:
    return frozenset(care.owned_by(run, kept.owner)) if kept.owner else None


def _kept(request: Asked, opened: Opened) -> Kept:
    """Raises UsageError for what the list cannot be kept to."""
    segment, owner, least = (request.GET.get(name, "").strip() for name in (SEGMENT, OWNER, LEAST))
    if segment and segment not in READY:
        raise UsageError(f"There is no segment {segment!r}.", remedy="Go back, and follow the link again.")
    try:
        amount = round(float(least.replace(",", ".") or 0) * 10 ** exponent(opened.project.organisation.currency))
        if not 0 <= amount < 10**15:
            raise ValueError
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{least!r} is no amount.", remedy="Write it as 25 or 25.50.") from error
    return Kept(segment, owner, amount)


def _query(form: SettingsForm[ValueAtRisk], kept: Kept, request: Asked) -> str:
    told_of = {**dict(form.settings), SEGMENT: kept.segment, OWNER: kept.owner, LEAST: request.GET.get(LEAST, "")}
    return urlencode({name: value for name, value in told_of.items() if value not in ("", None)})


# -- what is shown -------------------------------------------------------------------------------------------
def _content(
    request: Asked, answer: TableAnswer, among: Sequence[frozenset[str] | None], kept: Kept
) -> Mapping[str, Any]:
    say, first = request.say, number_in(request.GET, "first")
    rows = kept_to(answer, among, kept.least_minor)
    some_from(first, len(rows))
    known, everybody = book(), list(people())
    owners = {person.email: str(person) for person in everybody}
    shown = []
    for one in leavers(answer, rows[first : first + MOST], say):
        line = known.line(one.customer_id) if known is not None else None
        numbers = numbers_of(known, one.customer_id) if known is not None else (one.customer_id,)
        owner = care.owner_of(run, numbers) or ""
        shown.append((one, (line.name or "") if line is not None else "", owner, owners.get(owner, owner)))
    assert answer.as_of is not None  # something was foretold
    return {
        "rows": shown,
        "count": len(rows),
        "first": first,
        "next": first + MOST,
        "until": say.day(last_day(answer.as_of, answer.zone)),
        "horizon": say.number(answer.analysis.settings["horizon"]),
        "foretold": say.number(len(answer.rows)),
        "notes": [note.of(say.code) for note in answer.notes],
        "source": answer.analysis.settings["by"],
        "may_write": known is not None,
        "me": request.user.email,
    }


def _segments(kept: Kept, say: Language) -> list[Choice]:
    found = [Choice("", say("everybody"), not kept.segment)]
    return found + [Choice(key, each.title.of(say.code), key == kept.segment) for key, each in READY.items()]


def _owners(kept: Kept, say: Language) -> list[Choice]:
    found = [Choice("", say("anybody"), not kept.owner)]
    able: list[Person] = [each for each in people() if each.may in NAMES]
    return found + [Choice(each.email, str(each), each.email == kept.owner) for each in able]


def _made(request: Asked) -> str:
    """Whose task was just made; nothing where there is nobody of that address."""
    return next((str(each) for each in people() if each.email == request.GET.get("made")), "")
