"""How moments are written: the formats of a column, and whether the day or the month comes first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Whole = npt.NDArray[np.int64]

#: ISO 8601, which needs no format
ISO = ""
DAY_FIRST, MONTH_FIRST = "day first", "month first"
#: outlines of cells that are looked at; text in sentences has as many as cells
_OUTLINES = 400

#: a number, a sign, a number or a name of a month; and how many cells are looked at before all of them are
_DATELIKE, _FIRST = r"\d[-./, ]+(?:\d|[A-Za-z]{3})|^[A-Za-z]{3,9}\.? \d", 500

_CLOCK = (
    r"(?P<between>[T ]| ?, ?| um |  | at )(?P<hour>0{1,2}):00(?P<second>:00)?(?P<fraction>[.,]0{1,9})?"
    r"(?P<half> ?[AaPp]\.?[Mm]\.?)?(?P<tail> Uhr)?(?P<zone> ?(?:Z|UTC|GMT)| ?[+-]00:?00)?"
)
_ISO = re.compile(r"0000-00-00(?:[Tt ]00:00(?::00(?:[.,]0{1,9})?)?(?: ?(?:[Zz]|[+-]00(?::?00)?))?)?")
_THREE = re.compile(rf"(?P<one>0{{1,4}})(?P<sign>[./-])(?P<two>0{{1,2}})(?P=sign)(?P<three>0{{2,4}})(?:{_CLOCK})?")
_NAMED = re.compile(
    rf"(?P<front>[A-Za-zÄäé]{{3,10}})?(?P<dot>\.?,? ?)(?P<day>0{{1,2}})(?P<after>\.? ?|, ?|-|/)"
    rf"(?P<name>[A-Za-zÄäé]{{3,10}})?(?P<before>\.?,? ?|-|/)(?P<year>0000|00)(?:{_CLOCK})?"
)
#: months as they are written out or shortened
_MONTHS = re.compile(
    r"(?i)jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz?|mrz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?"
    r"|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?"
)
#: 20240105
_COMPACT = r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$"
_PARTS = r"^(?P<one>\d{1,4})[./-](?P<two>\d{1,2})[./-](?P<three>\d{2,4})"


@dataclass(frozen=True)
class Moments:
    """How the cells of a column say moments.

    `formats` counts cells by format, `%1` and `%2` standing for day and month (or month and day) where the cells alone
    do not say which; ISO 8601 is the empty format. `day_first` and `month_first` count cells in which only that order
    makes a date; `sorted_as` says in which order the column runs steadily in time, where in just one. `timed` is the
    share with a time of the day, `zoned` of those that name their zone.
    """

    fits: float
    formats: Mapping[str, int]
    day_first: int = 0
    month_first: int = 0
    sorted_as: str = ""
    timed: float = 0.0
    zoned: float = 0.0
    #: cells in which neither order makes a date: 30 February, a month 13
    impossible: int = 0
    #: the column has moments by its type, in a workbook or Parquet
    typed: bool = False

    @property
    def unclear(self) -> bool:
        """Whether the formats leave open which number is the day."""
        return any("%1" in format_ for format_ in self.formats)

    @property
    def dotted(self) -> bool:
        """Whether points stand between the numbers, as in German, where the day comes first."""
        return all("%1.%2." in format_ for format_ in self.formats if "%1" in format_)

    def in_order(self, order: str) -> tuple[str, ...]:
        """The formats, most frequent first, once it is said what comes first."""
        first, second = ("%d", "%m") if order == DAY_FIRST else ("%m", "%d")
        found = sorted(self.formats, key=lambda format_: -self.formats[format_])
        return tuple(dict.fromkeys(format_.replace("%1", first).replace("%2", second) for format_ in found))


def moments_in(column: pa.Array) -> Moments | None:
    """How cells (trimmed text, null where empty) say moments; None where fewer than half of them do."""
    filled = len(column) - column.null_count
    first = column.drop_null().slice(0, _FIRST)
    if len(first) and pc.all(pc.match_substring_regex(column.drop_null(), _COMPACT)).as_py():
        return Moments(1.0, {"%Y%m%d": filled})
    if not (pc.sum(pc.match_substring_regex(first, _DATELIKE)).as_py() or 0) * 2 > len(first):
        return None
    outlines = pc.replace_substring_regex(pc.utf8_slice_codeunits(column, 0, 40), r"\d", "0")
    counted = pc.value_counts(outlines.drop_null())
    if not filled or len(counted) > _OUTLINES:
        return None
    formats: Counter[str] = Counter()
    timed = zoned = 0
    for outline, count in zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True):
        found = _format_of(outline)
        if found is None:
            continue
        formats[found.format] += count
        timed, zoned = timed + count * found.timed, zoned + count * found.zoned
    fitting = formats.total()
    if fitting * 2 < filled:
        return None
    few = {format_: count for format_, count in formats.most_common(4) if count * 200 >= fitting}
    return _with_order(column, Moments(fitting / filled, few, timed=timed / fitting, zoned=zoned / fitting))


@dataclass(frozen=True)
class _Found:
    format: str
    timed: bool = False
    zoned: bool = False


def _format_of(outline: str) -> _Found | None:
    """The format of cells of one outline (their digits as zeros)."""
    if _ISO.fullmatch(outline):
        return _Found(
            ISO, len(outline) > 10, outline.endswith(("Z", "z")) or bool(re.search(r"[+-]\d\d:?\d\d$", outline[10:]))
        )
    if match := _THREE.fullmatch(outline):
        one, sign, three = len(match["one"]), match["sign"], len(match["three"])
        if one == 4 and three == 2:
            day = f"%Y{sign}%m{sign}%d"
        elif one <= 2 and three in {2, 4}:
            day = f"%1{sign}%2{sign}%{'Y' if three == 4 else 'y'}"
        else:
            return None
        return _clocked(day, match)
    match = _NAMED.fullmatch(outline)
    if match and (match["front"] is None) != (match["name"] is None):
        if not _MONTHS.fullmatch(match["front"] or match["name"]):
            return None
        year = "%Y" if len(match["year"]) == 4 else "%y"
        front, name = ("%b", "") if match["front"] else ("", "%b")
        return _clocked(f"{front}{match['dot']}%d{match['after']}{name}{match['before']}{year}", match)
    return None


def _clocked(day: str, match: re.Match[str]) -> _Found:
    """The format of a day with its time, where it has one."""
    if match["hour"] is None:
        return _Found(day)
    hour = "%I" if match["half"] else "%H"
    text = f"{day}{match['between']}{hour}:%M" + (":%S" if match["second"] else "")
    text += f"{match['fraction'][0]}%f" if match["fraction"] else ""
    text += f"{' ' * match['half'].startswith(' ')}%p" if match["half"] else ""
    text += match["tail"] or ""
    zone = match["zone"] or ""
    if zone.strip() in {"UTC", "GMT"}:
        return _Found(text + zone, timed=True, zoned=True)
    return _Found(text + (f"{' ' * zone.startswith(' ')}%z" if zone else ""), timed=True, zoned=bool(zone))


# -- which number is the day -------------------------------------------------------------------------------------
def _with_order(column: pa.Array, moments: Moments) -> Moments:
    if not moments.unclear:
        return moments
    parts = pc.extract_regex(column, _PARTS)
    known = parts.drop_null()
    one, two, three = (pc.struct_field(known, name).cast(pa.int64()).to_numpy() for name in ("one", "two", "three"))
    short = (one <= 31) & (two <= 31) & (one > 0) & (two > 0)
    day_first, month_first = short & (one > 12) & (two <= 12), short & (two > 12) & (one <= 12)
    impossible = ~short | ((one > 12) & (two > 12))
    return Moments(
        moments.fits,
        moments.formats,
        int(day_first.sum()),
        int(month_first.sum()),
        _sorted_as(one[short], two[short], three[short]),
        moments.timed,
        moments.zoned,
        int(impossible.sum()),
    )


def _sorted_as(one: Whole, two: Whole, year: Whole) -> str:
    """Under which reading the column runs steadily up or down, where under just one."""
    steady = {
        order: _steady(year * 10_000 + month * 100 + day)
        for order, day, month in ((DAY_FIRST, one, two), (MONTH_FIRST, two, one))
    }
    found = [order for order, is_steady in steady.items() if is_steady]
    return found[0] if len(found) == 1 else ""


def _steady(days: Whole) -> bool:
    """Whether days follow each other in one direction, but for a few, and are not all the same."""
    steps = np.diff(days)
    up, down = int((steps > 0).sum()), int((steps < 0).sum())
    return up + down >= 3 and min(up, down) * 20 <= max(up, down)
