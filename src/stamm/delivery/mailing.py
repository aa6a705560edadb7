"""A letter on its way: made a message whose headers hold nothing but what belongs there, and given to the server."""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from stamm.delivery.letter import Letter
from stamm.delivery.mail_server import MailServer, checked_address
from stamm.jobs import Cancel, Done, Outcome, Retry
from stamm.lang.errors import UsageError

#: seconds that a server may take for an answer
PATIENCE = 30
#: letters of a subject or a name
LONGEST = 200
_SPACE = re.compile(r"\s+")


def message_of(letter: Letter, to: str, server: MailServer, *, key: str, now: datetime) -> EmailMessage:
    """The message to one address. Its number comes from the key, so that a repeat carries the same.

    Raises UsageError for what is no address.
    """
    made = EmailMessage(policy=SMTP)
    made["From"] = _named(server.sender_name, server.sender)
    made["To"] = _named("", checked_address(to))
    made["Subject"] = one_line(letter.subject)
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{server.sender.rpartition('@')[2]}>"
    made["Content-Language"] = letter.language
    # no robot answers it
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text())
    made.add_alternative(letter.html(), subtype="html")
    page = made.get_payload()[1]  # type: ignore[index]
    for picture in letter.pictures:
        page.add_related(picture.png, "image", "png", cid=f"<{picture.name}>", filename=f"{picture.name}.png")  # type: ignore[union-attr]
    for file in letter.files:
        main, _, sub = file.kind.partition("/")
        made.add_attachment(file.content, main, sub, filename=one_line(file.name))
    return made


def send(message: EmailMessage, server: MailServer) -> Outcome:
    """Give a message to the server; raises ProjectError without the password it needs.

    What the server refuses for good is cancelled, everything else is tried again.
    """
    password, context = server.password, ssl.create_default_context()
    try:
        with _connected(server, context) as door:
            if server.user:
                door.login(server.user, password)
            door.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = next((code for code, _ in error.recipients.values()), 0)
        return _refused(code)
    except smtplib.SMTPAuthenticationError:
        return Retry("the mail server does not accept user and password")
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code)
    except (smtplib.SMTPException, ssl.SSLError) as error:
        return Retry(f"the mail server speaks otherwise than asked to ({type(error).__name__})")
    except OSError:
        return Retry("the mail server cannot be reached")
    return Done()


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
