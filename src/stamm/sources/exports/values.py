"""What stands in somebody's rows and objects, picked with the name under which it is blamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException, localcontext
from typing import Any

from stamm.facts.faults import OUT_OF_RANGE, TOO_LARGE
from stamm.sources.cells import NO_AMOUNT
from stamm.sources.reading.objects import Cell, Flaw

NO_LIST = "is not a list of objects"
NO_PART = "is not an object"
NO_SECONDS = "is not a time counted since 1970"
NO_PLAIN = "is an object or a list where a text or a number belongs"
#: digits that amounts are reckoned with; none of them gets lost
_EXACT = Context(prec=100)
#: numbers with more digits than these are nobody's
_DIGITS = 40
_LAST_SECOND = 10**11

Object = Mapping[str, Any]


class FaultError(ValueError):
    """What is wrong with one thing of a file: the name under which it stands there, and the reason."""

    def __init__(self, column: str, reason: str, value: object = "") -> None:
        super().__init__(f"{column} {reason}")
        self.column, self.reason, self.value = column, reason, value


def text(value: Any) -> str | None:
    """A value as the text of a cell, without white space around it; nothing where there is none."""
    cell = cell_of(value)
    if isinstance(cell, Flaw):
        return None
    return cell.decode() if isinstance(cell, bytes) else cell


def cell_of(value: Any) -> Cell:
    """A value as a cell; what no cell can hold is a flaw of it."""
    if value is None or isinstance(value, Flaw):
        return value
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) <= _DIGITS else str(value)
    return str(value) if isinstance(value, int | float) else Flaw(NO_PLAIN)


def part(value: Object, name: str) -> Object:
    """The object under a name; an empty one where there is none. Raises FaultError for anything else."""
    found = value.get(name)
    if found is None:
        return {}
    if isinstance(found, Mapping):
        return found
    raise FaultError(name, found.reason if isinstance(found, Flaw) else NO_PART)


def listed(value: Object, name: str) -> list[Object]:
    """The objects in the list under a name; none where there is none. Raises FaultError for anything else."""
    found = value.get(name)
    if found is None:
        return []
    if isinstance(found, list) and all(isinstance(one, Mapping) for one in found):
        return found
    raise FaultError(name, NO_LIST)


def amount(value: Object, name: str) -> Decimal:
    """The amount under a name, exactly; 0 where there is none. Raises FaultError for what is no amount."""
    found = value.get(name)
    if found is None or found == "":
        return Decimal(0)
    return number(found, name)


def number(found: Any, name: str) -> Decimal:
    """A number, exactly; raises FaultError for what is none."""
    written = text(found)
    try:
        exact = Decimal(written or "")
    except DecimalException as error:
        raise FaultError(name, NO_AMOUNT, written) from error
    if not exact.is_finite() or abs(exact.adjusted()) > _DIGITS:
        raise FaultError(name, TOO_LARGE if exact.is_finite() else NO_AMOUNT, written)
    return exact


def exactly() -> Any:
    """A context in which sums and products of amounts lose no digit."""
    return localcontext(_EXACT)


def rounded(value: Decimal, digits: int) -> Decimal:
    """A number with so many digits after the point, half a unit upwards."""
    with exactly():
        return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def shares(whole: Decimal, weights: Sequence[Decimal], digits: int) -> list[Decimal]:
    """An amount cut in proportion to weights that are not all zero; the shares add up to it exactly."""
    with exactly():
        total, so_far, given = sum(weights), Decimal(0), Decimal(0)
        found = []
        for weight in weights:
            so_far += weight
            upto = whole if so_far == total else rounded(whole * so_far / total, digits)
            found.append(upto - given)
            given = upto
        return found


def since_1970(value: Object, name: str, *, parts: int = 1) -> str | None:
    """A moment told as a number since 1970 in seconds (or so many parts of one), in ISO 8601; nothing where none is.

    Raises FaultError for what is no moment.
    """
    found = value.get(name)
    if found is None or found == "":
        return None
    written = text(found)
    try:
        ticks = int(written or "")
    except ValueError as error:
        raise FaultError(name, NO_SECONDS, written) from error
    seconds, fraction = divmod(ticks, parts)
    if abs(seconds) > _LAST_SECOND:
        raise FaultError(name, OUT_OF_RANGE, written)
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise FaultError(name, OUT_OF_RANGE, written) from error
    return at.replace(microsecond=fraction * 1_000_000 // parts).isoformat()


def at(value: Object, *names: str) -> Any:
    """What lies under names inside each other; nothing where one of them is missing or no object."""
    found: Any = value
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def first(*values: Any) -> str | None:
    """The first of the values that has something in it, as text."""
    return next((found for value in values if (found := text(value))), None)


def joined(*values: Any) -> str | None:
    """The values with something in them, a space between."""
    return " ".join(found for value in values if (found := text(value))) or None


def customer_of(email: Any, phone: Any = None, own: Any = None) -> str | None:
    """By what a customer is known: the e-mail address in small letters, which most systems share; else telephone, else
    the system's own number."""
    address = text(email)
    return address.lower() if address else first(phone, own)
