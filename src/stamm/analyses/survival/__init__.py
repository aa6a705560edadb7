"""How long customers stay, and why they leave."""

from __future__ import annotations

from typing import Any, ClassVar

import ibis
import ibis.expr.types as ir

from stamm.analyses.calendar import UNITS
from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question
from stamm.analyses.reach import end_of, reach
from stamm.analyses.survival.curve import EVENT, GRIDS, Curve, Point, Summary
from stamm.analyses.survival.examples import EXAMPLES
from stamm.analyses.survival.why import Reasons, Why
from stamm.facts.survival import observed
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase

_ = ibis._

SUMMARY, WHY = "summary", "why"
CUT = Phrase(
    "The data begin in mid-life: a spell that had begun before is only as long as the data know it.",
    "Die Daten beginnen mittendrin: Eine Kundenzeit, die schon lief, ist nur so lang, wie die Daten sie kennen.",
)


class Survival(Analysis):
    """Of all who became customers, the share still here after each length of time, and why the others left.

    The curve of Kaplan and Meier over spells, seen from the end of the span: spells begun before it count, whenever
    that was; those open then are censored at their length so far, so that nobody is taken for staying or leaving
    before it is known. Somebody who left and came back has several spells. The metric customer_lifetime is the same
    curve's restricted mean, in years.

    `survival` is the product of (n - d) / n over the times at which d of the n then observed ended. Its pointwise
    95% interval is that of Kalbfleisch and Prentice: S^exp(±z sqrt(v) / ln S) with Greenwood's v, the sum of
    d / (n (n - d)), and z = 1.96. There is none while everybody is here (S = 1), nor once nobody is (S = 0): there
    the formula says nothing. The curve goes on to the longest spell observed, or the horizon; beyond it nothing is
    known, unless everybody has left.

    The median is the first time by which at most half are still here; its interval holds the times at which one
    half lies within the curve's own interval (Brookmeyer and Crowley), and is open where that is not reached. The
    restricted mean is the area under the curve up to the horizon or the longest spell, whichever is shorter.

    A step is that many times 24 hours, a month 365.25 / 12 days. With grid=event there is a point at each length of
    a spell that ended.

    `why` counts ended spells: by the end reason of the subscription that ended with the spell, where subscriptions
    say when somebody is a customer, and by what was chosen in surveys asked at most `near_days` before or after the
    end. Shares are of the ended spells of which that is known; who gave several answers counts for each.
    """

    en = "How long customers stay"
    de = "Wie lange Kunden bleiben"
    sentence_de = "Von allen, die Kunden wurden, der Anteil, der nach jeder Dauer noch da ist, und warum andere gingen."
    cited = (
        "Kaplan and Meier, JASA 53 (1958); Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data "
        "(1980); Brookmeyer and Crowley, Biometrics 38 (1982)"
    )
    tables: ClassVar = {ROWS: Point, SUMMARY: Summary, WHY: Why}
    examples = EXAMPLES

    grid = Setting(
        "month",
        "At which times the curve is told; event: whenever somebody left.",
        "Zu welchen Zeiten die Kurve genannt wird; event: immer, wenn jemand ging.",
        choices=tuple(GRIDS),
        title=Phrase("A step is", "Ein Schritt ist"),
        words={**UNITS, EVENT: Phrase("whenever somebody left", "immer, wenn jemand ging")},
    )
    horizon_years = Setting(
        5.0,
        "Years after which curve and mean are cut off.",
        "Jahre, nach denen Kurve und Mittelwert abgeschnitten werden.",
        low=0.01,
        high=100,
        title=Phrase("Years at most", "Jahre höchstens"),
    )
    survey = Setting(
        "",
        "The survey that asks those who leave; without it, choices in any survey count.",
        "Die Umfrage, die Gehende befragt; ohne sie zählt die Auswahl in jeder Umfrage.",
        title=Phrase("Survey of those who leave", "Umfrage unter Gehenden"),
    )
    near_days = Setting(
        30,
        "How many days before or after the end somebody has to be asked.",
        "Wie viele Tage vor oder nach dem Ende jemand gefragt worden sein muss.",
        low=0,
        high=3650,
        title=Phrase("Days around the end", "Tage um das Ende"),
    )

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._curve = Curve(self.grid, self.horizon_years)

    def facts(self) -> tuple[str, ...]:
        return ("survival",)

    def beside(self) -> tuple[str, ...]:
        return ("responses",)

    def answer(self, question: Question) -> Found:
        span = question.windows[0]
        known, reason = found = reach(question, self.facts(), span)
        if not known:
            return Found({ROWS: (_unknown(reason),), SUMMARY: (), WHY: ()})
        final, ended = found.final, self._spells(question).filter(_.over)
        why = Reasons(self.survey, self.near_days).rows(question, ended, end_of(question, span), final=final)
        buckets = self._curve.buckets(question)
        return Found(
            {
                ROWS: tuple(self._curve.points(buckets, final=final, reason=reason)),
                SUMMARY: tuple(self._curve.summaries(buckets, final=final)),
                WHY: tuple(why),
            },
            notes=self._notes(question),
        )

    def customers(self, question: Question, row: Any) -> Behind:
        """Who left since the step before, and who was observed in that time and did not."""
        if row.survival is None or not self._curve.unit:
            raise UsageError(
                "Customers are named by step of a grid, where anything is known.", remedy="Ask with --param grid=month."
            )
        spells = self._curve.placed(self._spells(question))
        group = _.group_value.isnull() if row.group is None else _.group_value == row.group
        people = spells.filter(group, _.step >= row.step).group_by("customer_id")
        found = question.run(people.aggregate(left=(_.over & (_.step == row.step)).any()))
        left, others = (sorted(p["customer_id"] for p in found if p["left"] is which) for which in (True, False))
        return Behind(tuple(left), tuple(others))

    # -- how -------------------------------------------------------------------------
    def _spells(self, question: Question) -> ir.Table:
        """One row a spell begun before the span's end: customer, group, length, and whether it was over then."""
        spells = (
            question["spells"]
            .mutate(window_end=end_of(question, question.windows[0]))
            .filter(_.started_at < _.window_end)
        )
        return observed(question.grouped(spells, "started_at"))

    def _notes(self, question: Question) -> tuple[Phrase, ...]:
        organisation = question.organisation
        cut = organisation.history == "cut" and organisation.spell_rule != "subscriptions"
        return (CUT,) if cut else ()


def _unknown(reason: str) -> Point:
    return Point(
        group=None,
        step=0,
        days=0.0,
        survival=None,
        low=None,
        high=None,
        at_risk=None,
        ended=None,
        censored=None,
        complete=False,
        reason=reason,
    )
