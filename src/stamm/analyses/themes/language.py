"""Which of two languages a text is written in, and its words brought to the form in which they are counted.

Both are kept small. A language is told by words that only join others, and a word loses an ending of its inflection.
Nothing is downloaded and nothing is learned.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

DE, EN = "de", "en"
LANGUAGES = (DE, EN)
#: words that join others and say nothing of what it is about
_GERMAN = """
    aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bisher bitte da damit dann das
    dass dazu dein dem den denn der des dessen deshalb die dies diese diesem diesen dieser dieses doch dort du durch
    ein eine einem einen einer eines einfach er es etwas euch eure euer für ganz gar gegen gerade habe haben habt
    hat hatte hatten hier hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer immer im in ins ist ja jede jedem jeden
    jeder jedes jetzt kann kein keine keinem keinen keiner konnte können könnte leider machen mal man mehr mein
    meine meinem meinen meiner mich mir mit muss musste nach nicht nichts noch nun nur ob oder ohne sehr sein seine
    seit sich sie sind so sollte sonst soll über um und uns unser unsere unter viel vom von vor waren war warum was
    weil wenn wer werde werden wie wieder will wir wird wo wollen wollte wurde wurden würde zu zum zur zwar schon
    etwa mehrere worden gibt
"""
_ENGLISH = """
    a about after again all also am an and any are as at be because been before being but by can cannot could did do
    does doing don even ever every for from get got had has have having he her here him his how i if in into is it
    its just me more most much my no nor not now of off on once only or other our out over own please quite rather
    really same she should since so some still such than that the their them then there these they this those though
    through to too under until up us very was we were what when where which while who why will with without would
    you your yours didn doesn isn wasn won ve ll re
"""
FUNCTION_WORDS = {DE: frozenset(_GERMAN.split()), EN: frozenset(_ENGLISH.split())}
#: endings of inflection, longest first
ENDINGS = {
    DE: ("ern", "em", "en", "er", "es", "e", "n", "s"),
    EN: ("ies", "ing", "ed", "es", "ly", "s", "y", "e"),
}
#: letters that are left of a word at least when an ending is cut off
LEAST_LEFT = 4
_WORD = re.compile(r"[^\W\d_]{2,}")


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, in their order; numbers and single letters are none."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """A word without the ending of its inflection: `Lieferungen` and `Lieferung` are one, `delays` and `delayed`."""
    for ending in ENDINGS[language]:
        if word.endswith(ending) and len(word) - len(ending) >= LEAST_LEFT:
            return word[: -len(ending)]
    return word


def content(words: Sequence[str], language: str) -> list[str]:
    """The words that say something, at least three letters long."""
    joins = FUNCTION_WORDS[language]
    return [word for word in words if len(word) > 2 and word not in joins]


def languages_of(texts: Sequence[Sequence[str]]) -> list[str | None]:
    """The language of each text: the one of which it has more function words.

    A text with none, or as many of both, is of the language in whose texts its other words are found more often, and
    of none that anybody knows where they are found in neither.
    """
    told = [_more(*(sum(word in FUNCTION_WORDS[each] for word in words) for each in LANGUAGES)) for words in texts]
    seen: dict[str, Counter[str]] = {each: Counter() for each in LANGUAGES}
    for words, language in zip(texts, told, strict=True):
        if language is not None:
            seen[language].update(set(words))
    return [
        language or _more(*(sum(seen[each][word] for word in words) for each in LANGUAGES))
        for words, language in zip(texts, told, strict=True)
    ]


def _more(german: int, english: int) -> str | None:
    return None if german == english else DE if german > english else EN
