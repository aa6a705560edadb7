"""The kinds of jobs that there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from stamm.app.alerting import kinds_of_alerts
from stamm.app.form_confirming import confirmation_mail
from stamm.app.form_facts import SubmissionsTold
from stamm.app.framework import secret_of
from stamm.app.hearing import AnswersTold
from stamm.app.idea_news import idea_news_letter, idea_news_mail, known_with_ticks
from stamm.app.idea_posts import IdeaPostsTold, idea_link_letter
from stamm.app.keeping_predictions import PredictionsKept
from stamm.app.project import Project
from stamm.app.reminding import kinds_of_reminders
from stamm.app.reporting import kinds_of_reports
from stamm.app.sending import Knowing, kinds_of_mail
from stamm.app.survey_follow_up import follow_up_letter
from stamm.app.surveying import survey_due, survey_mail
from stamm.app.webhook_letters import tells_owners, webhook_stopped
from stamm.automations.alerting import AlertLetter, AlertLook
from stamm.automations.going_out import ReportDue, ReportLetter, ReportMessage
from stamm.automations.looking_for_tickets import TicketsLetter, TicketsLook
from stamm.automations.webhook_stopped import WebhookStopped
from stamm.delivery.customer_door import Compose, CustomerMail, CustomerMailFacts
from stamm.delivery.door import Door
from stamm.delivery.telling import WebhookMessage
from stamm.forms import confirming
from stamm.ideas import news
from stamm.ideas.letters import IdeaLinkLetter
from stamm.ideas.news_letters import IdeaNewsLetter
from stamm.jobs import Kind
from stamm.people import Database
from stamm.surveys.by_itself import SurveyDue
from stamm.surveys.given_letters import FollowUpLetter
from stamm.surveys.mailing import PROGRAMME, settle

_KINDS = (
    *(ReportDue, ReportLetter, ReportMessage, WebhookMessage, PredictionsKept, AnswersTold, SubmissionsTold),
    *(CustomerMail, CustomerMailFacts, TicketsLook, TicketsLetter, SurveyDue, FollowUpLetter),
    *(AlertLook, AlertLetter, IdeaPostsTold, IdeaLinkLetter, IdeaNewsLetter, WebhookStopped),
)
_TITLES = {kind.name: kind.title for kind in _KINDS}


def kinds(directory: Path) -> Sequence[Kind]:
    """All of them for the project in a directory; each looks at its settings when it has something to do."""
    opened: list[Database] = []

    def database() -> Database:
        if not opened:
            opened.append(Project.open(directory).people())
        return opened[0]

    def door() -> Door:
        return door_of(Project.open(directory))

    letters = webhook_stopped(directory, database)
    messages = WebhookMessage(
        database, door, lambda: secret_of(Project.open(directory)), tells_owners(directory, database)
    )
    return (
        ReportDue(),
        *kinds_of_reports(directory, database),
        *kinds_of_reminders(directory, database),
        *kinds_of_alerts(directory, database),
        survey_due(directory, database),
        follow_up_letter(directory, database),
        messages,
        letters,
        *kinds_of_mail(
            *(directory, database, programmes(directory, database)),
            {PROGRAMME: settle, confirming.PROGRAMME: confirming.settle, news.PROGRAMME: news.settle},
            frozenset((confirming.PROGRAMME,)),
            known_with_ticks(Knowing(directory), database),
        ),
        PredictionsKept(directory),
        AnswersTold(directory),
        SubmissionsTold(directory),
        IdeaPostsTold(directory),
        idea_link_letter(directory, database),
        idea_news_letter(directory, database),
    )


def programmes(directory: Path, database: Callable[[], Database]) -> dict[str, Compose]:
    """What composes mails to customers, by the name of its programme."""
    return {
        PROGRAMME: survey_mail(directory, database),
        confirming.PROGRAMME: confirmation_mail(directory, database),
        news.PROGRAMME: idea_news_mail(directory, database),
    }


def door_of(project: Project) -> Door:
    """The way out over HTTP, with the hosts of its own that stamm.toml names."""
    return Door(project.settings.own_hosts)


def title_of(kind: str) -> str:
    """What a kind is called, in English; one that is not there any more by its code."""
    return _TITLES.get(kind, kind)
