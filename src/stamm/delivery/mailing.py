"""A letter on its way: made a message whose headers hold nothing but what belongs there, and given to the server."""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from stamm.delivery.letter import Letter
from stamm.delivery.mail_server import MailServer, checked_address
from stamm.jobs import Cancel, Done, Outcome, Retry
from stamm.lang.errors import UsageError

#: seconds that a server may take for an answer
PATIENCE = 30
#: letters of a subject or a name
LONGEST = 200
_SPACE = re.compile(r"\s+")
#: where one click says that no more is wanted
STOP = "List-Unsubscribe"
#: what a server says beside its code, and what of it says that there is no such address (any more)
_DETAIL = re.compile(rb"\d\.\d{1,3}\.\d{1,3}")
_NO_SUCH = (b"5.1.1", b"5.1.2", b"5.1.3", b"5.1.6", b"5.1.10", b"5.2.1")


class _Policy(EmailPolicy):
    """As RFC 5322 has it, except that an address on which somebody clicks is never parted from its name."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == STOP:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n")


def message_of(letter: Letter, to: str, server: MailServer, *, key: str, now: datetime, stop: str = "") -> EmailMessage:
    """The message to one address. Its number comes from the key, so that a repeat carries the same.

    `stop` is the address at which one click says that no more is wanted (RFC 8058). Raises UsageError for what is no
    address.
    """
    made = EmailMessage(policy=_POLICY)
    made["From"] = _named(server.sender_name, server.sender)
    made["To"] = _named("", checked_address(to))
    made["Subject"] = one_line(letter.subject)
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{server.sender.rpartition('@')[2]}>"
    # no robot answers it
    made["Auto-Submitted"] = "auto-generated"
    if stop:
        made[STOP] = f"<{stop}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(letter.text())
    made.add_alternative(letter.html(), subtype="html")
    page = made.get_payload()[1]  # type: ignore[index]
    for picture in letter.pictures:
        page.add_related(picture.png, "image", "png", cid=f"<{picture.name}>", filename=f"{picture.name}.png")  # type: ignore[union-attr]
    for file in letter.files:
        main, _, sub = file.kind.partition("/")
        made.add_attachment(file.content, main, sub, filename=one_line(file.name))
    made["Content-Language"] = letter.language  # at last: what is put into a message takes such headers away
    return made


@dataclass(frozen=True)
class Bounced(Cancel):
    """The address was refused for good. `sure`: the server says that there is no such address."""

    sure: bool = False


@dataclass(frozen=True)
class Unsure(Retry):
    """The server fell silent once it had the message: it may have been taken, or not."""


def send(message: EmailMessage, server: MailServer, last_look: Callable[[], Outcome | None] = lambda: None) -> Outcome:
    """Give a message to the server; raises ProjectError without the password it needs.

    What the server refuses for good is cancelled, everything else is tried again. Once the server waits for the
    message, `last_look` may hold it back by an outcome of its own.
    """
    password, context = server.password, ssl.create_default_context()
    try:
        door = _connected(server, context)
        try:
            if server.user:
                door.login(server.user, password)
            door.ehlo_or_helo_if_needed()
            held = last_look()
            return _given(door, message) if held is None else held
        finally:
            _left(door)
    except smtplib.SMTPAuthenticationError:
        return Retry("the mail server does not accept user and password")
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code)
    except (smtplib.SMTPException, ssl.SSLError) as error:
        return Retry(f"the mail server speaks otherwise than asked to ({type(error).__name__})")
    except OSError:
        return Retry("the mail server cannot be reached")


def _given(door: smtplib.SMTP, message: EmailMessage) -> Outcome:
    """What becomes of a message is known by the server's answer to it, and by nothing that is said later."""
    content = message.as_bytes()
    sender, to = (message[name].addresses[0].addr_spec for name in ("From", "To"))
    code, _ = door.mail(sender, [f"size={len(content)}"] if door.has_extn("size") else [])
    if code != 250:
        return _refused(code)
    code, told = door.rcpt(to)
    if code not in (250, 251):
        return _not_taken(code, told)
    try:
        code, _ = door.data(content)
    except smtplib.SMTPDataError as error:
        return _refused(error.smtp_code)
    except (smtplib.SMTPServerDisconnected, OSError):
        return Unsure("the mail server fell silent once it had the message")
    return Done() if code == 250 else _refused(code)


def _not_taken(code: int, told: bytes) -> Outcome:
    """An address that was not taken: there is none (RFC 3463: 5.1.x, 5.2.1), there may be none, or that was not why."""
    outcome, detail = _refused(code), _DETAIL.match(told)
    if isinstance(outcome, Cancel):
        if detail is None and code in (550, 551, 553):
            return Bounced(outcome.reason)
        if detail is not None and detail[0] in _NO_SUCH:
            return Bounced(outcome.reason, sure=True)
    return outcome


def _left(door: smtplib.SMTP) -> None:
    """Say goodbye; how that is answered changes nothing."""
    with suppress(smtplib.SMTPException, OSError):
        door.quit()
    door.close()


def one_line(text: str) -> str:
    """A text that fits into a header: one line, without signs that nobody sees."""
    spaced = _SPACE.sub(" ", text)
    return "".join(sign for sign in spaced if sign.isprintable()).strip()[:LONGEST]


def _named(name: str, address: str) -> Address:
    try:
        return Address(one_line(name), addr_spec=address)
    except ValueError as error:
        raise UsageError(f"{address!r} is no mail address.", remedy="Write it as anna@example.com.") from error


def _connected(server: MailServer, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=context)
    door = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
    if server.security == "starttls":
        try:
            door.starttls(context=context)
        except BaseException:
            door.close()
            raise
    return door


def _refused(code: int) -> Outcome:
    told = f"the mail server refused it ({code})"
    return Cancel(told) if code >= 500 else Retry(told)
