"""Who somebody is: all numbers, devices, addresses and names by which the lake knows one person."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from stamm.facts import Imported
from stamm.facts.links import FORMER
from stamm.store.erasing.gate import CUSTOMER, DEVICE
from stamm.store.erasing.ledger import Erased, Ledger
from stamm.store.erasing.words import Needle, is_telling, pattern, phone_digits, words
from stamm.store.layout import Layout
from stamm.store.snapshot import Snapshot

NAMING = ("email", "phone", "name")


@dataclass(frozen=True)
class Person:
    """What one person is called.

    `devices` were used by nobody else; of the `shared` ones it is known from when on whose they were: by moment, in
    order, whether they were this person's. `elsewhere` are the words and numbers by which they are sought in all rows;
    `ambiguous` those that are too short for that or are somebody else's, too.
    """

    customers: frozenset[str]
    devices: frozenset[str] = frozenset()
    shared: Mapping[str, tuple[tuple[datetime, bool], ...]] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    ambiguous: frozenset[str] = frozenset()
    ambiguous_phones: frozenset[str] = frozenset()

    @property
    def pattern(self) -> str | None:
        """What every text that names them matches; None where only reading can tell."""
        return pattern(self.elsewhere, self.phones)

    def had(self, device: str, at: datetime) -> bool:
        """Whether a device was theirs at a moment."""
        if device in self.devices:
            return True
        turns = self.shared.get(device, ())
        place = bisect_right(turns, at, key=lambda turn: turn[0])
        return bool(turns) and turns[max(place - 1, 0)][1]

    def needles(self, ledger: Ledger) -> frozenset[Needle]:
        """What finds them again when their names are gone."""
        digests = ledger.digests
        own = {text for text in self.ambiguous if words(text) and not all(word.isdigit() for word in words(text))}
        return frozenset(
            [
                *(digests.needle(text) for text in self.elsewhere),
                *(digests.phone(phone) for phone in self.phones),
                *(digests.needle(text, own=True) for text in own),
                *(digests.phone(phone, own=True) for phone in self.ambiguous_phones),
            ]
        )

    def erased(self, ledger: Ledger, reference: str, at: datetime) -> Erased:
        """Their entry in the ledger, begun."""
        return Erased(
            reference,
            at,
            frozenset().union(*(ledger.digests.spelled("customer", each) for each in self.customers)),
            frozenset().union(*(ledger.digests.spelled("device", each) for each in self.devices)),
            self.needles(ledger),
        )


class Finding:
    """Looks people up in one snapshot, superseded rows included."""

    def __init__(self, snapshot: Snapshot, kinds: Mapping[str, type[Imported]]) -> None:
        self._snapshot, self._kinds = snapshot, kinds

    # -- by what somebody says ---------------------------------------------------------
    def customers_called(self, called: str) -> tuple[str, ...]:
        """Numbers of the customers who have that number, e-mail address or telephone number; none where nobody has."""
        if self._has_rows(called):
            return (called,)
        phone = phone_digits(called)
        rows = self._rows("customers", [CUSTOMER, "email", "phone"])
        return tuple(
            sorted(
                {
                    row[CUSTOMER]
                    for row in rows.to_pylist()
                    if (row["email"] is not None and words(row["email"]) == words(called) and "@" in called)
                    or (
                        phone and "@" not in called and row["phone"] is not None and phone_digits(row["phone"]) == phone
                    )
                }
            )
        )

    def _has_rows(self, customer: str) -> bool:
        return any(
            self._rows(key, [CUSTOMER], ds.field(CUSTOMER) == customer, history=history).num_rows
            for key, kind in self._kinds.items()
            if CUSTOMER in kind.carried()
            for history in (False, True)
        )

    def known_as(self, column: str, matches: Callable[[str], bool]) -> frozenset[str]:
        """All customers' numbers, or all devices (`column`), that match."""
        found: set[str] = set()
        for key, kind in self._kinds.items():
            if column in kind.carried():
                rows = self._rows(key, [column], ds.field(column).is_valid())
                found |= {each for each in pc.unique(rows[column]).to_pylist() if matches(each)}
        return frozenset(found)

    # -- all about them ----------------------------------------------------------------
    def person(self, customers: Iterable[str], devices: Iterable[str] = ()) -> Person:
        """All that these numbers, which are one person's, are known by."""
        theirs = self.one_person(customers)
        sole, shared = self._devices(theirs)
        told = self._rows("customers", [CUSTOMER, *NAMING])
        mine = told.filter(pc.is_in(told[CUSTOMER], pa.array(sorted(theirs), pa.string())))
        emails, phones, names = ({each for each in mine[name].to_pylist() if each} for name in NAMING)
        others = self._borne_by_others(told, theirs)
        telling = {*(each for each in theirs if is_telling(each) or "@" in each), *emails}
        telling |= {name for name in names if is_telling(name) and len(words(name)) > 1}
        ambiguous = {each for each in telling if words(each) in others} | ((theirs | names) - telling)
        numbers = {digits for each in phones if (digits := phone_digits(each))}
        doubtful = {digits for digits in numbers if (digits,) in others}
        return Person(
            theirs,
            sole | frozenset(devices),
            shared,
            frozenset(telling - ambiguous),
            frozenset(numbers - doubtful),
            frozenset(ambiguous),
            frozenset(doubtful),
        )

    def orders(self, customers: Iterable[str]) -> frozenset[str]:
        """The numbers of all orders of these customers."""
        rows = self._rows("orders", ["order_id"], ds.field(CUSTOMER).isin(sorted(customers)))
        return frozenset(rows["order_id"].to_pylist())

    def one_person(self, customers: Iterable[str]) -> frozenset[str]:
        """These numbers and all that have turned out to be the same person's."""
        links = self._rows("links", [DEVICE, CUSTOMER], ds.field("unlinked_at").is_null(), history=False)
        pairs = [
            {row[DEVICE].removeprefix(FORMER), row[CUSTOMER]}
            for row in links.filter(pc.starts_with(links[DEVICE], FORMER)).to_pylist()
        ]
        theirs, before = set(customers), 0
        while len(theirs) > before:
            before = len(theirs)
            theirs = theirs.union(*(pair for pair in pairs if pair & theirs))
        return frozenset(theirs)

    def _borne_by_others(self, told: pa.Table, theirs: frozenset[str]) -> set[tuple[str, ...]]:
        """The addresses, names and telephone numbers of all others, as they are compared."""
        rest = told.filter(pc.invert(pc.is_in(told[CUSTOMER], pa.array(sorted(theirs), pa.string()))))
        found = {words(each) for name in ("email", "name") for each in pc.unique(rest[name]).to_pylist() if each}
        return found | {(phone_digits(each),) for each in pc.unique(rest["phone"]).to_pylist() if each}

    def _devices(self, theirs: frozenset[str]) -> tuple[frozenset[str], dict[str, tuple[tuple[datetime, bool], ...]]]:
        """Devices that only they used, and the turns of those that others used, too."""
        links = self._links(ds.field(CUSTOMER).isin(sorted(theirs)))
        used = pa.array(sorted(set(links[DEVICE].to_pylist())), pa.string())
        turns: dict[str, list[tuple[datetime, str]]] = {}
        for row in self._links(ds.field(DEVICE).isin(used)).to_pylist():
            turns.setdefault(row[DEVICE], []).append((row["at"], row[CUSTOMER]))
        sole = frozenset(device for device, found in turns.items() if {who for _, who in found} <= theirs)
        return sole, {
            device: tuple((at, who in theirs) for at, who in sorted(found))
            for device, found in turns.items()
            if device not in sole
        }

    def _links(self, which: ds.Expression) -> pa.Table:
        """Whose a device turned out to be, when: links that stand, and events that name both."""
        both = ds.field(CUSTOMER).is_valid() & ds.field(DEVICE).is_valid() & which
        columns = [CUSTOMER, DEVICE]
        seen = self._rows("events", [*columns, "happened_at"], both, history=False)
        made = self._rows("links", [*columns, "linked_at"], both & ds.field("unlinked_at").is_null(), history=False)
        return pa.concat_tables([table.rename_columns([*columns, "at"]) for table in (seen, made)])

    # -- rows --------------------------------------------------------------------------
    def _rows(
        self, key: str, columns: list[str], which: ds.Expression | None = None, *, history: bool | None = None
    ) -> pa.Table:
        """Some columns of the current rows, of the superseded ones, or of both (None)."""
        if key not in self._kinds:
            return pa.table({name: pa.array([], pa.string()) for name in columns})
        layout = Layout(self._kinds[key])
        tables = {False: (layout.key,), True: (layout.history,), None: (layout.key, layout.history)}[history]
        paths: list[Path] = [path for table in tables for path in self._snapshot.paths(table)]
        if not paths:
            return pa.table({name: pa.array([], layout.stored.field(name).type) for name in columns})
        return ds.dataset([str(path) for path in paths], schema=layout.stored).to_table(columns=columns, filter=which)
