"""Easy share."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.responses import Responses
from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.feedback.customer_effort_score import EFFORT
from stamm.metrics.kind import Metric, part


class EasyShare(Metric):
    """The share of answers that say it was easy: 5 to 7 of 7.

    Of the same answers as customer_effort_score. A share can be read without knowing the scale, which the mean cannot.
    """

    de = "Anteil „leicht“"
    sentence_de = "Anteil der Antworten, nach denen es leicht war: 5 bis 7 von 7."
    unit, better, family = "share", "higher", "effort"
    interval = Wilson("easy", "answered")
    examples = (
        given(answered=4, easy=3).gives(0.75),
        given(answered=0, easy=0).gives(None),
        # anna (7) and ben (5), not cleo (3); dora's 5 is the best of another scale
        given(responses=EFFORT, window="2024-02", as_of="2024-04-01").gives(2 / 3),
    )

    @part("answers", "Antworten")
    def answered(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").count(responses.effort())

    @part("of them easy", "davon leicht")
    def easy(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").count(responses.easy())

    def value(self, answered: Any, easy: Any) -> Any:
        return share(easy, answered)
