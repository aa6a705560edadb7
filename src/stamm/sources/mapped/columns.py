"""The cells of a piece of a file by column, each looked at once however many rules and conditions ask for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts.mapping import Writing
from stamm.lang.errors import InputError
from stamm.sources.cells import as_text, mask_of
from stamm.sources.checking import Raw
from stamm.sources.local_time import Mask, Whole
from stamm.sources.mapped.numbers import Exact, exact_of, whole_of
from stamm.sources.written import other_numbers, plain_numbers, without_sign

_NATIVE = "\0native "


class Columns:
    """Raw columns by name, as text and as numbers. Raises InputError for what is neither text, number nor moment."""

    def __init__(self, raw: Raw, writing: Writing, file: str) -> None:
        self.raw, self.writing, self.file = raw, writing, file
        self._texts: dict[str, pa.Array] = {}
        self._plain: dict[str, tuple[pa.Array, Mask]] = {}
        self._numbers: dict[str, Exact] = {}

    def __len__(self) -> int:
        return len(self.raw.lines)

    @property
    def lines(self) -> Whole:
        """The line on which each row begins."""
        return self.raw.lines

    def array(self, name: str) -> pa.Array:
        """The column as it was read."""
        return self.raw.columns[name]

    def text(self, name: str) -> pa.Array:
        """Its cells as text without white space around it; empty ones are null."""
        if name not in self._texts:
            try:
                self._texts[name] = as_text(self.array(name))
            except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
                raise InputError(
                    f"The column {name} holds {self.array(name).type}, which cannot be read as text.",
                    where=self.file,
                    remedy="Write it as text, numbers or timestamps.",
                ) from error
        return self._texts[name]

    def native(self, name: str) -> Mask | None:
        """Cells that are numbers or moments by type, so that it does not matter how the mapping writes them."""
        kind = self.array(name).type
        text = kind.value_type if pa.types.is_dictionary(kind) else kind
        is_text = pa.types.is_string(text) or pa.types.is_large_string(text) or pa.types.is_string_view(text)
        return self.raw.native.get(name) if is_text else np.ones(len(self), dtype=bool)

    def numbers(self, name: str, currencies: pa.Array | None = None) -> Exact:
        """Its cells as numbers; amounts in `currencies` (codes or null) may have the sign of theirs beside them."""
        array = self.array(name)
        if pa.types.is_integer(array.type) and array.type != pa.uint64():
            return whole_of(array)
        if name not in self._plain:
            self._plain[name] = plain_numbers(self.text(name), self.writing, self.native(name))
        plain, odd = self._plain[name]
        if currencies is not None and odd.any():
            plain, odd = self._signed(name, currencies)
        elif name in self._numbers:
            return self._numbers[name]
        exact = exact_of(plain, odd, other_numbers(self.writing))
        if currencies is None:
            self._numbers[name] = exact
        return exact

    def _signed(self, name: str, currencies: pa.Array) -> tuple[pa.Array, Mask]:
        """Plain numbers and odd cells, where some that are odd have the sign of a currency beside them."""
        plain, odd = self._plain[name]
        odd = odd.copy()
        for code in pc.unique(currencies.drop_null()).to_pylist():
            rows = odd & mask_of(pc.equal(currencies, code))
            bare = without_sign(self.text(name).filter(pa.array(rows)), code)
            mended, still = plain_numbers(bare, self.writing)
            plain = pc.replace_with_mask(plain, pa.array(rows), mended)
            odd[rows] = still
        return plain, odd

    def joined(self, names: tuple[str, ...]) -> pa.Array:
        """One text for each row, the same only where all of these columns are the same; null where all are empty."""
        if len(names) == 1:
            return self.text(names[0])
        texts = [self.text(name) for name in names]
        empty = pc.is_null(texts[0])
        for text in texts[1:]:
            empty = pc.and_(empty, pc.is_null(text))
        parts: list[pa.Array] = []
        for text in texts:
            length = pc.fill_null(pc.binary_length(text), -1).cast(pa.string())
            parts += [length, pc.fill_null(text, "")]
        return pc.if_else(empty, None, pc.binary_join_element_wise(*parts, ":"))

    def aside(self) -> dict[str, Any]:
        """Its columns as those of a table that waits on the disk, with what is native in them."""
        return {**self.raw.columns, **{_NATIVE + name: own for name, own in self.raw.native.items()}}

    def back(self, columns: dict[str, pa.Array], lines: Whole) -> Columns:
        """Rows that were put `aside`, in another order and perhaps with more columns."""
        plain = {name: array for name, array in columns.items() if not name.startswith(_NATIVE)}
        native = {
            name.removeprefix(_NATIVE): mask_of(array) for name, array in columns.items() if name.startswith(_NATIVE)
        }
        return Columns(Raw(plain, lines, native), self.writing, self.file)

    def kept(self, rows: Mask, names: tuple[str, ...]) -> Columns:
        """Some rows of some columns."""
        if rows.all():
            return self
        mask = pa.array(rows)
        columns = {name: self.array(name).filter(mask) for name in names}
        native = {name: own[rows] for name, own in self.raw.native.items() if name in columns}
        return Columns(Raw(columns, self.lines[rows], native), self.writing, self.file)
