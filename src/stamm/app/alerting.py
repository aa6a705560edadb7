"""Alerts: judged by the newest snapshot, and the letter about what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from stamm.answers.ask import Answers
from stamm.app.project import Project
from stamm.automations.alert_words import AlertWords
from stamm.automations.alerting import AlertLetter, AlertLook, Looked
from stamm.automations.alerts import About, Alert, Finding
from stamm.automations.judging import Judgement, judgement
from stamm.delivery.letter import Letter, Number
from stamm.lang.language import Language
from stamm.people.database import Database, Run


def kinds_of_alerts(directory: Path, database: Callable[[], Database]) -> tuple[AlertLook, AlertLetter]:
    """The kinds of jobs that look for what an alert tells, and write to one address about it."""

    def look(alert: Alert, now: datetime) -> Looked:
        return looked_at(Project.open(directory), alert, now)

    def compose(alert: Alert, found: Sequence[Finding], language: str) -> Letter:
        return letter_about(Project.open(directory), alert.about, found, language)

    def language_of(run: Run, address: str) -> str | None:
        if "people_person" not in database().tables(run):
            return ""
        for language, active in run("SELECT language, is_active FROM people_person WHERE email = ?", (address,)):
            return str(language) if active else None
        return ""

    mail = AlertLetter(database, lambda: Project.open(directory).settings.mail, compose, language_of)
    return AlertLook(database, look, compose), mail


def looked_at(project: Project, alert: Alert, now: datetime) -> Looked:
    """What the windows since the last look come to; raises StammError where they cannot be asked."""
    with answers_of(project) as answers:
        found = judgement(alert.about, answers, known_at(project, now), after=alert.until, state=alert.state)
    if found is None or found.until is None:
        return Looked(alert.until, alert.state)
    return Looked(found.until, found.state, found.findings)


def previewed(project: Project, about: About, now: datetime) -> Judgement | None:
    """The last windows as the alert would have told them; None where no whole window is known. Raises StammError."""
    with answers_of(project) as answers:
        return judgement(about, answers, known_at(project, now))


def known_at(project: Project, now: datetime) -> datetime:
    """When facts last came in; a database of a shop's own is read as it is now."""
    return now if project.reads_database else min(now, project.lake().snapshot().written_at)


@contextmanager
def answers_of(project: Project) -> Iterator[Answers]:
    """The newest snapshot, as long as it is asked."""
    world = project.world()
    try:
        yield Answers(world)
    finally:
        world.engine.close()


def letter_about(project: Project, about: About, found: Sequence[Finding], language: str) -> Letter:
    """The letter in a language about findings, the oldest first; links lead straight to the numbers."""
    say, address = Language("de" if language == "de" else "en"), project.settings.address
    last, whose = found[-1], project.organisation.name or "Stamm"
    words = AlertWords(about, last.unit, last.currency, say)

    def leads(one: Finding) -> str:
        return f"{address}/metrics/{about.metric}?{words.query(one.window)}" if address else ""

    metric = project.metrics[about.metric].title(say.code) if about.metric in project.metrics else about.metric
    return Letter(
        say.code,
        f"{words.title(last)} ({words.period(last.window)})",
        " · ".join(text for text in (metric, words.kept) if text),
        words.title(last),
        [say("This alert tells what lies {rule}.", rule=words.rule)],
        [Number(words.period(one.window), words.value(one.value), (words.against(one),), leads(one)) for one in found],
        button=(say("Open the number"), leads(last)) if address else None,
        foot=[(say("{organisation} has you on the list of this alert; owners change that.", organisation=whose), "")],
    )
