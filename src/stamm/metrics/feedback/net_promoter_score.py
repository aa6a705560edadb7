"""Net Promoter Score."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.responses import Responses
from stamm.lang.example import given, rows
from stamm.lang.formula import share
from stamm.lang.interval import AdjustedWald
from stamm.metrics.kind import Metric, part


class NetPromoterScore(Metric):
    """How many more of a hundred answers would warmly recommend the shop (9 or 10) than would not (0 to 6).

    From -100 to 100, placed by the moment of the answer. Questions without a score are not in n. Who
    answers twice counts twice. It is rounded once, when shown; rounding the shares of promoters and
    detractors before subtracting them, as many tools do, is off by up to one point.
    """

    de = "Net Promoter Score"
    sentence_de = "Wie viele von hundert Antworten mehr den Laden gern empfehlen (9 oder 10) als nicht (0 bis 6)."
    also = "NPS"
    unit, better = "points", "higher"
    interval = AdjustedWald("promoters", "detractors", "answered")
    cited = "Reichheld, The One Number You Need to Grow, Harvard Business Review 81 (12), 2003"
    examples = (
        given(answered=100, promoters=70, detractors=10).gives(60),
        given(answered=90, promoters=50, detractors=20).gives(100 / 3),
        given(answered=0, promoters=0, detractors=0).gives(None),
        # of 4 answers in February anna's and ben's are promoters, cleo's is neither, dora's a detractor:
        # 100 x (2 - 1) / 4. Emil has not answered, fay did in March, gus and hana in January; one question is another
        given(
            responses=rows("""
                response_id  question   kind  customer_id  asked_at    answered_at  score
                a1           recommend  nps   anna         2024-01-30  2024-02-01   10
                a2           recommend  nps   ben          2024-01-30  2024-02-03   9
                a3           recommend  nps   cleo         2024-02-02  2024-02-04   7
                a4           recommend  nps   dora         2024-02-02  2024-02-29   6
                a5           recommend  nps   emil         2024-02-02  -            -
                a6           recommend  nps   fay          2024-02-02  2024-03-01   0
                a7           recommend  nps   gus          2024-01-10  2024-01-11   3
                a8           recommend  nps   hana         2024-01-10  2024-01-11   10
                a1           content    csat  anna         2024-01-30  2024-02-01   1
            """),
            window="2024-02",
            as_of="2024-04-01",
        ).gives(25),
    )

    @part("answers", "Antworten")
    def answered(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").count(responses.scored("nps"))

    @part("promoters, 9 or 10", "Fürsprecher, 9 oder 10")
    def promoters(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").count(responses.promoters())

    @part("detractors, 0 to 6", "Kritiker, 0 bis 6")
    def detractors(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").count(responses.detractors())

    def value(self, answered: Any, promoters: Any, detractors: Any) -> Any:
        return share(100 * (promoters - detractors), answered)
