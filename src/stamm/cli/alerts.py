"""What `stamm alert` does and says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from stamm.app.alerting import previewed
from stamm.app.retelling import retell
from stamm.automations.alert_words import AlertWords
from stamm.automations.alerts import (
    About,
    Alert,
    alerts,
    make_alert,
    pause_alert,
    remove_alert,
    resume_alert,
    told_of,
)
from stamm.cli import printing
from stamm.cli.asking import pairs
from stamm.cli.session import Session
from stamm.delivery.webhooks import webhooks
from stamm.goals.reading import number_of as value_of
from stamm.lang.errors import UsageError

if TYPE_CHECKING:
    from stamm.facts.filter import Filter
    from stamm.people.database import Run


def asked(say: Session, metric: str, where: Filter, given: Mapping[str, Any]) -> About:
    """The alert that the options describe; raises UsageError."""
    project, code = say.project, say.language.code
    made = project.metrics[metric]

    def number(text: str) -> float | None:
        return value_of(text, made.unit, project.organisation.currency, code) if text else None

    line = number(given["line"])
    return About(
        given["name"] or made.title(code),
        metric,
        given["per"],
        given["side"] or "both",
        line,
        number(given["back"]),
        given["one_in"],
        tuple(str(condition) for condition in where),
        tuple(pairs(given["params"], "--param", say).items()),
        tuple(given["to"]),
        tuple(given["webhook"]),
        given["language"],
    )


def checked(say: Session, about: About) -> About:
    """What can be watched, looked at before anything is written; raises UsageError for what cannot be."""
    return about.checked(say.project.metrics, say.project.saved)


def add(run: Run, say: Session, made: About, *, who: str, now: datetime) -> None:
    """Make what was checked, and say what it tells."""
    number = make_alert(run, made, who=who, now=now)
    say.out.print(say("Alert {number} tells what lies {rule}.", number=number, rule=_words(say, made).rule))
    if made.to and say.project.settings.mail is None:
        say.err.print(say("stamm.toml names no mail server yet: nothing goes out until `[mail]` does."), style="quiet")


def change(run: Run, say: Session, action: str, number: int, *, who: str, now: datetime) -> None:
    """Pause, resume or remove it."""
    {"pause": pause_alert, "resume": resume_alert, "remove": remove_alert}[action](run, number, who=who, now=now)
    texts = {
        "pause": say("Alert {number} tells nobody until it is resumed.", number=number),
        "resume": say("Alert {number} tells of windows that end from now on.", number=number),
        "remove": say("Alert {number} is removed; what it told stays written down.", number=number),
    }
    say.out.print(texts[action])


def preview(say: Session, about: About, now: datetime) -> None:
    """Of which of the last windows it would have told."""
    about = about.watched(say.project.metrics, say.project.saved)
    words, found = _words(say, about), previewed(say.project, about, now)
    if found is None:
        say.out.print(say("No whole window is known yet."))
        return
    if little := words.little(found):
        say.out.print(little)
        return
    findings = found.findings
    judged = sum(1 for each in found.judged if about.line is not None or each.band is not None)
    say.out.print(
        say(
            "It tells what lies {rule}. Of the last {judged} judged it would have told {told}.",
            rule=words.rule,
            judged=say.language.number(judged),
            told=say.language.number(len(findings)),
        )
    )
    if findings:
        table = printing.table(*map(say, ("window", "value", "held against")), right=(1,))
        for one in reversed(findings):
            table.add_row(words.period(one.window), words.value(one.value), words.against(one))
        say.out.show(table)


def print_alerts(run: Run, say: Session) -> None:
    """Each alert, whom it tells, and what it told last."""
    found = alerts(run)
    if not found:
        say.out.print(say("There is no alert."))
        return
    hooks = {each.id: each.name for each in webhooks(run)}
    made = printing.table(*map(say, ("number", "alert", "what lies", "whom", "judged until")), right=(0,))
    for one in found:
        to = ", ".join((*one.about.to, *(hooks[number] for number in one.about.webhooks if number in hooks)))
        made.add_row(str(one.id), one.about.name, _words(say, one.about).rule, to, _state(one, say))
    say.out.show(made)
    last = [(one, told) for one in found for told in told_of(run, one.id, most=5)]
    if last:
        say.heading(say("What was told last"))
        made = printing.table(*map(say, ("alert", "window", "value", "held against", "when")), right=(2,))
        for one, told in last:
            words = AlertWords(one.about, told.found.unit, told.found.currency, say.language)
            at = say.language.moment(told.at.astimezone(ZoneInfo(say.project.organisation.zone)))
            period, value = words.period(told.found.window), words.value(told.found.value)
            made.add_row(one.about.name, period, value, words.against(told.found), at)
        say.out.show(made)


def number_of(text: str) -> int:
    """The number of an alert; raises UsageError for what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise UsageError(f"There is no alert {text}.", remedy="`stamm alert` lists them.")
    return int(text)


def _state(one: Alert, say: Session) -> str:
    if one.paused_at is not None:
        return say("paused")
    if one.problem:
        return retell(one.problem, say.language)
    return say.language.short_day(one.last) if one.last else say("not looked yet")


def _words(say: Session, about: About) -> AlertWords:
    unit = say.project.metrics[about.metric].unit if about.metric in say.project.metrics else "count"
    return AlertWords(about, unit, say.project.organisation.currency, say.language)
