"""Survey answers."""

from __future__ import annotations

from ibis.common.deferred import Deferred

from stamm.facts.columns import dimension, moment, real, text
from stamm.facts.kind import Imported, Reduction
from stamm.lang.example import VerbExample, rows


class Responses(Imported):
    """What customers answered when asked, one row a question; unanswered ones are kept."""

    de = "Antworten"
    sentence_de = "Was Kunden auf Fragen geantwortet haben, eine Zeile je Frage; auch unbeantwortete."
    key_columns = ("response_id", "question")
    clock = "asked_at"
    clocks = ("asked_at", "answered_at")
    reaches = ("answered_at",)

    response_id = text("the answer sheet", required=True, personal=False)
    question = text("the question's key", required=True, personal=False)
    survey = dimension("the survey", personal=False)
    kind = text(
        "what is asked", choices=("nps", "csat", "ces", "rating", "choice", "text"), required=True, personal=False
    )
    customer_id = text("who was asked; empty where unknown", personal=True)
    asked_at = moment("when it was asked", required=True)
    answered_at = moment("when it was answered; empty while it is not", follows="asked_at")
    score = real("the number given", within=("scale_min", "scale_max"))
    scale_min = real("lowest point of the scale")
    scale_max = real("highest point of the scale")
    choice = dimension("the option chosen", personal=False)
    comment = text("what was written", personal=True)
    touchpoint = dimension("where it was asked", personal=False)

    # emil's answer comes later than is known; ben says what he thinks, cleo only says which colour
    examples = (
        VerbExample(
            facts={
                "responses": rows("""
                    response_id  question   kind    customer_id  asked_at    answered_at  score  scale_min  scale_max
                    a1           recommend  nps     anna         2024-02-01  2024-02-02   9      0          10
                    a2           recommend  nps     ben          2024-02-01  2024-02-03   6      0          10
                    a3           recommend  nps     cleo         2024-02-01  2024-02-03   8      0          10
                    a4           recommend  nps     dora         2024-02-01  -            -      0          10
                    a5           recommend  nps     emil         2024-02-01  2024-03-12   10     0          10
                    a1           content    csat    anna         2024-02-01  2024-02-02   4      1          5
                    a2           content    csat    ben          2024-02-01  2024-02-03   3      1          5
                    a2           effort     ces     ben          2024-02-01  2024-02-03   5      1          7
                """),
            },
            window="2024-02",
            context={"as_of": "2024-03-10"},
            gives={
                "answered": 6,
                "scored(nps)": 3,
                "promoters": 1,
                "detractors": 1,
                "judged": 2,
                "satisfied": 1,
                "satisfied(3)": 2,
                "effort": 1,
                "easy": 1,
            },
        ),
        VerbExample(
            facts={
                "responses": rows("""
                    response_id  question  kind    customer_id  asked_at    answered_at  score  choice  comment
                    a1           content   rating  anna         2024-02-01  2024-02-02   4      -       -
                    a2           why       text    ben          2024-02-01  2024-02-03   -      -       too_slow
                    a3           colour    choice  cleo         2024-02-01  2024-02-03   -      red     -
                    a4           content   rating  dora         2024-02-01  -            -      -       -
                """),
            },
            window="2024-02",
            gives={"answered": 3, "gave_feedback": 2},
        ),
        VerbExample(
            facts={
                "responses": rows("""
                    response_id  question  kind    customer_id  asked_at    answered_at  score  scale_min  scale_max
                    a1           content   rating  anna         2024-02-01  2024-02-02   4      1          5
                    a2           content   rating  ben          2024-02-01  2024-02-03   2      1          5
                    a3           content   rating  cleo         2024-02-01  2024-02-03   9      1          10
                    a4           content   rating  dora         2024-02-01  2024-02-03   3      0          5
                    a5           content   rating  emil         2024-02-01  -            -      1          5
                    a5           effort    ces     emil         2024-02-01  2024-02-03   5      1          5
                """),
            },
            window="2024-02",
            gives={"rated": 4, "rated(1)": 3, "rated(1,5)": 2, "stars(1,5)": 6, "scored(ces)": 1, "effort": 0},
        ),
    )

    def answered(self) -> Deferred:
        """Questions that were answered."""
        return self.answered_at.notnull()

    def scored(self, kind: str) -> Deferred:
        """Answered questions of that kind with a score."""
        return (self.kind == kind) & self.answered() & self.score.notnull()

    def promoters(self) -> Deferred:
        """Who would warmly recommend the shop: 9 or 10."""
        return self.scored("nps") & (self.score >= 9)

    def detractors(self) -> Deferred:
        """Who would not recommend the shop: 0 to 6."""
        return self.scored("nps") & (self.score <= 6)

    def judged(self, satisfied_from: float | None = None) -> Deferred:
        """Answers of which can be told whether the customer was satisfied."""
        if satisfied_from is not None:
            return self.scored("csat")
        return self.scored("csat") & self.scale_min.notnull() & self.scale_max.notnull()

    def satisfied(self, satisfied_from: float | None = None) -> Deferred:
        """Answers that say the customer was satisfied.

        Those with at least the score given; without one the top two points of the answer's own scale, the top
        one where the scale has fewer than four.
        """
        few = self.scale_max - self.scale_min + 1 < 4
        top = few.ifelse(self.scale_max, self.scale_max - 1)
        return self.judged(satisfied_from) & (self.score >= (top if satisfied_from is None else satisfied_from))

    def effort(self) -> Deferred:
        """Answers on how easy it was, from 1 to 7; those on a scale that says it is another are not among them."""
        seven = (self.scale_min.coalesce(1.0) == 1) & (self.scale_max.coalesce(7.0) == 7)
        return self.scored("ces") & seven & (self.score >= 1) & (self.score <= 7)

    def easy(self) -> Deferred:
        """Who found it easy: 5 to 7."""
        return self.effort() & (self.score >= 5)

    def rated(self, scale_from: float | None = None, scale_to: float | None = None) -> Deferred:
        """Ratings with a score; where an end of the scale is given, those on a scale that has it."""
        rated = self.scored("rating")
        if scale_from is not None:
            rated &= self.scale_min.notnull() & (self.scale_min == scale_from)
        if scale_to is not None:
            rated &= self.scale_max.notnull() & (self.scale_max == scale_to)
        return rated

    def stars(self, scale_from: float | None = None, scale_to: float | None = None) -> Reduction:
        """Sum of these ratings; refused where they are on different scales."""
        return self.scores(self.score, self.rated(scale_from, scale_to))

    def gave_feedback(self) -> Deferred:
        """Answers with a score or a comment."""
        return self.answered() & (self.score.notnull() | self.comment.notnull())
