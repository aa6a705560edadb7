"""What those who answer write: of late parcels, of taste, price, packing and service, in two languages."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np

from stamm.sources.local_time import Mask, Whole

#: of each theme in German and in English: what it is about, and what is said of it, two things in one text
_PARTS = (
    (
        ("Die Lieferung", "Das Paket", "Die Sendung"),
        ("kam zu spät", "war lange unterwegs", "wurde verspätet zugestellt", "ließ tagelang warten"),
        ("The delivery", "My parcel", "The shipment"),
        ("arrived too late", "was delayed", "took days", "kept me waiting"),
    ),
    (
        ("Der Tee", "Der Kaffee", "Diese Sorte"),
        ("schmeckt wunderbar", "hat ein tolles Aroma", "ist lecker", "duftet frisch"),
        ("The tea", "The coffee", "This blend"),
        ("tastes wonderful", "has a great aroma", "is delicious", "smells fresh"),
    ),
    (
        ("Der Preis", "Der Versand", "Die große Menge"),
        ("ist zu teuer", "kostet mehr als anderswo", "lohnt sich nur mit Rabatt", "wird immer teurer"),
        ("The price", "Shipping", "The large size"),
        ("is too expensive", "costs more than elsewhere", "needs a discount", "keeps rising"),
    ),
    (
        ("Die Verpackung", "Der Karton", "Die Dose"),
        ("kam beschädigt", "war eingedrückt", "ist verbeult", "war innen nass"),
        ("The packaging", "The box", "The tin"),
        ("came damaged", "was crushed", "is dented", "was wet inside"),
    ),
    (
        ("Der Kundendienst", "Die Beratung", "Der Service"),
        ("war freundlich", "half sofort weiter", "antwortete geduldig", "ist kompetent"),
        ("Customer service", "The support team", "The helpline"),
        ("was friendly", "helped at once", "answered patiently", "is competent"),
    ),
)
_ENDS = (".", "!", " …", " :-)")
LATE = 0
#: how often who got a late parcel writes of that, and how often a text is in German
OF_LATE, GERMAN = 0.7, 0.6


def _texts(about: tuple[str, ...], whats: tuple[str, ...], joined: str) -> list[str]:
    said = (f"{one} {joined} {other}" for one, other in permutations(whats, 2))
    return [f"{each} {what}{end}" for each, what, end in product(about, said, _ENDS)]


#: every text there is, by theme, the German ones of each before the English ones
COMMENTS = [
    text
    for of_german, german, of_english, english in _PARTS
    for text in (*_texts(of_german, german, "und"), *_texts(of_english, english, "and"))
]
_EACH = len(COMMENTS) // (2 * len(_PARTS))


def written(chance: np.random.Generator, late: Mask) -> Whole:
    """Which of the comments each would write; of late parcels mostly those whose parcel came late."""
    size = len(late)
    theme = np.where(late & (chance.random(size) < OF_LATE), LATE, chance.integers(1, len(_PARTS), size))
    english = chance.random(size) >= GERMAN
    return ((theme * 2 + english) * _EACH + chance.integers(0, _EACH, size)).astype(np.int64)
