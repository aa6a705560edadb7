"""Customer satisfaction."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.responses import Responses
from stamm.lang.definition import Setting
from stamm.lang.example import given, rows
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.lang.phrase import Phrase
from stamm.metrics.kind import Metric, part

#: anna and ben answer on a scale to 5, cleo and dora on one to 3, emil on one to 10; fay has not answered,
#: gus did in January, and one question was another
ANSWERS = rows("""
    response_id  question  kind  customer_id  asked_at    answered_at  score  scale_min  scale_max
    a1           content   csat  anna         2024-01-30  2024-02-01   4      1          5
    a2           content   csat  ben          2024-02-02  2024-02-03   3      1          5
    a3           service   csat  cleo         2024-02-02  2024-02-04   3      1          3
    a4           service   csat  dora         2024-02-02  2024-02-05   2      1          3
    a5           website   csat  emil         2024-02-02  2024-02-06   9      1          10
    a6           content   csat  fay          2024-02-02  -            -      1          5
    a7           content   csat  gus          2024-01-05  2024-01-06   5      1          5
    a1           recommend nps   anna         2024-01-30  2024-02-01   10     0          10
""")


class CustomerSatisfaction(Metric):
    """The share of answers that say the customer was satisfied.

    Satisfied are the top two points of the answer's own scale, the top one where the scale has fewer than
    four; `satisfied_from` overrides that with one score for all. Placed by the moment of the answer; questions
    without a score are not in n, nor, unless `satisfied_from` is given, are answers that do not say their
    scale. Some tools print the mean score as CSAT instead.
    """

    de = "Kundenzufriedenheit"
    sentence_de = "Anteil der Antworten, nach denen der Kunde zufrieden war."
    also = "CSAT"
    unit, better = "share", "higher"
    interval = Wilson("satisfied", "answered")
    satisfied_from = Setting[float | None](
        None,
        "The lowest score that counts as satisfied.",
        "Die niedrigste Punktzahl, die als zufrieden gilt.",
        kind=float,
        title=Phrase("Satisfied from", "Zufrieden ab"),
    )
    examples = (
        given(answered=500, satisfied=400).gives(0.80),
        given(answered=0, satisfied=0).gives(None),
        # satisfied are anna (4 of 5), cleo (3 of 3) and emil (9 of 10): 3 / 5
        given(responses=ANSWERS, window="2024-02").gives(0.60),
        # from 3 on: all but dora: 4 / 5
        given(responses=ANSWERS, window="2024-02", settings={"satisfied_from": 3}).gives(0.80),
    )

    @part("answers", "Antworten")
    def answered(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").count(responses.judged(self.satisfied_from))

    @part("of them satisfied", "davon zufrieden")
    def satisfied(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").count(responses.satisfied(self.satisfied_from))

    def value(self, answered: Any, satisfied: Any) -> Any:
        return share(satisfied, answered)
