"""What customers brought: their contribution, or their revenue less returns."""

from __future__ import annotations

import ibis

from stamm.analyses.kind import Question
from stamm.lang.definition import Setting
from stamm.lang.phrase import Phrase

_ = ibis._

CONTRIBUTION, REVENUE = "contribution", "revenue"
#: the facts with money that each is made from
MONEY = {CONTRIBUTION: ("orders", "returns", "messages", "costs"), REVENUE: ("orders", "returns")}
#: which of the two; for the body of an analysis
BROUGHT = Setting(
    CONTRIBUTION,
    "What they bring: what is left after the costs they cause, or revenue.",
    "Was sie erbringen: was nach den von ihnen verursachten Kosten bleibt, oder Umsatz.",
    choices=tuple(MONEY),
    title=Phrase("They bring", "Sie erbringen"),
    words={
        CONTRIBUTION: Phrase("contribution", "Deckungsbeitrag"),
        REVENUE: Phrase("revenue less returns", "Umsatz abzüglich Rücksendungen"),
    },
)


def foreign_fact(question: Question, of: str) -> str:
    """The first fact of what was brought that holds money of a currency without a rate."""
    found = (
        fact for fact in MONEY[of] if question.run(question[fact].aggregate(rows=_.count(where=_.foreign)))[0]["rows"]
    )
    return next(found, MONEY[of][0])
