"""Who behaves how: the one table of personas.

Orders come as in the Pareto/NBD model (Schmittlein, Morrison and Colombo, Counting Your Customers, Management Science
33(1), 1987): while alive a customer orders at random at a rate of their own, and leaves for good after a random time.
Rates of ordering are gamma distributed within a persona with the shape `spread` and the mean `orders_a_year`; rates of
leaving are with the shape `firmness`, and the times till they leave have the mean `stays_days`. Time runs with the
seasons, whose days of the year count `swing` times.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

KEYS = ("regular", "seasonal", "bargain", "passing", "member", "browser")
_TABLE: dict[str, tuple[float, ...]] = {
    #                regular seasonal  bargain  passing   member  browser
    "share":        (   0.28,    0.17,     0.2,     0.2,     0.1,    0.05),  # share of the customers
    "orders_a_year":(      22,        5,       12,        3,       18,        4),  # mean orders a year while there
    "spread":       (      3,       2,     1.5,       1,       3,     1.5),  # how alike their rates are
    "stays_days":   (   1400,     900,     500,     120,    1000,     700),  # mean days till they leave for good
    "firmness":     (    2.5,       2,     1.8,     1.6,     2.5,       2),  # how alike their rates of leaving are
    "swing":        (    0.8,     2.5,     1.4,       1,     0.6,       1),  # how strongly the seasons move them
    "lines":        (    2.6,     3.4,     1.8,     1.6,     2.2,     1.5),  # mean lines of an order
    "discount":     (   0.15,    0.25,     0.7,     0.3,     0.1,    0.35),  # chance that an order has a discount
    "cancels":      (   0.01,   0.015,    0.04,    0.03,    0.01,    0.03),  # chance that it is cancelled
    "returns":      (   0.03,    0.08,    0.12,     0.1,    0.02,    0.15),  # chance that a line comes back
    "app":          (   0.45,     0.2,    0.35,    0.15,     0.6,     0.5),  # chance that it is placed in the app
    "visits":       (    1.2,     0.5,       2,     0.4,     1.8,       7),  # visits a month that lead to nothing
    "email":        (    0.7,    0.55,     0.8,    0.35,    0.75,     0.6),  # consent to e-mail when they come
    "whatsapp":     (    0.3,     0.1,    0.25,    0.05,    0.45,     0.2),  # consent to WhatsApp
    "opens":        (    0.5,     0.3,    0.45,     0.2,     0.6,     0.4),  # chance that a message is opened
    "lift":         (      1,     1.2,       2,     0.5,     0.8,     1.5),  # how strongly campaigns work on them
    "asks":         (   0.03,    0.05,    0.06,    0.06,    0.03,    0.08),  # chance that an order raises a question
    "happy":        (    8.8,       8,     7.4,     6.8,     8.6,     7.6),  # middle of their answers from 0 to 10
    "subscribes":   (   0.08,    0.01,    0.02,    0.01,    0.75,    0.03),  # chance of ever subscribing
    "social":       (      1,     0.5,     1.5,     0.3,       2,       4),  # reactions to posts a year
}  # fmt: skip


def trait(name: str, personas: npt.NDArray[np.int64] | None = None) -> npt.NDArray[np.float64]:
    """A row of the table; for many customers, given the number of each one's persona."""
    column = np.array(_TABLE[name], float)
    return column if personas is None else column[personas]
