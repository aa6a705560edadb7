"""How much comes from one address: too much of it waits until somebody has looked, and is not counted meanwhile.

An address is kept as a hash with a salt of the day, for an hour; with the salt of the day before nobody has, nobody
finds out which address it was.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from stamm.intake.spam import FLOOD
from stamm.people.database import Run

#: how often one address may send within a minute: a shop's own network is one, too
MOST, WITHIN = 30, timedelta(minutes=1)
#: what came longer ago says nothing
_KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Arrivals:
    """Where a programme writes down what came from where: its table, the column of what came, the table of salts.

    `of` is the table of what came, with the columns `held`, `told` and `changed_at`.
    """

    table: str
    column: str
    salts: str
    of: str

    def note(self, run: Run, number: int, address: str, now: datetime) -> None:
        """Write down that it was sent from there; where that was too much, all of that minute is held for review."""
        hashed = self._hash(run, address, now)
        run(f"DELETE FROM {self.table} WHERE at < ?", (now - _KEPT,))  # noqa: S608 - ours
        run(f"INSERT INTO {self.table} (address, {self.column}, at) VALUES (?, ?, ?)", (hashed, number, now))  # noqa: S608 - ours
        ((many,),) = run(
            f"SELECT count(*) FROM {self.table} WHERE address = ? AND at > ? AND at <= ?",  # noqa: S608 - ours
            (hashed, now - WITHIN, now),
        )
        if many > MOST:
            run(
                f"UPDATE {self.of} SET held = ?, told = 0, changed_at = ? WHERE held = '' AND id IN "  # noqa: S608 - ours
                f"(SELECT {self.column} FROM {self.table} WHERE address = ? AND at > ?)",
                (FLOOD, now, hashed, now - WITHIN),
            )

    def lately(self, run: Run, address: str, now: datetime) -> int:
        """How much was sent from there within the last hour."""
        ((many,),) = run(
            f"SELECT count(*) FROM {self.table} WHERE address = ? AND at >= ?",  # noqa: S608 - ours
            (self._hash(run, address, now), now - _KEPT),
        )
        return int(many)

    def _hash(self, run: Run, address: str, now: datetime) -> str:
        day = now.date().isoformat()
        run(f"DELETE FROM {self.salts} WHERE day <> ?", (day,))  # noqa: S608 - ours
        run(
            f"INSERT INTO {self.salts} (day, salt) VALUES (?, ?) ON CONFLICT (day) DO NOTHING",  # noqa: S608 - ours
            (day, secrets.token_hex(32)),
        )
        ((salt,),) = run(f"SELECT salt FROM {self.salts} WHERE day = ?", (day,))  # noqa: S608 - ours
        return hashlib.sha256(f"{salt}:{_network(address)}".encode()).hexdigest()


def _network(address: str) -> str:
    """The address, or of IPv6 the network, of which everybody has as many addresses as they like."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
