"""Mean closed spell."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.spells import Spells
from stamm.lang.example import given, rows
from stamm.lang.formula import ratio
from stamm.lang.interval import Mean
from stamm.metrics.kind import Metric, part


class MeanClosedSpell(Metric):
    """How many years the customers who left in the window had stayed, on average.

    Often printed as the customer lifetime. Who is still here is missing from it, and in a young or growing
    shop the long stays are just those that have not ended, so it is mostly too short; customer_lifetime
    counts the open ones for what is known of them. A person who left twice in the window counts twice.
    """

    en = "Mean length of closed spells"
    de = "Mittlere Dauer beendeter Kundenzeiten"
    sentence_de = "Wie viele Jahre die Kunden geblieben waren, die im Zeitraum gegangen sind, im Mittel."
    unit, better, family = "years", "higher", "lifetime"
    interval = Mean("ended", "total", "squares")
    examples = (
        given(ended=4, total=6).gives(1.5),
        given(ended=0, total=0).gives(None),
        # anna stayed 1 year and ben 3; emil left in January, cleo leaves in March, dora is here: (1 + 3) / 2
        given(
            spells=rows("""
                customer_id  number  started_at        ended_at          first_started_at  years
                anna         1       2023-02-09T18:00  2024-02-10T00:00  2023-02-09T18:00  1
                ben          1       2021-02-19T06:00  2024-02-20T00:00  2021-02-19T06:00  3
                cleo         1       2022-03-05T12:00  2024-03-05T00:00  2022-03-05T12:00  2
                dora         1       2020-01-01T00:00  -                 2020-01-01T00:00  -
                emil         1       2020-01-20T00:00  2024-01-20T00:00  2020-01-20T00:00  4
            """),
            window="2024-02",
            as_of="2024-04-01",
        ).gives(2),
    )

    @part("ended spells", "beendete Kundenzeiten")
    def ended(self, spells: Spells) -> Reduction:
        return spells.count(spells.ended())

    @part("their years, added up", "ihre Jahre, zusammengezählt", "years")
    def total(self, spells: Spells) -> Reduction:
        return spells.sum(spells.years, spells.ended())

    @part("squares of their years", "Quadrate ihrer Jahre", "number")
    def squares(self, spells: Spells) -> Reduction:
        return spells.sum(spells.years * spells.years, spells.ended())

    def value(self, ended: Any, total: Any) -> Any:
        return ratio(total, ended)
