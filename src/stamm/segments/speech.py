"""In which language a rule is written or read, and in which currency."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stamm.lang.language import NO_BREAK, Code, Language
from stamm.lang.phrase import Phrase

#: what joins rules, and turns one around
AND, OR, NOT = Phrase("and", "und"), Phrase("or", "oder"), Phrase("not", "nicht")
#: whom every rule is about
WHOM = Phrase("customers", "Kunden")
#: a word of somebody's own stands in quotation marks where it could be taken for something else
QUOTED = r'"(?:[^"]|"")*"'
WORD = r"[^\s,()\"“”„]+"


@dataclass(frozen=True)
class Speech:
    """A language, and the currency in which amounts are told."""

    code: Code = "en"
    currency: str = "EUR"

    @property
    def language(self) -> Language:
        """How numbers are written."""
        return Language(self.code)

    def say(self, phrase: Phrase) -> str:
        """A phrase in this language."""
        return phrase.of(self.code)

    def number(self, value: float) -> str:
        """A number as it is typed: no thousands set apart, and as many digits as it has."""
        text = f"{value:.10f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if self.code == "de" else text

    def read_number(self, text: str) -> float:
        """The number that is typed so; raises ValueError."""
        return float(text.replace(",", ".") if self.code == "de" else text)

    @property
    def digits(self) -> str:
        """The pattern of a number."""
        return r"-?\d+(?:,\d+)?" if self.code == "de" else r"-?\d+(?:\.\d+)?"


def quoted(word: str) -> str:
    """A word in quotation marks."""
    return '"' + word.replace('"', '""') + '"'


def unquoted(word: str) -> str:
    """What stands in the marks, where there are any."""
    return word[1:-1].replace('""', '"') if len(word) > 1 and word[0] == word[-1] == '"' else word


def plain(text: str) -> str:
    """A text with straight quotation marks and plain blanks, as it is typed."""
    return re.sub("[“”„]", '"', text.replace(NO_BREAK, " "))
