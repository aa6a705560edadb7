"""What arrives of people who were erased is cleaned before it is written into the log.

The gate of the lake makes nobody's rows of it; but until it is read it would lie in the log in clear, and what failed
would for long. So each transaction that keeps messages asks here first. Whoever erases somebody writes the ledger, then
makes one transaction in the log: all that come after it know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from stamm.store.erasing.ledger import FILE, LATE, NOBODY, Ledger
from stamm.store.erasing.words import REMEMBERED, Digests, Seeker
from stamm.store.log import Entry

#: fields, by their letters alone, that say which customer or device something is about
EMAILS = frozenset(("email", "emailaddress", "contactemail", "customeremail"))
CUSTOMERS = EMAILS | {"userid", "distinctid", "previousid", "alias", "customerid", "customer"}
DEVICES = frozenset(("anonymousid", "anondistinctid", "deviceid"))
#: objects that are a person: their own `id` and `name` say who
PEOPLE = frozenset(("customer", "user", "person", "contact", "traits", "requester", "billing", "shipping"))
#: what says something about a person; of somebody erased it is not kept, whatever it says
ABOUT = frozenset(("traits", "set", "setonce", "ip", "useragent", "phone", "firstname", "lastname", "birthday")) | {
    *("company", "city", "postcode", "zip", "address", "addresses", "shippingaddress", "billingaddress"),
    *("defaultaddress", "addressline", "street"),
}
#: when something happened, by the names that senders give it
_MOMENTS = ("originalTimestamp", "timestamp", "created_at", "date_created_gmt", "submitted_at", "created")
#: whom a message is about, as far as a look at its text tells
_WHO = re.compile(
    r'"(?:user_?id|anonymous_?id|previous_?id|distinct_id|[$]anon_distinct_id|[$]?device_?id|alias|customer_?id'
    r'|customer|email|id)"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(\d+))',
    re.IGNORECASE,
)
_NO_LETTER = re.compile("[^a-z]")
#: smaller numbers are no telephone number
_LEAST_NUMBER = 10**6
_DECODER = msgspec.json.Decoder(float_hook=lambda written: msgspec.Raw(written.encode()))


class Veil:
    """Cleans entries of all who were erased from a lake; the ledger is read again whenever it has changed."""

    def __init__(self, root: Path) -> None:
        self._file = root / FILE
        self._stamp: tuple[int, ...] = ()
        self._cleaning: Cleaning | None = None

    def __call__(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """The entries, those that tell of somebody erased without them; raises LakeError for a damaged ledger."""
        cleaning = self._current()
        return entries if cleaning is None else [cleaning.veiled(entry) for entry in entries]

    def _current(self) -> Cleaning | None:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            self._stamp, self._cleaning = (), None
            return None
        stamp = (found.st_ino, found.st_size, found.st_mtime_ns)
        if stamp != self._stamp:
            ledger = Ledger.at(self._file)
            self._cleaning = Cleaning.of(ledger) if ledger.people else None
            self._stamp = stamp
        return self._cleaning


class Cleaning:
    """Finds erased people in messages, and takes them out; `is_theirs` tells a number or device of theirs."""

    def __init__(self, seeker: Seeker, digests: Digests, is_theirs: Callable[[str], bool]) -> None:
        self._seeker, self._digests, self._is_theirs = seeker, digests, is_theirs
        self._seen: dict[str, bool] = {}

    @classmethod
    def of(cls, ledger: Ledger) -> Cleaning:
        """For all who are in a ledger."""
        return cls(ledger.seeker(), ledger.digests, ledger.numbers())

    def veiled(self, entry: Entry) -> Entry:
        """The entry without them; the very same one where it does not tell of them."""
        text = entry.body.decode("utf-8", "replace")
        named = self._seeker.mentioned(entry.message_id) is not None
        at = self._seeker.mentioned(text)
        if not named and at is None and not any(map(self._may_be_theirs, _WHO.findall(text))):
            return entry
        try:
            body = self._cleaned(entry, at)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            body = b"" if at is not None else entry.body  # where in it they stand nobody can tell
        message_id = NOBODY + self._digests.of("cell", entry.message_id)[:16] if named else entry.message_id
        if (message_id, body) == (entry.message_id, entry.body):
            return entry
        return msgspec.structs.replace(entry, message_id=message_id, body=body)

    def _cleaned(self, entry: Entry, at: datetime | None) -> bytes:
        said = _DECODER.decode(entry.body)
        customers, devices = _who(said)
        own = any(map(self._is_theirs, customers or devices))
        fact = customers and not own and not entry.reason
        if at is not None and fact and _happened(said, entry) >= at:
            at = None  # whoever comes back is a new customer, and is called as before
        own = own or (at is not None and any(self._seeker.found(text) for text in customers))
        cleaned = self._without(said, own=own, named=own or at is not None)
        return entry.body if cleaned == said else msgspec.json.encode(cleaned)

    def _may_be_theirs(self, found: tuple[str, str]) -> bool:
        written = found[0] or found[1]
        known = self._seen.get(written)
        if known is None:
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            known = self._seen[written] = self._is_theirs(_unescaped(written).strip())
        return known

    def _without(self, value: Any, field: str = "", inside: str = "", *, own: bool, named: bool) -> Any:
        """A value without them, None where it goes; `field` and `inside` are the letters of its field and object.

        `own`: the message is theirs, and keeps nothing about a person. `named`: what names them goes, too.
        """
        if own and field in ABOUT:
            return None
        if isinstance(value, dict):
            parts = {
                name: self._without(each, _letters(name), field, own=own, named=named)
                for name, each in value.items()
                if not (named and self._seeker.found(name, own=own))
            }
            return {name: each for name, each in parts.items() if each is not None or value[name] is None}
        if isinstance(value, list):
            some = [self._without(each, field, inside, own=own, named=named) for each in value]
            return [each for each, was in zip(some, value, strict=True) if each is not None or was is None]
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return self._leaf(value, field, inside, own=own, named=named)
        return value

    def _leaf(self, value: str | int, field: str, inside: str, *, own: bool, named: bool) -> str | int | None:
        text = str(value)
        who = field in CUSTOMERS or field in DEVICES or (field == "id" and inside in PEOPLE)
        if who and (self._is_theirs(text.strip()) or (own and field in EMAILS)):
            return LATE
        if own and field == "name" and inside in PEOPLE:
            return None
        if named and (isinstance(value, str) or value >= _LEAST_NUMBER) and self._seeker.found(text, own=own):
            return LATE if who or field == "event" else None  # without them it would be none
        return value


def _who(said: Any) -> tuple[list[str], list[str]]:
    """The customers and the devices that the outermost fields which name any are about."""
    layer = [("", said)]
    while layer:
        customers: list[str] = []
        devices: list[str] = []
        deeper: list[tuple[str, Any]] = []
        for inside, value in layer:
            for name, each in _fields(value):
                field = _letters(name)
                if isinstance(each, dict | list):
                    deeper.append((field, each))
                elif isinstance(each, str | int) and str(each).strip():
                    if field in CUSTOMERS or (field == "id" and inside in PEOPLE):
                        customers.append(str(each).strip())
                    elif field in DEVICES:
                        devices.append(str(each).strip())
        if customers or devices:
            return customers, devices
        layer = deeper
    return [], []


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from (("", each) for each in value)


def _happened(said: Any, entry: Entry) -> datetime:
    """When it happened, as far as it says so, put right by the sender's clock; else when it was received."""
    layer = [said]
    while layer:
        for name in _MOMENTS:
            for value in layer:
                told = _moment(value.get(name)) if isinstance(value, dict) else None
                if told is not None:
                    late = entry.received_at - entry.sent_at if entry.sent_at else None
                    return min(entry.received_at, told + late if late else told)
        layer = [each for value in layer for _, each in _fields(value)]
    return entry.received_at


def _moment(value: Any) -> datetime | None:
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value if value < 10**11 else value / 1000, UTC)
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _letters(name: str) -> str:
    return _NO_LETTER.sub("", name.lower())


def _unescaped(written: str) -> str:
    try:
        return str(json.loads(f'"{written}"')) if "\\" in written else written
    except ValueError:
        return written
