"""Customer effort score."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.responses import Responses
from stamm.lang.example import given, rows
from stamm.lang.formula import ratio
from stamm.lang.interval import Mean
from stamm.metrics.kind import Metric, part

#: anna, ben and cleo answer in February, on the last day; dora on a scale to 5, emil not at all, fay in March
EFFORT = rows("""
    response_id  question  kind  customer_id  asked_at          answered_at       score  scale_min  scale_max
    a1           effort    ces   anna         2024-01-30T10:00  2024-02-01T00:00  7      1          7
    a2           effort    ces   ben          2024-02-02T10:00  2024-02-03T10:00  5      1          7
    a3           effort    ces   cleo         2024-02-02T10:00  2024-02-29T23:59  3      -          -
    a4           effort    ces   dora         2024-02-02T10:00  2024-02-05T10:00  5      1          5
    a5           effort    ces   emil         2024-02-02T10:00  -                 -      1          7
    a6           effort    ces   fay          2024-02-02T10:00  2024-03-01T00:00  1      1          7
    a7           content   csat  ben          2024-02-02T10:00  2024-02-03T10:00  1      1          5
""")


class CustomerEffortScore(Metric):
    """How easy customers found it to get what they wanted, from 1 (very hard) to 7 (very easy), on average.

    Placed by the moment of the answer. Answers on a scale that says it is another are not in it and stand beside;
    those that do not say their scale are in it where they lie between 1 and 7. In its first form (2010) the question
    was put the other way round, on a scale to 5 on which low was good.
    """

    de = "Kundenaufwand"
    sentence_de = (
        "Wie leicht es Kunden fiel, ihr Anliegen zu erledigen, von 1 (sehr schwer) bis 7 (sehr leicht), im Mittel."
    )
    also = "CES"
    unit, better, family, leads = "number", "higher", "effort", True
    interval = Mean("answered", "points", "squares")
    cited = "Dixon, Freeman and Toman, Stop Trying to Delight Your Customers, Harvard Business Review 88 (7), 2010"
    examples = (
        given(answered=4, points=22).gives(5.5),
        given(answered=0, points=0).gives(None),
        # anna 7, ben 5 and cleo 3: 15 / 3. Dora's scale is another
        given(responses=EFFORT, window="2024-02", as_of="2024-04-01").gives(5),
    )

    @part("answers", "Antworten")
    def answered(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").count(responses.effort())

    @part("their points, added up", "ihre Punkte, zusammengezählt", "number")
    def points(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").sum(responses.score, responses.effort())

    @part("squares of their points", "Quadrate ihrer Punkte", "number")
    def squares(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").sum(responses.score * responses.score, responses.effort())

    @part("answers on another scale", "Antworten auf einer anderen Skala")
    def elsewhere(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").count(responses.scored("ces") & ~responses.effort())

    def value(self, answered: Any, points: Any) -> Any:
        return ratio(points, answered)
