"""Response rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.responses import Responses
from stamm.lang.example import given, rows
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, part

#: anna answers with a score, ben in writing, in March; cleo ticks a colour, dora does not answer; emil was asked in
#: January, fay in March, and of gus's answer nothing is known yet
ASKED = rows("""
    response_id  question   kind    customer_id  asked_at          answered_at       score  choice  comment
    a1           recommend  nps     anna         2024-02-01T00:00  2024-02-01T10:00  9      -       -
    a2           why        text    ben          2024-02-05T10:00  2024-03-02T10:00  -      -       too_slow
    a3           colour     choice  cleo         2024-02-29T23:59  2024-03-01T00:00  -      red     -
    a4           recommend  nps     dora         2024-02-05T10:00  -                 -      -       -
    a5           recommend  nps     emil         2024-01-31T23:59  2024-02-01T00:00  3      -       late
    a6           recommend  nps     fay          2024-03-01T00:00  2024-03-01T00:00  3      -       -
    a7           recommend  nps     gus          2024-02-05T10:00  2024-03-12T10:00  3      -       -
""")


class ResponseRate(Metric):
    """Of the questions put to customers in the window, the share answered so far.

    By the moment of asking, so the rate of a recent window may still grow. Each question counts, so a sheet of three
    counts three times, and any answer will do: a score, a choice or a text.
    """

    de = "Rücklaufquote"
    sentence_de = "Anteil der im Zeitraum gestellten Fragen, die bisher beantwortet wurden."
    unit, better = "share", "higher"
    interval = Wilson("answered", "asked")
    examples = (
        given(asked=500, answered=125).gives(0.25),
        given(asked=0, answered=0).gives(None),
        # anna, ben and cleo of anna, ben, cleo, dora and gus
        given(responses=ASKED, window="2024-02", as_of="2024-03-10").gives(0.60),
    )

    @part("asked", "gestellte Fragen")
    def asked(self, responses: Responses) -> Reduction:
        return responses.count()

    @part("of them answered", "davon beantwortet")
    def answered(self, responses: Responses) -> Reduction:
        return responses.count(responses.answered())

    def value(self, asked: Any, answered: Any) -> Any:
        return share(answered, asked)
