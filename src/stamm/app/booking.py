"""Keeping the book of customers: made of the newest snapshot beside the lake, and of nothing that was erased.

A book's name tells what it was made from, so whoever is killed leaves a whole one or none. It grows from the one
before by what has changed. It may be older than the newest snapshot for a while, and says of itself until when it
knows; erasing a person removes all of them at once.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from stamm.answers.everybody import Everybody, everybody, orders_of
from stamm.answers.remembered import digest, program
from stamm.app.project import Project
from stamm.app.projecting.persons import merges_in, owners
from stamm.facts import imported
from stamm.lang.errors import BusyError
from stamm.store.book import SCHEMA, Book, write
from stamm.store.book.writing import Tell, erased_meanwhile, untold
from stamm.store.durable import make_directory
from stamm.store.erasing.ledger import FILE as ERASED
from stamm.store.kept.files import DIRECTORY
from stamm.store.lock import exclusive
from stamm.store.snapshot import Snapshot

PLACE = "book"
#: a newer book is made once the last one is so many times as old as it took to look at everybody for it
REST = 20
LOCK, WAIT_SECONDS, PATIENCE_SECONDS = "book.lock", 1.0, 60.0
#: one that no snapshot needs any more stays for those who read it
GRACE_SECONDS = 3600.0


_program = lru_cache(program)


class Booking:
    """Makes and opens the book of one project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.root = project.lake_directory / DIRECTORY / PLACE

    # -- which one ---------------------------------------------------------------------
    def newest(self) -> Path | None:
        """The newest book there is; None where none was made, or a person was erased since."""
        return max(self.root.glob("*.sqlite"), key=lambda path: path.stat().st_mtime_ns, default=None)

    def wanted(self) -> Path:
        """The book that the newest snapshot asks for, made or not."""
        return self._path(self.project.lake().snapshot())

    def is_due(self) -> bool:
        """Whether a newer one is wanted, and the last one has served for long enough."""
        newest = self.newest()
        if newest is None:
            return True
        looked = about_of(newest).get("looked", 0.0)
        return newest != self.wanted() and time.time() - newest.stat().st_mtime >= REST * looked

    def _path(self, snapshot: Snapshot) -> Path:
        """Named by all that it is made from; what people look at is among it only where that makes customers."""
        organisation = self.project.organisation
        seen = organisation.spell_rule == "activity"
        kinds = [kind for kind in sorted(imported()) if seen or kind != "events"]
        tables = snapshot.manifest.tables
        files = {kind: sorted(file.path for file in tables[kind].files) for kind in kinds if kind in tables}
        settings = asdict(organisation), self.project.settings.coverage, self.project.rates()
        return self.root / f"{digest(_program(), files, repr(settings))}.sqlite"

    # -- making it ---------------------------------------------------------------------
    def leave_out_gone(self) -> None:
        """Rows were taken out of the newest snapshot: whoever went with them is in no book from now on."""
        if self.newest() is not None:
            with suppress(BusyError):  # whoever is at it for so long may have begun before
                self.make(PATIENCE_SECONDS)
        wanted = self.wanted()
        for path in self.root.glob("*.sqlite"):
            if path != wanted:
                path.unlink(missing_ok=True)

    def make(self, wait_seconds: float = WAIT_SECONDS, tell: Tell = untold) -> Path:
        """The book of the newest snapshot, made where it is not there.

        Nobody waits for it, whoever erases a person least of all. Raises BusyError while another makes it, LakeError
        where a person was erased meanwhile.
        """
        make_directory(self.root, self.project.lake_directory, 0o700)
        with exclusive(self.root / LOCK, wait_seconds, None, "The book of customers is being made"):
            path = self.wanted()
            if not path.is_file():
                self._clear_drafts()
                making = _Making(self.project, self._erased())
                write(path, making.table, making.about, self._before(), tell)
                if self._erased() != making.erased:  # erasing looked for it before it had its name
                    path.unlink(missing_ok=True)
                    raise erased_meanwhile()
            self._sweep(path)
        return path

    def _before(self) -> Path | None:
        """The book from which the next one grows: of this program, and made since the last erasure."""
        newest = self.newest()
        if newest is None:
            return None
        told = about_of(newest)
        return newest if (told.get("program"), told.get("erased")) == (_program(), self._erased()) else None

    def _erased(self) -> str:
        """What tells one state of the ledger of erased people from another."""
        ledger = self.project.lake_directory / ERASED
        return hashlib.sha256(ledger.read_bytes()).hexdigest() if ledger.is_file() else ""

    def _clear_drafts(self) -> None:
        """Remove what a process that died left half written."""
        for draft in self.root.glob(".*.sqlite.*"):
            draft.unlink()

    def _sweep(self, newest: Path) -> None:
        horizon = time.time() - GRACE_SECONDS
        for path in self.root.glob("*.sqlite"):
            if path != newest and path.stat().st_mtime < horizon:
                path.unlink(missing_ok=True)


class _Making:
    """What goes into one book; nothing is read before the table is asked for."""

    def __init__(self, project: Project, erased: str) -> None:
        self.erased = erased
        self._project, self._begun = project, time.monotonic()
        self._told: dict[str, Any] = {}

    def table(self) -> pa.Table:
        """A line a customer."""
        snapshot, world = self._project.lake().snapshot(), self._project.world()
        try:
            found, orders = everybody(world), orders_of(world)
        finally:
            world.engine.close()
        pairs = sorted((customer, former) for former, customer in owners(merges_in(snapshot)).items())
        formers = {"customer_id": [who for who, _ in pairs], "former": [former for _, former in pairs]}
        self._told = _about(found, snapshot, world.simulated) | {"program": _program(), "erased": self.erased}
        self._told["looked"] = time.monotonic() - self._begun
        return _table(found.rows, pa.table(formers, pa.schema(dict.fromkeys(formers, pa.string()))), orders)

    def about(self) -> dict[str, Any]:
        """What the book says of itself, and how long it took to make."""
        return self._told | {"seconds": time.monotonic() - self._begun}


def about_of(path: Path) -> dict[str, Any]:
    """What a book says of itself; nothing where it has just gone."""
    try:
        with closing(Book(path)) as book:
            return book.about
    except (sqlite3.Error, FileNotFoundError):
        return {}


def _about(found: Everybody, snapshot: Snapshot, simulated: frozenset[str]) -> dict[str, Any]:
    as_of, returns, risk = found.standing
    return {
        "snapshot": snapshot.number,
        "as_of": as_of.isoformat() if as_of else None,
        "returns": returns,
        "risk": (risk[0], risk[1], risk[2].isoformat()) if risk else None,
        "simulated": bool(simulated & {"customers", "orders"}),
    }


def as_of_of(book: Book) -> datetime | None:
    """The end of what a book knows."""
    return datetime.fromisoformat(book.about["as_of"]) if book.about["as_of"] else None


def _table(rows: pa.Table, formers: pa.Table, orders: pa.Table) -> pa.Table:
    """The rows as lines of a book."""
    customers, never = rows["customer_id"], pc.is_null(rows["last_order_at"])
    told = {name: rows[name] for name in SCHEMA.names if name in rows.schema.names}
    told["orders"] = pc.coalesce(rows["orders"], 0)
    told["revenue_minor"] = pc.if_else(never, pc.coalesce(rows["revenue_minor"], 0), rows["revenue_minor"])
    told["state"] = pc.coalesce(told["state"], "") if "state" in told else pa.repeat("", len(rows))
    told["formers"], told["order_ids"] = _listed(customers, formers, "former"), _listed(customers, orders, "order_id")
    for field in SCHEMA:
        told.setdefault(field.name, pa.nulls(len(rows), field.type))
    return pa.table({name: told[name] for name in SCHEMA.names}).cast(SCHEMA)


def _listed(customers: pa.ChunkedArray, pairs: pa.Table, name: str) -> pa.Array:
    """Of each customer all that is theirs, in the order of the pairs; nothing where there is none."""
    found = pairs.group_by("customer_id", use_threads=False).aggregate([(name, "list")])
    return found[f"{name}_list"].combine_chunks().take(pc.index_in(customers, found["customer_id"]).combine_chunks())
