"""Blanks in the sentence of an operator: what may stand there, how it is written, and how it is read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from stamm.lang.definition import Setting, T
from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase
from stamm.segments.speech import QUOTED, WORD, Speech, quoted, unquoted

MOST_DAYS, MOST_TIMES, MOST_AMOUNT = 36_500, 1_000_000, 1_000_000_000_000.0
#: letters of one word, and words of one list
LONGEST, MOST_WORDS = 200, 100


class Blank(Setting[T]):
    """A setting that has its place in a sentence."""

    #: whether the sentence can go without it
    optional: ClassVar[bool] = False

    def write(self, value: T, speech: Speech, reserved: frozenset[str]) -> str:
        """The value as words; what is `reserved` means something else, and stands in quotation marks."""
        raise NotImplementedError

    def pattern(self, speech: Speech) -> str:
        """The regular expression of such words, without groups of its own."""
        raise NotImplementedError

    def understand(self, words: str, speech: Speech) -> T:
        """The value from words that fit the pattern; raises UsageError where they say what cannot be."""
        raise NotImplementedError


class Chosen(Blank[str]):
    """One of some words."""

    def __init__(self, default: str, words: Mapping[str, Phrase], en: str, de: str, title: Phrase) -> None:
        super().__init__(default, en, de, choices=tuple(words), words=words, title=title)

    def write(self, value: str, speech: Speech, reserved: frozenset[str]) -> str:
        return speech.say(self.words[value])

    def pattern(self, speech: Speech) -> str:
        phrases = sorted((speech.say(each) for each in self.words.values()), key=len, reverse=True)
        return "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases)

    def understand(self, words: str, speech: Speech) -> str:
        said = " ".join(words.lower().split())
        return next(key for key, phrase in self.words.items() if speech.say(phrase).lower() == said)


AT_LEAST, AT_MOST, EXACTLY, MORE, LESS = "at_least", "at_most", "exactly", "more_than", "less_than"
COMPARISONS: Mapping[str, Phrase] = {
    AT_LEAST: Phrase("at least", "mindestens"),
    AT_MOST: Phrase("at most", "höchstens"),
    EXACTLY: Phrase("exactly", "genau"),
    MORE: Phrase("more than", "mehr als"),
    LESS: Phrase("less than", "weniger als"),
}


def comparison(default: str = AT_LEAST) -> Chosen:
    """How a number is compared."""
    return Chosen(
        default,
        COMPARISONS,
        "How it is compared.",
        "Wie verglichen wird.",
        title=Phrase("compared", "verglichen"),
    )


def compared(value: Any, how: str, bound: Any) -> Any:
    """Whether a column lies so to a bound."""
    signs = {AT_LEAST: value >= bound, AT_MOST: value <= bound, EXACTLY: value == bound}
    return {**signs, MORE: value > bound, LESS: value < bound}[how]


class Times(Blank[int]):
    """How often: once, 2 times."""

    def __init__(self, default: int = 1) -> None:
        super().__init__(default, "How often.", "Wie oft.", low=0, high=MOST_TIMES, title=Phrase("times", "wie oft"))

    def write(self, value: int, speech: Speech, reserved: frozenset[str]) -> str:
        if value == 1:
            return speech.say(Phrase("once", "einmal"))
        return speech.say(Phrase(f"{value} times", f"{value}-mal"))

    def pattern(self, speech: Speech) -> str:
        return speech.say(Phrase(r"once|twice|\d+\s+times?", r"einmal|zweimal|\d+[-\s]?mal"))

    def understand(self, words: str, speech: Speech) -> int:
        named = {"once": 1, "einmal": 1, "twice": 2, "zweimal": 2}.get(words.lower())
        return self.read(int(re.match(r"\d+", words)[0]) if named is None else named)  # type: ignore[index]


class Lately(Blank[int]):
    """In how many whole days before the day of looking; 0 for ever before."""

    optional = True

    def __init__(self, default: int = 0) -> None:
        super().__init__(
            default,
            "In so many whole days before; 0 for ever before.",
            "In so vielen ganzen Tagen davor; 0 für jemals davor.",
            low=0,
            high=MOST_DAYS,
            title=Phrase("in the last days", "in den letzten Tagen"),
        )

    def write(self, value: int, speech: Speech, reserved: frozenset[str]) -> str:
        if value == 1:
            return speech.say(Phrase("on the day before", "am Tag davor"))
        return speech.say(Phrase(f"in the last {value} days", f"in den letzten {value} Tagen")) if value else ""

    def pattern(self, speech: Speech) -> str:
        return speech.say(
            Phrase(
                r"in\s+the\s+last\s+\d+\s+days?|on\s+the\s+day\s+before",
                r"in\s+den\s+letzten\s+\d+\s+Tagen|am\s+Tag\s+davor",
            )
        )

    def understand(self, words: str, speech: Speech) -> int:
        number = re.search(r"\d+", words)
        return self.read(int(number[0]) if number else 1)


class Days(Blank[int]):
    """How many days something is ago."""

    def __init__(self, default: int) -> None:
        super().__init__(
            default,
            "How many whole days ago; the day before is 1 day ago.",
            "Vor wie vielen ganzen Tagen; der Tag davor ist 1 Tag her.",
            low=0,
            high=MOST_DAYS,
            title=Phrase("days", "Tage"),
        )

    def write(self, value: int, speech: Speech, reserved: frozenset[str]) -> str:
        one, many = Phrase("1 day", "1 Tag"), Phrase(f"{value} days", f"{value} Tage")
        return speech.say(one if value == 1 else many)

    def pattern(self, speech: Speech) -> str:
        return speech.say(Phrase(r"\d+\s+days?", r"\d+\s+Tage?"))

    def understand(self, words: str, speech: Speech) -> int:
        return self.read(int(words.split(maxsplit=1)[0]))


class Amount(Blank[float]):
    """An amount in whole units of the reported currency, such as 12.5 for 12.50 EUR."""

    def __init__(self, default: float) -> None:
        super().__init__(
            default,
            "An amount in the reported currency.",
            "Ein Betrag in der Berichtswährung.",
            low=0.0,
            high=MOST_AMOUNT,
            title=Phrase("amount", "Betrag"),
        )

    def write(self, value: float, speech: Speech, reserved: frozenset[str]) -> str:
        return f"{speech.number(value)} {speech.currency}"

    def pattern(self, speech: Speech) -> str:
        return rf"{speech.digits}(?:\s+[A-Za-z]{{3}}(?!\w))?"

    def understand(self, words: str, speech: Speech) -> float:
        number, *currency = words.split()
        if currency and currency[0].upper() != speech.currency:
            raise UsageError(
                f"Amounts here are in {speech.currency}, not in {currency[0].upper()}.",
                remedy=f"Write it in {speech.currency}.",
            )
        return self.read(speech.read_number(number))


class Number(Blank[float]):
    """Any number."""

    def __init__(
        self, default: float, en: str, de: str, *, low: float | None = None, high: float | None = None
    ) -> None:
        super().__init__(default, en, de, low=low, high=high, title=Phrase("number", "Zahl"))

    def write(self, value: float, speech: Speech, reserved: frozenset[str]) -> str:
        return speech.number(value)

    def pattern(self, speech: Speech) -> str:
        return speech.digits

    def understand(self, words: str, speech: Speech) -> float:
        return self.read(speech.read_number(words))


class Part(Blank[float]):
    """A part of all, 0 to 1 without 0, written as percent."""

    def __init__(self, default: float) -> None:
        super().__init__(
            default,
            "Which part of them, such as 0.1 for a tenth.",
            "Welcher Teil von ihnen, etwa 0.1 für ein Zehntel.",
            low=0.001,
            high=1.0,
            title=Phrase("part", "Teil"),
        )

    def write(self, value: float, speech: Speech, reserved: frozenset[str]) -> str:
        return speech.number(round(100 * value, 6)) + speech.say(Phrase("%", " %"))

    def pattern(self, speech: Speech) -> str:
        return speech.digits + r"\s*%"

    def understand(self, words: str, speech: Speech) -> float:
        return self.read(round(speech.read_number(words.rstrip("% \t\n")) / 100, 9))


class Word(Blank[str]):
    """A word or a few, such as a name; in quotation marks where it has blanks in it.

    `of` is the fact and the column that holds such words, from which some are suggested.
    """

    def __init__(self, default: str, en: str, de: str, title: Phrase, of: tuple[str, str] | None = None) -> None:
        super().__init__(default, en, de, title=title)
        self.of = of

    def read(self, value: object) -> str:
        read = super().read(value).strip()
        if not read or len(read) > LONGEST or not read.isprintable():
            raise UsageError(f"The parameter {self.name} must be a text of 1 to {LONGEST} letters, not {read[:20]!r}.")
        return read

    def write(self, value: str, speech: Speech, reserved: frozenset[str]) -> str:
        bare = re.fullmatch(WORD, value) and value.lower() not in reserved and value[-1] not in ".:;%"
        return value if bare else quoted(value)

    def pattern(self, speech: Speech) -> str:
        return f"{QUOTED}|{WORD}"

    def understand(self, words: str, speech: Speech) -> str:
        return self.read(unquoted(words))


class Words(Blank[tuple[str, ...]]):
    """One of several words: DE, AT or CH; `of` as of a word."""

    def __init__(
        self, default: tuple[str, ...], en: str, de: str, title: Phrase, of: tuple[str, str] | None = None
    ) -> None:
        super().__init__(default, en, de, title=title)
        self.of = of
        self._one = Word("", en, de, title)

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        self._one.name = name

    def read(self, value: object) -> tuple[str, ...]:
        listed = value.split(",") if isinstance(value, str) else value
        if not isinstance(listed, list | tuple) or not 0 < len(listed) <= MOST_WORDS:
            raise UsageError(f"The parameter {self.name} must be one text or up to {MOST_WORDS} of them.")
        return tuple(dict.fromkeys(self._one.read(each) for each in listed))

    def write(self, value: tuple[str, ...], speech: Speech, reserved: frozenset[str]) -> str:
        words = [self._one.write(each, speech, reserved) for each in value]
        return speech.language.listed(words, _or(speech))

    def pattern(self, speech: Speech) -> str:
        word = f"(?:{QUOTED}|{WORD})"
        # after `or` another rule may begin: with one of these words, or a bracket
        other = rf"(?!(?:{'|'.join(BEGINNINGS[speech.code])})\b)"
        return rf"{word}(?:\s*,\s*{other}{word})*(?:\s+{_or(speech)}\s+{other}{word})?"

    def understand(self, words: str, speech: Speech) -> tuple[str, ...]:
        found = re.findall(f"{QUOTED}|{WORD}", words)
        return self.read([unquoted(each) for each in found if each.lower() != _or(speech)])


#: with what a rule, or what stands before one, begins
BEGINNINGS = {"en": ("who", "whose", "not", "and", "or"), "de": ("die", "deren", "nicht", "und", "oder")}


def _or(speech: Speech) -> str:
    return speech.say(Phrase("or", "oder"))
