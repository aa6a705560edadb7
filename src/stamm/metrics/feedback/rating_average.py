"""Average rating."""

from __future__ import annotations

from typing import Any

from ibis.common.deferred import Deferred

from stamm.facts.kind import Reduction
from stamm.facts.responses import Responses
from stamm.lang.definition import Setting
from stamm.lang.example import given, rows
from stamm.lang.formula import ratio
from stamm.lang.interval import Mean
from stamm.lang.phrase import Phrase
from stamm.metrics.kind import Metric, part

#: anna, ben and cleo give stars from 1 to 5; dora has not, emil did in March
STARS = rows("""
    response_id  question  kind    customer_id  asked_at    answered_at  score  scale_min  scale_max
    a1           tea       rating  anna         2024-01-30  2024-02-01   5      1          5
    a2           tea       rating  ben          2024-02-02  2024-02-03   2      1          5
    a3           tea       rating  cleo         2024-02-02  2024-02-29   5      1          5
    a4           tea       rating  dora         2024-02-02  -            -      1          5
    a5           tea       rating  emil         2024-02-02  2024-03-01   1      1          5
    a6           content   csat    ben          2024-02-02  2024-02-03   1      1          5
""")
#: fay gives 9 of 10
OF_TEN = rows("""
    response_id  question  kind    customer_id  asked_at    answered_at  score  scale_min  scale_max
    a7           pot       rating  fay          2024-02-02  2024-02-03   9      1          10
""")


class RatingAverage(Metric):
    """The mean of the ratings that customers gave in the window.

    Placed by the moment of the answer. Ratings on different scales cannot be averaged: where one question meets
    several, it is refused, unless `scale_from` and `scale_to` name one. A mean hides whether opinions are split.
    """

    en = "Average rating"
    de = "Durchschnittsbewertung"
    sentence_de = "Der Mittelwert der Bewertungen, die Kunden im Zeitraum abgaben."
    unit, better = "number", "higher"
    interval = Mean("ratings", "stars", "squares")
    scale_from = Setting[float | None](
        None,
        "Lowest point of the scale that is meant.",
        "Niedrigster Punkt der Skala, die gemeint ist.",
        kind=float,
        title=Phrase("Scale from", "Skala von"),
    )
    scale_to = Setting[float | None](
        None,
        "Highest point of the scale that is meant.",
        "Höchster Punkt der Skala, die gemeint ist.",
        kind=float,
        title=Phrase("Scale to", "Skala bis"),
    )
    examples = (
        given(ratings=4, stars=17).gives(4.25),
        given(ratings=0, stars=0).gives(None),
        # anna 5, ben 2, cleo 5: 12 / 3
        given(responses=STARS, window="2024-02", as_of="2024-04-01").gives(4),
        # fay's is on a scale to 10 and left out; without the setting, the question would be refused
        given(responses=STARS + OF_TEN, window="2024-02", as_of="2024-04-01", settings={"scale_to": 5}).gives(4),
    )

    @part("ratings", "Bewertungen")
    def ratings(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").count(self.meant(responses))

    @part("their points, added up", "ihre Punkte, zusammengezählt", "number")
    def stars(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").stars(self.scale_from, self.scale_to)

    @part("squares of their points", "Quadrate ihrer Punkte", "number")
    def squares(self, responses: Responses) -> Reduction:
        return responses.by("answered_at").sum(responses.score * responses.score, self.meant(responses))

    def meant(self, responses: Responses) -> Deferred:
        """The ratings on the scale that is meant."""
        return responses.rated(self.scale_from, self.scale_to)

    def value(self, ratings: Any, stars: Any) -> Any:
        return ratio(stars, ratings)
