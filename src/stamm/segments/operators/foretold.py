"""What was foretold of somebody last."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.predictions import PREDICTIONS
from stamm.segments.blanks import AT_LEAST, Chosen, Number, compared, comparison
from stamm.segments.kind import Operator, example
from stamm.segments.then import Then

_ = ibis._


class ForetoldSo(Operator):
    """Customers of whom a kept prediction told such a number; of several days the last one counts.

    A prediction made as the day begins counts: it knows of nothing later. Of several for different numbers of days
    ahead the shortest counts. Who is not in the last one that was kept is none of them.
    """

    key = "foretold"
    en = "Foretold"
    de = "Vorhersage"
    sentence_de = "Kunden, denen eine aufbewahrte Vorhersage eine solche Zahl vorhersagte; die letzte zählt."
    says = Phrase(
        "whose foretold {prediction} is {compare} {value}",
        "deren vorhergesagter Wert für {prediction} {compare} {value} ist",
    )
    denies = Phrase(
        "whose foretold {prediction} is not {compare} {value}",
        "deren vorhergesagter Wert für {prediction} nicht {compare} {value} ist",
    )
    beside = ("predictions",)

    prediction = Chosen(
        "churn_risk",
        {kind.key: Phrase(kind.en.lower(), kind.de) for kind in PREDICTIONS if kind.checks},
        "Which prediction.",
        "Welche Vorhersage.",
        title=Phrase("prediction", "Vorhersage"),
    )
    compare = comparison(AT_LEAST)
    value = Number(0.5, "The number, a risk from 0 to 1.", "Die Zahl, ein Risiko von 0 bis 1.")

    # ben's was lower the first time; cleo was not told of the last time; what is told on the second day is later
    examples = (
        example(
            {
                "predictions": rows("""
                    model  customer_id  predicted_at      name        horizon_days  value
                    m      anna         2024-03-01T00:00  churn_risk  90            0.5
                    m      ben          2024-02-01T00:00  churn_risk  90            0.4
                    m      ben          2024-03-01T00:00  churn_risk  90            0.6
                    m      cleo         2024-02-01T00:00  churn_risk  90            0.9
                    m      dora         2024-03-01T00:00  churn_risk  90            0.49
                    m      dora         2024-03-02T00:00  churn_risk  90            0.9
                    m2     emil         2024-03-01T00:00  next_order  90            30
                """),
                "customers": rows("""
                    customer_id  valid_from
                    anna         2024-01-01
                    ben          2024-01-01
                    cleo         2024-01-01
                    dora         2024-01-01
                    emil         2024-01-01
                """),
            },
            "2024-03-01",
            "anna ben",
        ),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        told = then["predictions"].filter(_.customer_id.notnull(), _.name == self.prediction)
        order = ibis.window(order_by=[_.predicted_at.desc(), _.horizon_days.coalesce(0), _.model])
        newest = told.mutate(place=ibis.dense_rank().over(order)).filter(_.place == 0)
        return f"foretold {self.prediction}", newest, _.value.max(), compared(_, self.compare, self.value)
