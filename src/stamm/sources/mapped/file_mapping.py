"""A mapping for files: which ones by their name, how they are laid out, and what facts are in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from stamm.facts.mapping import FactMapping, Place, mapping_table, parse_mapping
from stamm.lang.errors import UsageError
from stamm.sources.reading import Reading, format_of
from stamm.sources.reading.packing import PACKED

#: settings of `[mapping.NAME]` that say how a file is laid out, with the type of each
LAYOUT: dict[str, type] = {one.name: str for one in fields(Reading)} | {"heading": int, "columns": list}
#: what each means to whoever writes one, and which files a mapping is for
MEANING = {
    "files": "which files it is for, by their name: `*` stands for anything, `?` for any one character",
    "format": "csv, excel, ndjson or parquet; without it, by the ending of the file's name",
    "delimiter": "what stands between the cells of a line; without it, found out from the heading",
    "quote": "what stands around cells that hold the delimiter; without it, a double quote",
    "encoding": "such as cp1252 or utf-16; without it UTF-8, or what a byte order mark says",
    "heading": "the line that names the columns, from 1; without it, the first with something in it",
    "columns": "the names of the columns of a file that has no heading",
    "sheet": "the sheet of a workbook; without it, the first that holds something",
    "member": "the file of a zip archive that holds several",
}
FILES = "files"
_KINDS = {str: "a text in quotation marks", int: "a whole number", list: "a list of names"}


@dataclass(frozen=True)
class FileMapping:
    """`[mapping.NAME]`: how files of one kind become facts.

    `files` is a pattern for their names (`*` any characters, `?` any one; upper and lower case are the same; what packs
    a file need not be in it); without one, the mapping is used only where somebody names it.
    """

    name: str
    facts: tuple[FactMapping, ...]
    reading: Reading = field(default_factory=Reading)
    files: str = ""

    @classmethod
    def parse(cls, name: str, table: Mapping[str, Any], *, file: str) -> FileMapping:
        """The mapping as it stands in stamm.toml; raises ProjectError with section, key and remedy."""
        place = Place(file, f"mapping.{name}")
        facts = parse_mapping(name, table, file=file, beside=(FILES, *LAYOUT))
        for key, kind in {FILES: str, **LAYOUT}.items():
            if key in table and not _is(table[key], kind):
                raise place.at(key).wrong(f"{key} must be {_KINDS[kind]}.", f"Correct {key}, or leave it out.")
        told: dict[str, Any] = {
            key: tuple(table[key]) if key == "columns" else table[key] for key in LAYOUT if key in table
        }
        try:
            return cls(name, facts, Reading(**told), table.get(FILES, ""))
        except UsageError as error:
            raise place.wrong(error.what, error.remedy) from error

    def table(self) -> dict[str, Any]:
        """As it stands in stamm.toml below `[mapping.NAME]`; `parse` reads it back."""
        laid_out = {
            one.name: list(value) if isinstance(value, tuple) else value
            for one in fields(Reading)
            if (value := getattr(self.reading, one.name)) != one.default
        }
        return ({FILES: self.files} if self.files else {}) | laid_out | mapping_table(self.facts)

    def fits(self, name: str) -> bool:
        """Whether the mapping is for a file of that name (without its folder)."""
        plain = name.lower()
        names = {plain} | {plain.removesuffix(ending) for ending in PACKED}
        pattern = self.files.lower().replace("[", "[[]")
        return any(fnmatchcase(one, pattern) for one in names)

    def reading_of(self, mapping: FactMapping, path: Path) -> Reading:
        """How a file is read for one of the facts: `from` names a sheet of a workbook, else a file of an archive."""
        if not mapping.origin:
            return self.reading
        if (self.reading.format or format_of(path)) == "excel":
            return replace(self.reading, sheet=mapping.origin)
        return replace(self.reading, member=mapping.origin)


def _is(value: Any, kind: type) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)
    return isinstance(value, kind) and not isinstance(value, bool)
