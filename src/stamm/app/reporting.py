"""Reports that go out: asked of the newest snapshot, written in the recipient's language."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from stamm.answers.ask import Answers
from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.automations.composing import Composing
from stamm.automations.going_out import ReportLetter, ReportMessage
from stamm.automations.reports import Recipient, Report, stop_token
from stamm.boards.asking import Aims, Asking
from stamm.boards.content import Content, content_of
from stamm.delivery.letter import Letter
from stamm.goals import keeping
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.window import zone_named
from stamm.people.database import Database, Run
from stamm.people.roles import Role
from stamm.saved.keeping import segments


def kinds_of_reports(directory: Path, database: Callable[[], Database]) -> tuple[ReportLetter, ReportMessage]:
    """The kinds of jobs that send a report to one address or webhook; it is composed once for each language."""
    made: dict[tuple[int, str], Letter] = {}

    def composed_once(report: Report, language: str, now: datetime) -> Letter:
        if (report.id, language) not in made:
            made[report.id, language] = composed(Project.open(directory), report, language, now)
        return made[report.id, language]

    def compose(report: Report, recipient: Recipient, now: datetime) -> Letter:
        return addressed(composed_once(report, recipient.language, now), Project.open(directory), recipient)

    def may_not(run: Run, report: Report, recipient: Recipient) -> str:
        return refused(run, report, recipient) if "people_person" in database().tables(run) else ""

    letters = ReportLetter(database, lambda: Project.open(directory).settings.mail, compose, may_not)
    return letters, ReportMessage(database, composed_once)


def composed(project: Project, report: Report, language: str, now: datetime) -> Letter:
    """The letter of a report, as nobody's yet; raises StammError where there is nothing to ask or to show."""
    say = Language("de" if language == "de" else "en")
    zone = zone_named(project.organisation.zone)
    with closing(project.people()) as database, database.transaction() as run:
        content = report.about.of_metric() if report.about.metric else board_content(database, run, report.about.board)
        aims = Aims(tuple(keeping.goals(run)), now.astimezone(zone).date())
        saved = segments(run)
    world = project.world()
    try:
        asking = Asking(Answers(world), project.organisation, content.kept, say, aims, saved)
        making = Composing(
            asking, lambda text: retell(text, say), project.settings.address, report.about.board, now.astimezone(zone)
        )
        return making.letter(replace_name(content, report.about.name))
    finally:
        world.engine.close()


def addressed(letter: Letter, project: Project, recipient: Recipient) -> Letter:
    """The letter as one recipient gets it, with the link by which they want it no more."""
    say, address = Language("de" if recipient.language == "de" else "en"), project.settings.address
    whose = project.organisation.name or "Stamm"
    foot = [(say("{organisation} sends this report to {address}.", organisation=whose, address=recipient.address), "")]
    if address:
        token = stop_token(secret_of(project), recipient.id, recipient.address)
        foot.append((say("I do not want this report any more"), f"{address}/reports/stop/{token}/"))
    return replace(letter, foot=foot)


def board_content(database: Database, run: Run, number: int) -> Content:
    """What a board holds now; raises UsageError where it is gone. The pages' own tables are read as plain rows."""
    rows = (
        run("SELECT written FROM boards_board WHERE id = ? AND deleted_at IS NULL", (number,))
        if "boards_board" in database.tables(run)
        else []
    )
    if not rows:
        raise UsageError(f"There is no board {number} any more.", remedy="Bring it back, or choose another one.")
    (written,) = rows[0]
    return content_of(json.loads(written) if isinstance(written, str) else written)


def replace_name(content: Content, name: str) -> Content:
    """The same under the name of the report."""
    return Content(name, content.kept, content.widgets, content.next, content.changed)


def refused(run: Run, report: Report, recipient: Recipient) -> str:
    """Why somebody with an account may not have a report (any more); nothing where they may.

    Whoever has none is an address that the owner named.
    """
    for number, role, active in run(
        "SELECT id, role, is_active FROM people_person WHERE email = ?", (recipient.address,)
    ):
        if not active:
            return "the account is removed"
        if report.about.board and role != Role.OWNER.value:
            boards = run("SELECT maker_id, shown_to FROM boards_board WHERE id = ?", (report.about.board,))
            for maker, shown in boards:
                roles = json.loads(shown) if isinstance(shown, str) else shown
                if maker != number and role not in roles:
                    return "may not see this board"
    return ""
