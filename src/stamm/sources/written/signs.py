"""Signs and codes of currencies beside an amount: taken off where they name the amount's own currency."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_currency_symbol

#: words of trade that are no currency's official sign
_USUAL = {"CHF": ("Fr.", "SFr.", "sFr."), "EUR": ("Euro", "EURO")}

_MINUS = r"[()+\x{2212}-]"
_BLANK = r"[ \x{00a0}\x{202f}]"


def without_sign(text: pa.Array, currency: str) -> pa.Array:
    """Amounts without the sign or the code of this currency before or behind them; other texts as they are.

    `12,30 €`, `-€12.30`, `USD 5` and `5,- kr` all lose theirs, each beside its own currency only.
    """
    signs = "|".join(re.escape(sign) for sign in signs_of(currency))
    before = pc.replace_substring_regex(text, rf"^({_MINUS}? ?)(?i:{signs}){_BLANK}?([^a-zA-Z]*)$", r"\1\2")
    return pc.replace_substring_regex(before, rf"^([^a-zA-Z]*?){_BLANK}?(?i:{signs})( ?{_MINUS}?)$", r"\1\2")


@lru_cache(maxsize=512)
def signs_of(currency: str) -> tuple[str, ...]:
    """What stands for a currency, the longest first: its code, its sign in English, German and at home."""
    found = {currency, *_USUAL.get(currency, ()), *(get_currency_symbol(currency, one) for one in ("en", "de"))}
    if get_currency_symbol(currency, "en") == currency:
        found.update(_at_home(currency))
    bare = {"".join(sign for sign in one if unicodedata.category(sign) == "Sc") for one in found}
    return tuple(sorted(found | bare - {""}, key=lambda sign: (-len(sign), sign)))


def _at_home(currency: str) -> Iterator[str]:
    """Its signs in the languages of the countries that use it now."""
    for territory, used in get_global("territory_currencies").items():
        if any(code == currency and until is None and tender for code, _, until, tender in used):
            for language in get_official_languages(territory, regional=True):
                try:
                    yield get_currency_symbol(currency, Locale.parse(f"{language}_{territory}"))
                except (UnknownLocaleError, ValueError):
                    continue
