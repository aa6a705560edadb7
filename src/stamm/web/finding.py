"""Search over everything: each part of the pages says what it finds, and nothing lists them.

A module of `stamm.web.pages` that holds a `Finder` takes part:

    @finder("Metrics", step=1)
    def metrics_found(opened, text, say, role):
        return [Hit(title, url, says, rank)]
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from stamm.lang.language import Language
from stamm.people.roles import EVERYONE, Role
from stamm.web.desk import Opened

_WORD = re.compile(r"[^\W_]+")
#: as they are written where there are none
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
#: found by each at once, and on the page of all that was found
SHORT, LONG = 5, 50


@dataclass(frozen=True)
class Hit:
    """Something found: its name, where it is, what it says, an abbreviation; the greatest `rank` comes first."""

    title: str
    url: str
    says: str = ""
    also: str = ""
    rank: float = 1.0


#: what is found for a text, in a language, for a role; at most so many
Find = Callable[[Opened, str, Language, Role, int], Sequence[Hit]]


@dataclass(frozen=True)
class Finder:
    """One kind of thing that can be found; its `title` in English is what stands above what it found."""

    title: str
    step: int
    may: Collection[Role]
    find: Find


def finder(title: str, *, step: int, may: Collection[Role] = EVERYONE) -> Callable[[Find], Finder]:
    """Makes a function take part in the search; `step` is its place among the others."""
    return lambda find: Finder(title, step, may, find)


@lru_cache
def finders() -> tuple[Finder, ...]:
    """All of them, in their order."""
    return tuple(sorted(_finders(), key=lambda each: each.step))


def _finders() -> Iterator[Finder]:
    from stamm.web import pages as package  # noqa: PLC0415 - its modules import this one

    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Finder) and value.find.__module__ == module.name:
                yield value


def search(opened: Opened, text: str, say: Language, role: Role, most: int) -> tuple[tuple[str, tuple[Hit, ...]], ...]:
    """What was found, by kind, the best first; nothing for an empty text."""
    if not words_of(text):
        return ()
    found = ((each.title, each.find(opened, text, say, role, most)) for each in finders() if role in each.may)
    ranked = ((say(title), sorted(hits, key=lambda hit: (-hit.rank, hit.title.casefold()))) for title, hits in found)
    return tuple((title, tuple(hits[:most])) for title, hits in ranked if hits)


def rank_of(text: str, names: Sequence[str], also: str = "", says: Sequence[str] = ()) -> float:
    """How well a text fits something of these names, 0 where it does not: abbreviation, name, words, what it says."""
    wanted, spoken = words_of(text), " ".join(words_of(text))
    if spoken and spoken == " ".join(words_of(also)):
        return 5.0
    for place, name in enumerate(names):
        known = words_of(name)
        behind = 0.01 * place  # the reader's language goes before the other
        if " ".join(known).startswith(spoken):
            return 4.0 - behind + 0.5 / max(len(known), 1)
        if all(any(each.startswith(word) for each in known) for word in wanted):
            return 3.0 - behind + 0.5 / max(len(known), 1)
    if also and words_of(also)[0].startswith(spoken):
        return 2.5
    if len(spoken) > 2:
        if any(spoken in " ".join(words_of(name)) for name in names):
            return 2.0
        if any(all(any(each.startswith(word) for each in words_of(line)) for word in wanted) for line in says):
            return 1.0
    return 0.0


@lru_cache(4096)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in small letters without marks: Über-Treue -> ueber, treue."""
    plain = unicodedata.normalize("NFC", text.casefold()).translate(_WRITTEN_OUT)
    return tuple(
        _WORD.findall("".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c)))
    )
