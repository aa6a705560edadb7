"""Words, numbers and dates as English and German readers write them.

Texts are looked up in `locale/<language>/*.po`, keyed by the English text. Numbers follow CLDR through Babel,
with a true minus sign; German percent and units are set off by a no-break space.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

from stamm.lang.errors import UsageError
from stamm.lang.money import exponent
from stamm.lang.window import Window

Code = Literal["en", "de"]
CODES: tuple[Code, ...] = ("en", "de")
MINUS = "\u2212"
NO_BREAK = "\u00a0"
#: units of elapsed time, written after their numbers
ELAPSED = ("seconds", "minutes", "hours", "days", "years")


@lru_cache
def _texts(code: str) -> dict[str, str]:
    """All translated texts of a language; English is its own key."""
    if code == "en":
        return {}
    found: dict[str, str] = {}
    for file in sorted((files("stamm.lang") / "locale" / code).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".po"):
            with file.open("rb") as handle:
                catalogue = read_po(handle, locale=code)
            found.update({str(m.id): str(m.string) for m in catalogue if m.id and m.string and not m.fuzzy})
    return found


class Language:
    """One reader's language: texts, numbers, money, dates."""

    def __init__(self, code: Code) -> None:
        if code not in CODES:
            raise UsageError(f"There is no language {code!r}.", remedy="Choose en or de.")
        self.code: Code = code
        self._locale = {"en": "en", "de": "de_DE"}[code]

    @classmethod
    def chosen(cls, *wishes: str | None) -> Language:
        """The first of the wishes that is set, else the environment's language, else English.

        A wish is a code such as `de`; the environment's is read from LC_ALL, LC_MESSAGES, LANG.
        """
        for wish in wishes:
            if wish:
                short = wish[:2].lower()
                return cls(short if short in CODES else wish)  # type: ignore[arg-type]
        environment = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
        return cls("de" if environment.lower().startswith("de") else "en")

    def __call__(self, text: str, **values: object) -> str:
        """The text in this language, with `{name}` filled in."""
        found = _texts(self.code).get(text, text)
        return found.format(**values) if values else found

    def counted(self, count: int, one: str, many: str, **values: object) -> str:
        """The text for one, or the text for any other number, with `{count}` filled in: 1 row, 0 rows, 1,234 rows."""
        return self(one if count == 1 else many, count=self.number(count), **values)

    def quoted(self, words: str) -> str:
        """“here at the end”, in German „am Ende da“."""
        return f"“{words}”" if self.code == "en" else f"„{words}“"

    def listed(self, words: Sequence[str], last: str) -> str:
        """a, b and c, where `last` is the word before the last."""
        return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)

    # -- numbers ---------------------------------------------------------------------
    def number(self, value: float | Decimal, digits: int = 0, *, signed: bool = False) -> str:
        """A number with thousands separated, `digits` after the point."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return self._signs(format_decimal(value, format=pattern, locale=self._locale), value, signed)

    def trimmed(self, value: float, digits: int) -> str:
        """A number with at most that many digits after the point."""
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
        return self._signs(format_decimal(value, format=pattern, locale=self._locale), value, False)

    def percent(self, value: float, digits: int = 1, *, signed: bool = False) -> str:
        """A share as percent: 60.0%, in German 60,0 %."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + ("%" if self.code == "en" else NO_BREAK + "%")
        return self._signs(format_percent(value, format=pattern, locale=self._locale), value, signed)

    def money(self, minor: float, currency: str, *, signed: bool = False, whole: bool = False) -> str:
        """An amount in minor units with its currency; `whole` leaves out the minor unit."""
        major = Decimal(str(round(minor))).scaleb(-exponent(currency))
        pattern = ("¤#,##0.00" if self.code == "en" else f"#,##0.00{NO_BREAK}¤") if not whole else None
        if whole:
            pattern = "¤#,##0" if self.code == "en" else f"#,##0{NO_BREAK}¤"
        text = format_currency(major, currency, format=pattern, locale=self._locale, currency_digits=not whole)
        return self._signs(text, float(major), signed)

    def _signs(self, text: str, value: float | Decimal, signed: bool) -> str:
        text = text.replace("-", MINUS)
        if not any(digit in text for digit in "123456789"):
            text = text.replace(MINUS, "")
        return "+" + text if signed and value > 0 and any(digit in text for digit in "123456789") else text

    def value(self, value: float | None, unit: str, currency: str = "", digits: int | None = None) -> str:
        """A value in its unit: shares as percent, their differences in points, money in major units, else a number.

        Without a currency, money is given in major units already and printed as a plain number.
        """
        if value is None:
            return self("no value")
        if unit == "share":
            return self.percent(value, 1 if digits is None else digits)
        if unit == "difference":  # of two shares
            return self.number(100 * value, 1 if digits is None else digits, signed=True)
        if unit == "money":
            return self.money(value, currency) if currency else self.trimmed(value, 2)
        if unit == "count":
            return self.trimmed(value, 2)
        if unit == "points":
            return self.trimmed(value, 1 if digits is None else digits)
        number = self.number(value, 2 if digits is None else digits)
        return f"{number}{NO_BREAK}{self(unit)}" if unit in ELAPSED else number

    def change(self, difference: float, unit: str, currency: str = "", digits: int = 1) -> str:
        """A difference of two values, signed: percentage points for shares, money and numbers as they are."""
        if unit == "share":
            number = self.number(100 * difference, digits, signed=True)
            return f"{number}{NO_BREAK}{self('points')}"
        if unit == "money" and currency:
            return self.money(difference, currency, signed=True)
        digits = 0 if unit == "count" else 1 if unit == "points" else 2
        text = self.number(difference, digits, signed=True)
        return f"{text}{NO_BREAK}{self(unit)}" if unit in ELAPSED else text

    # -- dates -----------------------------------------------------------------------
    def day(self, day: date) -> str:
        """1 October 2026, 1. Oktober 2026."""
        return str(format_date(day, format="d MMMM y" if self.code == "en" else "d. MMMM y", locale=self._locale))

    def short_day(self, day: date) -> str:
        """1 Oct 2026, 1. Okt. 2026."""
        return str(format_date(day, format="d MMM y" if self.code == "en" else "d. MMM y", locale=self._locale))

    def month(self, day: date, *, short: bool = False, year: bool = True) -> str:
        """October 2026; short: Oct 2026."""
        pattern = ("MMM" if short else "MMMM") + (" y" if year else "")
        return str(format_date(day, format=pattern, locale=self._locale)).replace(".", "")

    def period(self, window: Window, *, short: bool = False, year: bool = True) -> str:
        """A calendar window beside others of its grain: October 2026, week 40/2026, 5 Jan; of a month its name."""
        start, days = window.start, window.length
        if 28 <= days <= 31 and start.day == 1:
            return self.month(start, short=short, year=year)
        if days == 1 and short and not year:
            pattern = "d MMM" if self.code == "en" else "d. MMM"
            return str(format_date(start, format=pattern, locale=self._locale))
        if short and not year:
            if days == 7:
                return f"{self('wk')} {start.isocalendar().week}"
            if days < 93:
                return f"Q{(start.month + 2) // 3}"
        return self.window(window, short=short)

    def window(self, window: Window, *, short: bool = False) -> str:
        """A window by its calendar name where it has one, else its first and last day."""
        start, days = window.start, window.length
        if days == 1:
            return self.short_day(start) if short else self.day(start)
        for text in (f"{start.year}", f"{start.year}-Q{(start.month + 2) // 3}", f"{start:%Y-%m}"):
            if Window.parse(text) == window:
                if len(text) == 4:
                    return text
                if "Q" in text:
                    return f"Q{text[-1]} {start.year}"
                return self.month(start, short=short)
        if days == 7 and start.weekday() == 0:
            year, week, _ = start.isocalendar()
            return f"{self('week')} {week}/{year}"
        last = date.fromordinal(window.end.toordinal() - 1)
        write = self.short_day if short else self.day
        return f"{write(start)} {self('to')} {write(last)}"

    def moment(self, moment: datetime) -> str:
        """A moment as a day and a time, in the zone it carries."""
        return f"{self.day(moment.date())}, {moment:%H:%M}"
