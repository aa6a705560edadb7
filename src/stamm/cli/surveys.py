"""What `stamm survey` does and says."""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from msgspec.structs import replace

from stamm.answers.segments import Segments
from stamm.answers.written import csv_of, json_of
from stamm.app.framework import secret_of
from stamm.cli import printing, survey_mail, survey_widget
from stamm.cli.session import Session
from stamm.intake.words import said
from stamm.lang.errors import UsageError
from stamm.saved.keeping import Rules, segments
from stamm.segments.named import named, resolved
from stamm.surveys import answering, asking, keeping
from stamm.surveys.keeping import Survey
from stamm.surveys.plan import Plan, plan_of
from stamm.surveys.ready import ready
from stamm.surveys.records import COMMENTS, LISTED, RESULTS, comment_records, record_of, results_records
from stamm.surveys.results import OfQuestion, Results, Score, results_of

Given = Mapping[str, Any]
STATES = {"draft": "draft", "open": "open", "closed": "closed"}
#: where a link hangs of which nobody says more
ANYWHERE = "open link"
#: where pages are served when stamm.toml names no address
HERE = "http://localhost:8000"


def print_list(say: Session, form: str) -> None:
    """All surveys, and how many answered."""
    with closing(say.project.people()) as database, database.transaction() as run:
        zone = say.project.organisation.zone
        made = [results_of(run, each, zone) for each in keeping.surveys(run)]
    if form != "table":
        records = [record_of(each) for each in made]
        click.echo(csv_of(LISTED, records) if form == "csv" else json_of({"surveys": records}))
    elif not made:
        say.out.print(say("No survey is made yet."))
    else:
        number = say.language.number
        table = printing.table("", say("survey"), say("state"), say("asked"), say("answered"), right=(0, 3, 4))
        for each in made:
            state = say(STATES[_state(each.survey)])
            answered = number(each.answered + each.others)
            table.add_row(str(each.survey.id), each.survey.plan.name, state, number(each.asked), answered)
        say.out.show(table)


def make(say: Session, name: str, given: Given) -> None:
    """A new one, ready or from a file."""
    if (given["ready"] is None) == (given["file"] is None):
        raise UsageError(
            "A survey is made of one that comes ready or of a file.", remedy="Name --ready or --file, one of them."
        )
    plan = (
        ready(given["ready"], name, say.language.code) if given["ready"] else replace(_read(given["file"]), name=name)
    )
    if given["closes"]:
        plan = replace(plan, closes_at=_moment(given["closes"], say))
    if given["quota"] is not None:
        plan = replace(plan, quota=given["quota"])
    if given["rest"] is not None:
        plan = replace(plan, rest_days=given["rest"])
    with closing(say.project.people()) as database, database.transaction() as run:
        number = keeping.make_survey(run, plan, who=getpass.getuser(), now=datetime.now(UTC))
        key = keeping.survey_of(run, number).key
    told = say("Survey {number} is made: {name}. In the facts it is called {key}.", number=number, name=name, key=key)
    say.out.print(told)  # fmt: skip


def _change(say: Session, number: int, _form: str, given: Given) -> None:
    if given["file"] is None:
        raise UsageError("What is to be asked?", remedy="Name the file with --file.")
    plan = _read(given["file"])
    with closing(say.project.people()) as database, database.transaction() as run:
        seen = keeping.survey_of(run, number).revision
        keeping.change_survey(run, number, plan, seen=seen, who=getpass.getuser(), now=datetime.now(UTC))
    say.out.print(say("Survey {number} is changed; what it was stays among its versions.", number=number))


def _show(say: Session, number: int, form: str, _: Given) -> None:
    found = _survey(say, number)
    if form == "json":
        click.echo(found.plan.written())
        return
    say.out.print(found.plan.name, style="title")
    say.out.print(_standing(found, say), style="quiet")
    for place, page in enumerate(found.plan.pages, 1):
        say.heading(say("Page {number}", number=place))
        for question in page.questions:
            say.out.print(f"{question.key} ({question.kind}): {said(question.told, say.language.code)}")
            for option in question.options:
                say.out.print(f"  {option.key}: {said(option.told, say.language.code)}")
        for branch in page.branches:
            answers = ", ".join(branch.answers)
            say.out.print(
                say(
                    "{question} = {answers} leads to {page}", question=branch.question, answers=answers, page=branch.to
                ),
                style="quiet",
            )


def _open(say: Session, number: int, _form: str, _: Given) -> None:
    with closing(say.project.people()) as database, database.transaction() as run:
        keeping.open_survey(run, number, who=getpass.getuser(), now=datetime.now(UTC))
    say.out.print(say("Survey {number} is open: its links take answers.", number=number))


def _close(say: Session, number: int, _form: str, _: Given) -> None:
    with closing(say.project.people()) as database, database.transaction() as run:
        keeping.close_survey(run, number, who=getpass.getuser(), now=datetime.now(UTC))
    say.out.print(say("Survey {number} is closed: its links take no answers any more.", number=number))


# -- links ---------------------------------------------------------------------------------------------------
def _links(say: Session, number: int, form: str, given: Given) -> None:
    if given["customers"] or given["segment"]:
        _ask(say, number, form, given)
        return
    now, secret = datetime.now(UTC), secret_of(say.project)
    with closing(say.project.people()) as database, database.transaction() as run:
        if given["touchpoint"] or not asking.open_links(run, number):
            asking.make_open_link(run, number, given["touchpoint"] or ANYWHERE, who=getpass.getuser(), now=now)
        links = asking.open_links(run, number)
    rows = [
        {"touchpoint": each.touchpoint, "link": _address(say, asking.open_token(each.id, secret))} for each in links
    ]
    if form == "table":
        for row in rows:
            say.out.plain(f"{row['touchpoint']}: {row['link']}")
        return
    click.echo(csv_of(("touchpoint", "link"), rows) if form == "csv" else json_of({"links": rows}))


def _ask(say: Session, number: int, form: str, given: Given) -> None:
    """Links for customers, to be sent to them by whoever sends letters."""
    customers = _sampled(number, {*given["customers"], *_members(say, given["segment"])}, given["sample"])
    now, secret = datetime.now(UTC), secret_of(say.project)
    with closing(say.project.people()) as database, database.transaction() as run:
        sheets, resting = asking.ask_customers(run, number, customers, who=getpass.getuser(), now=now)
    rows = [{"customer_id": each.customer, "link": _address(say, asking.token_of(each, 0, secret))} for each in sheets]
    if form == "json":
        click.echo(json_of({"links": rows, "asked_lately": resting}))
    elif form == "csv":
        click.echo(csv_of(("customer_id", "link"), rows))
    else:
        for row in rows:
            say.out.plain(f"{row['customer_id']}: {row['link']}")
    if resting and form != "json":
        say.err.print(
            say.language.counted(
                resting,
                "{count} customer was asked lately, by this survey or another one, and is left out.",
                "{count} customers were asked lately, by this survey or another one, and are left out.",
            )
        )


def _sampled(number: int, customers: set[str], most: int | None) -> list[str]:
    """So many of them, by a digest: for the same survey always the same ones, so that asking again asks nobody else."""
    if most is None:
        return sorted(customers)
    return sorted(customers, key=lambda each: hashlib.sha256(f"{number}:{each}".encode()).digest())[: max(0, most)]


def _members(say: Session, segment: str | None) -> list[str]:
    """Who is in a segment at the end of what is known."""
    if segment is None:
        return []
    with closing(say.project.people()) as database, database.transaction() as run:
        saved = Rules(segments(run))
    asked = Segments(say.project.world(), saved)
    rule = resolved(named(segment, saved), saved)
    found: list[str] = asked.members(rule, asked.day(None, rule))["customer_id"].to_pylist()
    return found


def _address(say: Session, token: str) -> str:
    return f"{say.project.settings.address or HERE}/ask/{token}/"


def _widget(say: Session, number: int, form: str, given: Given) -> None:
    survey_widget.widget(say, number, form, given, here=HERE)


# -- results -------------------------------------------------------------------------------------------------
def _results(say: Session, number: int, form: str, given: Given) -> None:
    with closing(say.project.people()) as database, database.transaction() as run:
        made = results_of(run, keeping.survey_of(run, number), say.project.organisation.zone)
    if form == "csv":
        comments = given["comments"]
        click.echo(csv_of(COMMENTS, comment_records(made)) if comments else csv_of(RESULTS, results_records(made)))
    elif form == "json":
        click.echo(
            json_of({**record_of(made), "results": list(results_records(made)), "comments": comment_records(made)})
        )
    else:
        _print(say, made)


def _print(say: Session, made: Results) -> None:
    language = say.language
    say.out.print(made.survey.plan.name, style="title")
    say.out.print(_standing(made.survey, say), style="quiet")
    if made.rate is not None:
        ends = [language.percent(each or 0) for each in (made.rate.low, made.rate.high)]
        say.out.print(
            say(
                "{answered} of {asked} customers who were asked have answered: {rate}, {low} to {high}.",
                answered=language.number(made.answered),
                asked=language.number(made.asked),
                rate=language.percent(made.rate.share or 0),
                low=ends[0],
                high=ends[1],
            )
        )
    if made.others:
        say.out.print(
            language.counted(made.others, "{count} answer came by open links.", "{count} answers came by open links.")
        )
    if made.held:
        say.out.print(
            language.counted(
                made.held,
                "{count} answer is held for review and counted nowhere.",
                "{count} answers are held for review and counted nowhere.",
            )
        )
    for each in made.questions:
        _print_question(say, each)
    if made.comments:
        say.heading(say("Comments"))
        zone = ZoneInfo(say.project.organisation.zone)
        for comment in made.comments:
            who = comment.customer or say("unknown")
            say.out.print(f"{language.moment(comment.at.astimezone(zone))} · {who}: {comment.told}")


def _print_question(say: Session, each: OfQuestion) -> None:
    say.heading(said(each.question.told, say.language.code))
    counted = f"n = {say.language.number(each.n)}"
    skipped = say("skipped: {count}", count=say.language.number(each.skipped))
    if each.score is not None and each.metric is not None:
        name = each.metric.also or each.metric.title(say.language.code)
        say.out.print(f"{name}: {_score(say, each, each.score)}, {counted}, {skipped}")
    else:
        say.out.print(f"{counted}, {skipped}")
    if each.spread:
        table = printing.table("", say("answers"), say("share"), right=(1, 2))
        for share in each.spread:
            told = "–" if share.share is None else say.language.percent(share.share)
            table.add_row(share.told, say.language.number(share.count), told)
        say.out.show(table)


def _score(say: Session, each: OfQuestion, score: Score) -> str:
    assert each.metric is not None
    unit = each.metric.unit
    told = say.language.value(score.value, unit)
    if score.low is None or score.high is None:
        return told
    return f"{told} ({say.language.value(score.low, unit)} – {say.language.value(score.high, unit)})"


def _review(say: Session, number: int, _form: str, given: Given) -> None:
    if given["count"] == given["remove"]:
        raise UsageError("What is to be done with what was held?", remedy="Name --count or --remove, one of them.")
    with closing(say.project.people()) as database, database.transaction() as run:
        keeping.survey_of(run, number)
        done = answering.review(run, number, count=given["count"], who=getpass.getuser(), now=datetime.now(UTC))
    text = (
        say("Counted from now on: {count}", count=done) if given["count"] else say("Thrown away: {count}", count=done)
    )
    say.out.print(text)


# -- read ----------------------------------------------------------------------------------------------------
def _survey(say: Session, number: int) -> Survey:
    with closing(say.project.people()) as database, database.transaction() as run:
        return keeping.survey_of(run, number)


def _read(file: Path) -> Plan:
    try:
        return plan_of(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("This file cannot be read.", where=str(file), remedy="Check its name.") from error


def _moment(text: str, say: Session) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no moment.", remedy="Write it as 2026-12-31T18:00.") from error
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(say.project.organisation.zone))


def _state(found: Survey) -> str:
    return keeping.CLOSED if found.is_closed(datetime.now(UTC)) else found.state


def _standing(found: Survey, say: Session) -> str:
    """Its state, and what ends it."""
    zone, plan = ZoneInfo(say.project.organisation.zone), found.plan
    told: Sequence[str] = [
        say(STATES[_state(found)]),
        *(
            [say("until {moment}", moment=say.language.moment(plan.closes_at.astimezone(zone)))]
            if plan.closes_at
            else []
        ),
        *([say("at most {count} answers", count=say.language.number(plan.quota))] if plan.quota else []),
    ]
    return " · ".join(told)


DOING: Mapping[str, Callable[[Session, int, str, Given], None]] = {
    "show": _show,
    "change": _change,
    "open": _open,
    "close": _close,
    "links": _links,
    "widget": _widget,
    "send": survey_mail.send,
    "keep-asking": survey_mail.keep_asking,
    "results": _results,
    "review": _review,
}
