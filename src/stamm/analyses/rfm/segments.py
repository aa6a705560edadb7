"""The named groups: one table that gives each of the 125 combinations of scores its name."""

from __future__ import annotations

from stamm.lang.phrase import Phrase

CHAMPIONS = Phrase("Champions", "Champions")
LOYAL = Phrase("Loyal", "Treue")
POTENTIAL = Phrase("Could become loyal", "Könnten treu werden")
PROMISING = Phrase("Promising", "Vielversprechende")
ATTENTION = Phrase("Need attention", "Brauchen Aufmerksamkeit")
SLEEPY = Phrase("About to sleep", "Schlafen bald ein")
AT_RISK = Phrase("At risk", "Gefährdete")
PRECIOUS = Phrase("Not to be lost", "Nicht zu verlieren")
RESTING = Phrase("Resting", "Ruhende")
QUIET = Phrase("Gone quiet", "Verstummte")
#: from the best to those of whom nothing has been heard longest
SEGMENTS = (CHAMPIONS, LOYAL, POTENTIAL, PROMISING, ATTENTION, SLEEPY, PRECIOUS, AT_RISK, RESTING, QUIET)

#: down: the score of recency; across: those of frequency and money together, their mean rounded up
NAMES: dict[int, tuple[Phrase, ...]] = {
    5: (PROMISING, POTENTIAL, LOYAL, CHAMPIONS, CHAMPIONS),
    4: (PROMISING, POTENTIAL, LOYAL, CHAMPIONS, CHAMPIONS),
    3: (SLEEPY, SLEEPY, ATTENTION, LOYAL, LOYAL),
    2: (RESTING, RESTING, AT_RISK, AT_RISK, PRECIOUS),
    1: (QUIET, QUIET, RESTING, PRECIOUS, PRECIOUS),
}


def segment(recency: int, worth: int) -> Phrase:
    """The name for a score of recency and the scores of frequency and money together, each 1..5."""
    return NAMES[recency][worth - 1]
