"""Reminders of tickets: which wait, asked of the newest snapshot, and the letter about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from stamm.answers.waiting_tickets import waiting_tickets
from stamm.app.project import Project
from stamm.automations.looking_for_tickets import TicketsLetter, TicketsLook, Waiting
from stamm.delivery.letter import Letter, Number
from stamm.lang.language import Language
from stamm.lang.window import zone_named
from stamm.people.database import Database
from stamm.store.erasing.ledger import Ledger

#: tickets that one letter names; of all others it says how many they are
MOST = 20


def kinds_of_reminders(directory: Path, database: Callable[[], Database]) -> tuple[TicketsLook, TicketsLetter]:
    """The kinds of jobs that look for tickets that wait, and write to one person about them."""

    def look(hours: int, now: datetime) -> Sequence[Waiting]:
        return waiting_in(Project.open(directory), hours, now)

    def compose(told: Sequence[Waiting], hours: int, now: datetime, language: str) -> Letter:
        return letter_about(Project.open(directory), told, hours, now, language)

    return (
        TicketsLook(database, look, compose),
        TicketsLetter(database, lambda: Project.open(directory).settings.mail, look, compose),
    )


def waiting_in(project: Project, hours: int, now: datetime) -> list[Waiting]:
    """The tickets that have waited for longer than so many hours, those that wait longest first."""
    digests, world = Ledger.made(project.lake_directory).digests, project.world()
    try:
        rows = waiting_tickets(world, now - timedelta(hours=hours))
    finally:
        world.engine.close()
    return [_waiting(row, digests.of) for row in rows]


def letter_about(project: Project, told: Sequence[Waiting], hours: int, now: datetime, language: str) -> Letter:
    """The letter in a language, or where none is named in that of the organisation; links lead to the customers."""
    say = Language("de" if (language or project.organisation.language) == "de" else "en")
    address, zone = project.settings.address, zone_named(project.organisation.zone)

    def number(one: Waiting) -> Number:
        hours_open = int((now - one.since) / timedelta(hours=1))
        days = hours_open // 24
        open_for = (
            say.counted(days, "open for {count} day", "open for {count} days")
            if days >= 3
            else say("open for {hours} h", hours=say.number(hours_open))
        )
        since = say("since {moment}", moment=say.moment(one.since.astimezone(zone)))
        about = (since, one.topic, one.channel, "" if one.answered else say("nobody has answered yet"))
        leads = f"{address}/customers/of/{quote(one.customer, safe='')}" if address and one.customer else ""
        return Number(say("Ticket {number}", number=one.ticket), open_for, [text for text in about if text], leads)

    title = say.counted(
        len(told),
        "{count} ticket has waited for longer than {hours} hours",
        "{count} tickets have waited for longer than {hours} hours",
        hours=say.number(hours),
    )
    paragraphs = [say("They are not solved yet, as far as the data says. You are told of each once.")]
    if len(told) > MOST:
        paragraphs.append(
            say("Those that wait longest stand here, and {number} more are open.", number=say.number(len(told) - MOST))
        )
    whose = project.organisation.name or "Stamm"
    return Letter(
        say.code,
        title,
        whose,
        title,
        paragraphs,
        [number(one) for one in told[:MOST]],
        button=(say("Open the metric"), f"{address}/metrics/overdue_tickets") if address else None,
        foot=[(say("{organisation} reminds you because of your role; owners change that.", organisation=whose), "")],
    )


def _waiting(row: dict[str, Any], digest: Callable[[str, str], str]) -> Waiting:
    since = row["since"] if row["since"].tzinfo else row["since"].replace(tzinfo=UTC)
    return Waiting(
        digest("ticket", f"{row['ticket_id']}\0{since.isoformat()}"),
        str(row["ticket_id"]),
        row["customer_id"] or "",
        since,
        row["channel"] or "",
        row["topic"] or "",
        row["first_reply_at"] is not None,
    )
