"""How what names a person is sought in texts: by whole words, whatever stands between them and however it is written.

Nothing here needs to know the person: a ledger of keyed digests is enough to find them again, so that no list of names
has to be kept of those who must not be named.
"""

from __future__ import annotations

import hmac
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

WORD = re.compile(r"[^\W_]+")
DIGITS = re.compile(r"\d+")
#: fewer say nothing at all, not even to somebody who looks
LEAST_DOUBTFUL, LEAST_DOUBTFUL_DIGITS = 3, 4
#: digits that are read as one number: a telephone number is written in groups
NUMBER = re.compile(r"\d[\d ()/.\-]{5,}\d")
_ENCODED = re.compile(r"[%\\&]")
_ESCAPED, _CONTROL = re.compile(r"\\u([0-9a-fA-F]{4})"), re.compile(r"\\[nrtbf]")
#: fewer letters, or digits of a bare number, could mean anybody
LEAST_LETTERS, LEAST_DIGITS = 6, 9
#: the last digits of a telephone number, which are the same with and without the country's code
PHONE_DIGITS, LEAST_PHONE = 8, 7
#: an encoding within an encoding within an encoding
DEEPEST = 3
#: texts remembered with what was found in them, and how long those are at most
REMEMBERED, LONGEST = 200_000, 1_000


def plain(text: str) -> str:
    """A text as words are compared: without regard to case or to how letters are composed."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def words(text: str) -> tuple[str, ...]:
    """The words of a text, ready to be compared."""
    return tuple(WORD.findall(plain(text)))


def phone_digits(text: str) -> str:
    """What tells a telephone number from others; nothing where there are too few digits."""
    digits = "".join(DIGITS.findall(unicodedata.normalize("NFKC", text)))
    return digits[-PHONE_DIGITS:] if len(digits) >= LEAST_PHONE else ""


def is_telling(text: str) -> bool:
    """Whether a number or name is long enough that elsewhere in a text it means the same person."""
    found = words(text)
    letters = sum(map(len, found))
    return letters >= (LEAST_DIGITS if all(word.isdigit() for word in found) else LEAST_LETTERS)


def is_worth_a_look(text: str) -> bool:
    """Whether a number or name that may mean several is long enough to be sought at all: `Anna` is, `7` is not."""
    found = words(text)
    letters = sum(map(len, found))
    return letters >= (LEAST_DOUBTFUL_DIGITS if all(word.isdigit() for word in found) else LEAST_DOUBTFUL)


def readings(text: str) -> Iterator[str]:
    """A text as it stands, and what it says where it is an address, JSON or HTML."""
    yield text
    for _ in range(DEEPEST if _ENCODED.search(text) else 0):
        read = _CONTROL.sub(" ", _ESCAPED.sub(lambda found: chr(int(found[1], 16)), html.unescape(unquote(text))))
        if read == text:
            return
        yield read
        text = read


@dataclass(frozen=True)
class Needle:
    """What is sought: so many words of so many letters, known by a keyed digest. No words: the last digits of a number.

    A text without the longest word, of `longest` letters and the digest `rarest`, need not be looked at. `own`: sought
    only in rows of the person, because elsewhere it might mean somebody else.
    """

    words: int
    letters: int
    digest: str
    longest: int = 0
    rarest: str = ""
    own: bool = False


class Digests:
    """Keyed digests (HMAC-SHA256, 128 bits): without the key nobody can try names against them."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, domain: str, text: str) -> str:
        """The digest of a text in one of the domains `customer`, `device`, `words`, `word`, `phone`, `cell`, `address`,
        `unsubscribe`, `ticket`."""
        told = f"{domain}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, told, "sha256")[:16].hex()

    def spelled(self, domain: str, text: str) -> frozenset[str]:
        """The digests of a number or device: of an e-mail address also as it is in small letters."""
        return frozenset(self.of(domain, each) for each in ({text, plain(text)} if "@" in text else {text}))

    def needle(self, text: str, *, own: bool = False) -> Needle:
        """What finds these words again."""
        found, told = words(text), " ".join(words(text))
        longest = max(found, key=len, default="")
        return Needle(len(found), len(told), self.of("words", told), len(longest), self.of("word", longest), own)

    def phone(self, digits: str, *, own: bool = False) -> Needle:
        """What finds a telephone number again, by its last digits."""
        return Needle(0, len(digits), self.of("phone", digits), own=own)


class Seeker:
    """Finds needles in texts, and tells when the person of each was erased."""

    def __init__(self, digests: Digests, needles: Sequence[tuple[Needle, datetime]]) -> None:
        self._digests = digests
        self._anywhere: dict[str, datetime] = {}
        self._own: dict[str, datetime] = {}
        lengths: dict[int, set[int]] = {}
        for needle, at in needles:
            (self._own if needle.own else self._anywhere)[needle.digest] = at
            lengths.setdefault(needle.words, set()).add(needle.letters)
        self._phones = sorted(lengths.pop(0, ()))
        self._counts = sorted(lengths.items())
        self._rarest = {needle.rarest for needle, _ in needles if needle.words}
        self._longest = {needle.longest for needle, _ in needles if needle.words}
        self._words: dict[str, bool] = {}
        self._remembered: dict[str, tuple[datetime | None, datetime | None]] = {}

    def found(self, text: str, *, own: bool = False) -> datetime | None:
        """When the person was erased whom a text names; None where it names nobody. `own`: in one of their rows."""
        known = self._remembered.get(text)
        if known is None:
            seen = self._seen_in(text)
            anywhere = [self._anywhere[each] for each in seen if each in self._anywhere]
            theirs = [self._own[each] for each in seen if each in self._own]
            known = max(anywhere, default=None), max(theirs, default=None)
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            if len(text) <= LONGEST:
                self._remembered[text] = known
        return known[0] or (known[1] if own else None)

    def mentioned(self, text: str) -> datetime | None:
        """The same of a text that hardly comes again, so that nothing is remembered of it."""
        return max((self._anywhere[each] for each in self._seen_in(text) if each in self._anywhere), default=None)

    def _seen_in(self, text: str) -> list[str]:
        return [digest for reading in readings(text) for digest in self._digests_in(plain(reading))]

    def _is_longest(self, word: str) -> bool:
        """Whether a word, as long as that, is the longest one of any needle."""
        known = self._words.get(word)
        if known is None:
            if len(self._words) >= REMEMBERED:
                self._words.clear()
            known = self._words[word] = self._digests.of("word", word) in self._rarest
        return known

    def _digests_in(self, text: str) -> Iterator[str]:
        """Digests of all that has the shape of a needle."""
        found = WORD.findall(text)
        longest = self._longest
        for place in [at for at, word in enumerate(found) if len(word) in longest and self._is_longest(word)]:
            for count, lengths in self._counts:
                for start in range(max(0, place - count + 1), min(place, len(found) - count) + 1):
                    told = " ".join(found[start : start + count])
                    if len(told) in lengths:
                        yield self._digests.of("words", told)
        for number in NUMBER.finditer(text) if self._phones else ():
            digits = ""
            for group in DIGITS.findall(number[0]):
                digits += group
                yield from (self._digests.of("phone", digits[-n:]) for n in self._phones if len(digits) >= n)


def pattern(texts: Iterable[str], phones: Iterable[str]) -> str | None:
    """A regular expression (RE2) for texts that may name somebody; None where only reading every text can tell.

    What it passes over names nobody; what it finds is read.
    """
    parts = []
    for text in texts:
        longest = max(re.findall(r"[A-Za-z0-9]+", unicodedata.normalize("NFC", text)), key=len, default="")
        if len(longest) < min(3, len(text)) or not longest:
            return None
        parts.append(longest)
    parts += [r"(?:\D|%[0-9a-fA-F]{2})*".join(digits) for digits in phones]
    return "|".join(f"(?:{part})" for part in parts) if parts else None
