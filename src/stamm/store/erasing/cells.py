"""Cells that name an erased person, in whichever row: the whole cell goes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stamm.store.erasing.ledger import NOBODY
from stamm.store.erasing.words import Digests, Seeker
from stamm.store.layout import Layout

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """Finds cells that name somebody, and what takes their place.

    A personal cell is emptied. A key, and what rows are grouped by, becomes a name made from the cell itself, so that
    the same key is the same afterwards, in every table and whenever it comes again. `pattern`: what to look
    through first (None: every cell).
    """

    seeker: Seeker
    digests: Digests
    pattern: str | None = None

    def renamed(self, text: str) -> str:
        """What takes the place of a cell that has to have a value."""
        return NOBODY + self.digests.of("cell", text)[:16]

    def clean(
        self, column: pa.Array, own: Mask, *, needed: bool, spared: Callable[[datetime, int], bool] | None = None
    ) -> pa.Array | None:
        """The column without cells that name somebody; None where there are none.

        `own` are rows of erased people, in which more is sought; `spared` tells of a row whose cell names somebody
        erased at a moment whether it may stay.
        """
        encoded = column.dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        places = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
        theirs = set(places[own].tolist()) - {len(texts)}
        anywhere, in_theirs = np.zeros(len(texts) + 1, bool), np.zeros(len(texts) + 1, bool)
        when: dict[int, datetime] = {}
        for place in self._worth_reading(encoded.dictionary) | theirs:
            at = self.seeker.found(texts[place])
            if at is not None:
                anywhere[place], when[place] = True, at
            else:
                in_theirs[place] = place in theirs and self.seeker.found(texts[place], own=True) is not None
        hits = anywhere[places] | (in_theirs[places] & own)
        if spared is not None:
            for row in np.flatnonzero(anywhere[places]):
                hits[row] = not spared(when[int(places[row])], int(row))
        if not hits.any():
            return None
        if not needed:
            return pc.if_else(pa.array(hits), pa.scalar(None, column.type), column)
        found = set(places[hits].tolist())
        renamed = pa.array([self.renamed(text) if at in found else None for at, text in enumerate(texts)], column.type)
        return pc.if_else(pa.array(hits), renamed.take(encoded.indices), column)

    def _worth_reading(self, texts: pa.Array) -> set[int]:
        if self.pattern is None:
            return set(range(len(texts)))
        flags = pc.match_substring_regex(texts, self.pattern, ignore_case=True)
        return set(np.flatnonzero(flags.to_numpy(zero_copy_only=False)).tolist())

    def names(self, text: str) -> bool:
        """Whether a text names somebody."""
        if self.pattern is not None and not re.search(self.pattern, text, re.IGNORECASE):
            return False
        return self.seeker.found(text) is not None


def needed(layout: Layout, name: str) -> bool:
    """Whether a column of words has to keep a value: keys do, and what groups rows, so that no number moves."""
    return name.endswith("_id") or not layout.kind.columns()[name].personal
