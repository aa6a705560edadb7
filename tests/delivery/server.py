"""A mail server on this machine that keeps what it gets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from stamm.delivery.mail_server import MailServer


@dataclass
class Taken:
    """What came, by whom it was for; `answers` are told in its place, by address.

    Of those who are `silent` it takes a letter and says nothing more; `farewell` is what it says at the end.
    """

    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    farewell: str = "221 Bye"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.letters += [(to, message) for to in envelope.rcpt_tos]
        if self.silent & set(envelope.rcpt_tos):
            server.transport.close()
        return "250 OK"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        return self.farewell


def free_port() -> int:
    """One on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running() -> Iterator[tuple[Taken, MailServer]]:
    """It, and the settings by which it is reached."""
    taken, port = Taken(), free_port()
    controller = Controller(taken, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield taken, MailServer("127.0.0.1", port, "none", "", "reports@example.com", "Teeladen\r\nBcc: x@example.com")
    finally:
        controller.stop()
