"""Moments and days as people write them, read column by column.

ISO 8601 in its extended form; digits finer than a microsecond are dropped. A moment without a zone is local
time of the organisation: of a doubled hour the first; a local time that a clock change skipped is refused. A
bare date stands for the start of its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stamm.lang.window import zone_named

Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

FIRST_YEAR, LAST_YEAR = 1900, 2199
SECOND = 1_000_000
DAY = 86_400 * SECOND

NO_MOMENT = "is not a moment; write it as 2024-02-10T14:30:00, with +01:00 or Z at the end unless it is local time"
NO_DAY = "is not a day; write it as 2024-02-10"
NO_CALENDAR = "is not in the calendar: check month, day, hour, minute and second"
OUT_OF_RANGE = f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}; leave the cell empty where it is not known"

_DATE = r"\d{4}-\d\d-\d\d"
_TIME = r"[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
_ZONE = r" ?(?:[Zz]|[+-]\d\d(?::?\d\d)?)"
_MOMENT = f"^{_DATE}(?:{_TIME}(?:{_ZONE})?)?$"
_TAIL = r"^(?:[.,](?P<fraction>\d+))? ?(?:[Zz]|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?)?$"


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


def skipped(zone: str) -> str:
    """The reason for a local time that does not exist."""
    return f"was skipped by a clock change in {zone}; add the zone, such as +01:00, or correct the time"


# -- local time to UTC ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Stretches:
    """Stretches of time with one offset: local start and end, UTC start, offset (all seconds)."""

    local_start: Whole
    local_end: Whole
    start: Whole
    offset: Whole


@lru_cache(maxsize=64)
def _stretches(zone: str, first_year: int, last_year: int) -> _Stretches:
    tz = zone_named(zone)

    def offset_at(moment: datetime) -> int:
        return int((moment.astimezone(tz).utcoffset() or timedelta()).total_seconds())

    step = timedelta(hours=12)
    at = datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=3)
    end = datetime(last_year, 12, 31, tzinfo=UTC) + timedelta(days=3)
    starts, offsets = [int(at.timestamp())], [offset_at(at)]
    while at < end:
        low, high = at, at + step
        if offset_at(high) != offsets[-1]:
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (low, middle) if offset_at(middle) != offsets[-1] else (middle, high)
            starts.append(int(high.timestamp()))
            offsets.append(offset_at(high))
        at += step
    start, offset = np.array(starts, dtype=np.int64), np.array(offsets, dtype=np.int64)
    local_end = np.append(start[1:] + offset[:-1], np.iinfo(np.int64).max)
    return _Stretches(start + offset, local_end, start, offset)


def to_utc(local: Whole, bare: Mask, zone: str) -> tuple[Whole, Mask]:
    """UTC microseconds of local microseconds, and which local times do not exist.

    A bare date (local midnight) that a clock change swallowed starts when the clocks had changed, unless the
    whole day was skipped.
    """
    if not len(local):
        return local, np.zeros(0, dtype=bool)
    years = local.astype("datetime64[us]")[[local.argmin(), local.argmax()]].astype("datetime64[Y]").astype(int) + 1970
    stretches = _stretches(zone, int(years[0]), int(years[1]))
    seconds = local // SECOND
    place = np.searchsorted(stretches.local_end, seconds, side="right")
    missing = seconds < stretches.local_start[place]
    swallowed = missing & bare & (seconds + 86_400 > stretches.local_start[place])
    utc = local - stretches.offset[place] * SECOND
    utc[swallowed] = stretches.start[place[swallowed]] * SECOND
    return utc, missing & ~swallowed


# -- text ----------------------------------------------------------------------------------------------------
def _codes(text: pa.Array, width: int) -> npt.NDArray[np.int64]:
    """The first `width` ASCII characters of each text as a matrix of codes, blanks where it is shorter."""
    fixed = pc.utf8_slice_codeunits(pc.utf8_rpad(text, width), 0, width).cast(pa.binary())
    flat = np.frombuffer(fixed.buffers()[2] or b"", dtype=np.uint8)[: len(text) * width]
    return flat.reshape(len(text), width).astype(np.int64)


def _number(codes: npt.NDArray[np.int64], start: int, length: int) -> Whole:
    total: Whole = np.zeros(len(codes), dtype=np.int64)
    for place in range(start, start + length):
        total = total * 10 + (codes[:, place] - 48)
    return total


def _days(codes: npt.NDArray[np.int64]) -> tuple[Whole, Mask, Mask]:
    """Days since 1970 of `YYYY-MM-DD`, which are in the calendar, and which are in the years taken."""
    year, month, day = _number(codes, 0, 4), _number(codes, 5, 2), _number(codes, 8, 2)
    valid = (month >= 1) & (month <= 12)
    months = ((year - 1970) * 12 + np.where(valid, month, 1) - 1).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    length = (months + 1).astype("datetime64[D]").astype(np.int64) - first
    valid &= (day >= 1) & (day <= length)
    return first + day - 1, valid, (year >= FIRST_YEAR) & (year <= LAST_YEAR)


def _tails(text: pa.Array, codes: npt.NDArray[np.int64]) -> tuple[Whole, Whole, Mask]:
    """Microseconds of the fraction, offset in seconds (only where zoned), and which tails are sound."""
    fraction = np.zeros(len(text), dtype=np.int64)
    offset = np.zeros(len(text), dtype=np.int64)
    sound = np.ones(len(text), dtype=bool)
    tail = np.where(codes[:, 16] == ord(":"), 19, 16)
    longer = np.nonzero(pc.utf8_length(text).to_numpy() > tail + 1)[0]  # one character more can only be Z
    if not len(longer):
        return fraction, offset, sound
    some = text.take(pa.array(longer))
    rest = pc.if_else(
        pa.array(tail[longer] == 19), pc.utf8_slice_codeunits(some, 19), pc.utf8_slice_codeunits(some, 16)
    )
    parts = pc.extract_regex(rest, _TAIL)

    def number(name: str, width: int) -> Whole:
        padded = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.struct_field(parts, name), width, padding="0"), 0, width)
        result: Whole = padded.cast(pa.int64()).to_numpy()
        return result

    fraction[longer] = number("fraction", 6)
    hours, minutes = number("hours", 2), number("minutes", 2)
    sign = np.where(pc.equal(pc.struct_field(parts, "sign"), "-").to_numpy(zero_copy_only=False), -1, 1)
    offset[longer] = sign * (hours * 3600 + minutes * 60)
    sound[longer] = (hours <= 18) & (minutes <= 59)
    return fraction, offset, sound


def _spread(part: Mask, within: Mask) -> Mask:
    """A mask over the rows of `within` as a mask over all rows."""
    whole = np.zeros(len(within), dtype=bool)
    whole[within] = part
    return whole


def _column(values: Whole, known: Mask, type_: pa.DataType) -> pa.Array:
    return pa.array(np.where(known, values, 0), mask=~known).cast(type_)


def moments_of_text(text: pa.Array, zone: str) -> Read:
    """Moments from trimmed text (null where empty)."""
    given = text.is_valid().to_numpy(zero_copy_only=False)
    matching = pc.fill_null(pc.match_substring_regex(text, _MOMENT), False).to_numpy(zero_copy_only=False)
    some = text.filter(pa.array(matching))
    codes = _codes(some, 19)
    days, valid, in_range = _days(codes)
    bare = pc.equal(pc.utf8_length(some), 10).to_numpy(zero_copy_only=False)
    has_seconds = codes[:, 16] == ord(":")
    clock = np.where(bare[:, None], ord("0"), codes)
    hour, minute = _number(clock, 11, 2), _number(clock, 14, 2)
    second = np.where(has_seconds, _number(clock, 17, 2), 0)
    fraction, offset, sound = _tails(some, codes)
    valid &= (hour <= 23) & (minute <= 59) & (second <= 59) & sound
    fine = valid & in_range
    local = days * DAY + (hour * 3600 + minute * 60 + second) * SECOND + fraction
    zoned = pc.match_substring_regex(some, f"{_TIME}{_ZONE}$").to_numpy(zero_copy_only=False)
    utc = local - offset * SECOND
    naive = fine & ~zoned
    missing = np.zeros(len(local), dtype=bool)
    utc[naive], missing[naive] = to_utc(local[naive], bare[naive], zone)
    values = np.zeros(len(text), dtype=np.int64)
    values[matching] = utc
    return Read(
        _column(values, _spread(fine & ~missing, matching), pa.timestamp("us", tz="UTC")),
        (
            (given & ~matching, NO_MOMENT),
            (_spread(~valid, matching), NO_CALENDAR),
            (_spread(~in_range, matching), OUT_OF_RANGE),
            (_spread(missing, matching), skipped(zone)),
        ),
        _spread(bare, matching),
    )


def days_of_text(text: pa.Array) -> Read:
    """Days from trimmed text (null where empty)."""
    given = text.is_valid().to_numpy(zero_copy_only=False)
    matching = pc.fill_null(pc.match_substring_regex(text, f"^{_DATE}$"), False).to_numpy(zero_copy_only=False)
    days, valid, in_range = _days(_codes(text.filter(pa.array(matching)), 10))
    values = np.zeros(len(text), dtype=np.int64)
    values[matching] = days
    whole = pa.array(
        np.where(_spread(valid & in_range, matching), values, 0), mask=~_spread(valid & in_range, matching)
    )
    return Read(
        whole.cast(pa.int32()).cast(pa.date32()),
        (
            (given & ~matching, NO_DAY),
            (_spread(~valid, matching), NO_CALENDAR),
            (_spread(~in_range, matching), OUT_OF_RANGE),
        ),
    )


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
