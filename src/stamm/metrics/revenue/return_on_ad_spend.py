"""Return on advertising spend."""

from __future__ import annotations

from typing import Any

from stamm.facts.advertised_orders import AdvertisedOrders
from stamm.facts.advertising import Advertising
from stamm.facts.kind import Reduction
from stamm.lang.definition import Setting
from stamm.lang.example import given, rows
from stamm.lang.formula import ratio
from stamm.lang.phrase import Phrase
from stamm.metrics.kind import Metric, part

#: the spring campaign sells to anna and somebody unknown, dora's is from March; winter was paid in January and still
#: sells; the newsletter costs no advertising, and the posters belong to no campaign
ADVERTISED = rows("""
    order_id  customer_id  ordered_at  amount_minor  campaign    cancelled_at
    o1        anna         2024-02-05  3000          spring      -
    o2        -            2024-02-06  1000          spring      -
    o3        ben          2024-02-07  2000          winter      -
    o4        ben          2024-02-08  4000          newsletter  -
    o5        cleo         2024-02-09  9900          spring      2024-02-10
    o6        dora         2024-03-01  5000          spring      -
    o7        emil         2024-02-20  700           -           -
""")
SPENT = rows("""
    cost_id  incurred_on  kind         campaign    amount_minor
    c1       2024-01-20   advertising  winter      500
    c2       2024-02-01   advertising  spring      800
    c3       2024-02-29   advertising  winter      200
    c4       2024-02-10   advertising  -           9000
    c5       2024-02-10   retention    newsletter  300
    c6       2024-03-01   advertising  spring      9000
""")


class ReturnOnAdSpend(Metric):
    """What orders of a campaign brought for each unit of money spent on advertising it.

    Gross revenue of the orders in the window that name the campaign over its advertising costs in the window; of one
    campaign (`campaign`, or split by campaign), or of all for which advertising was ever paid. It is revenue, not
    profit, and says what orders name the campaign, not what would have been sold without it. A campaign that sells
    after it was paid for has no value in that window. Advertising and orders that name no campaign count for none.
    """

    en = "Return on advertising spend"
    de = "Ertrag der Werbeausgaben"
    sentence_de = "Was Bestellungen einer Kampagne je Geldeinheit einbrachten, die für ihre Werbung ausgegeben wurde."
    also = "ROAS"
    unit, better = "ratio", "higher"
    campaign = Setting(
        "",
        "The one campaign asked for; empty for all.",
        "Die gefragte Kampagne; leer für alle.",
        title=Phrase("Campaign", "Kampagne"),
    )
    examples = (
        given(revenue=400_000, spent=80_000).gives(5),
        given(revenue=2_000, spent=0).gives(None),
        # spring 3000 + 1000 and winter 2000 over 800 + 200
        given(orders=ADVERTISED, costs=SPENT, window="2024-02", as_of="2024-04-01").gives(6),
        given(
            orders=ADVERTISED, costs=SPENT, window="2024-02", as_of="2024-04-01", settings={"campaign": "spring"}
        ).gives(5),
    )

    @part("gross revenue of the campaign", "Bruttoumsatz der Kampagne", "money")
    def revenue(self, advertised_orders: AdvertisedOrders) -> Reduction:
        return advertised_orders.turnover(self.campaign)

    @part("its advertising", "ihre Werbung", "money")
    def spent(self, advertising: Advertising) -> Reduction:
        return advertising.spent(self.campaign)

    def value(self, revenue: Any, spent: Any) -> Any:
        return ratio(revenue, spent)
