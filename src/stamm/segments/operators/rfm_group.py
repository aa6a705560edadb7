"""In which group somebody is by how lately, how often and for how much they order."""

from __future__ import annotations

import functools
from datetime import timedelta
from operator import or_

import ibis
import ibis.expr.types as ir

from stamm.analyses.rfm.scoring import GROSS, REVENUE, Scoring
from stamm.analyses.rfm.segments import NAMES, SEGMENTS
from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window
from stamm.segments.blanks import Chosen
from stamm.segments.kind import Listed, example
from stamm.segments.then import Then

_ = ibis._

#: days whose orders are scored
SCORED_DAYS = 365
#: the groups by a key
GROUPS = {phrase.en.lower().replace(" ", "_"): phrase for phrase in SEGMENTS}
_ORDERS = {
    "orders": rows("""
        order_id  customer_id  ordered_at  amount_minor
        o1        anna         2024-02-25  9000
        o2        anna         2024-02-26  9000
        o3        ben          2024-02-20  1000
        o4        cleo         2024-02-10  1000
        o5        cleo         2024-02-11  2000
        o6        dora         2024-02-01  1000
        o7        emil         2023-06-01  1000
        o8        fay          2023-01-01  9000
    """),
}


class RfmGroup(Listed):
    """Customers in one of the groups that the analysis rfm makes, of the 365 days before.

    Money is revenue, less what was sent back; gross revenue where returns were never taken in.
    """

    en = "RFM group"
    de = "RFM-Gruppe"
    sentence_de = "Kunden in einer der Gruppen, die die Analyse rfm aus den 365 Tagen davor bildet."
    says = Phrase("who are in the group {group}", "die in der Gruppe {group} sind")
    denies = Phrase("who are not in the group {group}", "die nicht in der Gruppe {group} sind")
    facts = ("orders",)
    adds_money = True

    group = Chosen(
        "champions",
        {key: Phrase(f'"{phrase.en}"', f'"{phrase.de}"') for key, phrase in GROUPS.items()},
        "Which group.",
        "Welche Gruppe.",
        title=Phrase("group", "Gruppe"),
    )

    # of five, anna ordered last (5) and is the best of them; emil is the one of longest ago; fay's is too old to count
    examples = (example(_ORDERS, "2024-03-01", "anna"),)

    @property
    def back_days(self) -> int:
        return SCORED_DAYS

    def members(self, then: Then) -> ir.Table:
        span = Window(then.on - timedelta(days=SCORED_DAYS), then.on)
        scored = Scoring(REVENUE if "returns" in then.kinds else GROSS).customers(then.over(span), span)
        places = [
            (_.r == recency) & (_.worth == place + 1)
            for recency, names in NAMES.items()
            for place, name in enumerate(names)
            if name == GROUPS[self.group]
        ]
        return scored.filter(functools.reduce(or_, places))
