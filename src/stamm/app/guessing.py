"""Proposed mappings put to the test and into stamm.toml."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa

from stamm.app.importing import SHOWN
from stamm.app.project import Project
from stamm.app.settings import SETTINGS, read_settings, write_whole
from stamm.facts.mapping import FactMapping
from stamm.lang.errors import InputError, ProjectError
from stamm.origins.tables import TableSource
from stamm.sources import Reject
from stamm.sources.checking import Raw
from stamm.sources.guessing import Proposal
from stamm.sources.mapped import Mapped
from stamm.sources.reading import Piece, Reading, Rows
from stamm.store.writer import STAGING

#: rows of a sample that a preview is made of
ROWS = 2_000


@dataclass(frozen=True)
class Preview:
    """What the first rows of a file become of one fact kind: how many, the first ten, and those set aside."""

    fact: str
    made: int
    first: pa.Table | None
    rejects: tuple[Reject, ...] = ()


@contextmanager
def at_hand(what: Sequence[str], tables: Mapping[str, TableSource], folder: Path) -> Iterator[list[Path]]:
    """The files to propose mappings for; of a table its first rows, in a file that is gone afterwards.

    It lies where a writer of the lake in `folder` puts what nobody sees yet, so that also what a process that was
    killed left behind is removed by the next one.
    """
    staging = folder / STAGING
    staging.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=staging, ignore_cleanup_errors=True) as place:
        files = [Path(place, f"{one}.parquet") if one in tables else Path(one) for one in what]
        for one, file in zip(what, files, strict=True):
            if one in tables:
                tables[one].sample(file)
        yield files


def told_of(proposal: Proposal, tables: Mapping[str, TableSource]) -> Proposal:
    """The proposal, where it is for a table, without what is said about files."""
    name = proposal.file.removesuffix(".parquet")
    return replace(proposal, name=name, file=name, files="") if name in tables else proposal


def previews(proposals: Sequence[Proposal], folder: Path) -> Iterator[tuple[Proposal, list[Preview]]]:
    """The facts in the samples of proposals that lack nothing, made as an import would make them."""
    mappings = [proposal.mapping for proposal in proposals if proposal.mapping]
    for proposal in proposals:
        mapping = proposal.mapping
        if mapping is None:
            continue
        source = Mapped(mapping, folder, mappings)
        yield proposal, [_preview(source, one, proposal) for one in mapping.facts]


def _preview(source: Mapped, mapping: FactMapping, proposal: Proposal) -> Preview:
    # customers out of another file need all of it: they are left to the import
    rules = {name: rule for name, rule in mapping.columns.items() if not rule.through}
    rows = _Sample(proposal)
    chunks = source.facts(
        replace(mapping, columns=rules), rows, organisation=proposal.organisation, beside=Path(proposal.file)
    )
    tables, rejects = [], list[Reject]()
    for chunk in chunks:
        rejects += chunk.rejects
        tables += [chunk.table] if chunk.table.num_rows else []
    made = pa.concat_tables(tables) if tables else None
    return Preview(mapping.fact, 0 if made is None else made.num_rows, made and made.slice(0, SHOWN), tuple(rejects))


class _Sample(Rows):
    """The first rows of a file, which are at hand."""

    def __init__(self, proposal: Proposal) -> None:
        columns = proposal.sample.columns
        super().__init__(proposal.file, Reading(), tuple(columns), 1)
        self._columns = {name: cells.slice(0, ROWS) for name, cells in columns.items()}
        self._lines = proposal.sample.lines[:ROWS]

    @property
    def bytes_read(self) -> int:
        return 1

    def chunks(self, columns: Collection[str] | None = None) -> Iterator[Piece]:
        """All of them at once."""
        return self._chunks(tuple(self._columns if columns is None else columns))

    def _chunks(self, wanted: tuple[str, ...]) -> Iterator[Piece]:
        columns: Mapping[str, pa.Array] = {name: self._columns[name] for name in wanted if name in self._columns}
        yield Piece(Raw(columns, np.asarray(self._lines)))


def save(project: Project, proposals: Sequence[Proposal], texts: Sequence[str]) -> None:
    """Add sections to the end of stamm.toml; what stands there stays, word for word.

    Raises ProjectError where there is a mapping of that name already, or a section would not be understood; then
    nothing is changed.
    """
    file = project.directory / SETTINGS
    known = {mapping.name for mapping in project.settings.mappings}
    for proposal in proposals:
        if proposal.name in known:
            raise ProjectError(
                f"There is a mapping named {proposal.name} in it already.",
                where=str(file),
                remedy=f"Rename or remove [mapping.{proposal.name}] there, or change it by hand.",
            )
        if proposal.mapping is None:
            lacking = ", ".join(name for draft in proposal.drafts for name in draft.lacks())
            raise InputError(
                f"The proposal for {proposal.file} lacks columns that are needed: {lacking}.",
                where=proposal.file,
                remedy="Copy what is printed into stamm.toml and fill in the lines that are missing.",
            )
    text = file.read_text(encoding="utf-8-sig")
    text = "\n".join([text.rstrip("\n") + "\n", *texts])
    read_settings(text, file)
    write_whole(file, text)
