"""How long customers stay: the Kaplan-Meier curve."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import real, whole
from stamm.facts.elapsed import DAY_SECONDS, YEAR_DAYS
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

DAY_MICROSECONDS = int(DAY_SECONDS) * 1_000_000
_SPELLS = rows("""
    customer_id  number  started_at        ended_at          first_started_at
    anna         1       2020-01-01T00:00  2020-12-31T06:00  2020-01-01T00:00
    ben          1       2020-01-01T00:00  2021-12-31T12:00  2020-01-01T00:00
    cleo         1       2020-01-01T00:00  -                 2020-01-01T00:00
    dora         1       2020-12-31T06:00  -                 2020-12-31T06:00
""")


class Survival(Derived):
    """How long customers stay: the Kaplan-Meier curve of spells, seen from each window's end.

    One row a step of the curve. Spells begun before the window's end count; those open then are censored at
    their length so far, whatever came later. `survival` is the share still here just before `years`
    (Kaplan and Meier 1958, equation 2b); `width` the years since the step before.
    """

    de = "Verweildauer"
    sentence_de = "Wie lange Kunden bleiben: die Kaplan-Meier-Kurve der Kundenzeiten am Ende jedes Fensters."
    per_window = True

    microseconds = whole("length of the spells of this step, microseconds")
    years = real("the same in years of 365.25 days")
    at_risk = whole("spells at least that long")
    ended = whole("spells that ended at that length")
    spells = whole("spells of that length, ended or open")
    survival = real("share still here just before")
    previous_years = real("length at the step before")

    examples = (
        TableExample(
            facts={"spells": _SPELLS},
            context={"window": "2021-12-01/2022-12-31", "as_of": "2024-01-01"},
            gives=rows("""
                previous_years  years  at_risk  ended  survival
                0               1      4        1      1
                1               1.9979466119  3  0      0.75
                1.9979466119    2      2        1      0.75
                2               2.9979466119  1  0      0.375
            """),
        ),
        # the first two years under the curve: 1 + 0.75; cleo has been here longest, 1,095 days
        VerbExample(
            facts={"spells": _SPELLS},
            window="2021-12-01/2022-12-31",
            context={"as_of": "2024-01-01"},
            gives={"area(2)": 1.75, "longest": 1095 / 365.25},
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("spells",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        spells, windows = facts["spells"], windowing.windows
        begun = spells.inner_join(windows, [spells.started_at < windows.window_end])
        begun = windowing.grouped(begun, "started_at")
        curve = (
            observed(begun)
            .group_by("window_number", "window_start", "window_end", "group_value", "microseconds")
            .aggregate(spells=_.count(), ended=_.count(where=_.over).coalesce(0))
        )
        curve = curve.mutate(years=_.microseconds / (DAY_MICROSECONDS * YEAR_DAYS))
        keys = ["window_number", "group_value"]
        longer = ibis.window(group_by=keys, order_by="years", preceding=0, following=None)
        before = ibis.window(group_by=keys, order_by="years", preceding=(None, 1))
        step = ibis.window(group_by=keys, order_by="years")
        curve = curve.mutate(at_risk=_.spells.sum().over(longer), previous_years=_.years.lag().over(step).coalesce(0.0))
        curve = curve.mutate(
            all_gone=(_.ended == _.at_risk).cast("int64"),
            stays=(1 - _.ended / _.at_risk).nullif(0).ln().coalesce(0.0),
        )
        return curve.mutate(
            survival=(_.all_gone.sum().over(before).coalesce(0) > 0).ifelse(
                0.0, _.stays.sum().over(before).coalesce(0.0).exp()
            )
        )

    def area(self, horizon_years: float) -> Reduction:
        """Area under the curve up to the horizon: the restricted mean, years."""
        width = ibis.least(_.years, horizon_years) - ibis.least(_.previous_years, horizon_years)
        return self.sum(self.survival * width, empty=None)

    def longest(self) -> Reduction:
        """The longest follow-up, years."""
        return self.most(self.years)


def observed(spells: ir.Table) -> ir.Table:
    """Spells beside the `window_end` they are seen from: `over` by then, and how long they were, `microseconds`."""
    spells = spells.mutate(over=_.ended_at.notnull() & (_.ended_at < _.window_end))
    until = _.over.ifelse(_.ended_at, _.window_end)
    return spells.mutate(microseconds=until.delta(_.started_at, unit="microsecond").cast("int64"))
