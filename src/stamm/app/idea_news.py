"""The mail that tells what becomes of an idea, to whoever asked for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.app.sending import digests_of, footed
from stamm.delivery.customer_door import Compose, Consent, Known, Whom
from stamm.delivery.letter import Letter
from stamm.ideas.deciding import DECLINED, DONE, PLANNED
from stamm.ideas.links import Participant, own_token
from stamm.ideas.news import PURPOSE, last_wanted
from stamm.ideas.news_letters import IdeaNewsLetter, Told, told_by
from stamm.intake.words import said
from stamm.jobs import Cancel
from stamm.lang.language import Language
from stamm.people import Database

#: letters of an answer in a mail; the page has all of it
MOST_ANSWER = 600


def can_tell(project: Project) -> bool:
    """Whether a mail can go out, and has a place where its reader can say that no more is wanted."""
    return project.settings.mail is not None and bool(project.settings.address)


def idea_news_mail(directory: Path, database: Callable[[], Database]) -> Compose:
    """Composes the mail to a customer when it goes out."""

    def composed(about: Mapping[str, Any], whom: Whom, _now: datetime) -> Letter | Cancel:
        with database().transaction() as run:
            told = told_by(run, int(about.get("news", 0)))
        return told if isinstance(told, Cancel) else letter_of(Project.open(directory), told, whom.language)

    return composed


def idea_news_letter(directory: Path, database: Callable[[], Database]) -> IdeaNewsLetter:
    """The kind of job that mails it to an address of nobody known."""

    def compose(told: Told, stop: str) -> Letter:
        project = Project.open(directory)
        return footed(project, letter_of(project, told, project.organisation.language or "en"), stop)

    return IdeaNewsLetter(
        database,
        lambda: Project.open(directory).settings.mail,
        lambda: digests_of(Project.open(directory)),
        lambda: Project.open(directory).organisation.zone,
        lambda whose: stop_of(Project.open(directory), whose),
        compose,
    )


def known_with_ticks(known: Known, database: Callable[[], Database]) -> Known:
    """The same, except that whoever ticks that they want news of an idea has agreed to them then."""

    def asked(customer: str, purpose: str, now: datetime) -> Whom | None:
        whom = known(customer, purpose, now)
        if whom is None or purpose != PURPOSE:
            return whom
        with database().transaction() as run:
            at = last_wanted(run, whom.numbers)
        if at is None or (whom.consent is not None and whom.consent.at >= at):
            return whom
        return replace(whom, consent=Consent(True, at))

    return asked


def stop_of(project: Project, whose: Participant) -> str:
    """Where somebody ends what they are told of a board; empty where nobody knows how this server is reached."""
    address = project.settings.address
    return f"{address}/suggest/{own_token(whose, secret_of(project))}/news" if address else ""


def letter_of(project: Project, told: Told, language: str) -> Letter:
    """The title, which was shown before, and what the shop says of it; no other word of a visitor."""
    whose, idea = told.whose, told.idea
    say = Language("de" if (whose.language or language) == "de" else "en")
    title, shop = idea.post.title, project.organisation.name or "Stamm"
    subject, news = {
        PLANNED: (say("Planned: {title}", title=title), say("This idea is planned now.")),
        DONE: (say("Done: {title}", title=title), say("This idea is done now.")),
        DECLINED: (say("Not planned: {title}", title=title), say("This idea is not going to be done.")),
    }[told.news.state]
    paragraphs, answer = [news], " ".join(idea.answer.split())
    if answer:
        cut = answer if len(answer) <= MOST_ANSWER else f"{answer[:MOST_ANSWER].rstrip()} …"
        paragraphs.append(f"{say('{shop} answers', shop=shop)}: {say.quoted(cut)}")
    board = said(told.board.plan.name, say.code)
    paragraphs.append(say("You asked on the board “{board}” to be told what becomes of it.", board=board))
    home = f"{project.settings.address}/suggest/{own_token(whose, secret_of(project))}"
    return Letter(
        say.code,
        subject,
        shop,
        title,
        paragraphs,
        button=(say("Look at the idea"), f"{home}/{idea.id}/?lang={say.code}"),
        foot=[(say("Choose of which ideas you are told"), f"{home}/news?lang={say.code}")],
    )
