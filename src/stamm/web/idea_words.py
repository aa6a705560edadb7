"""What the states of ideas are called."""

from __future__ import annotations

from stamm.ideas.deciding import DECLINED, DONE, NEW, PLANNED, UNDER_REVIEW
from stamm.lang.language import Language


def state_words(say: Language) -> dict[str, str]:
    """By their codes, in the order in which an idea goes through them."""
    return {
        NEW: say("new"),
        UNDER_REVIEW: say("under review"),
        PLANNED: say("planned"),
        DONE: say("done"),
        DECLINED: say("not planned"),
    }
