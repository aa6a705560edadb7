"""Reads a sheet of a workbook, in a process of its own: run as a program, never imported.

The library that reads workbooks keeps a sheet in memory as a full rectangle and ends the whole process where memory
runs out; one stray cell in the last corner of a small file is enough for that. Here it may.

It is asked and answers in lines of JSON, with nothing but calamine loaded, so that it starts at once: a request for a
sheet, what there is; a request for columns, batches of rows with the numbers that Excel shows, and nothing.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any
from xml.etree import ElementTree as ET  # bounded by the limits of this process

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

#: bytes of memory, unpacked bytes of all parts, and seconds of work that a workbook may take
MEMORY, UNPACKED, SECONDS = 2 << 30, 4 << 30, 900
#: rows in a batch, and cells in it at most
ROWS, CELLS = 20_000, 1_000_000
#: digits that a number of a workbook has
_DIGITS = 15
_LAST_WHOLE = 10**_DIGITS

ERROR = "holds an error of the workbook, such as #N/A; correct it or empty it"
UNCOMPUTED = "holds a formula that was never computed; open the workbook in Excel and save it again"

Cell = tuple[str | None, bool]


class RefusedError(Exception):
    """The workbook cannot be read, for a reason the other process knows in words."""

    def __init__(self, reason: str, **more: Any) -> None:
        super().__init__(reason)
        self.answer = {"refused": reason, **more}


def main() -> None:
    """Answer one request."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout.buffer
    try:
        sheet = Sheet(json.loads(sys.stdin.readline()))
    except RefusedError as refused:
        _say(out, refused.answer)
        return
    _say(out, sheet.about)
    wanted = sys.stdin.readline()
    if wanted:
        for batch in sheet.batches(json.loads(wanted)):
            _say(out, batch)
        _say(out, {})


def _say(out: IO[bytes], answer: dict[str, Any]) -> None:
    """Give an answer; nothing is the last one."""
    out.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
    out.flush()


class Sheet:
    """The sheet asked for, its heading read."""

    def __init__(self, request: dict[str, Any]) -> None:
        self._path: str = request["path"]
        self._check_size()
        try:
            self._book = CalamineWorkbook.from_path(self._path)
            self._sheet, others = self._chosen(request["sheet"])
        except PasswordError as error:
            raise RefusedError("password") from error
        except (CalamineError, OSError, ValueError) as error:
            raise RefusedError("broken") from error
        self._flawed = dict(flawed_cells(self._path, self._sheet.name))
        rows = self._rows()
        names, heading = self._heading(rows, request["heading"], request["columns"])
        self.about = {
            "names": names,
            "heading": heading,
            "sheet": self._sheet.name,
            "others": others,
            "rows": self._sheet.total_height,
            "merged": bool(self._merged()),
        }
        self._rest = rows

    def _check_size(self) -> None:
        """What is declared; what is not declared honestly meets the limits of this process."""
        if zipfile.is_zipfile(self._path):
            try:
                with zipfile.ZipFile(self._path) as archive:
                    size = sum(part.file_size for part in archive.infolist())
            except zipfile.BadZipFile as error:
                raise RefusedError("broken") from error
            if size > UNPACKED:
                raise RefusedError("large")

    def _chosen(self, wanted: str | None) -> tuple[CalamineSheet, list[str]]:
        """The sheet of that name, else the first that is seen and holds something; and the names of other such."""
        if wanted is not None:
            if wanted not in self._book.sheet_names:
                raise RefusedError("no sheet", sheets=self._book.sheet_names)
            return self._book.get_sheet_by_name(wanted), []
        seen = [
            one.name
            for one in self._book.sheets_metadata
            if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
        ]
        for place, name in enumerate(seen):
            sheet = self._book.get_sheet_by_name(name)
            if sheet.start is not None:
                return sheet, seen[place + 1 :]
        raise RefusedError("empty")

    def _heading(
        self, rows: Iterator[tuple[int, list[Any]]], line: int | None, columns: list[str]
    ) -> tuple[list[str], int]:
        if columns:
            width = self._sheet.width
            if width != len(columns):
                raise RefusedError("width", width=width)
            return columns, 0
        for number, row in rows:
            if (line is None and any(value != "" for value in row)) or number == line:
                return [cell(value)[0] or "" for value in row], number
        raise RefusedError("no heading" if line else "empty")

    # -- rows ------------------------------------------------------------------------
    def _merged(self) -> dict[int, list[tuple[int, int]]]:
        """Cells that cover several rows: by the row in which they begin, the column and the last row."""
        found: dict[int, list[tuple[int, int]]] = {}
        left = self._sheet.start[1] if self._sheet.start else 0
        for (top, column), (bottom, _) in self._sheet.merged_cell_ranges or ():
            if bottom > top:
                found.setdefault(top + 1, []).append((column - left, bottom + 1))
        return found

    def _rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Rows with their numbers; a merged cell stands in all rows that it covers."""
        merged, active = self._merged(), dict[int, tuple[Any, int]]()
        for number, row in enumerate(self._sheet.iter_rows(), start=1):
            for column, last in merged.get(number, ()):
                if 0 <= column < len(row):
                    active[column] = (row[column], last)
            for column, (value, last) in tuple(active.items()):
                row[column] = value if row[column] == "" else row[column]
                if number == last:
                    del active[column]
            yield number, row

    def batches(self, wanted: list[int]) -> Iterator[dict[str, Any]]:
        """The rows below the heading that hold something; only these columns, and what is wrong in them."""
        left = self._sheet.start[1] if self._sheet.start else 0
        flawed = {(row, column - left): reason for (row, column), reason in self._flawed.items()}
        most = max(1, min(ROWS, CELLS // max(1, len(wanted))))
        lines: list[int] = []
        rows: list[list[Any]] = []
        flaws: list[tuple[int, int, str]] = []
        for line, row in self._rest:
            wrong = [(len(lines), at, flawed[line, at]) for at in wanted if (line, at) in flawed] if flawed else []
            if not wrong and all(value == "" for value in row):
                continue
            lines.append(line)
            rows.append(row)
            flaws += wrong
            if len(rows) >= most:
                yield _batch(lines, rows, flaws, wanted)
                lines, rows, flaws = [], [], []
        yield _batch(lines, rows, flaws, wanted)


def _batch(
    lines: list[int], rows: list[list[Any]], flaws: list[tuple[int, int, str]], wanted: list[int]
) -> dict[str, Any]:
    """Rows column by column; `native` has a 1 for each cell that is no text in the workbook."""
    columns = [[cell(row[at]) for row in rows] for at in wanted]
    return {
        "lines": lines,
        "cells": [[text for text, _ in column] for column in columns],
        "native": ["".join("1" if own else "0" for _, own in column) for column in columns],
        "flaws": flaws,
    }


# -- cells ---------------------------------------------------------------------------------------------------
def cell(value: Any) -> Cell:
    """A cell as text in canonical writing, and whether it is none in the workbook (a number, a moment, a flag)."""
    if isinstance(value, str):
        return value or None, False
    if isinstance(value, bool):
        return ("true" if value else "false"), True
    if isinstance(value, float | int):
        return number(value), True
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}", True
    assert isinstance(value, datetime | date | time)
    return value.isoformat(), True


def number(value: float) -> str:
    """A number as Excel knows it, to 15 digits: 0.1 + 0.2 is 0.3 there, and money must be exact."""
    if value == int(value) and abs(value) < _LAST_WHOLE:
        return str(int(value))
    text = f"{value:.{_DIGITS}g}"
    return f"{Decimal(text):f}" if "e" in text else text


# -- what the library does not tell --------------------------------------------------------------------------
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PREFIX = rb"(?:\w+:)?"
_CELL = re.compile(rb"<" + _PREFIX + rb"c\s([^>]*\bt=[\"']e[\"'][^>]*)>")
_FORMULA = re.compile(
    rb"<%(p)sc\s([^>]*)>\s*<%(p)sf(?:\s[^>]*)?(?:/>|>[^<]*</%(p)sf>)\s*(?:<%(p)sv\s*/>|<%(p)sv></%(p)sv>)?\s*</%(p)sc>"
    % {b"p": _PREFIX}
)
_PLACE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_TEXT = re.compile(rb"\bt=[\"']str[\"']")
#: bytes looked at once, and so many again, so that no cell is cut
_BLOCK, _OVERLAP = 1 << 20, 1 << 16


def flawed_cells(path: str, sheet: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Row and column of cells that would look empty and are not: errors, formulas without a value; and the reason.

    Only workbooks in XML (.xlsx, .xlsm) tell. Rows count from 1, columns from 0.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet)
        if part is None:
            return
        with archive.open(part) as stream:
            yield from _flaws(stream)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Where a sheet lies in the archive; None where that is not said as usual."""
    try:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ET.ParseError, zipfile.BadZipFile):
        return None
    link = next((one.get(_LINK) for one in book.iter(f"{_MAIN}sheet") if one.get("name") == sheet), None)
    target = next((one.get("Target", "") for one in links if one.get("Id") == link), "")
    part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return part if part in archive.namelist() else None


def _flaws(stream: IO[bytes]) -> Iterator[tuple[tuple[int, int], str]]:
    held = b""
    while block := stream.read(_BLOCK):
        held = held[-_OVERLAP:] + block
        for pattern, reason in ((_CELL, ERROR), (_FORMULA, UNCOMPUTED)):
            for match in pattern.finditer(held):
                place = _PLACE.search(match[1])
                if place and not (pattern is _FORMULA and _TEXT.search(match[1])):
                    yield (int(place[2]), _column(place[1])), reason


def _column(letters: bytes) -> int:
    number_ = 0
    for letter in letters:
        number_ = number_ * 26 + letter - 64
    return number_ - 1


if __name__ == "__main__":
    sys.stdin = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8")
    main()
