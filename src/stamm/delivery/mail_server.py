"""The mail server of the organisation, as stamm.toml names it; its password stands in the environment alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from ipaddress import ip_address
from typing import Any

from stamm.lang.errors import ProjectError, UsageError

#: the section of stamm.toml
SECTION = "mail"
#: what holds the password
PASSWORD = "STAMM_MAIL_PASSWORD"  # noqa: S105 - its name
#: how a connection is kept secret: from a plain one on, from the beginning, or not at all
SECURITIES = {"starttls": 587, "tls": 465, "none": 25}
KNOWN: dict[str, type] = {
    "server": str, "port": int, "security": str, "user": str, "sender": str, "sender_name": str
}  # fmt: skip


@dataclass(frozen=True)
class MailServer:
    """Where mail goes, and from whom it comes."""

    host: str
    port: int
    security: str
    user: str
    sender: str
    sender_name: str

    @classmethod
    def parse(cls, table: Mapping[str, Any], where: str) -> MailServer | None:
        """The server of a section whose values have their types, None where none is named; raises ProjectError."""
        host, security = table.get("server", ""), table.get("security", "starttls")
        if not host:
            return None
        if security not in SECURITIES:
            raise ProjectError(
                f"security cannot be {security!r}.", where=where, remedy=f"Choose {', '.join(SECURITIES)}."
            )
        port = table.get("port", SECURITIES[security])
        if not 1 <= port <= 65_535:
            raise ProjectError(f"{port} is no port.", where=where, remedy="Leave port out, or write 587.")
        try:
            sender = checked_address(table.get("sender", ""))
        except UsageError as error:
            raise ProjectError(error.what, where=f"{where}, sender", remedy=error.remedy) from error
        user = table.get("user", "")
        if user and security == "none" and not _is_here(host):
            raise ProjectError(
                "A password would go over the network for everybody to read.",
                where=where,
                remedy='Write security = "starttls" or "tls".',
            )
        return cls(host, port, security, user, sender, table.get("sender_name", ""))

    @property
    def password(self) -> str:
        """The password; raises ProjectError where there is a user and no password."""
        found = os.environ.get(PASSWORD, "")
        if self.user and not found:
            raise ProjectError(f"{PASSWORD} is not set.", remedy="Set it where `stamm work` or `stamm serve` starts.")
        return found


def checked_address(text: str) -> str:
    """A mail address in small letters; raises UsageError for what is none, such as a list or one with a name."""
    address = text.strip().lower()
    try:
        parsed = Address(addr_spec=address)
        if not parsed.username or ("." not in parsed.domain and parsed.domain != "localhost"):
            raise ValueError
        if (
            not address.isascii()
            or not address.isprintable()
            or len(address) > 254
            or set(address) & set(' "(),:;<>[\\]')
        ):
            raise ValueError
    except (ValueError, IndexError, MessageError) as error:
        raise UsageError(f"{text!r} is no mail address.", remedy="Write it as anna@example.com.") from error
    return address


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
