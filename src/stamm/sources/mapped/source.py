"""Files read by a mapping: every fact kind of it in turn, the file once for each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts import imported
from stamm.facts.faults import NO_KEY
from stamm.facts.mapping import FactMapping
from stamm.lang.errors import InputError, ProjectError
from stamm.lang.organisation import Organisation
from stamm.lang.window import day_of
from stamm.sources.cells import mask_of
from stamm.sources.checking import MONEY, Layout, Verdict
from stamm.sources.kind import Chunk, Reject, Source
from stamm.sources.local_time import Mask
from stamm.sources.mapped.adding import Adding
from stamm.sources.mapped.columns import Columns
from stamm.sources.mapped.companion import Companion
from stamm.sources.mapped.conditions import holding, keep
from stamm.sources.mapped.file_mapping import FILES, FileMapping
from stamm.sources.mapped.filling import Filling
from stamm.sources.mapped.numbering import Numbering
from stamm.sources.mapped.spill import Spill
from stamm.sources.mapped.told import UNTOLD, Told
from stamm.sources.reading import Rows, open_rows

#: so many columns are named where one is not there
SHOWN = 30
LOST = "rows that cannot be told apart into cells may be missing from the rows that belong together"


class Mapped(Source):
    """Any file, by a mapping in stamm.toml."""

    abstract = True  # needs its mapping, so it is made by whoever has one

    def __init__(self, mapping: FileMapping, folder: Path, others: Sequence[FileMapping] = ()) -> None:
        """What does not fit into memory waits in a nameless file on the disk of `folder`.

        `others` are the mappings through which this one may look for the customers of orders.
        """
        super().__init__()
        self.mapping, self.folder = mapping, folder
        self.others = {other.name: other for other in others}

    def recognises(self, what: Path | str) -> bool:
        return self.mapping.fits(Path(what).name)

    def reads_as(self, what: Path | str) -> str:
        tables = [mapping.table() for mapping in (self.mapping, *self._through())]
        told = [{key: value for key, value in table.items() if key != FILES} for table in tables]
        return f"{super().reads_as(what)} {json.dumps(told, sort_keys=True)}"

    def files(self, what: Path | str) -> tuple[Path, ...]:
        path = Path(what)
        return (path, *(file for other in self._through() for file in self._beside(path, other)))

    def read(self, what: Path | str, *, organisation: Organisation) -> Iterator[Chunk]:
        path, whole, told = Path(what), len(self.mapping.facts), _Days(organisation.zone)
        for turn, mapping in enumerate(self.mapping.facts):
            with open_rows(path, self.mapping.reading_of(mapping, path)) as rows:
                broken = not turn or bool(mapping.origin)
                for chunk in self.facts(mapping, rows, organisation=organisation, beside=path, broken=broken):
                    done = turn * rows.bytes_total + rows.bytes_read
                    told.note(mapping, chunk)
                    yield replace(chunk, bytes_read=done, bytes_total=whole * rows.bytes_total)
            if mapping.fact == "returns" and mapping.origin in told.days:
                size, covered = rows.bytes_total, told.days[mapping.origin]
                yield Chunk(mapping.fact, pa.table({}), 0, (), (turn + 1) * size, whole * size, covered=covered)

    def facts(
        self, mapping: FactMapping, rows: Rows, *, organisation: Organisation, beside: Path, broken: bool = True
    ) -> Iterator[Chunk]:
        """One kind of fact out of rows at hand; files of other mappings are looked for beside a file.

        `broken`: with the rows that could not be told apart into cells.
        """
        self._refuse_missing(mapping, rows)
        with ExitStack() as stack:
            turned = _Turn(mapping, rows, organisation, stack.enter_context(Spill(self.folder)), broken=broken)
            through = next((rule for rule in mapping.columns.values() if rule.through), None)
            if through:
                other = self._named(through.through)
                spills = (stack.enter_context(Spill(self.folder)) for _ in range(2))
                turned.companion = Companion(through.columns[0], *spills)
                for file in self._beside(beside, other):
                    turned.companion.know(self._orders(other, file, organisation))
            yield from turned.chunks()

    # -- whose an order is -----------------------------------------------------------
    def _through(self) -> list[FileMapping]:
        """The mappings through which this one looks, each once."""
        rules = (rule for mapping in self.mapping.facts for rule in mapping.columns.values())
        return [self._named(name) for name in dict.fromkeys(rule.through for rule in rules if rule.through)]

    def _named(self, name: str) -> FileMapping:
        found = self.others.get(name)
        if found is None or not any(_tells_owners(mapping) for mapping in found.facts):
            raise ProjectError(
                f"No mapping named {name!r} tells the customers of orders.",
                where=f"[mapping.{self.mapping.name}]",
                remedy=f"Write [mapping.{name}.orders] with order_id and customer_id, or leave out `through`.",
            )
        return found

    def _beside(self, path: Path, other: FileMapping) -> list[Path]:
        """The files of another mapping in the folder of this one."""
        found = sorted(file for file in path.parent.iterdir() if file.is_file() and other.fits(file.name))
        if not found:
            raise InputError(
                f"There is no file of the mapping {other.name} beside it, which says whose the orders are.",
                where=str(path),
                remedy=f"Put a file named like {other.files or '(no pattern)'} into the same folder, "
                "or leave out `through` in stamm.toml.",
            )
        return found

    def _orders(self, other: FileMapping, file: Path, organisation: Organisation) -> Iterator[pa.Table]:
        (orders,) = (mapping for mapping in other.facts if _tells_owners(mapping))
        required = {name for name, column in imported()["orders"].carried().items() if column.required}
        wanted = {"customer_id", "currency", *required, *(name.removesuffix(MONEY) for name in required)}
        rules = {name: rule for name, rule in orders.columns.items() if name in wanted}
        source = Mapped(replace(other, facts=(replace(orders, columns=rules),)), self.folder)
        for chunk in source.read(file, organisation=organisation):
            yield chunk.table

    def _refuse_missing(self, mapping: FactMapping, rows: Rows) -> None:
        missing = [name for name in mapping.needs if name not in rows.names]
        if not missing:
            return
        near = get_close_matches(missing[0], rows.names, n=1)
        found = ", ".join(rows.names[:SHOWN]) + (" ..." if len(rows.names) > SHOWN else "")
        hint = f" Perhaps {near[0]}?" if near else ""
        raise InputError(
            f"There is no column {missing[0]}, which the mapping {self.mapping.name} reads for {mapping.fact}.",
            where=rows.file,
            remedy=f"Columns found: {found}.{hint} Correct [mapping.{self.mapping.name}.{mapping.fact}] in stamm.toml.",
        )


class _Days:
    """The local days of the orders of a file: where it tells what came back as well, that is known as far as they are.

    Else a file with a return in September and orders until December would say that nobody knows of any after September.
    """

    def __init__(self, zone: str) -> None:
        self._zone, self.days = zone, dict[str, tuple[date, date]]()

    def note(self, mapping: FactMapping, chunk: Chunk) -> None:
        """Keep the first and the last day, by the sheet that they stand in."""
        if mapping.fact == "orders" and chunk.table.num_rows:
            ends = pc.min_max(chunk.table.column("ordered_at"))
            first, last = (day_of(ends[end].as_py(), self._zone) for end in ("min", "max"))
            known = self.days.get(mapping.origin, (first, last))
            self.days[mapping.origin] = min(first, known[0]), max(last, known[1])


class _Turn:
    """One reading of a file for one fact kind."""

    def __init__(
        self, mapping: FactMapping, rows: Rows, organisation: Organisation, spill: Spill, *, broken: bool
    ) -> None:
        self.mapping, self.rows, self.broken = mapping, rows, broken
        writing = mapping.writing
        organisation = replace(
            organisation,
            zone=writing.time_zone or organisation.zone,
            currency=writing.currency or organisation.currency,
        )
        fact = imported()[mapping.fact]
        stated = ["currency"] if writing.currency and "currency" in fact.columns() else []
        self.layout = Layout(fact, list(dict.fromkeys((*mapping.columns, *stated))), rows.file, organisation)
        self.filling = Filling(mapping, self.layout)
        self.told = Told(self.filling)
        self.adding = Adding(self.filling, self.told, spill) if mapping.each else None
        counted = [rule.row for rule in mapping.columns.values() if isinstance(rule.row, tuple)]
        self.numbering = Numbering(counted[0], spill) if counted else None
        self.companion: Companion | None = None
        self.remarks = (*rows.found, *rows.renamed, *self.layout.remarks)

    def chunks(self) -> Iterator[Chunk]:
        """The facts; where rows wait for others, the chunks that come while they do are empty."""
        for piece in self.rows.chunks(self.mapping.needs):
            broken = piece.rejects if self.broken else ()
            cells = Columns(piece.raw, self.mapping.writing, self.rows.file)
            kept, faults = keep(self.mapping.where, cells)
            left_out = len(cells) - int(kept.sum())
            cells = cells.kept(kept, self.mapping.needs)
            verdict = Verdict(len(cells))
            for rows, column, reason in [*faults, *self._untold(cells)]:
                verdict.blame(rows, UNTOLD + column, reason)
            table, rejects = self._taken(cells, verdict)
            every = tuple(sorted((*broken, *rejects), key=lambda reject: reject.line))
            read = len(piece.raw.lines) + len(broken)
            lost = (LOST,) if self.adding and broken else ()
            yield Chunk(self.mapping.fact, table, read, every, left_out=left_out, remarks=(*self.remarks, *lost))
        for cells in self._waited():
            table, rejects = self._checked(cells, Verdict(len(cells)))
            yield Chunk(self.mapping.fact, table, 0, rejects)
        if self.adding:
            for made in self.adding.made():
                yield Chunk(self.mapping.fact, made.table, 0, made.rejects)

    def _untold(self, cells: Columns) -> Iterator[tuple[Mask, str, str]]:
        """Rows of which the condition of a rule cannot be told."""
        for rule in self.mapping.columns.values():
            yield from holding(rule.where, cells)[1]

    def _taken(self, cells: Columns, verdict: Verdict) -> tuple[pa.Table, tuple[Reject, ...]]:
        """What can be said of rows at once; the others wait."""
        waiting = self.numbering or self.companion
        if waiting:
            waiting.put(cells.kept(verdict.sound, self.mapping.needs))
            return pa.table({}), self.told.rejects(cells, verdict)
        if self.adding:
            return pa.table({}), self._added(self.adding, cells, verdict)
        return self._checked(cells, verdict)

    def _waited(self) -> Iterator[Columns]:
        """Rows that waited: numbered, then with the customer of their order."""
        numbered = self.numbering.numbered() if self.numbering else iter(())
        if self.companion is None:
            return numbered
        for cells in numbered:
            self.companion.put(cells)
        return self.companion.found()

    def _checked(self, cells: Columns, verdict: Verdict) -> tuple[pa.Table, tuple[Reject, ...]]:
        read = self.filling.read(cells)
        self.layout.judge(verdict, read)
        return self.layout.table(verdict, read), self.told.rejects(cells, verdict)

    def _added(self, adding: Adding, cells: Columns, verdict: Verdict) -> tuple[Reject, ...]:
        """Rows put aside to be brought together; those of which nobody knows with which are set aside at once."""
        keys = cells.joined(self.mapping.each)
        alone = mask_of(keys.is_null())
        if alone.any():
            lost = Verdict(len(cells))
            lost.blame(alone, UNTOLD + self.mapping.each[0], NO_KEY)
            rejects = self.told.rejects(cells, lost)
            rest = cells.kept(~alone, self.mapping.needs)
            return (*rejects, *self._added(adding, rest, verdict.of_rows(~alone)))
        read = self.filling.read(cells)
        self.layout.judge(verdict, read, whole=False)
        bad = np.nonzero(~verdict.sound)[0]
        adding.put(keys, cells.lines, read, {int(row): self.told.fault(cells, verdict, int(row)) for row in bad})
        return ()


def _tells_owners(mapping: FactMapping) -> bool:
    """Whether a mapping says whose each order is, without asking another in turn."""
    rule = mapping.columns.get("customer_id")
    return mapping.fact == "orders" and rule is not None and not rule.through
