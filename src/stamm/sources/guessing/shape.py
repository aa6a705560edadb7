"""What the cells of one column look like, whatever it is called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.lang.money import is_currency
from stamm.sources.cells import as_text
from stamm.sources.guessing.dates import ISO, Moments, moments_in
from stamm.sources.guessing.numbers import Numbers, currency_of, numbers_in

#: cells that stand for an empty one
BLANKS = frozenset(
    {
        "null",
        "n/a",
        "na",
        "nan",
        "nat",
        "none",
        "nil",
        "-",
        "--",
        "---",
        "#n/a",
        "\\n",
        "k.a.",
        "k. a.",
        "(null)",
        "<na>",
        "?",
    }
)
#: shares of the filled cells from which a column is told by them
NUMBER, MOMENT, MOSTLY = 0.97, 0.9, 0.9
_LONG_KEY, _LONG_WORD, _FEW = 100, 60, 20
_FLAGS = frozenset({"true", "false", "yes", "no", "ja", "nein", "0", "1", "t", "f", "y", "n", "j", "wahr", "falsch"})
_DIGIT, _PERSON = r"\d", r"^\pL[^\d@]* [^\d@]*\pL[^\d@]*$"
_CLOCK = r"^\d{1,2}:\d\d(?::\d\d)?$"
_EMAIL, _URL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$", r"^(?:https?://|/)\S*$"


@dataclass(frozen=True)
class Shape:
    """One column of the sample: how much of it is filled, with how many different cells, and what they can be."""

    name: str
    #: trimmed text, null where empty or blank in words
    text: pa.Array
    distinct: int
    #: the most frequent cells and how often they stand there, at most 100
    frequent: tuple[tuple[str, int], ...]
    longest: int
    numbers: Numbers | None
    moments: Moments | None
    #: words such as NULL that stand for an empty cell here
    blanks: tuple[str, ...]
    #: column of true and false by its type
    flags: bool = False

    @property
    def rows(self) -> int:
        """Rows of the sample."""
        return len(self.text)

    @property
    def filled(self) -> int:
        """Cells with something in them."""
        return int(len(self.text) - self.text.null_count)

    @property
    def unique(self) -> bool:
        """Whether every row has its own value."""
        return self.distinct == self.filled == self.rows > 0

    @cached_property
    def emails(self) -> bool:
        """Whether the cells are e-mail addresses."""
        return self._match(_EMAIL)

    @cached_property
    def urls(self) -> bool:
        """Whether the cells are addresses of pages."""
        return self._match(_URL)

    @property
    def currencies(self) -> bool:
        """Whether the cells are codes of currencies."""
        return bool(self.frequent) and self.longest == 3 and all(is_currency(word.upper()) for word, _ in self.frequent)

    def _match(self, pattern: str) -> bool:
        found = pc.sum(pc.match_substring_regex(self.text, pattern)).as_py() or 0
        return bool(found) and found >= MOSTLY * self.filled

    def looks(self, shape: str) -> bool:
        """Whether a role that wants this shape can be the column's."""
        if not self.filled:
            return False
        number = self.numbers is not None and self.numbers.fits >= NUMBER
        moment = self.moments is not None and self.moments.fits >= MOMENT
        if shape == "moment":
            return moment
        if moment:
            return False
        few = self.distinct <= _FEW or self.distinct * 5 <= self.filled
        not_decimal = not number or (self.numbers is not None and self.numbers.whole)
        answers = {
            "number": number and not self.flags,
            "score": number and not self.flags and self.distinct <= 101,
            "key": self.longest <= _LONG_KEY and not_decimal,
            "code": self.longest <= _LONG_KEY and not_decimal and self._match(_DIGIT),
            "person": not number and self._match(_PERSON),
            "word": self.longest <= _LONG_WORD and few,
            "text": not number,
            "email": self.emails,
            "url": self.urls,
            "clock": self._match(_CLOCK),
            "currency": self.currencies,
            "flag": self.flags or {word.lower() for word, _ in self.frequent} <= _FLAGS,
        }
        return answers[shape]

    def names_currency(self) -> str:
        """The code of the one currency that stands beside the amounts, or nothing."""
        found = {currency_of(sign) for sign in (self.numbers.beside if self.numbers else {})}
        return found.pop() if len(found) == 1 else ""


def shape_of(name: str, cells: pa.Array) -> Shape:
    """The shape of a column of any Arrow type."""
    kind = cells.type
    typed_moment = pa.types.is_timestamp(kind) or pa.types.is_date(kind)
    text = _text_of(cells)
    blanks: tuple[str, ...] = ()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        blanks, text = _without_blanks(text)
    counted = pc.value_counts(text.drop_null())
    distinct, counts = counted.field("values"), counted.field("counts").to_numpy()
    order = np.argsort(-counts, kind="stable")[:100]
    frequent = tuple((distinct[int(place)].as_py(), int(counts[place])) for place in order)
    longest = pc.max(pc.utf8_length(distinct)).as_py() or 0
    moments = _typed_moments(cells) if typed_moment else moments_in(text)
    numbers = None if typed_moment else numbers_in(distinct, counts)
    return Shape(name, text, len(distinct), frequent, longest, numbers, moments, blanks, pa.types.is_boolean(kind))


def _text_of(cells: pa.Array) -> pa.Array:
    try:
        return as_text(cells)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array([None if cell is None else str(cell) for cell in cells.to_pylist()], pa.string())


def _without_blanks(text: pa.Array) -> tuple[tuple[str, ...], pa.Array]:
    lower = pc.utf8_lower(text)
    blank = pc.is_in(lower, value_set=pa.array(sorted(BLANKS)))
    if not pc.any(blank).as_py():
        return (), text
    words = tuple(sorted(pc.unique(text.filter(blank)).to_pylist()))
    return words, pc.if_else(blank, None, text)


def _typed_moments(cells: pa.Array) -> Moments | None:
    filled = len(cells) - cells.null_count
    if not filled:
        return None
    timed = 0.0
    if pa.types.is_timestamp(cells.type):
        bare = pc.equal(pc.floor_temporal(cells, unit="day"), cells)
        timed = 1 - (pc.sum(bare).as_py() or 0) / filled
    zoned = float(pa.types.is_timestamp(cells.type) and cells.type.tz is not None)
    return Moments(1.0, {ISO: filled}, timed=timed, zoned=zoned, typed=True)
