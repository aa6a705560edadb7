"""The kind of job that mails somebody the link by which they take part, once they gave an address on a board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from stamm.delivery.letter import Letter
from stamm.delivery.mail_server import MailServer
from stamm.delivery.mailing import message_of, send
from stamm.delivery.suppression import mark_of, suppressed
from stamm.ideas.keeping import OPEN, IdeaBoard, idea_board_of
from stamm.ideas.links import Participant, participants_where
from stamm.ideas.plan import PUBLIC
from stamm.ideas.posting import LINK_LETTER
from stamm.jobs import Cancel, Job, Kind, Outcome
from stamm.people.database import Database
from stamm.store.erasing.words import Digests

#: who takes part, and where -> the letter
Compose = Callable[[Participant, IdeaBoard], Letter]


@dataclass
class IdeaLinkLetter(Kind):
    """One address is mailed its link, for which it was given on a board. Nothing that a visitor wrote stands in it."""

    database: Callable[[], Database]
    server: Callable[[], MailServer | None]
    digests: Callable[[], Digests]
    compose: Compose
    name = LINK_LETTER
    title = "Link to a board of ideas to whoever asked for it"
    goes_outside = True

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Looked at again, as it may have waited for the mail server."""
        digests = self.digests()
        with self.database().transaction() as run:
            found = participants_where(run, "id = ?", (job.given["participant"],))
            if not found or found[0].address is None:
                return Cancel("the link was forgotten")
            board = idea_board_of(run, found[0].board)
            if board.state != OPEN or board.plan.open_to != PUBLIC:
                return Cancel("the board takes no posts any more")
            if suppressed(run, mark_of(digests, found[0].address)) is not None:
                return Cancel("the address is suppressed")
        server = self.server()
        if server is None:
            return Cancel("stamm.toml names no mail server")
        return send(message_of(self.compose(found[0], board), found[0].address, server, key=job.key, now=now), server)
