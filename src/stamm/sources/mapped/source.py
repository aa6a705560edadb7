"""Files read by a mapping: every fact kind of it in turn, the file once for each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pyarrow as pa

from stamm.facts import imported
from stamm.facts.mapping import FactMapping
from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.sources.cells import mask_of
from stamm.sources.checking import Layout, Verdict
from stamm.sources.kind import Chunk, Reject, Source
from stamm.sources.local_time import Mask
from stamm.sources.mapped.adding import Adding
from stamm.sources.mapped.columns import Columns
from stamm.sources.mapped.conditions import holding, keep
from stamm.sources.mapped.file_mapping import FILES, FileMapping
from stamm.sources.mapped.filling import Filling
from stamm.sources.mapped.numbering import Numbering
from stamm.sources.mapped.spill import Spill
from stamm.sources.mapped.told import UNTOLD, Told
from stamm.sources.reading import Rows, open_rows

#: so many columns are named where one is not there
SHOWN = 30
NO_KEY = "is empty, so nobody knows with which rows it belongs together"


class Mapped(Source):
    """Any file, by a mapping in stamm.toml."""

    abstract = True  # needs its mapping, so it is made by whoever has one

    def __init__(self, mapping: FileMapping, folder: Path) -> None:
        """What does not fit into memory waits in a nameless file on the disk of `folder`."""
        super().__init__()
        self.mapping, self.folder = mapping, folder

    def recognises(self, what: Path | str) -> bool:
        return self.mapping.fits(Path(what).name)

    def reads_as(self, what: Path | str) -> str:
        table = {key: value for key, value in self.mapping.table().items() if key != FILES}
        return f"{super().reads_as(what)} {json.dumps(table, sort_keys=True)}"

    def files(self, what: Path | str) -> tuple[Path, ...]:
        return (Path(what),)

    def read(self, what: Path | str, *, organisation: Organisation) -> Iterator[Chunk]:
        (path,) = self.files(what)
        whole = len(self.mapping.facts)
        for turn, mapping in enumerate(self.mapping.facts):
            with open_rows(path, self.mapping.reading_of(mapping, path)) as rows, Spill(self.folder) as spill:
                self._refuse_missing(mapping, rows)
                turned = _Turn(mapping, rows, organisation, spill, broken=not turn or bool(mapping.origin))
                for chunk in turned.chunks():
                    done = turn * rows.bytes_total + rows.bytes_read
                    yield replace(chunk, bytes_read=done, bytes_total=whole * rows.bytes_total)

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
            yield Chunk(self.mapping.fact, table, read, every, left_out=left_out, remarks=self.remarks)
        if self.numbering:
            for cells in self.numbering.numbered():
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
        if self.numbering:
            self.numbering.put(cells.kept(verdict.sound, self.mapping.needs))
            return pa.table({}), self.told.rejects(cells, verdict)
        if self.adding:
            return pa.table({}), self._added(self.adding, cells, verdict)
        return self._checked(cells, verdict)

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
