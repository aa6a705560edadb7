"""Values in JSON as facts have them: texts, exact numbers, money in minor units, moments."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from stamm.facts.faults import FIRST_YEAR, LAST_YEAR
from stamm.lang.money import exponent, is_currency
from stamm.sources.segment.problem import Problem

Object = Mapping[str, Any]
#: levels of objects and lists in each other
DEEPEST = 50
#: the largest number that a column of whole numbers holds
LARGEST = 2**63 - 1
#: what adding in binary leaves behind: 27.499999999999996 is 27.50
NOISE = Decimal("1e-9")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: a count of seconds beyond this is one of milliseconds
_MILLISECONDS = 10**11
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s?(Z|z|[+-]\d\d:?\d\d)?", re.ASCII
)


def decoded(body: bytes) -> Object:
    """A message as its sender wrote it: numbers exact, texts whole; raises Problem."""
    try:
        found = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant)
    except RecursionError as error:
        raise Problem("too_deep") from error
    except ValueError as error:
        raise Problem("no_json") from error
    if not isinstance(found, dict):
        raise Problem("no_object")
    _refuse_unsound(found, DEEPEST)
    return found


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no number in JSON")


def _refuse_unsound(value: Any, levels: int) -> None:
    """What JSON can write and no fact can hold."""
    if isinstance(value, dict | list):
        if not levels:
            raise Problem("too_deep")
        for each in value if isinstance(value, list) else (*value, *value.values()):
            _refuse_unsound(each, levels - 1)
    elif isinstance(value, str):
        if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            raise Problem("no_text")
    elif isinstance(value, Decimal) and not abs(float(value)) < float("inf"):
        raise Problem("no_number")


def encoded(value: Object) -> str | None:
    """An object as JSON; nothing where nothing is in it."""
    return json.dumps(value, default=float, ensure_ascii=False, separators=(",", ":")) if value else None


# -- parts of an object --------------------------------------------------------------------------------------
def inner(holder: Object, name: str) -> Object:
    """An object within another; an empty one where there is none."""
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def text(holder: Object, *names: str) -> str | None:
    """The first of some fields that has a text in it; whole numbers are texts, too."""
    for name in names:
        found = holder.get(name)
        if isinstance(found, int) and not isinstance(found, bool):
            found = str(found)
        if isinstance(found, str) and found.strip():
            return found.strip()
    return None


def given(holder: Object, name: str) -> bool:
    """Whether anything stands in a field."""
    found = holder.get(name)
    return found is not None and not (isinstance(found, str) and not found.strip())


# -- numbers and money ---------------------------------------------------------------------------------------
def number(holder: Object, name: str) -> Decimal | None:
    """An exact number, also one written as a text; raises Problem where it is something else."""
    found = holder.get(name)
    if not given(holder, name):
        return None
    if isinstance(found, bool) or not isinstance(found, int | str | Decimal):
        raise Problem("no_number", name)
    try:
        read = Decimal(found.strip() if isinstance(found, str) else found)
    except InvalidOperation as error:
        raise Problem("no_number", name) from error
    if not read.is_finite():
        raise Problem("no_number", name)
    if abs(read) > LARGEST:
        raise Problem("too_large", name)
    return read


def currency_of(holder: Object, otherwise: str) -> str:
    """The currency named, in capitals; raises Problem where it is none."""
    found = (text(holder, "currency") or otherwise).upper()
    if not is_currency(found):
        raise Problem("no_currency", "currency")
    return found


def minor(amount: Decimal | None, currency: str, name: str) -> int | None:
    """Minor units of an amount; raises Problem where it has more digits than its currency has, or is negative."""
    if amount is None:
        return None
    if amount < 0:
        raise Problem("negative", name)
    scaled = amount.scaleb(exponent(currency))
    whole = scaled.to_integral_value()
    if abs(scaled - whole) > NOISE * max(Decimal(1), whole):
        raise Problem("too_fine", name)
    if whole > LARGEST:
        raise Problem("too_large", name)
    return int(whole)


def money(holder: Object, name: str, currency: str) -> int | None:
    """An amount of money in minor units."""
    return minor(number(holder, name), currency, name)


# -- moments -------------------------------------------------------------------------------------------------
def moment(holder: Object, name: str) -> datetime | None:
    """A moment in ISO 8601 (without a zone: UTC) or in seconds or milliseconds since 1970; raises Problem."""
    found: Any = holder.get(name)
    if not given(holder, name):
        return None
    try:
        if isinstance(found, str):
            read = _read(found.strip(), name)
        elif isinstance(found, int | Decimal) and not isinstance(found, bool):
            count = Decimal(found)
            seconds = count / 1000 if abs(count) >= _MILLISECONDS else count
            read = _EPOCH + timedelta(microseconds=int(seconds * 1_000_000))
        else:
            raise Problem("no_moment", name)
    except (ValueError, OverflowError) as error:
        raise Problem("no_moment", name) from error
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise Problem("out_of_range", name)
    return read


def _read(written: str, name: str) -> datetime:
    match = _MOMENT.fullmatch(written)
    if match is None:
        raise Problem("no_moment", name)
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    micro = int((fraction or "0").ljust(6, "0")[:6])
    ahead = timedelta()
    if zone and zone not in "Zz":
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        ahead = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise Problem("out_of_range", name)
    clock = (int(hour or 0), int(minute or 0), int(second or 0), micro)
    return datetime(int(year), int(month), int(day), *clock, tzinfo=UTC) - ahead
