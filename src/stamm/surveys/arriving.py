"""How much comes from one address: too much of it waits until somebody has looked, and is not counted meanwhile.

An address is kept as a hash with a salt of the day, for an hour; with the salt of the day before nobody has, nobody
finds out which address it was.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from datetime import datetime, timedelta

from stamm.people.database import Run
from stamm.surveys.sheets import FLOOD

#: sheets and pages of sheets that one address may send within a minute: a shop's own network is one, too
MOST, WITHIN = 30, timedelta(minutes=1)
#: what came longer ago says nothing
_KEPT = timedelta(hours=1)


def note_arrival(run: Run, sheet: int, address: str, now: datetime) -> None:
    """Write down that a sheet was sent from there; where that was too much, all of that minute is held for review."""
    hashed = _hash(run, address, now)
    run("DELETE FROM survey_arrival WHERE at < ?", (now - _KEPT,))
    run("INSERT INTO survey_arrival (address, sheet_id, at) VALUES (?, ?, ?)", (hashed, sheet, now))
    ((many,),) = run(
        "SELECT count(*) FROM survey_arrival WHERE address = ? AND at > ? AND at <= ?", (hashed, now - WITHIN, now)
    )
    if many > MOST:
        run(
            "UPDATE survey_sheet SET held = ?, told = 0, changed_at = ? WHERE held = '' AND id IN "
            "(SELECT sheet_id FROM survey_arrival WHERE address = ? AND at > ?)",
            (FLOOD, now, hashed, now - WITHIN),
        )


def _hash(run: Run, address: str, now: datetime) -> str:
    day = now.date().isoformat()
    run("DELETE FROM survey_salt WHERE day <> ?", (day,))
    run("INSERT INTO survey_salt (day, salt) VALUES (?, ?) ON CONFLICT (day) DO NOTHING", (day, secrets.token_hex(32)))
    ((salt,),) = run("SELECT salt FROM survey_salt WHERE day = ?", (day,))
    return hashlib.sha256(f"{salt}:{_network(address)}".encode()).hexdigest()


def _network(address: str) -> str:
    """The address, or of IPv6 the network, of which everybody has as many addresses as they like."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
