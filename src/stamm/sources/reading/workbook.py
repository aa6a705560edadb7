"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods): one sheet as rows, with the numbers that Excel shows beside them.

The reading itself happens in a process of its own, see `workbook_process`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa

from stamm.lang.errors import InputError
from stamm.sources.checking import Raw
from stamm.sources.local_time import Mask
from stamm.sources.reading.flaws import without_nul
from stamm.sources.reading.kind import Piece, Reading, Rows

_PROGRAM = Path(__file__).with_name("workbook_process.py")


class Workbook(Rows):
    """The rows of a sheet. `path` is where the workbook lies unpacked."""

    def __init__(self, path: Path, file: str, reading: Reading, bytes_total: int, stack: ExitStack) -> None:
        self.file = file
        self._process = stack.enter_context(_Process())
        request = {"path": str(path), "sheet": reading.sheet, "heading": reading.heading, "columns": reading.columns}
        about = self._asked(request, reading)
        known = replace(reading, format="excel", sheet=about["sheet"], heading=about["heading"] or None)
        super().__init__(file, known, about["names"], bytes_total)
        self.found = tuple(_found_out(reading, about))
        self._rows: int = max(1, about["rows"])
        self._done = 0

    @property
    def bytes_read(self) -> int:
        return self.bytes_total * min(self._done, self._rows) // self._rows

    def _asked(self, request: dict[str, Any], reading: Reading) -> dict[str, Any]:
        self._process.ask(request)
        about = self._answer()
        if "refused" in about:
            raise _refusal(about, self.file, reading)
        return about

    def _answer(self) -> dict[str, Any]:
        line = self._process.output.readline()
        if not line.endswith(b"\n"):
            raise self._ended()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _chunks(self, wanted: tuple[str, ...]) -> Iterator[Piece]:
        places = self._places_of(wanted)
        self._process.ask(places)
        while batch := self._answer():
            raw = without_nul(self._raw(batch, places))
            self._done = batch["lines"][-1] if batch["lines"] else self._done
            yield Piece(raw)
        self._done = self._rows

    def _raw(self, batch: dict[str, Any], places: list[int]) -> Raw:
        lines = np.array(batch["lines"], dtype=np.int64)
        columns: dict[str, pa.Array] = {}
        native: dict[str, Mask] = {}
        for at, cells, own in zip(places, batch["cells"], batch["native"], strict=True):
            columns[self.names[at]] = pa.array(cells, pa.string())
            if "1" in own:
                native[self.names[at]] = np.frombuffer(own.encode(), dtype=np.uint8) == ord("1")
        flaws: dict[tuple[str, str], Mask] = {}
        for row, at, reason in batch["flaws"]:
            flaws.setdefault((self.names[at], reason), np.zeros(len(lines), dtype=bool))[row] = True
        return Raw(columns, lines, native, tuple((name, rows, reason) for (name, reason), rows in flaws.items()))

    def _ended(self) -> InputError:
        """Why the other process ended before it had given everything."""
        if self._process.broke_off():
            return InputError(
                "The sheet is too large: it needs more memory or time than a workbook may take.",
                where=self.file,
                remedy="Save it as CSV, which may be of any size; or look for a stray cell far away from the others.",
            )
        return _broken(self.file)


def _found_out(reading: Reading, about: dict[str, Any]) -> Iterator[str]:
    if reading.sheet is None and about["others"]:
        yield f"read is the sheet {about['sheet']}; there are others: {', '.join(about['others'])}"
    if about["merged"]:
        yield "merged cells count for every row that they cover"


def _refusal(about: dict[str, Any], file: str, reading: Reading) -> InputError:
    reason = about["refused"]
    if reason == "no sheet":
        return InputError(
            f"There is no sheet {reading.sheet}.", where=file, remedy=f"Sheets in it: {', '.join(about['sheets'])}."
        )
    if reason == "password":
        return InputError(
            "The workbook is protected by a password.", where=file, remedy="Save it without one, or as CSV."
        )
    if reason == "large":
        return InputError(
            "The workbook is too large when unpacked.", where=file, remedy="Save the sheet as CSV, of any size."
        )
    if reason == "width":
        return InputError(
            f"The sheet has {about['width']:,} columns, and `columns` names {len(reading.columns):,}.",
            where=file,
            remedy="Name all of them, in their order.",
        )
    if reason == "no heading":
        return InputError(
            f"The sheet has no row {reading.heading} that could name the columns.",
            where=file,
            remedy="Look in which row the heading stands.",
        )
    if reason == "empty":
        return InputError("The sheet is empty.", where=file, remedy="Its first row must name the columns.")
    return _broken(file)


def _broken(file: str) -> InputError:
    return InputError(
        "The file is not a sound workbook.", where=file, remedy="Open it in Excel and save it again, or save it as CSV."
    )


class _Process:
    """The other process. It ends with the context, at the latest."""

    def __enter__(self) -> Self:
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(  # noqa: S603  # the program is ours, the request goes by its input
            [sys.executable, "-P", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self.output = self._process.stdin, self._process.stdout
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._input.close()
        self.output.close()
        self._errors.close()

    def ask(self, request: Any) -> None:
        """Send a line; that nobody listens any more shows when the answer is read."""
        try:
            self._input.write(json.dumps(request).encode() + b"\n")
            self._input.flush()
        except BrokenPipeError:
            return

    def broke_off(self) -> bool:
        """Whether the system ended it, or it ran out of memory."""
        code = self._process.wait()
        self._errors.seek(0)
        return code < 0 or b"MemoryError" in self._errors.read()
