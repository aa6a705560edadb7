"""Survey answers."""

from __future__ import annotations

from ibis.common.deferred import Deferred

from stamm.facts.columns import dimension, moment, real, text
from stamm.facts.kind import Imported


class Responses(Imported):
    """What customers answered when asked, one row a question; unanswered ones are kept."""

    de = "Antworten"
    sentence_de = "Was Kunden auf Fragen geantwortet haben, eine Zeile je Frage; auch unbeantwortete."
    key_columns = ("response_id", "question")
    clock = "asked_at"
    clocks = ("asked_at", "answered_at")
    reaches = ("answered_at",)

    response_id = text("the answer sheet", required=True)
    question = text("the question's key", required=True)
    survey = dimension("the survey")
    kind = text("what is asked", choices=("nps", "csat", "ces", "rating", "choice", "text"), required=True)
    customer_id = text("who was asked; empty where unknown")
    asked_at = moment("when it was asked", required=True)
    answered_at = moment("when it was answered; empty while it is not")
    score = real("the number given")
    scale_min = real("lowest point of the scale")
    scale_max = real("highest point of the scale")
    choice = dimension("the option chosen")
    comment = text("what was written")
    touchpoint = dimension("where it was asked")

    def scored(self, kind: str) -> Deferred:
        """Answered questions of that kind with a score."""
        return (self.kind == kind) & self.answered_at.notnull() & self.score.notnull()
