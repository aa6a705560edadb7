"""Predictions made of customers."""

from __future__ import annotations

from stamm.facts.columns import dimension, moment, real, text, whole
from stamm.facts.kind import Imported
from stamm.lang.example import VerbExample, rows

#: predictions that tell of leaving, the better one first
RISKS = CHURN, NO_ORDER, CONTRACT = ("churn_risk", "no_order_risk", "subscription_end_risk")
#: those of them after which somebody has left, and not only paused
LEAVING = (CHURN, CONTRACT)
#: the prediction of what a customer would pay if they stay
STAYING = "value_if_staying"


def risks_by(spell_rule: str) -> tuple[str, ...]:
    """The same, that of an end of paying first where paying makes a customer."""
    return tuple(sorted(RISKS, key=CONTRACT.__ne__)) if spell_rule == "subscriptions" else RISKS


class Predictions(Imported):
    """What a model foretold of a customer, one row each time it did; kept, so that it can be held against what came."""

    de = "Vorhersagen"
    sentence_de = (
        "Was ein Modell über einen Kunden vorhergesagt hat, eine Zeile je Vorhersage; aufbewahrt, um sie zu prüfen."
    )
    key_columns = ("model", "customer_id", "predicted_at")
    clock = "predicted_at"
    clocks = ("predicted_at",)
    foretold = True

    model = dimension("the model", required=True, personal=False)
    customer_id = text("of whom", required=True, personal=True)
    predicted_at = moment("when", required=True)
    name = dimension("what is foretold, such as churn", personal=False)
    horizon_days = whole("for how many days ahead", low=0)
    value = real("the number foretold", required=True, within=("low", "high"))
    low = real("lower end of its interval")
    high = real("upper end of its interval")
    version = text("the model's version", personal=False)

    examples = (
        VerbExample(
            facts={
                "predictions": rows("""
                    model     customer_id  predicted_at  name   horizon_days  value  low   high
                    hazard-1  anna         2024-02-01    churn  30            0.25   0.20  0.31
                    hazard-1  anna         2024-02-08    churn  30            0.40   0.33  0.47
                    hazard-1  ben          2024-02-08    churn  30            0.05   0.02  0.09
                    hazard-1  ben          2024-03-01    churn  30            0.10   0.06  0.15
                """),
            },
            window="2024-02",
            gives={"count": 3, "customers": 2},
        ),
    )
