"""What an export is: things of somebody's file, each turned into rows of facts; what cannot be is set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby, islice
from pathlib import Path
from typing import Any, ClassVar, Generic, ParamSpec, Protocol, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts import imported
from stamm.lang.organisation import Organisation
from stamm.lang.window import day_of
from stamm.sources.checking import MONEY, Layout, Raw
from stamm.sources.exports.values import FaultError, cell_of, text
from stamm.sources.kind import VALUE_LENGTH, Chunk, Reject, Source
from stamm.sources.reading import refuse_no_file
from stamm.sources.reading.flaws import without_nul
from stamm.sources.reading.ndjson import column_of

#: a row of a fact: amounts in a column without `_minor` are in major units
Row = Mapping[str, Any]
#: what one thing of a file becomes: rows, faults (one reject each), and nothing where it is no such fact
Rows = Iterator[Row | FaultError | None]
NO_ZONE = "the export does not say its time zone: its times are taken as those of"
#: rows of a chunk at most
ROWS = 10_000
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Known(Generic[T]):
    """One thing of a file, such as an order with its lines, and the line on which it begins.

    `live` is one that was told as it happened, not exported afterwards.
    """

    line: int
    content: T
    live: bool = False


#: one after the other in a file: what can be read, what cannot, and how many bytes were read so far
Thing = Known[T] | Reject | int


@dataclass
class _Pass:
    """What is known while a file is read: how far the reading is, rows that could not be read, days that came."""

    file: str
    organisation: Organisation
    days: dict[str, tuple[date, date]] = field(default_factory=dict)


def attempt(make: Callable[P, Row | None], *args: P.args, **kwargs: P.kwargs) -> Row | FaultError | None:
    """A row, or why there is none, so that the rest of a thing is made all the same."""
    try:
        return make(*args, **kwargs)
    except FaultError as fault:
        return fault


class Recall(Protocol):
    """What is known already: the rows of a kind of fact that have one of the values in a column."""

    def __call__(self, kind: str, column: str, values: Sequence[str]) -> pa.Table: ...


def nothing(kind: str, column: str, values: Sequence[str]) -> pa.Table:
    """Nothing is known yet."""
    del column, values
    schema: pa.Schema = imported()[kind].schema()
    return schema.empty_table()


class Export(Source, Generic[T]):
    """A file as another system writes it, recognised by how it begins.

    `makes` names the kinds of facts made of it; each is a method from one thing to `Rows`, which all have the same
    columns. The file is read once for each kind, so memory stays bounded.
    """

    abstract = True
    makes: ClassVar[tuple[str, ...]] = ()
    #: what a column of a fact is called in the file, where it is called differently
    called: ClassVar[Mapping[str, str]] = {}
    #: a kind of fact -> the kind whose days it covers, because each of those tells all of these it has
    covered_by: ClassVar[Mapping[str, str]] = {}
    #: the time zone of times in it that is most likely, where it says none; empty: the organisation's
    zone: ClassVar[str] = ""
    #: what the person should know of how a kind of fact is made, one sentence each
    remarks_on: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        #: asked by what depends on facts that came before
        self.recall: Recall = nothing
        #: the time zone of times that do not say theirs, in the file being read
        self.written_in = self.zone or "UTC"

    def files(self, what: Path | str) -> tuple[Path, ...]:
        path = Path(what)
        refuse_no_file(path)
        return (path,)

    def things(self, path: Path) -> Iterator[Thing[T]]:
        """The things in a file in their order; a reject for what cannot be read; a number: bytes read so far."""
        raise NotImplementedError

    def gathered(self, fact: str, things: Iterator[Thing[T]]) -> Iterator[Thing[T]]:
        """The things of which a kind of fact is made, where some of them belong together."""
        del fact
        return things

    def read(self, what: Path | str, *, organisation: Organisation) -> Iterator[Chunk]:
        (path,) = self.files(what)
        total, reading = path.stat().st_size, self._begun(path.name, organisation)
        for turn, fact in enumerate(self.makes):
            for chunk in self._facts(fact, self.things(path), reading, first=not turn):
                done = turn * total + chunk.bytes_read
                yield replace(chunk, bytes_read=done, bytes_total=len(self.makes) * total)

    def facts(self, things: list[Known[T]], file: str, organisation: Organisation) -> Iterator[Chunk]:
        """The facts in things at hand, kind by kind."""
        reading = self._begun(file, organisation)
        for turn, fact in enumerate(self.makes):
            yield from self._facts(fact, iter(things), reading, first=not turn)

    def _begun(self, file: str, organisation: Organisation) -> _Pass:
        self.written_in = organisation.time_zones.get(self.key) or self.zone or organisation.zone
        return _Pass(file, organisation)

    def _local(self, organisation: Organisation) -> Organisation:
        """The organisation, as far as days and times without a zone go: a day is its own, unless a zone was set."""
        return replace(organisation, zone=organisation.time_zones.get(self.key) or organisation.zone)

    def _remarks(self, fact: str, organisation: Organisation) -> tuple[str, ...]:
        told = self.remarks_on.get(fact, ())
        if fact != self.makes[0] or not self.zone or self.key in organisation.time_zones:
            return told
        return (*told, f"{NO_ZONE} {self.zone}, unless [time_zones] in stamm.toml says another")

    def _facts(self, fact: str, things: Iterator[Thing[T]], reading: _Pass, *, first: bool) -> Iterator[Chunk]:
        """One kind of fact; there is at least one chunk."""
        made = self._made(fact, things, broken=first)
        covered, remarks = reading.days.get(self.covered_by.get(fact, "")), self._remarks(fact, reading.organisation)
        empty = True
        while some := list(islice(made, ROWS)):
            for chunk in self._chunks(fact, some, reading):
                yield replace(chunk, covered=covered, remarks=(*remarks, *chunk.remarks))
            empty = False
        if empty:
            yield Chunk(fact, pa.table({}), 0, covered=covered)

    def _made(
        self, fact: str, things: Iterator[Thing[T]], *, broken: bool
    ) -> Iterator[tuple[int, Row | FaultError | Reject | int | None]]:
        """Rows with the line of their thing; with rows that cannot be read if `broken`."""
        make: Callable[[Known[T]], Rows] = getattr(self, fact)
        for thing in self.gathered(fact, things):
            if isinstance(thing, int):
                yield 0, thing
            elif isinstance(thing, Reject):
                if broken:
                    yield thing.line, thing
            else:
                try:
                    for row in make(thing):
                        yield thing.line, row
                except FaultError as fault:
                    yield thing.line, fault

    def _chunks(
        self, fact: str, made: list[tuple[int, Row | FaultError | Reject | int | None]], reading: _Pass
    ) -> Iterator[Chunk]:
        """Rows of equal columns become one table; what is no row is counted with the first."""
        rejects, left_out, done = [], 0, 0
        rows: list[tuple[int, Row]] = []
        for line, one in made:
            if one is None:
                left_out += 1
            elif isinstance(one, int):
                done = one
            elif isinstance(one, Reject):
                rejects.append(one)
            elif isinstance(one, FaultError):
                value = text(one.value) or ""
                rejects.append(Reject(reading.file, line, one.column, value[:VALUE_LENGTH], one.reason))
            else:
                rows.append((line, one))
        yield Chunk(fact, pa.table({}), len(rejects) + left_out, tuple(rejects), done, left_out=left_out)
        for names, group in groupby(rows, key=lambda row: tuple(row[1])):
            yield self._chunk(fact, names, list(group), reading, done)

    def _chunk(
        self, fact: str, names: tuple[str, ...], rows: list[tuple[int, Row]], reading: _Pass, done: int
    ) -> Chunk:
        kind = imported()[fact]
        layout = Layout(kind, names, reading.file, self._local(reading.organisation))
        columns, flaws = {}, []
        for name in names:
            columns[name], found = column_of([cell_of(row[name]) for _, row in rows])
            flaws += [(name, faulty, reason) for reason, faulty in found.items()]
        lines = np.array([line for line, _ in rows], dtype=np.int64)
        table, rejects = layout.check(without_nul(Raw(columns, lines, flaws=tuple(flaws))))
        self._note_days(fact, kind.clock, table, reading)
        told = tuple(replace(reject, column=self._called(reject.column)) for reject in rejects)
        return Chunk(fact, table, len(rows), told, done, remarks=layout.remarks)

    def _called(self, column: str) -> str:
        return self.called.get(column, self.called.get(column + MONEY, column))

    def _note_days(self, fact: str, clock: str, table: pa.Table, reading: _Pass) -> None:
        """Keep the first and the last local day of what came in, where another kind of fact is covered by it."""
        if fact not in self.covered_by.values() or not table.num_rows:
            return
        ends = pc.min_max(table.column(clock))
        first, last = (day_of(ends[end].as_py(), reading.organisation.zone) for end in ("min", "max"))
        known = reading.days.get(fact, (first, last))
        reading.days[fact] = min(first, known[0]), max(last, known[1])
