"""Erasing a person: nothing of them is left, no total moves, and they do not come back.

The ledger is written first and says, in digests alone, who is to go. From then on every step may be repeated, so
whoever is killed leaves something that the next command ends.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from stamm.app.leaving.backing_up import backups_left
from stamm.app.leaving.beside import Beside, whose_beside
from stamm.app.leaving.written import Place
from stamm.app.project import Project
from stamm.app.refreshing import making
from stamm.facts import imported
from stamm.lang.errors import BusyError, LogError, UsageError
from stamm.store.erasing.cells import Cells
from stamm.store.erasing.clearing import clear
from stamm.store.erasing.gate import CUSTOMER, DEVICE
from stamm.store.erasing.ledger import Erased, Ledger, State
from stamm.store.erasing.person import Finding, Person
from stamm.store.erasing.rows import Nameless
from stamm.store.erasing.veil import Cleaning
from stamm.store.erasing.words import Digests, Seeker, is_worth_a_look
from stamm.store.kept import KeptFiles
from stamm.store.log import Entry, Log
from stamm.store.log.kind import Failed, Stored
from stamm.store.writer import Writer

#: what is being done, how much of it is done, and how much there is
Progress = Callable[[str, int, int], None]
#: a moment that says nothing: whoever is sought so was not erased
BEGUN = datetime(1970, 1, 1, tzinfo=UTC)
#: entries of the log looked at together
ENTRIES = 10_000


@dataclass
class Told:
    """What an erasure takes away, or would: counts alone."""

    #: rows that become nobody's, by fact kind; superseded ones apart
    rows: dict[str, int] = field(default_factory=dict)
    superseded: dict[str, int] = field(default_factory=dict)
    #: cells in other rows that name the person
    cells: int = 0
    rejects: int = 0
    exports: int = 0
    reports: int = 0
    truth: int = 0
    #: notes, tasks and owners
    care: int = 0
    #: sheets of surveys
    sheets: int = 0
    #: what was sent by forms
    submissions: int = 0
    #: links, ideas, votes and comments on boards of ideas
    ideas: int = 0
    #: mails that were planned for them; none is sent any more
    mails: int = 0
    #: boards, versions and links of those, and acts, that named them
    texts: int = 0
    #: what had arrived and was no fact yet
    arrived: int = 0
    #: older snapshots, files of rows, entries of tables' logs, files of kept facts and answers
    snapshots: int = 0
    files: int = 0
    entries: int = 0
    kept: int = 0
    #: what is too short, or somebody else's too, to be sought in other rows
    ambiguous: tuple[str, ...] = ()
    #: files in the directory that name the person and are not Stamm's
    foreign: tuple[Path, ...] = ()
    #: files that were brought and not taken in, and name the person or cannot be read as text
    brought: tuple[Path, ...] = ()
    #: where words of people here may mean the person or somebody else: they stay, and somebody has to look
    standing: tuple[Place, ...] = ()
    #: backups of before, in which the person still is
    backups: tuple[Path, ...] = ()
    reference: str = ""
    at: datetime | None = None

    def count(self, nameless: Nameless) -> None:
        """Take over what was found in the lake."""
        found = {table: count for table, count in sorted(nameless.rows.items()) if count}
        self.rows = {table: count for table, count in found.items() if table in imported()}
        self.superseded = {table.removesuffix("_history"): n for table, n in found.items() if table not in self.rows}
        self.cells = nameless.cells.total()


class Erasing:
    """Takes people out of a project."""

    def __init__(self, project: Project, *, progress: Progress | None = None) -> None:
        if project.reads_database:
            raise UsageError(
                "This project reads the database of a shop; nobody can be erased from it here.",
                where=f"{project.directory / 'stamm.toml'}, engine",
                remedy="Erase the person in the shop.",
            )
        self.project, self._progress = project, progress
        self._kinds = imported()
        self.lake = project.lake()

    # -- who ---------------------------------------------------------------------------
    def customer(self, called: str) -> str:
        """The number of the customer who is called so; raises UsageError where that is nobody, or several.

        Whoever the facts do not know may still have sent something: an address is then as good as a number.
        """
        finding = Finding(self.lake.snapshot(), self._kinds)
        found = finding.customers_called(called)
        if found and set(found) <= finding.one_person(found[:1]):
            return found[0]
        if found:
            raise UsageError(
                f"{len(found)} customers are called that: {', '.join(found)}.",
                remedy="Name one by the customer's number; each is erased on their own.",
            )
        if beside := whose_beside(self.project, called):
            return beside
        ledger = Ledger.read(self.lake.root)
        if ledger is not None and (known := ledger.knows(called)):
            raise UsageError(
                f"This customer was erased on {known.at.date()} ({known.reference}); nothing is left to erase.",
                remedy="What arrives of them is made nobody's by itself.",
            )
        raise UsageError(
            "Nobody here has that number, e-mail address or telephone number.",
            remedy="Write it as it stands in the data.",
        )

    # -- what would go -----------------------------------------------------------------
    def look(self, called: str) -> Told:
        """What would go; nothing is changed."""
        snapshot = self.lake.snapshot()
        finding = Finding(snapshot, self._kinds)
        person = finding.person([self.customer(called)])
        ledger = Ledger.read(self.lake.root) or Ledger(secrets.token_bytes(32))
        entry = person.erased(ledger, "", snapshot.written_at)
        cells = Cells(ledger.seeker([entry]), ledger.digests, person.pattern)
        nameless = Nameless(self._kinds, [person], cells)
        places = [(table, path) for table in snapshot.manifest.tables for path in snapshot.paths(table)]
        for number, (table, path) in enumerate(places):
            self._tell("looking", number, len(places))
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches():
                    nameless.batch(table, batch, counted=True)
        told = Told(ambiguous=_ambiguous(person))
        told.count(nameless)
        beside = Beside(self.project, cells, ledger.numbers([entry]))
        told.foreign, told.brought = tuple(beside.foreign()), tuple(beside.brought())
        told.care, told.sheets, told.texts = beside.written(), beside.asked(), beside.named_in_texts()
        told.submissions, told.ideas, told.mails = beside.submitted(), beside.suggested(), beside.mails_held()
        told.standing = tuple(beside.standing(_may_mean(person, finding.orders(person.customers))))
        told.backups = backups_left(self.project)
        return told

    # -- erasing -----------------------------------------------------------------------
    def erase(self, called: str, *, now: datetime, who: str | None = None) -> Told:
        """Erase one person; when it returns, nothing of them is left in what is Stamm's. `who` asked for it."""
        self.finish()
        with self._alone() as writer:
            snapshot = self.lake.snapshot()
            finding = Finding(snapshot, self._kinds)
            person = finding.person([self.customer(called)])
            ledger = Ledger.made(self.lake.root)
            entry = replace(person.erased(ledger, secrets.token_hex(4), now), who=who or "")
            cells = Cells(ledger.seeker([entry]), ledger.digests, person.pattern)
            beside = Beside(self.project, cells, ledger.numbers([entry]))
            left = Told(foreign=tuple(beside.foreign()), brought=tuple(beside.brought()))
            left.standing = tuple(beside.standing(_may_mean(person, finding.orders(person.customers))))
            ledger = ledger.but(entry)
            ledger.write(self.lake.root)
            told = self._carry_out(writer, ledger, Nameless(self._kinds, [person], cells), cells)
        told.reference, told.at, told.ambiguous = entry.reference, now, _ambiguous(person)
        told.foreign, told.brought, told.standing = left.foreign, left.brought, left.standing
        told.backups = backups_left(self.project)
        return told

    def finish(self) -> Told | None:
        """End what was begun, by this command or by one that was killed; None where there is nothing to end."""
        with self._alone() as writer:
            ledger = Ledger.read(self.lake.root)
            if ledger is None or not ledger.pending:
                return None
            people = self._people(ledger)
            patterns = [person.pattern for person in people]
            back = any(each.state is State.RESTORED for each in ledger.pending)
            read_all = Cells(ledger.seeker(ledger.pending), ledger.digests)
            if back or None in patterns:
                return self._carry_out(writer, ledger, Nameless(self._kinds, people, read_all), read_all)
            if not people:  # they are out of the lake, and the rest is to be cleared away
                return self._carry_out(writer, ledger, None, read_all)
            cells = replace(read_all, pattern="|".join(filter(None, patterns)))
            return self._carry_out(writer, ledger, Nameless(self._kinds, people, cells), read_all)

    def _people(self, ledger: Ledger) -> list[Person]:
        """Those who are to go, as far as the lake still knows them."""
        finding, found = Finding(self.lake.snapshot(), self._kinds), []
        for each in ledger.pending:
            customers = finding.known_as(CUSTOMER, partial(_among, ledger, "customer", each.customers))
            devices = finding.known_as(DEVICE, partial(_among, ledger, "device", each.devices))
            if customers or devices:
                found.append(finding.person(customers, devices))
        return found

    def _carry_out(self, writer: Writer, ledger: Ledger, nameless: Nameless | None, cells: Cells) -> Told:
        """All steps, each of which may be done again."""
        told, root = Told(), self.lake.root
        if nameless is not None:
            writer.rewrite(nameless.batch, nameless.source, self._tell)
            told.count(nameless)
        snapshot = writer.commit()
        cleared = clear(root, snapshot.manifest)
        told.snapshots, told.files, told.entries = cleared.snapshots, cleared.files, cleared.entries
        told.kept = KeptFiles(snapshot, self.project.organisation).purge()
        beside = Beside(self.project, cells, ledger.numbers(ledger.pending))
        beside.fetched()
        told.rejects, told.exports = beside.rejects(), beside.exports()
        told.truth, told.reports = beside.truth(), beside.reports()
        told.care, told.sheets, told.texts = beside.care(), beside.sheets(), beside.texts()
        told.submissions, told.ideas, told.mails = beside.submissions(), beside.ideas(), beside.mails()
        if self.project.has_log:
            with closing(self.project.log()) as log:
                told.arrived = _clean(log, ledger)
        for each in ledger.pending:
            self._note(each, told)
        ledger.all(State.DONE).write(root)
        return told

    def _note(self, erased: Erased, told: Told) -> None:
        """Who erased whom by which reference, and how much that was: counts alone."""
        rows, superseded = sum(told.rows.values()), sum(told.superseded.values())
        about = f"{erased.reference}: rows {rows}, superseded {superseded}, cells {told.cells}, arrived {told.arrived}"
        again = erased.state is State.RESTORED
        self.project.note("person_erased_again" if again else "person_erased", about, now=erased.at, who=erased.who)

    @contextmanager
    def _alone(self) -> Iterator[Writer]:
        with self.lake.writing() as writer, making(self.lake.root):
            yield writer

    def _tell(self, what: str, done: int, whole: int) -> None:
        if self._progress is not None:
            self._progress(what, done, whole)


def finish_begun(project: Project) -> None:
    """End an erasure that somebody was killed in; while another process is at it, it is left to them."""
    ledger = Ledger.read(project.lake_directory)
    if ledger is not None and ledger.pending:
        try:
            Erasing(project).finish()
        except (BusyError, LogError):
            return  # another holds the lock and ends it, or reads the log: it stays begun, and the next one comes


def _among(ledger: Ledger, domain: str, known: frozenset[str], text: str) -> bool:
    return ledger.digests.of(domain, text) in known


def _ambiguous(person: Person) -> tuple[str, ...]:
    return tuple(sorted(person.ambiguous | person.ambiguous_phones))


def _may_mean(person: Person, orders: Iterable[str]) -> Callable[[str], bool]:
    """Whether a text says what may mean the person: a name of one word or of others, too, or one of their orders."""
    digests = Digests(secrets.token_bytes(32))
    told = {each for each in (*person.ambiguous, *orders) if is_worth_a_look(each)}
    needles = [*map(digests.needle, told), *map(digests.phone, person.ambiguous_phones)]
    seeker = Seeker(digests, [(needle, BEGUN) for needle in needles])
    return lambda text: seeker.mentioned(text) is not None


def arrived(log: Log, cleaning: Cleaning) -> tuple[list[tuple[Stored, Entry]], list[tuple[Failed, Entry]]]:
    """What lies in a log and tells of somebody, waiting and failed, each with what is to be in its place."""
    waiting, failures, after = [], [], 0
    while entries := log.read(after, ENTRIES):
        waiting += [(each, cleaned) for each in entries if (cleaned := cleaning.veiled(each.entry)) is not each.entry]
        after = entries[-1].position
    after = 0
    while failed := log.failures(after, ENTRIES):
        failures += [(each, cleaned) for each in failed if (cleaned := cleaning.veiled(each.entry)) is not each.entry]
        after = failed[-1].number
    return waiting, failures


def _clean(log: Log, ledger: Ledger) -> int:
    """Take those in the ledger out of what had arrived; returns how many entries told of them."""
    log.touch()  # whoever began to write before the ledger was has ended, and whoever begins now knows
    waiting, failures = arrived(log, Cleaning.of(ledger))
    count = log.amend(
        {each.position: cleaned for each, cleaned in waiting}, {each.number: cleaned for each, cleaned in failures}
    )
    log.scrub()
    return count
