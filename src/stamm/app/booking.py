"""Keeping the book of customers: made of the newest snapshot beside the lake, and of nothing that was erased.

A book's name tells what it was made from, so whoever is killed leaves a whole one or none. It may be older than the
newest snapshot for a while, and says of itself until when it knows; erasing a person removes all of them at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from stamm.answers.everybody import Everybody, everybody, orders_of
from stamm.answers.remembered import digest, program
from stamm.app.project import Project
from stamm.app.projecting.persons import merges_in, owners
from stamm.facts import imported
from stamm.store.book import Book, Line, write
from stamm.store.durable import make_directory
from stamm.store.kept.files import DIRECTORY
from stamm.store.lock import exclusive
from stamm.store.snapshot import Snapshot

PLACE = "book"
#: a newer book is made once the last one is so many times as old as it took to make
REST = 20
LOCK, WAIT_SECONDS = "book.lock", 1.0
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
        return newest != self.wanted() and time.time() - newest.stat().st_mtime >= REST * seconds_of(newest)

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
    def make(self) -> Path:
        """The book of the newest snapshot, made where it is not there.

        Nobody waits for it, whoever erases a person least of all. Raises BusyError while another makes it, LakeError
        where a person was erased meanwhile.
        """
        make_directory(self.root, self.project.lake_directory, 0o700)
        with exclusive(self.root / LOCK, WAIT_SECONDS, None, "The book of customers is being made"):
            path = self.wanted()
            if not path.is_file():
                self._clear_drafts()
                making = _Making(self.project)
                write(path, making.lines(), making.about)
            self._sweep(path)
        return path

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
    """What goes into one book; nothing is read before the first line is asked for."""

    def __init__(self, project: Project) -> None:
        self._project, self._begun = project, time.monotonic()
        self._told: dict[str, Any] = {}

    def lines(self) -> Iterator[Line]:
        """A line a customer, in the order of the book."""
        snapshot, world = self._project.lake().snapshot(), self._project.world()
        try:
            found, orders = everybody(world), orders_of(world)
        finally:
            world.engine.close()
        self._told = _about(found, snapshot, world.simulated)
        formers: dict[str, list[str]] = {}
        for former, customer in owners(merges_in(snapshot)).items():
            formers.setdefault(customer, []).append(former)
        yield from _lines(found, formers, orders)

    def about(self) -> dict[str, Any]:
        """What the book says of itself, and how long it took to make."""
        return self._told | {"seconds": time.monotonic() - self._begun}


def seconds_of(path: Path) -> float:
    """How long it took to make a book."""
    book = Book(path)
    try:
        return float(book.about["seconds"])
    finally:
        book.close()


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


def _lines(found: Everybody, formers: dict[str, list[str]], orders: dict[str, list[str]]) -> Iterator[Line]:
    for row in found.rows:
        who = row["customer_id"]
        told: dict[str, Any] = {name: row[name] for name in Line._fields if name in row}
        told |= {"orders": row["orders"] or 0, "state": row.get("state") or ""}
        if row["last_order_at"] is None:
            told["revenue_minor"] = row["revenue_minor"] or 0
        yield Line(**told, formers=tuple(formers.get(who, ())), order_ids=tuple(orders.get(who, ())))
