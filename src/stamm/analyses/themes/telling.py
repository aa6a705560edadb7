"""What is told of the themes of one language: how often, how content, who stayed, and the sentences that show them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from stamm.analyses.drivers.effect import TOO_FEW
from stamm.analyses.reach import Reach
from stamm.analyses.themes.finding import Themes
from stamm.analyses.themes.language import content, stem, words_of
from stamm.analyses.themes.tables import Basis, Sentence, Theme
from stamm.analyses.themes.texts import Text
from stamm.lang.formula import ratio, share
from stamm.lang.interval import NOTHING, Bounds, adjusted_wald, newcombe, t_mean, wilson, z_for
from stamm.lang.phrase import Phrase

#: words in the name of a theme; sentences that show it, and texts they are looked for in
IN_NAME, SHOWN, LOOKED_AT = 3, 3, 50
#: letters of a sentence that is shown, at least and at most
LEAST_LETTERS, MOST_LETTERS = 12, 240
#: authors with and without a theme that a verdict on staying needs
LEAST_AUTHORS = 30
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


@dataclass(frozen=True)
class Spoken:
    """The texts of one language in the order of time, their words as written and as counted, and their themes."""

    name: Phrase
    language: str
    texts: Sequence[Text]
    words: Sequence[Sequence[str]]
    model: Themes | None
    reason: str

    @cached_property
    def stems(self) -> list[list[str]]:
        """The words of each text as they are counted."""
        return stems_of(self.words, self.language)

    @cached_property
    def of(self) -> list[int]:
        """The number of each text's theme; -1 for none."""
        return [-1] * len(self.texts) if self.model is None else self.model.of(self.stems).tolist()

    @cached_property
    def written(self) -> list[tuple[str, ...]]:
        """The words by which each theme is known, as they are written most often."""
        forms: dict[str, Counter[str]] = {}
        for words, stems in zip(self.words, self.stems, strict=True):
            for word, counted in zip(words, stems, strict=True):
                forms.setdefault(counted, Counter())[word] += 1
        most = {counted: min(found, key=lambda word: (-found[word], word)) for counted, found in forms.items()}
        model = self.model
        return [] if model is None else [tuple(most[word] for word in model.words(each)) for each in model.found]

    @cached_property
    def names(self) -> list[str]:
        """What each theme is called."""
        return [", ".join(words[:IN_NAME]) for words in self.written]

    @cached_property
    def stayed(self) -> dict[str, bool]:
        """Whether each who wrote stayed, as far as it is known."""
        return _stayed(self.texts)

    def authors(self, theme: int) -> tuple[set[str], set[str]]:
        """Who wrote of it in the span, and who wrote and not of it."""
        now = [(text.customer_id, of) for text, of in zip(self.texts, self.of, strict=True) if text.now]
        wrote = {who for who, of in now if of == theme and who}
        return wrote, {who for who, _ in now if who} - wrote


def stems_of(words: Sequence[Sequence[str]], language: str) -> list[list[str]]:
    """Words of texts as they are counted."""
    return [[stem(word, language) for word in each] for each in words]


def themes(spoken: Sequence[Spoken], known: Reach) -> Iterator[Theme]:
    """The themes of all languages, the most frequent first in each; one without any has a line that says why."""
    lines = [line for each in spoken for line in _lines(each, known)]
    judged = [line for line in lines if min(line.authors or 0, line.others or 0) >= LEAST_AUTHORS]
    z = z_for(max(len(judged), 1))
    for line in lines:
        yield _compared(line, z) if known.final else replace(_compared(line, z), **_without_ends())


def _lines(spoken: Spoken, known: Reach) -> Iterator[Theme]:
    if not spoken.names:
        yield unknown(spoken.name, spoken.reason)
        return
    now = sum(text.now for text in spoken.texts)
    before = len(spoken.texts) - now
    lines = []
    for place in range(len(spoken.names)):
        mine = [text for text, of in zip(spoken.texts, spoken.of, strict=True) if of == place]
        lines.append(_line(spoken, place, mine, now, before, known))
    yield from sorted(lines, key=lambda line: (-(line.n or 0), line.theme))


def _line(spoken: Spoken, place: int, mine: Sequence[Text], now: int, before: int, known: Reach) -> Theme:
    written = [text for text in mine if text.now]
    n, n_before = len(written), len(mine) - len(written)
    part, earlier = share(n, now), share(n_before, before)
    low, high = wilson(n, now)
    change_low, change_high = newcombe(n, now, n_before, before)
    scores = [text.score for text in written if text.score is not None]
    answers = [text.nps for text in written if text.nps is not None]
    score_low, score_high = _within_scale(t_mean(len(scores), sum(scores), sum(score**2 for score in scores)))
    up, down = sum(each >= 9 for each in answers), sum(each <= 6 for each in answers)
    nps_low, nps_high = adjusted_wald(up, down, len(answers))
    balance = ratio(up - down, len(answers))
    wrote, named = _stayed(mine), {text.customer_id for text in mine}
    others = {who: stayed for who, stayed in spoken.stayed.items() if who not in named}
    left, others_left = (sum(not stayed for stayed in each.values()) for each in (wrote, others))
    left_low, left_high = wilson(left, len(wrote))
    return Theme(
        language=spoken.name,
        theme=spoken.names[place],
        words=", ".join(spoken.written[place]),
        n=n,
        of=now,
        share=part,
        low=low,
        high=high,
        n_before=n_before,
        of_before=before,
        change=None if part is None or earlier is None else part - earlier,
        change_low=change_low,
        change_high=change_high,
        n_scored=len(scores),
        score=ratio(sum(scores), len(scores)),
        score_low=score_low,
        score_high=score_high,
        n_nps=len(answers),
        nps=None if balance is None else 100 * balance,
        nps_low=nps_low,
        nps_high=nps_high,
        authors=len(wrote),
        left=left,
        left_share=share(left, len(wrote)),
        left_low=left_low,
        left_high=left_high,
        others=len(others),
        others_left=others_left,
        others_share=share(others_left, len(others)),
        difference=None,
        difference_low=None,
        difference_high=None,
        complete=known.final,
        reason=known.reason,
    )


def _compared(line: Theme, z: float) -> Theme:
    """With how many more of its authors left than of others, where there are enough of both."""
    one, other = line.left_share, line.others_share
    if one is None or other is None or min(line.authors or 0, line.others or 0) < LEAST_AUTHORS:
        return replace(line, reason=line.reason or TOO_FEW)
    low, high = newcombe(line.left or 0, line.authors or 0, line.others_left or 0, line.others or 0, z)
    return replace(line, difference=one - other, difference_low=low, difference_high=high)


def _without_ends() -> dict[str, Any]:
    """What is not final has no interval."""
    stems = ("", "change_", "score_", "nps_", "left_", "difference_")
    return {f"{name}{end}": None for name in stems for end in ("low", "high")}


def _within_scale(bounds: Bounds) -> Bounds:
    if bounds.low is None or bounds.high is None:
        return NOTHING
    return Bounds(max(bounds.low, 0.0), min(bounds.high, 1.0))


def _stayed(texts: Sequence[Text]) -> dict[str, bool]:
    """Of each author of whom it is known, whether they stayed after the first of these texts."""
    found: dict[str, bool] = {}
    for text in texts:
        if text.customer_id is not None and text.stayed is not None:
            found.setdefault(text.customer_id, text.stayed)
    return found


def sentences(spoken: Spoken) -> Iterator[Sentence]:
    """For each theme the sentences that weigh most in it, one a customer, none twice."""
    if spoken.model is None or not spoken.names:
        return
    weights = spoken.model.weights(spoken.stems)
    for theme, name in enumerate(spoken.names):
        mine = [place for place, of in enumerate(spoken.of) if of == theme and spoken.texts[place].now]
        mine.sort(key=lambda place: (-weights[place, theme], place))
        found = [
            (text, sentence) for text in (spoken.texts[place] for place in mine[:LOOKED_AT]) for sentence in _cut(text)
        ]
        if not found:
            continue
        said = stems_of([content(words_of(sentence), spoken.language) for _, sentence in found], spoken.language)
        heavy = spoken.model.weights(said)[:, theme]
        best = sorted(range(len(found)), key=lambda place: (-heavy[place], place))
        for number, place in enumerate(_different(found, best), 1):
            text, sentence = found[place]
            yield Sentence(spoken.name, name, number, sentence, text.customer_id or "", text.on.isoformat(), text.score)


def _cut(text: Text) -> list[str]:
    """The sentences of a text that are neither too short nor too long to be shown."""
    cut = (" ".join(each.split()) for each in _SENTENCE.findall(text.text))
    return [each for each in cut if LEAST_LETTERS <= len(each) <= MOST_LETTERS]


def _different(found: Sequence[tuple[Text, str]], best: Sequence[int]) -> list[int]:
    kept: list[int] = []
    seen: set[Any] = set()
    for place in best:
        text, sentence = found[place]
        marks = {sentence.lower(), ("", text.customer_id or text.key)}
        if len(kept) < SHOWN and not marks & seen:
            kept.append(place)
            seen |= marks
    return kept


def basis(spoken: Spoken) -> Basis:
    """What the themes of a language were found in."""
    now = [of for text, of in zip(spoken.texts, spoken.of, strict=True) if text.now]
    return Basis(
        language=spoken.name,
        texts=len(now),
        different=len({tuple(stems) for text, stems in zip(spoken.texts, spoken.stems, strict=True) if text.now}),
        themes=len(spoken.names),
        with_theme=sum(of >= 0 for of in now),
        reason=spoken.reason,
    )


def unknown(language: Phrase, reason: str) -> Theme:
    """No theme, and why."""
    nothing = dict.fromkeys(Theme.__dataclass_fields__)
    return Theme(**{**nothing, "language": language, "theme": "", "words": "", "complete": False, "reason": reason})  # type: ignore[arg-type]
