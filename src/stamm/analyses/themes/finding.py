"""Finding what texts are about: words that come together more often than by chance."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Words = Sequence[str]
SEED = 7
#: texts that are learned from at most, evenly spread over their order; and words that are looked at
MOST_TEXTS, MOST_WORDS = 6_000, 2_000
#: texts a word is in at least, and the share of them it is in at most
LEAST_TEXTS, MOST_SHARE = 3, 0.5
#: words by which a theme is known, at most and at least; each weighs at least that share of the heaviest
MOST_KNOWN, LEAST_KNOWN, LIGHTEST = 8, 2, 0.2
#: words of a theme come together that many times as often as by chance, and that many standard deviations above it
TIMES, DEVIATIONS = 1.5, 4.0


class Together(NamedTuple):
    """How often pairs of words stand in one text, and how often they would by chance."""

    seen: float
    expected: float

    @property
    def times(self) -> float:
        """How many times as often as by chance."""
        return self.seen / self.expected if self.expected else 0.0

    @property
    def often(self) -> bool:
        """Whether it is more than chance at all."""
        return self.times >= TIMES

    @property
    def holds(self) -> bool:
        """Whether it is clearly more than chance."""
        surplus = self.seen - self.expected
        return self.often and surplus >= DEVIATIONS * sqrt(self.expected)


@dataclass(frozen=True)
class Theme:
    """Words that belong together, the heaviest first, as places in the vocabulary; `weights` has length 1."""

    known_by: tuple[int, ...]
    weights: Reals
    together: Together


@dataclass(frozen=True)
class Themes:
    """The themes of some texts, and how texts are held against them."""

    found: tuple[Theme, ...]
    vocabulary: tuple[str, ...]
    vectorizer: Any

    def words(self, theme: Theme) -> tuple[str, ...]:
        """The words by which it is known, as they are counted."""
        return tuple(self.vocabulary[place] for place in theme.known_by)

    def weights(self, texts: Sequence[Words]) -> Reals:
        """How much of each theme is in each text, texts x themes; 0 where it has none of its words."""
        weights = np.vstack([theme.weights for theme in self.found])
        found: Reals = np.asarray(self.vectorizer.transform(texts) @ weights.T)
        return found

    def of(self, texts: Sequence[Words]) -> npt.NDArray[np.intp]:
        """The theme of each text: the one of which it has most; -1 for none."""
        if not self.found:
            return np.full(len(texts), -1)
        weights = self.weights(texts)
        return np.where(weights.max(axis=1, initial=0) > 0, weights.argmax(axis=1), -1)


def themes_of(texts: Sequence[Words], most: int) -> Themes | None:
    """At most so many themes, the ones with the most weight first; None where there are too few words for any.

    Each text is a list of words as they are counted; of equal ones the first. Themes are looked for in one half of
    them, drawn by a chance that is always the same, 2, 3 ... `most` at a time, and each is held against the other
    half: there its words have to come together clearly more often than if all words were dealt out to texts by
    chance. Of all numbers the one counts with which most themes hold, and of these the smallest.
    """
    once = list(dict.fromkeys(map(tuple, texts)))
    spread = [once[place * len(once) // MOST_TEXTS] for place in range(MOST_TEXTS)] if len(once) > MOST_TEXTS else once
    vectorizer = _vectorizer(spread)
    if vectorizer is None:
        return None
    drawn = np.random.default_rng(SEED).permutation(len(spread))
    table = vectorizer.transform([spread[place] for place in drawn])
    learned, own, tried = table[::2], _pairs(table[::2]), _pairs(table[1::2])
    best: tuple[Theme, ...] = ()
    for number in range(2, min(most, *learned.shape) + 1):
        found = _apart(_candidates(learned, number, own, tried), tried)
        if len(found) > len(best):
            best = found
    return Themes(best, tuple(vectorizer.get_feature_names_out()), vectorizer)


# -- how -----------------------------------------------------------------------------------------------------
class _Pairs(NamedTuple):
    """In how many texts each two words stand together, each word stands, and the chance of two that meet."""

    together: Any
    alone: Reals
    meet: float

    def of(self, pairs: Sequence[tuple[int, int]]) -> Together:
        if not pairs:
            return Together(0.0, 0.0)
        one, other = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
        seen = float(np.asarray(self.together[one, other]).sum())
        return Together(seen, float((self.alone[one] * self.alone[other]).sum() * self.meet))


def _vectorizer(texts: Sequence[Words]) -> Any | None:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - takes half a second

    counts = Counter(word for words in texts for word in set(words))
    usable = {word: n for word, n in counts.items() if LEAST_TEXTS <= n <= MOST_SHARE * len(texts)}
    words = sorted(sorted(usable, key=lambda word: (-usable[word], word))[:MOST_WORDS])
    if len(words) < 2 * LEAST_KNOWN:
        return None
    return TfidfVectorizer(analyzer=_as_they_are, vocabulary=words, sublinear_tf=True).fit(texts)


def _as_they_are(words: Words) -> Words:
    return words


def _pairs(table: Any) -> _Pairs:
    """Were words dealt out by chance, a text would get some in proportion to how many it has."""
    there = (table > 0).astype(np.float64)
    lengths = np.asarray(there.sum(axis=1)).ravel()
    total = lengths.sum()
    return _Pairs(
        (there.T @ there).tocsr(), np.asarray(there.sum(axis=0)).ravel(), float((lengths**2).sum() / total**2)
    )


def _candidates(table: Any, number: int, own: _Pairs, tried: _Pairs) -> Iterator[Theme]:
    """Themes that hold where they were not looked for, the one with the most weight first."""
    from sklearn.decomposition import NMF  # noqa: PLC0415 - takes half a second

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one more step would change nothing that is shown
        model = NMF(number, init="nndsvd", random_state=SEED, max_iter=200)
        shares = model.fit_transform(table)
    for place in np.argsort(-shares.sum(axis=0), kind="stable"):
        weights = model.components_[place]
        heaviest = np.argsort(-weights, kind="stable")[:MOST_KNOWN]
        heavy = tuple(int(word) for word in heaviest if weights[word] > LIGHTEST * weights[heaviest[0]])
        known_by = tuple(word for word in heavy if own.of([(word, other) for other in heavy if other != word]).often)
        if len(known_by) < LEAST_KNOWN:
            continue
        together = tried.of(list(combinations(known_by, 2)))
        if together.holds:
            kept = np.zeros(len(weights))
            kept[list(known_by)] = weights[list(known_by)]
            yield Theme(known_by, kept / np.linalg.norm(kept), together)


def _apart(found: Iterator[Theme], tried: _Pairs) -> tuple[Theme, ...]:
    """Those that are no part of one before: words of two themes come together less than those of either."""
    kept: list[Theme] = []
    for theme in found:
        if not any(_one(theme, other, tried) for other in kept):
            kept.append(theme)
    return tuple(kept)


def _one(theme: Theme, other: Theme, tried: _Pairs) -> bool:
    pairs = [(a, b) for a, b in product(theme.known_by, other.known_by) if a != b]
    between = tried.of(pairs)
    return between.holds and between.times >= min(theme.together.times, other.together.times) / 2
