"""What a mail tells of an idea when it goes out, and the kind of job that mails it to an address of nobody known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from stamm.delivery.customer_door import MOST_HANDED, OBJECTED, SUPPRESSED, TOO_LATE, TWICE
from stamm.delivery.customer_mail import PATIENCE, took_others
from stamm.delivery.letter import Letter
from stamm.delivery.mail_server import MailServer
from stamm.delivery.mailing import Bounced, Unsure, message_of, send
from stamm.delivery.restraint import WEEK, restraint
from stamm.delivery.suppression import STAMM, mark_of, suppress, suppressed
from stamm.ideas.deciding import counting_as, root_of
from stamm.ideas.keeping import OPEN, IdeaBoard, idea_board_of
from stamm.ideas.links import Participant, participants_where
from stamm.ideas.news import NEWS_LETTER, OCCASION, News, news_where, note_news, wanted_by
from stamm.ideas.reading import Idea, ideas_of
from stamm.jobs import Cancel, Done, Job, Kind, Outcome, Retry, Snooze
from stamm.people.database import Database, Run
from stamm.store.erasing.words import Digests

FORGOTTEN, NOT_SHOWN = "whoever was to be told was forgotten", "the idea is not shown any more"
SHUT, OTHERWISE = "the board is not open any more", "the shop has said something else meanwhile"


@dataclass(frozen=True)
class Told:
    """What a mail tells: to whom, of which idea as it stands now, on which board."""

    news: News
    whose: Participant
    board: IdeaBoard
    idea: Idea


def told_by(run: Run, number: int) -> Told | Cancel:
    """What a mail tells now, or why it is not to be sent any more."""
    found = news_where(run, "id = ?", (number,))
    people = participants_where(run, "id = ?", (found[0].participant,)) if found else []
    if not people:
        return Cancel(FORGOTTEN)
    (news,), (whose,) = found, people
    board, idea = idea_board_of(run, news.board), ideas_of(run, news.board).get(news.idea)
    if board.state != OPEN:
        return Cancel(SHUT)
    if idea is None or idea.post.held:
        return Cancel(NOT_SHOWN)
    if idea.is_merged or idea.state != news.state:
        return Cancel(OTHERWISE)
    if not wanted_by(run, whose) & counting_as(root_of(run, news.board), news.idea):
        return Cancel(OBJECTED)
    return Told(news, whose, board, idea)


#: what is told, and the address at which no more is wanted -> the letter
Compose = Callable[[Told, str], Letter]


@dataclass
class IdeaNewsLetter(Kind):
    """One address of nobody known is told of a step of an idea, as it asked for. `zone` is that of the shop."""

    database: Callable[[], Database]
    server: Callable[[], MailServer | None]
    digests: Callable[[], Digests]
    zone: Callable[[], str]
    #: where somebody says that they want no more of a board
    stop: Callable[[Participant], str]
    compose: Compose
    name = NEWS_LETTER
    title = "News of an idea to whoever asked for it"
    goes_outside = True
    #: over five days, so that a server may be away for long
    most_tries = 30

    def outside(self, job: Job, now: datetime) -> Outcome:
        """All that holds it back is looked at once more when the server waits for it; then it is counted."""
        number, digests = int(job.given["news"]), self.digests()
        with self.database().transaction() as run:
            told = told_by(run, number)
            held = told if isinstance(told, Cancel) else self._held(run, told, digests, now)
        if held is not None:
            return held
        assert isinstance(told, Told)
        server = self.server()
        if server is None:
            return Retry("stamm.toml names no mail server")
        stop = self.stop(told.whose)
        if not stop:
            return Retry("stamm.toml does not say where this server is reached")
        address = str(told.whose.address)
        message = message_of(self.compose(told, stop), address, server, key=job.key, now=now, stop=stop)
        outcome = send(message, server, lambda: self._last_look(number, digests, now))
        if isinstance(outcome, Cancel | Retry) and not isinstance(outcome, Unsure):
            with self.database().transaction() as run:
                self._release(run, number, told.news.handed)
                if isinstance(outcome, Bounced) and (outcome.sure or took_others(run, now)):
                    suppress(run, mark_of(digests, address), "bounced", who=STAMM, now=now)
        return outcome

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        """What came of it is written down."""
        if isinstance(outcome, Done):
            note_news(run, int(job.given["news"]), "")
        elif isinstance(outcome, Cancel):
            note_news(run, int(job.given["news"]), outcome.reason)
        return outcome

    def failed(self, run: Run, job: Job, reason: str, now: datetime) -> None:
        """After its last try it was not told."""
        note_news(run, int(job.given["news"]), reason)

    def _last_look(self, number: int, digests: Digests, now: datetime) -> Outcome | None:
        with self.database().transaction() as run:
            told = told_by(run, number)
            held = told if isinstance(told, Cancel) else self._held(run, told, digests, now)
            if held is None:
                run(
                    "UPDATE idea_news_mail SET counted_at = COALESCE(counted_at, ?), handed = handed + 1 WHERE id = ?",
                    (now, number),
                )
            return held

    def _release(self, run: Run, number: int, before: int) -> None:
        """It has not left this time; it counts no more, unless it may have left before."""
        run(
            "UPDATE idea_news_mail SET handed = ?, counted_at = CASE WHEN ? = 0 THEN NULL ELSE counted_at END "
            "WHERE id = ?",
            (before, before, number),
        )

    def _held(self, run: Run, told: Told, digests: Digests, now: datetime) -> Outcome | None:
        """Held back for good, or put off by quiet hours and the limits of one address on all boards."""
        whose, news = told.whose, told.news
        if news.handed >= MOST_HANDED:
            return Cancel(TWICE)
        # of all mails to one address one at a time goes on
        run("UPDATE idea_participant SET looked_up = looked_up WHERE address = ?", (whose.address,))
        if suppressed(run, mark_of(digests, str(whose.address))) is not None:
            return Cancel(SUPPRESSED)
        sent = news_where(
            run,
            "counted_at > ? AND id <> ? AND participant_id IN (SELECT id FROM idea_participant WHERE address = ?)",
            (now - WEEK, news.id, whose.address),
        )
        rules = restraint(run)
        counted = [each.counted_at for each in sent if each.counted_at is not None]
        waits = (rules.quiet_ends(now, self.zone()), rules.room_from(counted, OCCASION, now))
        until = max((each for each in waits if each is not None), default=now)
        if until >= news.made_at + PATIENCE:
            return Cancel(TOO_LATE)
        return None if until == now else Snooze(until)
