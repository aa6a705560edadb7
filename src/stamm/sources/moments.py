"""Moments and days as people write them, read column by column.

ISO 8601 in its extended form; digits finer than a microsecond are dropped. A moment without a zone is local
time of the organisation: of a doubled hour the first; a local time that a clock change skipped is refused. A
bare date stands for the start of its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts.faults import FIRST_YEAR, LAST_YEAR, NO_DAY, OUT_OF_RANGE, skipped
from stamm.sources.local_time import DAY, SECOND, Mask, Whole, to_utc

NO_MOMENT = "is not a moment; write it as 2024-02-10T14:30:00, with +01:00 or Z at the end unless it is local time"
NO_CALENDAR = "is not in the calendar: check month, day, hour, minute and second"

_DATE = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_TIME = r"[Tt ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
_ZONE = r" ?(?P<zone>[Zz]|(?P<sign>[+-])(?P<hours>\d\d)(?::?(?P<minutes>\d\d))?)"
_MOMENT = f"^{_DATE}(?:{_TIME}(?:{_ZONE})?)?$"
#: the usual lengths of a moment, in which every sign has its place
_PLAIN = (len("2024-02-10"), len("2024-02-10 14:30"), len("2024-02-10 14:30:00"), len("2024-02-10T14:30:00Z"))
_SIGNS = {4: b"-", 7: b"-", 10: b"Tt ", 13: b":", 16: b":", 19: b"Zz"}

_LENGTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_BEFORE = np.array([0, 0, *accumulate(_LENGTHS[1:12].tolist())])
#: furthest that anybody's clock is from UTC, hours
_FURTHEST = 18


@dataclass(frozen=True)
class Read:
    """A typed column and what was wrong: masks of rows with the reason, the first one that holds counts.

    A cell with a fault has no value.
    """

    values: pa.Array
    faults: tuple[tuple[Mask, str], ...] = ()
    #: cells that were a date without a time (moments only)
    bare: Mask | None = None
    #: cells with something in them, where others than these and those with a fault can be without a value
    given: Mask | None = None

    def filled(self) -> Mask:
        """Which cells have something in them, sound or not."""
        known: Mask = self.values.is_valid().to_numpy(zero_copy_only=False)
        for rows, _ in self.faults:
            known = known | rows
        return known if self.given is None else known | self.given


# -- calendar and clock --------------------------------------------------------------------------------------
def days_since_1970(year: Whole, month: Whole, day: Whole) -> tuple[Whole, Mask]:
    """Days since 1970 of dates in the calendar, and which are in it."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    valid = (month >= 1) & (month <= 12)
    place = np.where(valid, month, 1)
    valid &= (day >= 1) & (day <= _LENGTHS[place] + (leap & (place == 2)))
    last = year - 1
    start = 365 * (year - 1970) + last // 4 - last // 100 + last // 400 - 477
    return start + _BEFORE[place] + (leap & (place > 2)) + day - 1, valid


@dataclass(frozen=True)
class Clock:
    """Times of the day and distances from UTC, each part for all rows or one number for all of them."""

    hour: Whole | int = 0
    minute: Whole | int = 0
    second: Whole | int = 0
    #: microseconds
    fraction: Whole | int = 0
    #: seconds that the clock is ahead of UTC, for rows in `zoned`
    offset: Whole | int = 0
    zoned: Mask | bool = False
    sound: Mask | bool = True


class Written:
    """Moments or days of a column, put in as they are found in its cells, and read when all are."""

    def __init__(self, size: int) -> None:
        self.found, self.bare = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        self._valid, self._near, self._zoned = (np.zeros(size, dtype=bool) for _ in range(3))
        self._day, self._time = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)

    def put(self, rows: Whole, year: Whole, month: Whole, day: Whole, clock: Clock | None) -> None:
        """What stands in these rows; without a clock, bare dates."""
        self.found[rows] = True
        self._day[rows], valid = days_since_1970(year, month, day)
        self._near[rows] = (year >= FIRST_YEAR) & (year <= LAST_YEAR)
        if clock is None:
            self.bare[rows] = True
        else:
            valid = valid & clock.sound & (clock.hour <= 23) & (clock.minute <= 59) & (clock.second <= 59)
            seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second - clock.offset
            self._time[rows], self._zoned[rows] = seconds * SECOND + clock.fraction, clock.zoned
        self._valid[rows] = valid

    def moments(self, given: Mask, zone: str, otherwise: str) -> Read:
        """Moments; `otherwise` is the reason where none was found in a cell with something in it."""
        fine = self._valid & self._near
        utc = np.where(fine, self._day * DAY + self._time, 0)
        local = fine & ~self._zoned
        missing = np.zeros(len(utc), dtype=bool)
        utc[local], missing[local] = to_utc(utc[local], self.bare[local], zone)
        faults = (*self._faults(given, otherwise), (missing, skipped(zone)))
        return Read(_column(utc, fine & ~missing, pa.timestamp("us", tz="UTC")), faults, self.bare)

    def days(self, given: Mask, otherwise: str) -> Read:
        """Days, whatever the time."""
        fine = self._valid & self._near
        days = pa.array(np.where(fine, self._day, 0), mask=~fine)
        return Read(days.cast(pa.int32()).cast(pa.date32()), self._faults(given, otherwise))

    def _faults(self, given: Mask, otherwise: str) -> tuple[tuple[Mask, str], ...]:
        return (
            (given & ~self.found, otherwise),
            (self.found & ~self._valid, NO_CALENDAR),
            (self.found & ~self._near, OUT_OF_RANGE),
        )


def _column(values: Whole, known: Mask, type_: pa.DataType) -> pa.Array:
    return pa.array(np.where(known, values, 0), mask=~known).cast(type_)


# -- text ----------------------------------------------------------------------------------------------------
Codes = npt.NDArray[np.uint8]


def codes_of(text: pa.Array, rows: Whole, width: int) -> Codes:
    """The bytes of cells that all have `width` of them, a row each."""
    some = text.take(pa.array(rows))
    return np.frombuffer(some.buffers()[2] or b"", dtype=np.uint8)[: len(rows) * width].reshape(-1, width)


def digits_at(codes: Codes, places: range) -> tuple[Whole, Mask]:
    """The number that the digits in these places make, and where there are only digits."""
    total = np.zeros(len(codes), dtype=np.int64)
    plain = np.ones(len(codes), dtype=bool)
    for place in places:
        digit = codes[:, place] - np.uint8(48)  # what is no digit becomes more than 9
        plain &= digit <= 9
        total = total * 10 + digit
    return total, plain


def one_of(codes: Codes, place: int, signs: bytes) -> Mask:
    """Where one of these signs stands in a place."""
    return np.isin(codes[:, place], np.frombuffer(signs, dtype=np.uint8))


def _put_plain(text: pa.Array, written: Written, widths: tuple[int, ...]) -> None:
    """What is written in one of the usual lengths."""
    lengths = pc.fill_null(pc.binary_length(text), 0).to_numpy()
    for width in widths:
        rows = np.nonzero(lengths == width)[0]
        if not len(rows):
            continue
        codes = codes_of(text, rows, width)
        plain = np.ones(len(rows), dtype=bool)
        for place, signs in _SIGNS.items():
            if place < width:
                plain &= one_of(codes, place, signs)
        parts = [np.zeros(len(rows), dtype=np.int64)] * 6
        for part, (start, end) in enumerate(((0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19))):
            if end <= width:
                parts[part], digits = digits_at(codes, range(start, end))
                plain &= digits
        if not plain.all():
            rows, parts = rows[plain], [part[plain] for part in parts]
        year, month, day, hour, minute, second = parts
        clock = Clock(hour, minute, second, zoned=width > _PLAIN[2]) if width > _PLAIN[0] else None
        written.put(rows, year, month, day, clock)


def _put_any(text: pa.Array, written: Written, pattern: str) -> None:
    """What is written in any other way that the pattern knows."""
    rest = np.nonzero(text.is_valid().to_numpy(zero_copy_only=False) & ~written.found)[0]
    if not len(rest):
        return
    parts = pc.extract_regex(text.take(pa.array(rest)), pattern)
    rows = parts.is_valid().to_numpy(zero_copy_only=False)
    rest, parts = rest[rows], parts.filter(pa.array(rows))
    names = {field.name for field in parts.type}
    year, month, day = (number_in(parts, name) for name in ("year", "month", "day"))
    bare = mask_of_empty(parts, "hour") if "hour" in names else np.ones(len(rest), dtype=bool)
    if bare.any():
        written.put(rest[bare], year[bare], month[bare], day[bare], None)
    if not bare.all():
        timed = pa.array(~bare)
        written.put(rest[~bare], year[~bare], month[~bare], day[~bare], clock_in(parts.filter(timed)))


def mask_of_empty(parts: pa.StructArray, name: str) -> Mask:
    """Where nothing stands in a part of a pattern."""
    empty: Mask = pc.equal(pc.binary_length(pc.struct_field(parts, name)), 0).to_numpy(zero_copy_only=False)
    return empty


def number_in(parts: pa.StructArray, name: str) -> Whole:
    """The whole number in a part of a pattern; 0 where nothing stands there."""
    text = pc.struct_field(parts, name)
    number: Whole = pc.if_else(pc.equal(pc.binary_length(text), 0), "0", text).cast(pa.int64()).to_numpy()
    return number


def clock_in(parts: pa.StructArray) -> Clock:
    """The clock in the parts `hour`, `minute`, `second`, `fraction` and `zone` with `sign`, `hours`, `minutes`."""
    padded = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.struct_field(parts, "fraction"), 6, padding="0"), 0, 6)
    hours, minutes = number_in(parts, "hours"), number_in(parts, "minutes")
    minus = pc.equal(pc.struct_field(parts, "sign"), "-").to_numpy(zero_copy_only=False)
    return Clock(
        number_in(parts, "hour"),
        number_in(parts, "minute"),
        number_in(parts, "second"),
        padded.cast(pa.int64()).to_numpy(),
        np.where(minus, -1, 1) * (hours * 3600 + minutes * 60),
        ~mask_of_empty(parts, "zone"),
        (hours <= _FURTHEST) & (minutes <= 59),
    )


def put_iso(text: pa.Array, written: Written) -> None:
    """Find what is written in ISO 8601 in trimmed text (null where empty)."""
    _put_plain(text, written, _PLAIN)
    _put_any(text, written, _MOMENT)


def put_iso_days(text: pa.Array, written: Written) -> None:
    """Find days without a time in trimmed text (null where empty)."""
    _put_plain(text, written, _PLAIN[:1])


def moments_of_text(text: pa.Array, zone: str) -> Read:
    """Moments from trimmed text (null where empty)."""
    written = Written(len(text))
    put_iso(text, written)
    return written.moments(text.is_valid().to_numpy(zero_copy_only=False), zone, NO_MOMENT)


def days_of_text(text: pa.Array) -> Read:
    """Days from trimmed text (null where empty)."""
    written = Written(len(text))
    put_iso_days(text, written)
    return written.days(text.is_valid().to_numpy(zero_copy_only=False), NO_DAY)


# -- Arrow types ---------------------------------------------------------------------------------------------
def _in_range(microseconds: Whole) -> Mask:
    low, high = (np.datetime64(f"{year}-01-01", "us").astype(np.int64) for year in (FIRST_YEAR, LAST_YEAR + 1))
    result: Mask = (microseconds >= low) & (microseconds < high)
    return result


def moments_of_arrow(array: pa.Array, zone: str) -> Read:
    """Moments from Arrow timestamps or dates; without a zone they are local time."""
    given = array.is_valid().to_numpy(zero_copy_only=False)
    bare = np.full(len(array), pa.types.is_date(array.type))
    naive = pa.types.is_date(array.type) or array.type.tz is None
    plain = pc.floor_temporal(array, unit="day") if pa.types.is_date64(array.type) else array
    coarse = plain.cast(pa.date32()) if pa.types.is_date(array.type) else plain
    safe = _microseconds(coarse)
    local = np.where(given, safe, 0)
    fine = given & _in_range(local)
    missing = np.zeros(len(local), dtype=bool)
    utc = local.copy()
    if naive:
        utc[fine], missing[fine] = to_utc(local[fine], bare[fine], zone)
    return Read(
        _column(utc, fine & ~missing, pa.timestamp("us", tz="UTC")),
        ((given & ~fine, OUT_OF_RANGE), (missing, skipped(zone))),
        bare & given,
    )


def _microseconds(array: pa.Array) -> Whole:
    """Microseconds since 1970 (floored; far-off values saturate), 0 where null."""
    if pa.types.is_date(array.type):
        factor, numbers = DAY, array.cast(pa.int32()).cast(pa.int64())
    else:
        factor = {"s": SECOND, "ms": 1000, "us": 1, "ns": 0}[array.type.unit]
        numbers = array.cast(pa.int64())
    raw: Whole = numbers.fill_null(0).to_numpy()
    if not factor:
        return raw // 1000
    limit = np.iinfo(np.int64).max // factor
    return np.clip(raw, -limit, limit) * factor


def days_of_arrow(array: pa.Array) -> Read:
    """Days from Arrow dates, or from timestamps without a zone at midnight."""
    given = array.is_valid().to_numpy(zero_copy_only=False)
    microseconds = _microseconds(array.cast(pa.date32()) if pa.types.is_date(array.type) else array)
    whole = microseconds % DAY == 0
    fine = given & whole & _in_range(microseconds)
    values = pa.array(np.where(fine, microseconds // DAY, 0), mask=~fine).cast(pa.int32()).cast(pa.date32())
    return Read(values, ((given & ~whole, NO_DAY), (given & ~fine, OUT_OF_RANGE)))
