"""Which source reads what a person names: a mapping, what knows another system's files, or the file's own name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from stamm.lang.errors import InputError, UsageError
from stamm.origins.tables import TableSource
from stamm.sources import SOURCES, Source
from stamm.sources.exports import Export
from stamm.sources.files import Canonical, look_into
from stamm.sources.mapped import FileMapping, Mapped


@dataclass(frozen=True)
class Item:
    """One thing to read: a file, or a data set by its name."""

    source: Source
    what: Path | str
    name: str
    paths: tuple[Path, ...]


class Recognising:
    """Finds the source of each thing named. A mapping goes before a file's own name.

    With `chosen`, the mapping of that name reads every file; raises UsageError where there is none. Mapped files put
    aside on the disk of `folder` what does not fit into memory. A table of a database goes by its name in stamm.toml.
    """

    def __init__(
        self,
        mappings: Sequence[FileMapping],
        chosen: str | None,
        folder: Path,
        tables: Mapping[str, TableSource] | None = None,
    ) -> None:
        self.folder, self.tables = folder, tables or {}
        self.mappings = mappings
        self.chosen = None if chosen is None else self._named(chosen)
        #: files of folders that are no facts
        self.others: list[str] = []

    def _named(self, name: str) -> FileMapping:
        for mapping in self.mappings:
            if mapping.name == name:
                return mapping
        known = [mapping.name for mapping in self.mappings]
        near = get_close_matches(name, known, n=1) or known[:5]
        hint = f"Did you mean {' or '.join(near)}?" if near else f"Write one into stamm.toml: [mapping.{name}]."
        raise UsageError(f"There is no mapping named {name!r}.", remedy=hint)

    def items(self, what: Sequence[Path | str]) -> list[Item]:
        """Folders opened, names recognised; raises InputError for what no source reads."""
        found: list[Item] = []
        for one in what:
            path = Path(one)
            if str(one) in self.tables:
                found.append(self._table(str(one)))
                continue
            source = self.source_of(one)
            if source is None and path.is_dir():
                found += self._inside(path)
            else:
                found.append(self._item(source, one))
        return found

    def source_of(self, what: Path | str) -> Source | None:
        """What reads this; a file's own name counts where nothing else recognises it."""
        path = Path(what)
        if not path.is_dir() and (mapping := self._mapping_of(path.name)):
            return Mapped(mapping, self.folder, self.mappings)
        kinds = sorted(SOURCES, key=lambda kind: issubclass(kind, Canonical))
        return next((source for kind in kinds if (source := kind()).recognises(what)), None)

    def _table(self, name: str) -> Item:
        if self.chosen:
            raise UsageError(
                f"{name} is a table, and stamm.toml says by which mapping it is read.",
                remedy="Leave out --mapping, or change `mapping` there.",
            )
        return Item(self.tables[name], name, name, ())

    def _mapping_of(self, name: str) -> FileMapping | None:
        if self.chosen:
            return self.chosen
        fitting = [mapping for mapping in self.mappings if mapping.fits(name)]
        if len(fitting) > 1:
            names = " and ".join(mapping.name for mapping in fitting)
            raise UsageError(
                f"The mappings {names} are both for this file.",
                remedy=f"Choose with --mapping {fitting[0].name}, or make `files` in stamm.toml say more.",
            )
        return fitting[0] if fitting else None

    def _inside(self, path: Path) -> list[Item]:
        """The files of a folder that are facts, in the order of their names."""
        folder = look_into(path)
        files = []
        for file in sorted((*folder.files, *folder.others)):
            source = self.source_of(file)
            if file in folder.files or (source and not isinstance(source, Canonical)):
                files.append(self._item(source, file))
            else:
                self.others.append(file.name)
        if not files:
            raise InputError(
                "The folder holds no file named after a fact kind.",
                where=str(path),
                remedy="Name the files orders.csv, customers.parquet and so on, or write mappings for them.",
            )
        return files

    def _item(self, source: Source | None, what: Path | str) -> Item:
        if source is not None:
            return Item(source, what, Path(what).name, source.files(what))
        known = ", ".join(sorted(kind.key for kind in SOURCES if not issubclass(kind, Canonical | Export)))
        raise InputError(
            "No source reads this.",
            where=str(what),
            remedy=f"Give a .csv, .xlsx, .ndjson or .parquet file (also packed), a folder of them, one of {known}, "
            "or any table of which [mapping] in stamm.toml says how it is to be read.",
        )
