"""Customer lifetime."""

from __future__ import annotations

from typing import Any

from stamm.facts.kind import Reduction
from stamm.facts.survival import Survival
from stamm.lang.definition import Setting
from stamm.lang.example import given, rows
from stamm.lang.phrase import Phrase
from stamm.metrics.kind import Metric, part


class CustomerLifetime(Metric):
    """How long customers stay on average, in years, counting those who have not left yet for what is known of them.

    The restricted mean of spell length by Kaplan and Meier (1958): the area under the survival curve up to
    `horizon_years` or the longest follow-up, whichever is shorter. It covers spells begun before the window's
    end; those still open then are censored at that moment.
    """

    de = "Kundenlebensdauer"
    sentence_de = "Wie viele Jahre Kunden im Mittel bleiben; wer noch da ist, zählt so weit, wie man es weiß."
    unit, better, family, leads = "years", "higher", "lifetime", True
    n = "spells"
    horizon_years = Setting(
        5.0,
        "Years after which the curve is cut off.",
        "Jahre, nach denen die Kurve abgeschnitten wird.",
        low=0.01,
        title=Phrase("Years at most", "Jahre höchstens"),
    )
    cited = "Kaplan and Meier, JASA 53 (1958), equation 2b; restricted mean: Irwin, J. Hygiene 47 (1949)"
    examples = (
        given(area=2.5).gives(2.5),
        # half of the four are gone after one year, one of the two at risk after two, the last is open: 1 + 0.5 + 0.25
        given(
            spells=rows("""
                customer_id  number  started_at        ended_at          first_started_at
                anna         1       2020-01-01T00:00  2020-12-31T06:00  2020-01-01T00:00
                ben          1       2020-01-01T00:00  2020-12-31T06:00  2020-01-01T00:00
                cleo         1       2020-01-01T00:00  2021-12-31T12:00  2020-01-01T00:00
                dora         1       2020-01-01T00:00  -                 2020-01-01T00:00
            """),
            window="2022-12-01/2022-12-31",
            as_of="2022-12-31T18:00",
        ).gives(1.7494866530),
    )

    @part("area under the survival curve", "Fläche unter der Überlebenskurve", "years")
    def area(self, survival: Survival) -> Reduction:
        return survival.area(self.horizon_years)

    @part("spells", "Kundenzeiten")
    def spells(self, survival: Survival) -> Reduction:
        return survival.sum(survival.spells)

    @part("of them ended", "davon beendet")
    def ended(self, survival: Survival) -> Reduction:
        return survival.sum(survival.ended)

    @part("longest follow-up", "längste Beobachtung", "years")
    def longest(self, survival: Survival) -> Reduction:
        return survival.longest()

    def value(self, area: Any) -> Any:
        return area
