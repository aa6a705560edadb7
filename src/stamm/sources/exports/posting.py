"""What networks say of posts in numbers: counts of reactions, by the day or since the post was published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from stamm.facts.faults import MISSING, NO_DAY, NO_WHOLE
from stamm.sources.exports.kind import Row
from stamm.sources.exports.tables import Line
from stamm.sources.exports.values import FaultError, number
from stamm.sources.moments import NO_MOMENT

_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ ,]+(\d{1,2}):(\d\d)(?::\d\d)?(?: ?([AaPp])[Mm])?)?$")


def american(line: Line, name: str, zone: str | None = None) -> str:
    """A moment written month first, in ISO 8601: in a zone, or as the day alone. Raises FaultError for what is none."""
    found = _AMERICAN.match(line[name] or "")
    if found is None:
        raise FaultError(name, MISSING if line[name] is None else NO_DAY if zone is None else NO_MOMENT, line[name])
    month, day, year, hour, minute, half = found.groups()
    hours = int(hour or 0) % 12 + 12 * (half.lower() == "p") if half else int(hour or 0)
    try:
        at = datetime(int(year), int(month), int(day), hours, int(minute or 0), tzinfo=ZoneInfo(zone or "UTC"))
    except ValueError as error:
        raise FaultError(name, "is not in the calendar", line[name]) from error
    return at.date().isoformat() if zone is None else at.isoformat()


def count_of(line: Line, *names: str) -> Decimal | None:
    """The count under the first of the names that has one; thousands may be told apart by commas."""
    for name in names:
        written = line.get(name)
        if written is not None:
            try:
                found = number(written.replace(",", ""), name)
            except FaultError as fault:
                raise FaultError(name, NO_WHOLE, written) from fault
            if found < 0 or found != found.to_integral_value():
                raise FaultError(name, NO_WHOLE, written)
            return found
    return None


def reactions_of(
    line: Line, kinds: Mapping[str, tuple[str, ...]], *, post: str, posted_at: str, happened: str | None
) -> Iterator[Row | FaultError | None]:
    """A row for each kind of reaction that there was; `happened` is its day, none since the post was published."""
    for kind, names in kinds.items():
        try:
            count = count_of(line, *names)
        except FaultError as fault:
            yield fault
            continue
        yield (
            {
                "reaction_id": f"{post}-{kind}-{happened or 'all'}",
                "post_id": post,
                "posted_at": posted_at,
                "kind": kind,
                "happened_at": happened or posted_at,
                "quantity": count,
            }
            if count
            else None
        )
