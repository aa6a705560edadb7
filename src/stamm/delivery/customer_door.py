"""The one send door: what is planned for a customer goes out here, if it may, when it may, and once.

All that holds a mail back is looked at when the mail server already waits for it, in the transaction in which it is
counted towards the limits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stamm.delivery.customer_mail import (
    FACTS,
    JOB,
    Happened,
    Mail,
    counted,
    mail_of,
    note,
    note_happened,
    release,
    reserve,
    stop_token,
    take_turn,
    took_others,
    unsubscribed_at,
)
from stamm.delivery.letter import Letter
from stamm.delivery.mail_server import MailServer
from stamm.delivery.mailing import Bounced, Unsure, message_of, send
from stamm.delivery.restraint import NEED_CONSENT, WEEK, Occasion, restraint
from stamm.delivery.suppression import STAMM, mark_of, suppress, suppressed
from stamm.jobs import Cancel, Done, Job, Kind, Outcome, Retry, Snooze
from stamm.lang.errors import UsageError
from stamm.people.database import Database, Run
from stamm.store.erasing.words import Digests

GONE = "there is no such customer any more"
NO_ADDRESS = "no mail address is known"
NO_CONSENT = "the customer has not agreed to this purpose"
OBJECTED = "the customer wants no more of this purpose"
SUPPRESSED = "nothing is sent to this address any more"
TOO_LATE = "it could not go out in time"
TWICE = "it may have gone out twice, and is not sent again"
#: it may have left so often without anybody knowing whether it did
MOST_HANDED = 2


@dataclass(frozen=True)
class Consent:
    """The last word of a customer for a purpose, and when it was said (UTC)."""

    granted: bool
    at: datetime


@dataclass(frozen=True)
class Whom:
    """A customer as known now: who stands for them, all their numbers, and their last word for the purpose."""

    customer: str
    numbers: frozenset[str]
    address: str
    language: str
    zone: str
    consent: Consent | None


#: a customer's number, a purpose and now -> who that is; None where there is nobody (any more)
Known = Callable[[str, str, datetime], Whom | None]
#: what a mail is about, to whom it goes, and when -> what it says, or why it is not to be sent
Compose = Callable[[Mapping[str, Any], Whom, datetime], Letter | Cancel]
#: a letter to a customer, and where one click says that no more is wanted -> the letter that says so
Footed = Callable[[Letter, str], Letter]
#: a mail will not be looked at again: it was sent, or why it was not; part of the transaction in which that is written
Settled = Callable[[Run, Mail, str, datetime], None]
#: what happened to a mail, and when, is appended as facts
Append = Callable[[Mail, Happened, datetime], None]


@dataclass
class CustomerMail(Kind):
    """A mail goes to a customer. `address` is where this server is reached; without it there is no way to say no."""

    database: Callable[[], Database]
    server: Callable[[], MailServer | None]
    address: Callable[[], str]
    digests: Callable[[], Digests]
    known: Known
    programmes: Mapping[str, Compose]
    footed: Footed
    #: by the name of a programme, what it does once one of its mails is settled
    settled: Mapping[str, Settled] = field(default_factory=dict)
    #: programmes whose mails somebody has just asked for, and waits for: quiet hours do not hold them
    asked_for: frozenset[str] = frozenset()
    name = JOB
    title = "Mail to a customer"
    goes_outside = True
    repeatable = True  # how often a mail may have left is counted with it
    #: over five days, so that a server may be away for long
    most_tries = 30

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Composed, and given to the mail server if a last look finds nothing against it."""
        look = _Look(self, job.given["mail"], now)
        held = look.at_first()
        if held is not None:
            return held
        mail, whom, server, address = look.mail, look.whom, self.server(), self.address()
        assert mail is not None and whom is not None  # noqa: PT018 - else it were held
        if server is None:
            return Retry("stamm.toml names no mail server")
        if not address:
            return Retry("stamm.toml does not say where this server is reached")
        if mail.programme not in self.programmes:
            return Cancel("the programme that planned it is not there any more")
        letter = self.programmes[mail.programme](mail.about, whom, now)
        if isinstance(letter, Cancel):
            return letter
        stop = f"{address}/mail/stop/{stop_token(self.digests(), mail)}/"
        message = message_of(self.footed(letter, stop), whom.address, server, key=mail.key, now=now, stop=stop)
        outcome = send(message, server, look.at_last)
        if look.reserved and isinstance(outcome, Cancel | Retry) and not isinstance(outcome, Unsure):
            with self.database().transaction() as run:
                release(run, mail)
                if isinstance(outcome, Bounced) and (outcome.sure or took_others(run, now)):
                    suppress(run, look.mark, "bounced", who=STAMM, now=now)
        return outcome

    def inside(self, run: Run, job: Job, outcome: Outcome, now: datetime) -> Outcome:
        """What came of it is written down, and becomes facts."""
        mail = mail_of(run, job.given["mail"])
        if mail is None or mail.state in ("sent", "cancelled"):
            return outcome
        match outcome:
            case Done():
                note(run, mail, "sent")
                note_happened(run, mail, "sent", now)
                self._settle(run, mail, "", now)
            case Cancel(reason):
                note(run, mail, "cancelled", reason)
                if isinstance(outcome, Bounced):
                    note_happened(run, mail, "bounced", now)
                self._settle(run, mail, reason, now)
            case Retry(reason):
                note(run, mail, "waiting", reason)
            case Snooze():
                note(run, mail, "waiting")
        return outcome

    def failed(self, run: Run, job: Job, reason: str, now: datetime) -> None:
        """After its last try it has failed."""
        if (mail := mail_of(run, job.given["mail"])) is not None:
            note(run, mail, "failed", reason)
            self._settle(run, mail, reason, now)

    def _settle(self, run: Run, mail: Mail, reason: str, now: datetime) -> None:
        if mail.programme in self.settled:
            self.settled[mail.programme](run, mail, reason, now)


@dataclass
class _Look:
    """Looks at a mail before it is composed, and once more when the server waits for it: then it is counted as sent."""

    door: CustomerMail
    number: int
    now: datetime
    mail: Mail | None = None
    whom: Whom | None = None
    mark: str = ""
    reserved: bool = False

    def at_first(self) -> Outcome | None:
        """Why it is not to go out, or not now; None where it may."""
        with self.door.database().transaction() as run:
            self.mail = mail_of(run, self.number)
        self.whom = self._whom()
        with self.door.database().transaction() as run:
            return self._held(run)

    def at_last(self) -> Outcome | None:
        """The same once more, of what is known by now; where nothing is against it, it has its place in the limits."""
        before, self.whom = self.whom, self._whom()
        with self.door.database().transaction() as run:
            self.mail = mail_of(run, self.number)
            held = self._held(run)
            if held is not None:
                return held
            assert self.mail is not None and self.whom is not None and before is not None  # noqa: PT018 - else it were held
            if self.whom.address != before.address:
                return Retry("the customer has another address by now")
            reserve(run, self.mail, self.whom.customer, self.now)
        self.reserved = True
        return None

    def _whom(self) -> Whom | None:
        if self.mail is None or self.mail.customer is None:
            return None
        return self.door.known(self.mail.customer, self.mail.purpose, self.now)

    def _held(self, run: Run) -> Outcome | None:
        mail, whom = self.mail, self.whom
        if mail is None or mail.customer is None or whom is None:
            return Cancel(GONE)
        if mail.handed >= MOST_HANDED:
            return Cancel(TWICE)
        try:
            self.mark = mark_of(self.door.digests(), whom.address)
        except UsageError:
            return Cancel(NO_ADDRESS)
        if suppressed(run, self.mark) is not None:
            return Cancel(SUPPRESSED)
        refused = refusal(mail.occasion, whom.consent, unsubscribed_at(run, mail.purpose, whom.numbers))
        if refused:
            return Cancel(refused)
        return self._waits(run, mail, whom)

    def _waits(self, run: Run, mail: Mail, whom: Whom) -> Outcome | None:
        """Put off by quiet hours and limits; whoever asks has the customer's turn until the transaction ends."""
        take_turn(run, whom.numbers)
        rules = restraint(run)
        quiet = None if mail.programme in self.door.asked_for else rules.quiet_ends(self.now, whom.zone)
        waits = (
            quiet,
            rules.room_from(counted(run, mail, whom.numbers, self.now - WEEK), mail.occasion, self.now),
        )
        until = max((each for each in waits if each is not None), default=self.now)
        if until >= mail.until:
            return Cancel(TOO_LATE)
        return None if until == self.now else Snooze(until)


@dataclass
class CustomerMailFacts(Kind):
    """What happened to a mail is appended as facts, under the same numbers however often it is tried."""

    database: Callable[[], Database]
    append: Append
    name = FACTS
    title = "What became of a mail to a customer"
    goes_outside = True
    repeatable = True  # of the same facts the log keeps the first ones alone

    def outside(self, job: Job, now: datetime) -> Outcome:
        """Appended, as nobody's where the customer was erased."""
        with self.database().transaction() as run:
            mail = mail_of(run, job.given["mail"])
        if mail is None:
            return Cancel(GONE)
        self.append(mail, job.given["happened"], datetime.fromisoformat(job.given["at"]))
        return Done()


def refusal(occasion: Occasion, consent: Consent | None, unsubscribed: datetime | None) -> str:
    """Why a customer's last words do not allow a mail, empty where they do.

    Of two words at one moment the objection counts.
    """
    if unsubscribed is not None and (consent is None or consent.at <= unsubscribed):
        return OBJECTED
    if consent is None:
        return NO_CONSENT if occasion in NEED_CONSENT else ""
    return "" if consent.granted else OBJECTED
