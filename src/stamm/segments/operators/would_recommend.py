"""What somebody said last when asked whether they would recommend the shop."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.responses import Responses
from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import AT_MOST, Number, compared, comparison
from stamm.segments.kind import Operator, example
from stamm.segments.then import Then

_ = ibis._


class WouldRecommend(Operator):
    """Customers who were asked whether they would recommend the shop, and whose last answer was such a number.

    Of several answers at the last moment the lowest counts.
    """

    de = "Weiterempfehlung"
    sentence_de = "Kunden, die nach der Weiterempfehlung gefragt wurden und deren letzte Antwort eine solche Zahl war."
    says = Phrase(
        "whose last recommendation was {compare} {score}", "deren letzte Weiterempfehlung {compare} {score} war"
    )
    denies = Phrase(
        "whose last recommendation was not {compare} {score}",
        "deren letzte Weiterempfehlung nicht {compare} {score} war",
    )
    facts = ("responses",)

    compare = comparison(AT_MOST)
    score = Number(6.0, "From 0 to 10.", "Von 0 bis 10.", low=0.0, high=10.0)

    # anna changed her mind, ben's second answer is not there yet, cleo never answered
    examples = (
        example(
            {
                "responses": rows("""
                    response_id  question   kind  customer_id  asked_at    answered_at  score
                    a1           recommend  nps   anna         2024-01-01  2024-01-02   3
                    a2           recommend  nps   anna         2024-02-01  2024-02-02   9
                    a3           recommend  nps   ben          2024-01-01  2024-01-02   6
                    a4           recommend  nps   ben          2024-02-01  2024-03-01   9
                    a5           recommend  nps   cleo         2024-02-01  -            -
                    a6           content    csat  dora         2024-02-01  2024-02-02   1
                """),
            },
            "2024-03-01",
            "ben",
        ),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        answered = then.so_far("responses").filter(Responses().scored("nps"))
        latest = ibis.window(group_by="customer_id", order_by=[_.answered_at.desc(), _.score])
        last = answered.mutate(place=ibis.row_number().over(latest)).filter(_.place == 0)
        return "recommended", last, _.score.min(), compared(_, self.compare, self.score)
