"""Keys of programs: shown once, kept as a hash, good for one thing, and over the moment they are revoked."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Database, Run, as_moment

MOST_PER_SECOND = 1_000_000
#: signs of a key that are shown in a list, enough to tell it from others
START = 10
#: how exactly the last use of a key is known: writing each one down would cost more than the use
NOTED_SECONDS = 60.0
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


class Scope(Enum):
    """What a key is good for."""

    #: sends events, and reads nothing; it may stand in a page
    WRITE = "write"
    #: reads numbers and the state of the server, and sends nothing
    READ = "read"
    #: reads what `read` reads, and the customers behind the numbers
    CUSTOMERS = "customers"

    def covers(self, wanted: Scope) -> bool:
        """Whether a key of this scope is good for what is wanted."""
        return self is wanted or (self, wanted) == (Scope.CUSTOMERS, Scope.READ)


#: in English; the words of a language are looked up where they are shown
SCOPES = {Scope.WRITE: "to send", Scope.READ: "to read numbers", Scope.CUSTOMERS: "to read customers, too"}
#: what a key may do in a second when nobody says otherwise: events sent, questions asked
PER_SECOND = {Scope.WRITE: 2_000, Scope.READ: 20, Scope.CUSTOMERS: 20}


@dataclass(frozen=True)
class Key:
    """A key as it is kept. `source` names where its events come from; several keys may have the same one."""

    id: int
    source: str
    scope: Scope
    start: str
    hash: str
    per_second: int
    created_at: datetime
    revoked_at: datetime | None


def hash_of(secret: str) -> str:
    """What is kept of a key. It is 192 bits of chance, so nobody finds it by trying, and no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def secret_in(authorization: str) -> str:
    """The key in a header: the user name of Basic authentication, or a Bearer token. Empty where there is none."""
    kind, _, told = authorization.partition(" ")
    if kind.lower() == "bearer":
        return told.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(told.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return ""


def create_key(
    database: Database, source: str, scope: Scope, *, who: str, now: datetime, per_second: int | None = None
) -> tuple[str, Key]:
    """A new key and what is kept of it; nobody can show the key again."""
    per_second = PER_SECOND[scope] if per_second is None else per_second
    if not _SOURCE.fullmatch(source):
        raise UsageError(
            f"A source cannot be called {source!r}.",
            remedy="Write up to 64 small letters, digits, and - _ . between them, such as website.",
        )
    if not 1 <= per_second <= MOST_PER_SECOND:
        raise UsageError(
            f"A key may send between 1 and {MOST_PER_SECOND:,} events a second, or ask so often, not {per_second:,}."
        )
    secret = f"stamm_{scope.value[0]}_{secrets.token_urlsafe(24)}"
    start = secret[:START]
    with database.transaction() as run:
        run(
            "INSERT INTO people_key (source, scope, start, hash, per_second, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (source, scope.value, start, hash_of(secret), per_second, now),
        )
        (made,) = _select(run, "WHERE hash = ?", hash_of(secret))
        record(run, Act(now, who, "key_created", f"{made.id} {source} {scope.value}"))
    return secret, made


def keys(database: Database) -> list[Key]:
    """All keys there ever were, in their order."""
    with database.transaction() as run:
        return _select(run, "ORDER BY id")


def key_of(database: Database, secret: str) -> Key | None:
    """The key that a secret is, unless it is revoked; None where it is none."""
    with database.transaction() as run:
        found = _select(run, "WHERE hash = ? AND revoked_at IS NULL", hash_of(secret))
    return found[0] if found else None


def revoke_key(database: Database, number: int, *, who: str, now: datetime) -> Key:
    """End a key; what it sent stays. Raises UsageError where there is none of that number, or it has ended already."""
    with database.transaction() as run:
        found = _select(run, "WHERE id = ?", number)
        if not found:
            raise UsageError(f"There is no key {number}.", remedy="`stamm keys list` shows all of them.")
        if found[0].revoked_at is not None:
            raise UsageError(f"Key {number} is revoked already.", remedy="`stamm keys list` shows all of them.")
        run("UPDATE people_key SET revoked_at = ? WHERE id = ?", (now, number))
        record(run, Act(now, who, "key_revoked", f"{number} {found[0].source} {found[0].scope.value}"))
        return _select(run, "WHERE id = ?", number)[0]


def note_use(database: Database, number: int, now: datetime) -> None:
    """Write down that a key was used."""
    with database.transaction() as run:
        run(
            "INSERT INTO people_key_use (key_id, used_at) VALUES (?, ?) "
            "ON CONFLICT (key_id) DO UPDATE SET used_at = excluded.used_at",
            (number, now),
        )


def uses(database: Database) -> dict[int, datetime]:
    """When each key was last used, to the minute, by its number; without those never used."""
    with database.transaction() as run:
        return {number: as_moment(at) for number, at in run("SELECT key_id, used_at FROM people_key_use", ())}


def makers(database: Database) -> dict[int, str]:
    """Who made each key, by its number, as the record of acts says."""
    with database.transaction() as run:
        rows = run("SELECT about, who FROM people_act WHERE what = ?", ("key_created",))
    return {int(about.partition(" ")[0]): who for about, who in rows}


def _select(run: Run, condition: str, *values: object) -> list[Key]:
    rows = run(
        "SELECT id, source, scope, start, hash, per_second, created_at, revoked_at "  # noqa: S608 - ours
        f"FROM people_key {condition}",
        values,
    )
    return [
        Key(
            number,
            source,
            Scope(scope),
            start,
            hashed,
            rate,
            as_moment(made),
            None if ended is None else as_moment(ended),
        )
        for number, source, scope, start, hashed, rate, made, ended in rows
    ]
