"""Money: whole minor units beside an ISO 4217 currency; currencies are never mixed."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext
from functools import lru_cache

from babel.core import get_global
from babel.numbers import get_currency_precision

from stamm.lang.errors import UsageError


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(get_global("all_currencies"))


def currencies() -> tuple[str, ...]:
    """All ISO 4217 codes, those of the past included, sorted."""
    return tuple(sorted(_known()))


def is_currency(code: str) -> bool:
    """Whether this is an ISO 4217 code in capitals, such as EUR."""
    return code in _known()


def exponent(currency: str) -> int:
    """Digits of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD."""
    if not is_currency(currency):
        raise UsageError(f"{currency!r} is no ISO 4217 currency.", remedy="Write three capitals such as EUR.")
    return get_currency_precision(currency)


def to_minor(amount: str | int | float | Decimal, currency: str) -> int:
    """Minor units of an amount in major units (12.30 EUR -> 1230); raises ValueError when not exact."""
    digits = exponent(currency)
    with localcontext(Context(prec=100, traps=[InvalidOperation, Inexact])):
        try:
            scaled = Decimal(str(amount)).scaleb(digits)
            if not scaled.is_finite():
                raise ValueError(f"{amount!r} is no amount")
            whole = scaled.to_integral_value()
        except (InvalidOperation, Inexact) as error:
            raise ValueError(f"{amount!r} is no amount") from error
        if scaled != whole:
            raise ValueError(f"{amount} has more digits than {currency} has")
        return int(whole)


def to_major(minor: int | float, currency: str) -> Decimal:
    """The amount in major units, exact for whole minor units."""
    return Decimal(str(minor)).scaleb(-exponent(currency))
