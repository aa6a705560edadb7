"""One round of the projection: read the log, put what it says into the lake, note how far in the same commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from stamm.app.project import Project
from stamm.app.projecting import persons
from stamm.app.projecting.deliveries import is_delivery
from stamm.app.projecting.deliveries import said as delivered
from stamm.app.projecting.devices import links_of, recognised
from stamm.app.projecting.folding import folded
from stamm.app.projecting.own import is_own
from stamm.app.projecting.own import said as told_by_programmes
from stamm.app.projecting.said import Said, put_said
from stamm.sources.segment import Arrival, read
from stamm.sources.segment.semantic import Row
from stamm.store import Lake, Writer
from stamm.store.log import Entry, Log, Stored

#: messages of one commit: as many as fit into memory, each of the greatest size that the door lets in
MOST = 5_000
#: an import may hold the lake for long; what arrives waits in the log meanwhile
WAIT_SECONDS = 600.0


@dataclass
class Projected:
    """What one round took out of the log."""

    messages: int = 0
    failed: int = 0
    #: rows by fact
    rows: Counter[str] = field(default_factory=Counter)
    #: the snapshot that holds them; None where nothing came
    snapshot: int | None = None


class Projecting:
    """Takes what arrived out of the log into the lake. May be stopped at any moment, and started again."""

    def __init__(self, project: Project, log: Log | None = None, *, most: int = MOST) -> None:
        self.project, self.log, self.most = project, log, most
        #: the snapshot all of whose rows are with the right customers
        self._settled: int | None = None

    def run(self) -> Projected:
        """One commit's worth of messages; nothing where none wait and nobody else has written."""
        lake = self.project.lake()
        waiting = self._waiting(self.log, lake) if self.log else []
        if self.log and waiting:
            return self._take(self.log, lake, waiting)
        snapshot = lake.snapshot()
        if self._settled == snapshot.number:
            return Projected()
        if not persons.merges_in(snapshot):
            self._settled = snapshot.number  # then all rows are whose they say; nobody need wait for the lake
            return Projected()
        return self._settle(lake)

    def _waiting(self, log: Log, lake: Lake) -> list[Stored]:
        """What the lake does not hold yet; what it does goes from the log."""
        position = lake.snapshot().manifest.positions.get(self.project.log_name, 0)
        first, last = log.span()
        if last < position:
            position = 0  # this is not the log that was read before
        elif first <= position:
            log.trim(position)
        return log.read(position, self.most)

    def _take(self, log: Log, lake: Lake, waiting: Sequence[Stored]) -> Projected:
        own = [stored for stored in waiting if is_own(stored.entry)]
        deliveries = [stored for stored in waiting if is_delivery(stored.entry)]
        calls = [stored for stored in waiting if not is_own(stored.entry) and not is_delivery(stored.entry)]
        said, reasons = self._said(calls)
        done, last = Projected(messages=len(waiting)), waiting[-1].position
        with lake.writing(wait_seconds=WAIT_SECONDS) as writer:
            more, wrong = delivered(deliveries, writer.current, self.project.organisation)
            reasons |= wrong
            done.failed = len(reasons)
            if reasons:
                # set aside before the commit that steps over them: whoever is killed in between reads only the others
                log.fail(reasons)
            self._put(writer, [*said, *more, *told_by_programmes(own)], done)
            writer.advance(self.project.log_name, last)
            done.snapshot = self._settled = writer.commit().number
        log.trim(last)
        return done

    def _said(self, waiting: Sequence[Stored]) -> tuple[list[Said], dict[int, str]]:
        """The rows in these messages, and the reasons of those that are none."""
        currency = self.project.organisation.currency
        said: list[Said] = []
        reasons: dict[int, str] = {}
        for stored in waiting:
            entry = stored.entry
            arrival = Arrival(entry.source, entry.message_id, entry.received_at, entry.sent_at)
            found = read(entry.body, arrival, currency)
            if found.problem is not None:
                reasons[stored.position] = found.problem.reason
            said += [_said(row, entry) for row in found.rows]
        return said, reasons

    def _put(self, writer: Writer, said: Sequence[Said], done: Projected) -> None:
        before = persons.owners(persons.all_merges(writer))
        rows = folded([*said, *links_of(said, writer)], writer)
        done.rows.update(Counter(row.fact for row in rows))
        put_said(writer, rows)
        given = recognised(writer, rows)
        put_said(writer, given)
        rows += given
        known = persons.owners(persons.all_merges(writer))
        put_said(writer, list(persons.given_away(rows, known)))
        if said:
            changed = persons.moved(before, known) | persons.touched(rows, known)
            others = known.keys() if self._settled != writer.base.number else set()
            persons.put_right(writer, known, changed | others, max(row.received_at for row in said))

    def _settle(self, lake: Lake) -> Projected:
        """What others have written belongs to those who stand for its customers."""
        with lake.writing(wait_seconds=WAIT_SECONDS) as writer:
            before, known = writer.base.number, persons.owners(persons.all_merges(writer))
            persons.put_right(writer, known, known, writer.base.written_at)
            self._settled = writer.commit().number
        return Projected(snapshot=self._settled if self._settled != before else None)


def _said(row: Row, entry: Entry) -> Said:
    """A row as a message says it; a list of products says of each that it is one of the order's."""
    listed = False if row.fact == "order_lines" else None
    return Said(row.fact, dict(row.values), entry.source, row.said_at or entry.received_at, withdrawn=listed)
