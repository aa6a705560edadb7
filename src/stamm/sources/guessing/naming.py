"""Names of columns, taken apart: `Kunden-Nr.`, `KundenID` and `customer_no` are compared word by word."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from importlib.resources import files
from typing import Any

#: a name says exactly this; says it among other words; nearly says it
EXACT, AMONG, NEARLY = 10, 6, 4
#: letters that stay before the ending of a compound
_FRONT = 4
#: names longer than this are no names; nothing in them is looked for
_LONGEST = 60
_MANY = 14
#: a slip of the keyboard leaves names this much alike, in names that are long enough
_ALIKE, _SLIP, _SHORTEST = 0.88, 2, 5

Words = tuple[str, ...]


@dataclass(frozen=True)
class Role:
    """What a column may be: its names, and the shapes its cells may have."""

    called: frozenset[Words]
    #: those among them that leave no doubt: any text will do
    surely: frozenset[Words]
    #: all of them as they are spelled, in small letters
    spelled: tuple[str, ...]
    shapes: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The word lists of words.toml."""

    #: several words -> the one word they say
    phrases: Mapping[Words, str]
    #: words with which compounds end, long ones first
    endings: tuple[str, ...]
    #: word -> the plain word it stands for
    same: Mapping[str, str]
    #: words that make a name say nothing we know: estimated, limit ...
    otherwise: frozenset[str]
    #: words that say nothing
    noise: frozenset[str]
    roles: Mapping[str, Role]

    def taken_apart(self, name: str) -> Words:
        """The words of a name in their plain form."""
        words: list[str] = []
        for word in _words(name[:_LONGEST]):
            words += self._split(word)
        plain = tuple(self.same.get(word, word) for word in words if word not in self.noise)
        for phrase, told in self.phrases.items():
            for place in range(len(plain) - len(phrase) + 1):
                if plain[place : place + len(phrase)] == phrase:
                    plain = (*plain[:place], told, *plain[place + len(phrase) :])
        return plain

    def _split(self, word: str) -> tuple[str, ...]:
        if word in self.same:
            return (word,)
        for ending in self.endings:
            if word.endswith(ending) and len(word) - len(ending) >= _FRONT:
                return (word.removesuffix(ending), ending)
        return (word,)


@lru_cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files("stamm.sources.guessing") / "words.toml").read_text(encoding="utf-8"))


@lru_cache
def vocabulary() -> Vocabulary:
    """The word lists, read once."""
    data = _data()
    same = {word: told for told, words in data["same"].items() for word in words}
    endings = tuple(sorted(data["endings"]["words"], key=len, reverse=True))
    otherwise = frozenset(data["otherwise"]["words"])
    plain = Vocabulary({}, endings, same, otherwise, frozenset(data["noise"]["words"]), {})
    phrases = {plain.taken_apart(phrase): told for told, list_ in data["phrases"].items() for phrase in list_}
    known = replace(plain, phrases=dict(sorted(phrases.items(), key=lambda pair: -len(pair[0]))))
    roles = {
        role: Role(
            frozenset(known.taken_apart(name) for name in (*about["called"], *about.get("surely", ()))),
            frozenset(known.taken_apart(name) for name in about.get("surely", ())),
            tuple(" ".join(_words(name)) for name in (*about["called"], *about.get("surely", ()))),
            tuple(about["shapes"]),
        )
        for role, about in data["roles"].items()
    }
    return replace(known, roles=roles)


@lru_cache
def _index() -> Mapping[Words, tuple[str, ...]]:
    """Name -> the roles called so."""
    found: dict[Words, tuple[str, ...]] = {}
    for role, about in vocabulary().roles.items():
        for called in about.called:
            found[called] = (*found.get(called, ()), role)
    return found


@lru_cache(maxsize=4096)
def taken_apart(name: str) -> Words:
    """The words of a column's name, in their plain form: `Rechnungs-Nr.` is (invoice, id)."""
    return vocabulary().taken_apart(name)


def named(name: str, *, slips: bool = True) -> dict[str, int]:
    """The roles a name may say, and how well: EXACT, AMONG (less for each word it leaves unexplained) or NEARLY.

    Slips of the keyboard take longer to look for.
    """
    words, index = taken_apart(name), _index()
    if not words or len(words) > _MANY or vocabulary().otherwise.intersection(words):
        return {}
    found = dict.fromkeys(index.get(words, ()), EXACT)
    for left in range(1, len(words)):
        length = len(words) - left
        for place in range(left + 1):
            for role in index.get(words[place : place + length], ()):
                found.setdefault(role, max(AMONG - left + (length > 1), 1))
    if found or not slips:
        return found
    return dict.fromkeys(_slipped(" ".join(_words(name[:_LONGEST]))), NEARLY)


def says_minor(name: str) -> bool:
    """Whether the name of an amount says that it is in minor units: amount_cents, Betrag in Cent."""
    return not set(_words(name[:_LONGEST])).isdisjoint(_data()["minor"]["words"])


@lru_cache
def _by_first_letter() -> Mapping[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for role, about in vocabulary().roles.items():
        for spelled in about.spelled:
            found.setdefault(spelled[0], []).append((spelled, role))
    return found


def _slipped(name: str) -> list[str]:
    """Roles whose name differs from this one by a slip of the keyboard."""
    if len(name) < _SHORTEST:
        return []
    matcher, found = SequenceMatcher(b=name), list[str]()
    for spelled, role in _by_first_letter().get(name[0], ()):
        if abs(len(spelled) - len(name)) <= _SLIP:
            matcher.set_seq1(spelled)
            if matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE:
                found.append(role)
    return found


def _words(name: str) -> list[str]:
    """Lower case, umlauts spelled out, other accents gone; camelCase and everything between letters are seams."""
    spelled = name.replace("#", " id ").replace("%", " percent ").translate(_UMLAUTS)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z]+|\d+", _SEAM.sub(" ", plain).lower())


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
#: InvoiceDate, KundenID, SKUName; but MwSt and eMail are one word
_SEAM = re.compile(r"(?<=[A-Za-z0-9]{2}[a-z0-9])(?=[A-Z])|(?<=[A-Z]{3})(?=[A-Z][a-z])")


@lru_cache
def _meanings() -> Mapping[str, frozenset[str]]:
    return {meaning: frozenset(word.lower() for word in words) for meaning, words in _data()["values"].items()}


def means(meaning: str, cell: str, *, among: bool = False) -> bool:
    """Whether a cell says this (see words.toml); with `among`, whether it does so among other words."""
    plain, words = cell.strip().lower(), _meanings()[meaning]
    if plain in words:
        return True
    return among and any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain) for word in words)
