"""Sentences that the layers below write in English, told in the reader's language.

Below the command line an error is one finished English sentence. Here the sentence is recognised by its pattern
(`There is no metric named {0}.`, kept beside its translation in lang/locale) and written anew with what stood in the
gaps. An unknown sentence stays English.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from babel.messages.pofile import read_po

from stamm.facts import FACTS
from stamm.lang.errors import StammError
from stamm.lang.language import Language

#: would be told as a list of one, named "none"
EXACT = ("Its parameters: none.",)
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")
_CHOICE = re.compile(r"\S+( or \S+)+")
_GAP = re.compile(r"\\\{(\d)\\\}")


@lru_cache
def _patterns(code: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns and translations, those that say most first."""
    found: list[tuple[str, str]] = []
    for file in (files("stamm.lang") / "locale" / code).iterdir():
        if file.name.endswith(".po"):
            with file.open("rb") as handle:
                catalogue = read_po(handle, locale=code)
            found += [(str(m.id), str(m.string)) for m in catalogue if m.id and "{0}" in str(m.id)]
    found.sort(key=lambda pair: -len(re.sub(r"\{\d\}", "", pair[0])))
    return tuple((_pattern(english), translated) for english, translated in found)


def _pattern(english: str) -> re.Pattern[str]:
    text = re.escape(english.replace("{{", "\0").replace("}}", "\1"))
    text = _GAP.sub(lambda match: f"(?P<gap{match[1]}>.*?)", text)
    return re.compile(text.replace("\0", r"\{").replace("\1", r"\}"), re.DOTALL)


def retell(text: str, language: Language) -> str:
    """The sentence in the reader's language, or as it is."""
    if language.code == "en" or not text:
        return text
    known = language(text)
    if known != text:
        return known
    for pattern, translated in _patterns(language.code):
        if match := pattern.fullmatch(text):
            words = (match[f"gap{place}"] for place in range(len(match.groups())))
            return translated.format(*(_named(word, language) for word in words))
    return text


def told(error: StammError | OSError, say: Language) -> str:
    """A failure in one line: where, what, and what to do."""
    if isinstance(error, OSError):
        what, where, remedy = of_disk(error, say)
        what += "."
    else:
        what, where, remedy = (retell(text, say) for text in (error.what, error.where, error.remedy))
    return " ".join(text for text in (f"{where}: {what}" if where else what, remedy) if text)


def of_disk(error: OSError, say: Language) -> tuple[str, str, str]:
    """Of a file or disk that does not do what it should: what, where, and what to do."""
    remedy = say("Check that the place exists, may be written to, and has space left (`stamm doctor`).")
    return error.strerror or str(error), str(error.filename or ""), remedy


def _named(word: str, language: Language) -> str:
    """The name of a fact, a number and a choice of words as people write them; any other word as it is."""
    if _THOUSANDS.fullmatch(word):
        return language.number(int(word.replace(",", "")))
    if _CHOICE.fullmatch(word):
        return word.replace(" or ", f" {language('or')} ")
    return next((fact.de if language.code == "de" else fact.en for fact in FACTS if fact.en == word), word)
