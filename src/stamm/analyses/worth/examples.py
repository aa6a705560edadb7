"""Worked examples of worth: anna brought 5000, ben and cleo 1000 each, dora cost 3500 more than she brought, emil
ordered later."""

from __future__ import annotations

from stamm.analyses.brought import REVENUE
from stamm.facts.buyers_by_contribution import SALES
from stamm.lang.example import TableExample, rows

_RISKS = """
    model  customer_id  predicted_at  name              horizon_days  value  low   high
    m      anna         2024-02-20    churn_risk        58            0.25   -     -
    m      ben          2024-02-20    churn_risk        58            0.05   -     -
    m      cleo         2024-02-20    churn_risk        58            0.45   -     -
    m      dora         2024-02-20    churn_risk        58            0.80   -     -
    m      emil         2024-02-20    churn_risk        58            0.70   -     -
    m      anna         2024-01-20    churn_risk        58            0.90   -     -
    m      anna         2024-03-02    churn_risk        58            0.90   -     -
    n      ben          2024-02-25    other             58            0.90   -     -
"""
_STAYING = """
    v      anna         2024-02-20    value_if_staying  58            10100  6060  20200
    v      ben          2024-02-20    value_if_staying  58            3000   600   6000
    v      cleo         2024-02-20    value_if_staying  58            5300   1060  10600
    v      dora         2024-02-20    value_if_staying  58            1100   220   2200
    v      emil         2024-02-20    value_if_staying  58            2900   580   5800
    v      anna         2024-02-20    value_if_staying  90            99999  9     99999
"""
_RISKY = SALES | {"predictions": rows(_RISKS)}
_FORETOLD = SALES | {"predictions": rows(_RISKS + _STAYING)}
_CLUB = {
    "subscriptions": rows("""
        subscription_id  started_at  customer_id  plan   ended_at    mrr_minor  status
        s1               2024-01-01  anna         plus   -           3000       active
        s2               2024-01-01  ben          basic  -           1000       active
        s3               2024-01-01  cleo         basic  2024-02-10  1000       active
        s4               2024-01-01  dora         plus   -           2000       past_due
        s5               2024-03-01  ben          plus   -           9000       active
    """),
    "predictions": rows("""
        model  customer_id  predicted_at  name                   horizon_days  value
        s      anna         2024-02-20    subscription_end_risk  487           0.25
        s      ben          2024-02-20    subscription_end_risk  487           0.05
        s      cleo         2024-02-20    subscription_end_risk  487           0.90
        s      dora         2024-02-20    subscription_end_risk  487           0.50
        m      ben          2024-02-20    churn_risk             487           0.90
    """),
}


def _context(**more: object) -> dict[str, object]:
    settings = {"budget_minor": 150, "price_minor": 100, "kept": 0.2}
    return {"window": "2024-02", "as_of": "2024-04-01", "settings": settings, **more}


def _of_club(table: str) -> dict[str, object]:
    settings = {"budget_minor": 150, "price_minor": 100, "kept": 0.2, "of": "subscriptions"}
    return {"window": "2024-02", "as_of": "2024-04-01", "settings": settings, "table": table}


EXAMPLES = (
    # no model told what is ahead, so it is the pace: 58 days are two Februaries. Anna would bring 10000, and 2500 are
    # at risk, of which a fifth is 500, less 100; ben 2000 and 100, cleo 2000 and 900: 180 less 100, with no money left
    TableExample(
        facts=_RISKY,
        context=_context(),
        gives=rows("""
            customers  risk  contribution  ahead  expected  at_risk  cost  gain  complete
            1          0.25  5000          10000  7500      2500     100   400   true
            1          0.45  1000          2000   1100      900      100   80    true
            1          0.05  1000          2000   1900      100      100   -80   true
            2          0.75  -3500         -7000  -1400     0        200   -200  true
        """),
    ),
    # 100 / (0.2 x 10000) is the least risk at which anna is worth it, and 100 / (0.2 x 2000) that of the others
    TableExample(
        facts=_RISKY,
        context=_context(table="customers"),
        gives=rows("""
            place  customer_id  risk  contribution  margin  ahead  low  at_risk  gain  pays_from
            1      anna         0.25  5000          -       10000  -    2500     400   0.05
            2      cleo         0.45  1000          -       2000   -    900      80    0.25
            3      ben          0.05  1000          -       2000   -    100      -80   0.25
            4      dora         0.80  -3500         -       -7000  -    0        -100  -
            5      emil         0.70  0             -       0      -    0        -100  -
        """),
    ),
    # the five brought 3500 of the 14500 they paid, four of them paid. So each is taken with 875 brought of 3625 paid
    # beside their own: of what anna pays (5000 + 875) / (9000 + 3625) = 47/101 is left, of 10100 that is 4700
    TableExample(
        facts=_FORETOLD,
        context=_context(table="customers"),
        gives=rows("""
            place  customer_id  risk  margin  ahead  low   high  expected  at_risk  gain  pays_from
            1      anna         0.25  47/101  4700   2820  9400  3525      1175     135   5/47
            2      cleo         0.45  15/53   1500   300   3000  825       675      35    1/3
            3      emil         0.70  7/29    700    140   1400  210       490      -2    5/7
            4      ben          0.05  1/3     1000   200   2000  950       50       -90   0.5
            5      dora         0.80  -7/11   -700   -1400 -140  -140      0        -100  -
        """),
    ),
    TableExample(
        facts=_FORETOLD,
        context={"window": "2024-02", "as_of": "2024-04-01", "table": "basis"},
        gives=rows("""
            prediction  foretold_on  days  customers  margin
            churn_risk  2024-02-20   58    5          7/29
        """),
    ),
    # by their scores dora (recency 4, worth 1) is promising, cleo (3, 2) about to sleep, anna (1, 3) and ben (2, 2) are
    # resting. Of cleo's 1500 a fifth is 300, so an effort of 100 pays from a third on; of the 5700 of anna and ben
    # 1140, so two of them pay from 200/1140; dora would bring nothing
    TableExample(
        facts=_FORETOLD,
        context=_context(table="acceptable"),
        gives=rows("""
            customers  ahead  at_risk  churn   cost  acceptable  gain
            1          0      0        -       100   -           -100
            1          1500   675      0.45    100   1/3         35
            2          5700   1225     49/228  200   10/57       45
            1          700    490      0.7     100   5/7         -2
        """),
    ),
    # an effort pays for who would bring 100 / 0.2 = 500 and leaves for certain, for 1000 from a half on, and so on
    TableExample(
        facts=_FORETOLD,
        context=_context(table="map"),
        gives=rows("""
            risk_from  risk_to  ahead_from  ahead_to  customers  fight  beyond  alone  let_go  ahead  at_risk
            0.5        1        -           0         1          0      0       0      1       -700   0
            0.5        1        500         1000      1          0      0       1      0       700    490
            0.25       0.5      1000        2000      1          0      1       0      0       1500   675
            0.125      0.25     4000        -         1          1      0       0      0       4700   1175
            0          0.125    500         1000      1          0      0       1      0       1000   50
        """),
    ),
    TableExample(
        facts=_RISKY,
        context={"window": "2024-02", "as_of": "2024-04-01", "table": "basis", "settings": {"of": REVENUE}},
        gives=rows("""
            prediction  foretold_on  days  customers
            churn_risk  2024-02-20   58    5
        """),
    ),
    # 487 days are 16 months. In February anna paid for 29 days, which is 29 / 30.4375 of 3000; cleo paid for 9 and does
    # not any more. An effort saves a fifth of dora's 16000 at risk, 3200, and there is money for her alone
    TableExample(
        facts=_CLUB,
        context=_of_club("customers"),
        gives=rows("""
            place  customer_id  risk  contribution  margin  ahead  low  expected  at_risk  gain  pays_from
            1      dora         0.50  1906          1       32000  -    16000     16000    3100  1/64
            2      anna         0.25  2858          1       48000  -    36000     12000    2300  1/96
            3      ben          0.05  953           1       16000  -    15200     800      60    1/32
            4      cleo         0.90  296           1       0      -    0         0        -100  -
        """),
    ),
    # by plan: who pays for none, basic, plus. Of the 80000 of plus a fifth is 16000, so two efforts pay from 200/16000
    TableExample(
        facts=_CLUB,
        context=_of_club("acceptable"),
        gives=rows("""
            customers  ahead  at_risk  churn  cost  acceptable  gain
            1          0      0        -      100   -           -100
            1          16000  800      0.05   100   1/32        60
            2          80000  28000    0.35   200   1/80        5400
        """),
    ),
    TableExample(
        facts=_CLUB,
        context=_of_club("basis"),
        gives=rows("""
            prediction             foretold_on  days  customers  margin
            subscription_end_risk  2024-02-20   487   4          1
        """),
    ),
)
