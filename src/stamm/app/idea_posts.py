"""Boards of ideas for a project: what customers post becomes facts, and whoever asks for a link is mailed one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.app.projecting.said import Said, put_said
from stamm.app.sending import Knowing, digests_of
from stamm.delivery.letter import Letter
from stamm.ideas.keeping import IdeaBoard
from stamm.ideas.letters import IdeaLinkLetter
from stamm.ideas.links import Participant, own_token
from stamm.ideas.posting import TELLING
from stamm.ideas.telling import SOURCE, Untold, know, mark_told, note_telling, unknown_addresses, untold
from stamm.intake.words import said
from stamm.jobs import Done, Job, Kind, Outcome, Retry
from stamm.lang.errors import BusyError
from stamm.lang.language import Language
from stamm.people import Database

#: an import may hold the lake for long; posts wait in the database meanwhile
WAIT_SECONDS = 60.0
#: the purpose for which customers are looked up
PURPOSE = "ideas"


class IdeaPostsTold(Kind):
    """Posts of customers become facts, all that wait in one commit; whoever is cut off tells the same once more."""

    name = TELLING
    title = "Ideas, votes and comments become facts"
    goes_outside = True
    repeatable = True

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Tell all that is not told yet; a job that finds nothing was overtaken by another one."""
        project = Project.open(self.directory)
        try:
            with closing(project.people()) as database:
                look_up(project, database, now)
                while not project.reads_database and tell(project, database):
                    continue
        except BusyError as error:
            return Retry(type(error).__name__)
        return Done()


def look_up(project: Project, database: Database, now: datetime) -> None:
    """Find out of confirmed addresses whose they are: a customer's, where one alone has that address."""
    with database.transaction() as run:
        asked = unknown_addresses(run)
    if not asked:
        return
    owners: dict[str, str | None] = {}
    for whom in Knowing(project.directory).everybody(PURPOSE, now):
        address = whom.address.strip().lower()
        if address:
            owners[address] = None if address in owners else whom.customer
    with database.transaction() as run:
        for each in asked:
            know(run, each.id, owners.get(each.address or ""))


def tell(project: Project, database: Database) -> int:
    """One commit of what waits; how many posts it was. Raises BusyError while somebody else writes for long."""
    with database.transaction() as run:
        if not untold(run):
            return 0
    with project.lake().writing(wait_seconds=WAIT_SECONDS) as writer:
        with database.transaction() as run:  # what waits now that nobody else tells, and before it is told
            waiting = untold(run)
            for each in waiting:
                note_telling(run, each)
        rows = [_said(each) for each in waiting if each.values is not None or each.post.in_facts]
        if rows:
            put_said(writer, rows)
            writer.commit()
        with database.transaction() as run:
            for each in waiting:
                mark_told(run, each)
    return len(waiting)


def _said(each: Untold) -> Said:
    key = {"event_id": each.event_id, "happened_at": each.post.at}
    values: Mapping[str, object] = {**key, **(each.values or {})}
    return Said("events", dict(values), SOURCE, each.post.changed_at, withdrawn=each.values is None)


def idea_link_letter(directory: Path, database: Callable[[], Database]) -> IdeaLinkLetter:
    """The kind of job for the project in a directory."""

    def compose(whose: Participant, board: IdeaBoard) -> Letter:
        return letter_with_link(Project.open(directory), whose, board)

    return IdeaLinkLetter(
        database,
        lambda: Project.open(directory).settings.mail,
        lambda: digests_of(Project.open(directory)),
        compose,
    )


def letter_with_link(project: Project, whose: Participant, board: IdeaBoard) -> Letter:
    """The letter in the language of the page on which the link was asked for."""
    say = Language("de" if whose.language == "de" else "en")
    shop, name = project.organisation.name or "Stamm", said(board.plan.name, say.code)
    link = f"{project.settings.address}/suggest/{own_token(whose, secret_of(project))}/?lang={say.code}"
    return Letter(
        say.code,
        say("Your link to “{board}”", board=name),
        shop,
        say("Confirm that this address is yours"),
        [
            say("Somebody gave this address on the board of ideas “{board}”. If it was you, open the link and confirm "
                "it there: then what you voted for counts.", board=name),
            say("If it was not you, do nothing: nothing counts, and the address is forgotten after a week."),
        ],
        button=(say("Open my link"), link),
    )  # fmt: skip
