"""Where something may be sent over HTTP: an address that reads in one way only, and leads to everybody's network.

The lists are those of IANA's registries of special-purpose addresses (RFC 6890 and what was added since).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from stamm.lang.errors import ProjectError, UsageError

#: the section of stamm.toml
SECTION = "outgoing"
KNOWN: dict[str, type] = {"own_hosts": list}
#: letters of an address
LONGEST = 2_000
PORTS = {"http": 80, "https": 443}
#: below lie ports of mail, of shells and of databases' elders
FIRST_FREE_PORT = 1_024
#: what an address may hold (RFC 3986), without what only browsers understand
_SIGNS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
#: a name that ends so is read as a number by some (127.1, 0x7f000001, 017700000001)
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")

#: leads to nobody, to everybody at once, or to the machine's own surroundings, such as what a cloud tells its machines
_NEVER = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "192.0.0.0/24", "100.100.100.200/32"),
            *("168.63.129.16/32", "::/128", "fe80::/10", "fec0::/10", "ff00::/8", "fd00:ec2::/32"),
        ),
    )
)
_SPECIAL_4 = tuple(
    map(
        ip_network,
        (
            *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.2.0/24", "192.88.99.0/24"),
            *("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        ),
    )
)
#: of IPv6 only this part is everybody's, and of it not these; 6to4 and Teredo carry another address within them
_EVERYBODYS_6 = ip_network("2000::/3")
_SPECIAL_6 = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
#: what a network without IPv4 puts before an address of IPv4 (RFC 6052)
_TRANSLATED = ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Destination:
    """An address taken apart: `host` in small letters, an address of IPv6 without its brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def place(self) -> str:
        """Host and port, as they stand in an address; what may be told of it, for the rest may be a secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_number(self) -> bool:
        """Whether its host is an address, and not a name that somebody has to look up."""
        return ":" in self.host or self.host.replace(".", "").isdecimal()

    @property
    def url(self) -> str:
        """All of it."""
        return f"{self.scheme}://{self.place}{self.target}"


def destination_of(url: str) -> Destination:
    """The parts of an address; raises UsageError for one that is none, or that two programs might read differently."""
    if len(url) > LONGEST or not _SIGNS.fullmatch(url):
        raise _none("It holds signs that no address has, or too many.")
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").lower()
    except ValueError as error:
        raise _none("It cannot be taken apart.") from error
    if parts.scheme not in PORTS:
        raise _none("It begins with neither https:// nor http://.")
    if "@" in parts.netloc:
        raise _none("It holds a name or a password.")
    port = PORTS[parts.scheme] if port is None else port
    if port not in PORTS.values() and port < FIRST_FREE_PORT:
        raise _none(f"Nothing is sent to port {port}.")
    if parts.netloc.startswith("["):
        _check_number(host, version=6)
    else:
        _check_name(host)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, host, port, target)


def own_hosts_in(table: Mapping[str, Any], where: str) -> frozenset[str]:
    """The hosts of one's own in a section of stamm.toml; raises ProjectError for what is no host."""
    found = table.get("own_hosts", [])
    for each in found:
        try:
            places = {destination_of(f"{scheme}://{each}").place for scheme in PORTS}
        except UsageError:
            places = set()
        if each not in places:
            raise ProjectError(
                f"own_hosts in [{SECTION}] cannot hold {each!r}.",
                where=where,
                remedy='Write names with their ports, such as own_hosts = ["automation.internal:8443"].',
            )
    return frozenset(found)


def is_everybodys(text: str) -> bool:
    """Whether an address, as numbers, is one of the public internet."""
    address = _meant(text)
    if not may_be_own(text):
        return False
    if isinstance(address, IPv4Address):
        return not any(address in each for each in _SPECIAL_4)
    return address in _EVERYBODYS_6 and not any(address in each for each in _SPECIAL_6)


def may_be_own(text: str) -> bool:
    """Whether an address can be that of a host of one's own: this machine or a private network, and no other trick."""
    address = _meant(text)
    if isinstance(address, IPv6Address) and (address.scope_id or address.ipv4_mapped):
        return False
    return not any(address in each for each in _NEVER)


def _meant(text: str) -> IPv4Address | IPv6Address:
    address = ip_address(text)
    translated = isinstance(address, IPv6Address) and address in _TRANSLATED
    return IPv4Address(int(address) & 0xFFFF_FFFF) if translated else address


def _check_number(text: str, version: int) -> None:
    try:
        address = ip_address(text)
    except ValueError as error:
        raise _none(f"{text} is no address of a machine.") from error
    if address.version != version or str(address) != text or "%" in text:
        raise _none(f"{text} is not written in the usual way.")


def _check_name(host: str) -> None:
    labels = host.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        _check_number(host, version=4)
    elif len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _none("Its host is no name; one with other letters is written as xn--...")


def _none(why: str) -> UsageError:
    return UsageError(f"Nothing can be sent there. {why}", remedy="Write it as https://hooks.example.com/path.")
