"""Feedback."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.responses import Responses
from stamm.lang.example import given
from stamm.metrics.feedback.response_rate import ASKED
from stamm.metrics.kind import Metric, part


class FeedbackCount(Metric):
    """How many answers with a score or a comment came in in the window.

    By the moment of the answer. A mere choice, such as a colour, is none.
    """

    en = "Customer feedback"
    de = "Kundenfeedback"
    sentence_de = "Wie viele Antworten mit Punktzahl oder Kommentar im Zeitraum eingingen."
    unit, better = "count", "higher"
    n = "given_back"
    examples = (
        given(given_back=125).gives(125),
        given(given_back=0).gives(0),
        # anna's score and emil's, who was asked in January
        given(responses=ASKED, window="2024-02", as_of="2024-03-10").gives(2),
        # ben's comment and fay's score; cleo's colour is no feedback, and of gus's score nothing is known yet
        given(responses=ASKED, window="2024-03", as_of="2024-03-10").gives(2),
    )

    @part("answers with a score or a comment", "Antworten mit Punktzahl oder Kommentar")
    def given_back(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").count(responses.gave_feedback())

    def value(self, given_back: Any) -> Any:
        return given_back
