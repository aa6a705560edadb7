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


def _named(word: str, language: Language) -> str:
    """The name of a fact, a number and a choice of words as people write them; any other word as it is."""
    if _THOUSANDS.fullmatch(word):
        return language.number(int(word.replace(",", "")))
    if _CHOICE.fullmatch(word):
        return word.replace(" or ", f" {language('or')} ")
    return next((fact.de if language.code == "de" else fact.en for fact in FACTS if fact.en == word), word)
