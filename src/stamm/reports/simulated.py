"""Whether what is shown was measured or made."""

from __future__ import annotations

from collections.abc import Iterable

from stamm.lang.language import Language
from stamm.reports.figures import Figure


def simulated_words(figures: Iterable[Figure], say: Language, *others: bool) -> str:
    """What a page has to say of itself: nothing where no number comes from made facts, else all of them or some.

    `others` says the same of what is shown beside figures.
    """
    shown = [figure.answer.simulated for figure in figures if figure.answer is not None] + list(others)
    if not any(shown):
        return ""
    return say("Simulated data") if all(shown) else say("Partly simulated data")
