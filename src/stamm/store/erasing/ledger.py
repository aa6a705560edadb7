"""Who was erased: keyed digests of what named them, so that they are known again and can be read by nobody.

The ledger is at once the journal of an erasure: whoever is not `done` was begun with, or has come back with a backup.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

from stamm.lang.errors import LakeError
from stamm.store.durable import sync_file, write_atomically
from stamm.store.erasing.words import Digests, Needle, Seeker

FILE = "erased.json"
#: begins every name that stands for nobody
NOBODY = "erased-"
#: stands for any of them in messages that arrive afterwards; the gate makes rows of nobody of it
LATE = NOBODY + "late"
_VERSION = 1


def stand_in() -> str:
    """A name for rows that are nobody's: by chance, and noted nowhere beside whom it stands for."""
    return NOBODY + secrets.token_hex(8)


class State(Enum):
    """How far the erasure of a person is."""

    #: it was begun; whoever comes next ends it
    BEGUN = "begun"
    #: a backup of before came back, in which the person may be anywhere
    RESTORED = "restored"
    DONE = "done"


@dataclass(frozen=True)
class Erased:
    """One person: digests of the numbers, devices and words by which they were known.

    `reference` is what the erasure is called, and says nothing of the person; `who` asked for it.
    """

    reference: str
    at: datetime
    customers: frozenset[str]
    devices: frozenset[str] = frozenset()
    needles: frozenset[Needle] = frozenset()
    state: State = State.BEGUN
    who: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "reference": self.reference,
            "at": self.at.isoformat(),
            "customers": sorted(self.customers),
            "devices": sorted(self.devices),
            "needles": sorted(list(astuple(needle)) for needle in self.needles),
            "state": self.state.value,
            "who": self.who,
        }

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Erased:
        """The reverse of `as_json`."""
        return cls(
            raw["reference"],
            datetime.fromisoformat(raw["at"]),
            frozenset(raw["customers"]),
            frozenset(raw["devices"]),
            frozenset(Needle(*needle) for needle in raw["needles"]),
            State(raw["state"]),
            raw.get("who", ""),
        )


@dataclass(frozen=True)
class Ledger:
    """All who were erased from one lake, and the key of their digests."""

    key: bytes
    people: tuple[Erased, ...] = field(default=())

    # -- on the disk -------------------------------------------------------------------
    @classmethod
    def read(cls, root: Path) -> Ledger | None:
        """The ledger of a lake; None where there is none. Raises LakeError where it is damaged."""
        return cls.at(root / FILE) if (root / FILE).exists() else None

    @classmethod
    def at(cls, path: Path) -> Ledger:
        """The ledger in a file; raises LakeError where there is none that can be read."""
        try:
            raw = json.loads(path.read_bytes())
            if raw["version"] != _VERSION:
                raise ValueError(raw["version"])
            return cls(bytes.fromhex(raw["key"]), tuple(Erased.from_json(each) for each in raw["people"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LakeError(
                "The list of those who were erased cannot be read, and without it they might come back.",
                where=str(path),
                remedy="Put a copy of this file in its place: from a backup, or where you keep it.",
            ) from error

    @classmethod
    def made(cls, root: Path) -> Ledger:
        """The ledger of a lake, begun where there is none; of several who begin it at once one does."""
        ledger = cls.read(root)
        if ledger is None:
            draft = root / f".{FILE}.{secrets.token_hex(4)}"
            write_atomically(draft, cls(secrets.token_bytes(32)).as_bytes(), mode=0o600)
            with suppress(FileExistsError):
                os.link(draft, root / FILE)
            draft.unlink()
            sync_file(root)
            ledger = cls.at(root / FILE)
        return ledger

    def write(self, root: Path) -> None:
        """Write it whole or not at all, for its owner alone."""
        write_atomically(root / FILE, self.as_bytes(), mode=0o600)

    def as_bytes(self) -> bytes:
        """What stands in its file."""
        told = {"version": _VERSION, "key": self.key.hex(), "people": [each.as_json() for each in self.people]}
        return json.dumps(told, indent=1).encode()

    # -- who ---------------------------------------------------------------------------
    @cached_property
    def digests(self) -> Digests:
        """Digests under the key of this ledger."""
        return Digests(self.key)

    @property
    def pending(self) -> tuple[Erased, ...]:
        """Those whose erasure is not done."""
        return tuple(each for each in self.people if each.state is not State.DONE)

    def knows(self, customer: str) -> Erased | None:
        """The erased person who had that number."""
        spelled = self.digests.spelled("customer", customer)
        return next((each for each in self.people if spelled & each.customers), None)

    def numbers(self, people: Iterable[Erased] | None = None) -> Callable[[str], bool]:
        """Tells whether a text is a number or a device of them: of all, or of some."""
        of = self.people if people is None else tuple(people)
        customers = frozenset(digest for each in of for digest in each.customers)
        devices = frozenset(digest for each in of for digest in each.devices)
        spelled = self.digests.spelled
        return lambda text: bool(spelled("customer", text) & customers or spelled("device", text) & devices)

    def seeker(self, people: Iterable[Erased] | None = None) -> Seeker:
        """Finds in texts who was erased: all, or some of them."""
        of = self.people if people is None else people
        return Seeker(self.digests, [(needle, each.at) for each in of for needle in each.needles])

    def but(self, *changed: Erased) -> Ledger:
        """The same with these people in it, in place of those of the same reference."""
        named = {each.reference: each for each in changed}
        known = tuple(named.pop(each.reference, each) for each in self.people)
        return replace(self, people=(*known, *named.values()))

    def all(self, state: State) -> Ledger:
        """The same with all erasures in that state."""
        return replace(self, people=tuple(replace(each, state=state) for each in self.people))

    def joined(self, other: Ledger) -> Ledger:
        """Those of both; raises LakeError where the other is of another project."""
        if other.key != self.key:
            raise LakeError(
                "These two lists of those who were erased are of different projects.",
                remedy="Name the list of the project from which the backup is.",
            )
        return self.but(
            *(each for each in other.people if each.reference not in {mine.reference for mine in self.people})
        )
