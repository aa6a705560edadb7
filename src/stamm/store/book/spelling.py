"""How names are compared: in small letters, without accents, umlauts as they are written where there are none."""

from __future__ import annotations

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d+")
#: a telephone number, however it is grouped
_NUMBER = re.compile(r"[\s+()/.\-\d]+")
#: ß is ss already once a text is casefolded
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "æ": "ae", "ø": "oe", "œ": "oe", "å": "aa", "ł": "l"})
LEAST_DIGITS = 5
#: a number is found by how it begins: as a whole, and without a country's code, of up to three digits
CODES = 3


def folded(text: str) -> str:
    """Müller -> mueller, Zoë -> zoe."""
    if text.isascii():
        return text.lower()
    return _bare(unicodedata.normalize("NFC", text.casefold()).translate(_WRITTEN_OUT))


def words(text: str) -> tuple[str, ...]:
    """The words of what somebody looks for: müller-lüdenscheidt -> mueller, luedenscheidt."""
    return tuple(WORD.findall(folded(text)))


def spellings(text: str) -> set[str]:
    """The words by which a text is found: of Müller both mueller and muller."""
    found = set(words(text))
    return found if text.isascii() else found.union(WORD.findall(_bare(text.casefold())))


def address_words(text: str) -> str:
    """A text without the end of a mail address, which half of all have: anna@example.org -> anna@example."""
    who, at, where = text.rpartition("@")
    return f"{who}{at}{where.rpartition('.')[0] or where}" if at else text


def address_of(text: str) -> str:
    """A mail address as one word, as far as it is written; nothing where it is none: Anna.B@exam -> annabexam."""
    return "".join(words(text)) if "@" in text else ""


def number_of(text: str) -> str:
    """The digits of what may be a telephone number, without zeros before them; nothing where it is none."""
    if not _NUMBER.fullmatch(text):
        return ""
    digits = "".join(_DIGIT.findall(text)).lstrip("0")
    return digits if len(digits) >= LEAST_DIGITS else ""


def beginnings(phone: str) -> set[str]:
    """What a telephone number is found by: +49 151 234 -> 49151234, 9151234, 151234, 51234; all by their beginning."""
    digits = "".join(_DIGIT.findall(phone)).lstrip("0")
    found = {digits[place:].lstrip("0") for place in range(CODES + 1)}
    return {each for each in found if len(each) >= LEAST_DIGITS}


def one_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter: another, one more or less, or two that changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return True
    left, right = one[start:], other[start:]
    if left[1:] == right[1:] or left[1:] == right or left == right[1:]:
        return True
    return left[:2] == right[1::-1] and len(right) > 1 and left[2:] == right[2:]


def _bare(text: str) -> str:
    """Letters without their marks."""
    if text.isascii():
        return text
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
