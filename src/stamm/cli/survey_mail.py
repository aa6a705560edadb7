"""What `stamm survey send` does and says: how many would be asked and why not the others, and the mails planned."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import click
from msgspec.structs import replace

from stamm.answers.written import csv_of, json_of
from stamm.app.retelling import retell
from stamm.app.surveying import Wanted, candidates, candidates_after, chosen, ready_to_send
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.lang.window import zone_named
from stamm.reports.survey_words import asks_words
from stamm.saved.keeping import Rules, segments
from stamm.surveys.by_itself import Asking, ask_by_itself, asking_of
from stamm.surveys.keeping import survey_of
from stamm.surveys.letters import checked_words, languages_of, ready_words
from stamm.surveys.mailing import MOST_AT_ONCE, PURPOSE, Chosen, progress_of, send_survey
from stamm.surveys.plan import Plan


def send(say: Session, number: int, form: str, given: Mapping[str, Any]) -> None:
    """Count whom a mail would ask; with --yes plan the mails."""
    wanted = Wanted(
        given["segment"] or "", given["sample"] or 0, given["seed"] or "", given["purpose"] or PURPOSE
    ).checked()
    project, now, planned = say.project, datetime.now(UTC), None
    if given["yes"]:
        ready_to_send(project)
    with closing(project.people()) as database:
        with database.transaction() as run:
            saved, plan = Rules(segments(run)), survey_of(run, number).plan
        first = languages_of(plan)[0]
        own = [{first: given[name]} if given[name] else {} for name in ("subject", "sentence")]
        words = checked_words(plan, own[0], own[1])
        among = candidates(project, project.world(), saved, wanted, now)
        with database.transaction() as run:
            would = chosen(run, project, number, among, wanted, now)
            if given["yes"]:
                who = getpass.getuser()
                planned = send_survey(run, number, would.customers, words, purpose=wanted.purpose, who=who, now=now)
            progress = progress_of(run, number)
    if form == "table":
        _print(say, would, planned)
        return
    told = {"asked": len(would.customers), "planned": planned, "not_asked": dict(would.left_out)}
    mails = {"waiting": progress.waiting, "sent": progress.sent, "answered": progress.answered, "held": progress.held}
    if form == "json":
        click.echo(json_of({**told, "mails": mails}))
        return
    rows = [{"why": "", "customers": len(would.customers)}]
    rows += [{"why": why, "customers": count} for why, count in would.left_out.items()]
    click.echo(csv_of(("why", "customers"), rows))


def keep_asking(say: Session, number: int, form: str, given: Mapping[str, Any]) -> None:
    """Have a survey ask by itself from now on, or no more; and whom it would ask now."""
    project, now = say.project, datetime.now(UTC)
    zone = project.organisation.zone
    with closing(project.people()) as database:
        with database.transaction() as run:
            before, plan = asking_of(run, number), survey_of(run, number).plan
        about = _asking(before, plan, given)
        if about.on:
            ready_to_send(project)
        among = candidates_after(project, project.world(), about, now)
        with database.transaction() as run:
            due = ask_by_itself(run, number, about, zone=zone, who=getpass.getuser(), now=now)
            would = chosen(run, project, number, among, Wanted(purpose=about.purpose), now)
    told = {"on": about.on, "after": about.after, "days": about.days, "hour": about.hour, "due_at": due}
    if form != "table":
        asked = {"asked": len(would.customers), "not_asked": dict(would.left_out)}
        click.echo(json_of({**told, **asked}) if form == "json" else csv_of(tuple(told), [told]))
        return
    say.out.print(asks_words(about, say.language))
    if due is not None:
        say.out.print(say("It looks next on {moment}.", moment=say.language.moment(due.astimezone(zone_named(zone)))))
        _print(say, would, None, by_itself=True)


def _asking(before: Asking, plan: Plan, given: Mapping[str, Any]) -> Asking:
    """What is chosen now; what is not said stays as it was."""
    if given["stop"]:
        return replace(before, on=False)
    said = {name: given[name] for name in ("after", "days", "hour", "purpose") if given[name] is not None}
    words, first = before.words, languages_of(plan)[0]
    if given["subject"] or given["sentence"]:
        usual = words or ready_words(plan)
        own = {name: {first: given[name]} if given[name] else {} for name in ("subject", "sentence")}
        words = checked_words(plan, {**usual.subject, **own["subject"]}, {**usual.sentence, **own["sentence"]})
    return replace(before, on=True, words=words, **said).checked()


def _print(say: Session, would: Chosen, planned: int | None, *, by_itself: bool = False) -> None:
    language = say.language
    if planned is None:
        count = len(would.customers)
        say.out.print(language.counted(count, "{count} customer would be asked.", "{count} customers would be asked."))
    else:
        say.out.print(language.counted(planned, "{count} mail is planned.", "{count} mails are planned."))
    if would.left_out:
        table = printing.table(say("Not asked, because"), say("customers"), right=(1,))
        for why, count in sorted(would.left_out.items(), key=lambda each: (-each[1], each[0])):
            table.add_row(retell(why, language), language.number(count))
        say.out.show(table)
    if would.more and not by_itself:
        most = language.number(MOST_AT_ONCE)
        say.out.print(say("At most {count} are asked at once: send it again for the others.", count=most))
    if planned is None and would.customers and not by_itself:
        say.out.print(say("Nothing is planned yet: `--yes` plans the mails."), style="quiet")
