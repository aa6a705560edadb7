"""What `stamm form` does and says."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from msgspec.structs import replace

from stamm.answers.written import csv_of, json_of
from stamm.app.framework import secret_of
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.forms import keeping, reviewing
from stamm.forms.confirming import confirmations_of
from stamm.forms.keeping import Form
from stamm.forms.plan import Plan, plan_of
from stamm.forms.ready import ready
from stamm.forms.records import LISTED, columns_of, record_of, submission_records
from stamm.forms.submissions import counted, held_count, sent_by_form
from stamm.forms.submitting import open_token
from stamm.intake.words import said
from stamm.lang.errors import UsageError

Given = Mapping[str, Any]
STATES = {"draft": "draft", "open": "open", "closed": "closed"}
#: where pages are served when stamm.toml names no address
HERE = "http://localhost:8000"


def print_list(say: Session, form: str) -> None:
    """All forms, and how much each received."""
    with closing(say.project.people()) as database, database.transaction() as run:
        made = [(each, counted(run, each.id), held_count(run, each.id)) for each in keeping.forms(run)]
    if form != "table":
        records = [record_of(*each) for each in made]
        click.echo(csv_of(LISTED, records) if form == "csv" else json_of({"forms": records}))
    elif not made:
        say.out.print(say("No form is made yet."))
    else:
        number = say.language.number
        table = printing.table("", say("name"), say("state"), say("received"), say("held"), right=(0, 3, 4))
        for each, count, held in made:
            table.add_row(str(each.id), each.plan.name, say(STATES[_state(each)]), number(count), number(held))
        say.out.show(table)


def make(say: Session, name: str, given: Given) -> None:
    """A new one, ready or from a file."""
    if (given["ready"] is None) == (given["file"] is None):
        raise UsageError(
            "A form is made of one that comes ready or of a file.", remedy="Name --ready or --file, one of them."
        )
    now = datetime.now(UTC)
    plan = ready(given["ready"], name, now) if given["ready"] else replace(_read(given["file"]), name=name)
    with closing(say.project.people()) as database, database.transaction() as run:
        number = keeping.make_form(run, plan, who=getpass.getuser(), now=now)
        key = keeping.form_of(run, number).key
    told = say("Form {number} is made: {name}. In the facts it is called {key}.", number=number, name=name, key=key)
    say.out.print(told)


def _change(say: Session, number: int, _form: str, given: Given) -> None:
    if given["file"] is None:
        raise UsageError("What is to be asked?", remedy="Name the file with --file.")
    plan = _read(given["file"])
    with closing(say.project.people()) as database, database.transaction() as run:
        seen = keeping.form_of(run, number).revision
        keeping.change_form(run, number, plan, seen=seen, who=getpass.getuser(), now=datetime.now(UTC))
    say.out.print(say("Form {number} is changed; what it was stays among its versions.", number=number))


def _show(say: Session, number: int, form: str, _: Given) -> None:
    with closing(say.project.people()) as database, database.transaction() as run:
        found, count, held = keeping.form_of(run, number), counted(run, number), held_count(run, number)
    plan, code, language = found.plan, say.language.code, say.language
    if form == "json":
        click.echo(plan.written())
        return
    say.out.print(plan.name, style="title")
    told = [say(STATES[_state(found)])]
    if plan.closes_at:
        zone = ZoneInfo(say.project.organisation.zone)
        told.append(say("until {moment}", moment=language.moment(plan.closes_at.astimezone(zone))))
    if plan.quota:
        told.append(say("takes {count} at most", count=language.number(plan.quota)))
    told.append(say("received: {count}", count=language.number(count)))
    told.append(say("held for review: {count}", count=language.number(held)))
    say.out.print(" · ".join(told), style="quiet")
    for field in plan.fields:
        say.out.print(f"{field.key} ({field.kind}): {said(field.told, code)}")
        for option in field.options:
            say.out.print(f"  {option.key}: {said(option.told, code)}")


def _open(say: Session, number: int, _form: str, _: Given) -> None:
    with closing(say.project.people()) as database, database.transaction() as run:
        keeping.open_form(run, number, who=getpass.getuser(), now=datetime.now(UTC))
    say.out.print(say("Form {number} is open: its link takes what is sent.", number=number))


def _close(say: Session, number: int, _form: str, _: Given) -> None:
    with closing(say.project.people()) as database, database.transaction() as run:
        keeping.close_form(run, number, who=getpass.getuser(), now=datetime.now(UTC))
    say.out.print(say("Form {number} is closed: its link takes nothing any more.", number=number))


def _link(say: Session, number: int, form: str, _: Given) -> None:
    with closing(say.project.people()) as database, database.transaction() as run:
        keeping.form_of(run, number)
    address = f"{say.project.settings.address or HERE}/form/{open_token(number, secret_of(say.project))}/"
    if form == "table":
        say.out.plain(address)
    else:
        rows = [{"form": number, "link": address}]
        click.echo(csv_of(("form", "link"), rows) if form == "csv" else json_of(rows[0]))


def _received(say: Session, number: int, form: str, _: Given) -> None:
    """Everything that was sent; whoever reads it is written down."""
    with closing(say.project.people()) as database, database.transaction() as run:
        fields = keeping.all_fields(run, number)
        held, counts = (sent_by_form(run, number, held=held) for held in (True, False))
        sent = sorted((*held, *counts), key=lambda each: each.id)
        ticked = confirmations_of(run, [each.id for each in sent])
    rows = submission_records(fields, sent, ticked, say.language.code)
    say.project.note("customers_read", f"form {number}, {len(rows)} rows", now=datetime.now(UTC))
    if form == "csv":
        click.echo(csv_of(columns_of(fields), rows))
    elif form == "json":
        click.echo(json_of({"submissions": rows}))
    else:
        zone = ZoneInfo(say.project.organisation.zone)
        table = printing.table("", say("sent"), say("from"), say("held"), right=(0,))
        for each in sent:
            table.add_row(str(each.id), say.language.moment(each.sent_at.astimezone(zone)), each.email, each.held)
        say.out.show(table)


def _review(say: Session, number: int, _form: str, given: Given) -> None:
    if given["count"] == given["remove"]:
        raise UsageError("What is to be done with what was held?", remedy="Name --count or --remove, one of them.")
    who, now, left = getpass.getuser(), datetime.now(UTC), 0
    with closing(say.project.people()) as database, database.transaction() as run:
        keeping.form_of(run, number)
        held = [each.id for each in sent_by_form(run, number, held=True)]
        those = [each for each in held if not given["submissions"] or each in given["submissions"]]
        if given["count"]:
            done, left = reviewing.accept(run, number, those, who=who, now=now)
        else:
            done = reviewing.throw_away(run, number, those, who=who, now=now)
    text = (
        say("Counted from now on: {count}", count=done) if given["count"] else say("Thrown away: {count}", count=done)
    )
    say.out.print(text)
    if left:
        say.err.print(say("Not counted, since the places are taken or an address has one already: {count}", count=left))


def _read(file: Path) -> Plan:
    try:
        return plan_of(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("This file cannot be read.", where=str(file), remedy="Check its name.") from error


def _state(found: Form) -> str:
    return keeping.CLOSED if found.is_closed(datetime.now(UTC)) and found.state != keeping.DRAFT else found.state


DOING: Mapping[str, Callable[[Session, int, str, Given], None]] = {
    "show": _show,
    "change": _change,
    "open": _open,
    "close": _close,
    "link": _link,
    "received": _received,
    "review": _review,
}
