"""Worked examples of what goes with what.

Eight keep tea (dora and finn bought it on two days), anna and ben cups with it, ben and cleo a pot; emil sent his cups
back, and gus's order was cancelled. With shrink = 1 tea and cups score 2 / (sqrt(8 x 2) + 1), cups and pots
1 / (2 + 1).
"""

from __future__ import annotations

from stamm.lang.example import TableExample, rows

SHOP = {
    "orders": rows("""
        order_id  customer_id  ordered_at  amount_minor  cancelled_at
        o1        anna         2024-02-01  3000          -
        o2        ben          2024-02-02  6000          -
        o3        cleo         2024-02-03  5000          -
        o4        dora         2024-02-04  1000          -
        o5        emil         2024-02-05  3000          -
        o6        finn         2024-02-06  1000          -
        o7        gina         2024-02-07  1000          -
        o8        hugo         2024-02-08  1000          -
        o9        gus          2024-02-09  5000          2024-02-10
        o10       dora         2024-02-20  1000          -
        o11       finn         2024-02-21  1000          -
    """),
    "order_lines": rows("""
        order_id  line_id  customer_id  ordered_at  product_id  product  quantity
        o1        1        anna         2024-02-01  t           Tea      1
        o1        2        anna         2024-02-01  c           Cups     4
        o2        1        ben          2024-02-02  t           Tea      1
        o2        2        ben          2024-02-02  c           Cups     2
        o2        3        ben          2024-02-02  p           Pot      1
        o3        1        cleo         2024-02-03  t           Tea      1
        o3        2        cleo         2024-02-03  p           Pot      1
        o4        1        dora         2024-02-04  t           Tea      1
        o5        1        emil         2024-02-05  t           Tea      1
        o5        2        emil         2024-02-05  c           Cups     4
        o6        1        finn         2024-02-06  t           Tea      1
        o7        1        gina         2024-02-07  t           Tea      1
        o8        1        hugo         2024-02-08  t           Tea      1
        o9        1        gus          2024-02-09  t           Tea      1
        o9        2        gus          2024-02-09  p           Pot      1
        o10       1        dora         2024-02-20  t           Tea      1
        o11       1        finn         2024-02-21  t           Tea      1
    """),
    "returns": rows("""
        return_id  order_id  line_id  customer_id  returned_at  quantity  amount_minor
        r1         o5        2        emil         2024-02-12   4         2000
    """),
}

EXAMPLES = (
    TableExample(
        facts=SHOP,
        context={"window": "2024-02", "as_of": "2024-04-01", "settings": {"shrink": 1.0}},
        gives=rows("""
            product  place  goes_with  customers  buyers  of_buyers  lift  score
            Tea      1      Cups       2          8       0.25       1     0.4
            Tea      2      Pot        2          8       0.25       1     0.4
            Cups     1      Tea        2          2       1          1     0.4
            Cups     2      Pot        1          2       0.5        2     1/3
            Pot      1      Tea        2          2       1          1     0.4
            Pot      2      Cups       1          2       0.5        2     1/3
        """),
    ),
    # who bought last comes first. Tea is bought again: two of its eight buyers bought it on two days, a quarter. So
    # each day of one's own adds 10 x 2 / (8 + 1) = 2.22, more than all that goes with it. For a pot tea tells anna more
    # (2/5) than cups do (1/3)
    TableExample(
        facts=SHOP,
        context={
            "window": "2024-02",
            "as_of": "2024-04-01",
            "table": "customers",
            "settings": {"shrink": 1.0, "listed": 8},
        },
        gives=rows("""
            place  customer_id  rank  product  because  together  on_days
            1      finn         1     Tea      Tea      -         2
            2      finn         2     Cups     Tea      2         -
            3      finn         3     Pot      Tea      2         -
            4      dora         1     Tea      Tea      -         2
            5      dora         2     Cups     Tea      2         -
            6      dora         3     Pot      Tea      2         -
            7      hugo         1     Tea      Tea      -         1
            8      hugo         2     Cups     Tea      2         -
            9      hugo         3     Pot      Tea      2         -
            10     gina         1     Tea      Tea      -         1
            11     gina         2     Cups     Tea      2         -
            12     gina         3     Pot      Tea      2         -
            13     emil         1     Tea      Tea      -         1
            14     emil         2     Pot      Tea      2         -
            15     cleo         1     Tea      Tea      -         1
            16     cleo         2     Cups     Tea      2         -
            17     ben          1     Tea      Tea      -         1
            18     anna         1     Tea      Tea      -         1
            19     anna         2     Pot      Tea      2         -
        """),
    ),
    # what they have left out: tea is new to nobody, and a pot or cups to whom has neither
    TableExample(
        facts=SHOP,
        context={
            "window": "2024-02",
            "as_of": "2024-04-01",
            "table": "customers",
            "settings": {"shrink": 1.0, "listed": 3, "repeat": False},
        },
        gives=rows("""
            place  customer_id  rank  product  because  together
            1      finn         1     Cups     Tea      2
            2      finn         2     Pot      Tea      2
            3      dora         1     Cups     Tea      2
            4      dora         2     Pot      Tea      2
            5      hugo         1     Cups     Tea      2
            6      hugo         2     Pot      Tea      2
        """),
    ),
)
