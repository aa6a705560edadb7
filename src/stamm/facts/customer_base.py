"""The customer base: each customer once a window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import flag, text
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.lang.errors import UsageError
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

_SPELLS = rows("""
    customer_id  number  started_at  ended_at    first_started_at
    anna         1       2024-01-05  -           2024-01-05
    ben          1       2024-01-05  2024-02-10  2024-01-05
    ben          2       2024-02-20  -           2024-01-05
    cleo         1       2024-02-03  2024-02-09  2024-02-03
    dora         1       2024-01-05  2024-02-01  2024-01-05
    emil         1       2024-01-05  2024-01-31  2024-01-05
    fay          1       2024-03-01  -           2024-03-01
""")


class CustomerBase(Derived):
    """The customer base: one row a customer and window, made from that customer's spells.

    Predicates are combined per person before anything is counted: who left on the 10th and came back on the
    20th was here at both ends and was kept. Attributes are those at the window's start, or at the moment
    of joining for those who joined later.
    """

    key = "base"
    en = "Customer base"
    de = "Kundenstamm"
    sentence_de = "Der Kundenstamm: eine Zeile je Kunde und Fenster, aus dessen Kundenzeiten."
    per_window = True

    customer_id = text("who")
    present_at_start = flag("here when the window opens")
    present_at_end = flag("here when it closes")
    joined_first = flag("the first spell starts in the window")
    joined_later = flag("a later spell starts in the window")
    left_within = flag("a spell ends in the window")

    examples = (
        TableExample(
            facts={"spells": _SPELLS},
            context={"window": "2024-02"},
            gives=rows("""
                customer_id  present_at_start  present_at_end  joined_first  joined_later  left_within
                anna         true              true            false         false         false
                ben          true              true            false         true          true
                cleo         false             false           true          false         true
                dora         true              false           false         false         true
            """),
        ),
        VerbExample(
            facts={"spells": _SPELLS},
            window="2024-02",
            gives={
                "count": 4,
                "here_at(window.start)": 3,
                "here_at(window.end)": 2,
                "is_new": 1,
                "is_back": 1,
                "joined": 1,
                "left": 2,
            },
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("spells",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        spells = facts["spells"].mutate(spells=_.customer_id.count().over(ibis.window(group_by="customer_id")))
        alone, several = (within(spells.filter(rows), windowing) for rows in (_.spells == 1, _.spells > 1))
        starts_in = (_.started_at >= _.window_start) & (_.started_at < _.window_end)
        ends_in = _.ended_at.notnull() & (_.ended_at >= _.window_start) & (_.ended_at < _.window_end)
        told = {
            "present_at_start": _here(_.window_start),
            "present_at_end": _here(_.window_end),
            "joined_first": starts_in & (_.started_at == _.first_started_at),
            "joined_later": starts_in & (_.started_at > _.first_started_at),
            "left_within": ends_in,
        }
        person = ("window_number", "window_start", "window_end", "customer_id")
        people = several.group_by(*person).aggregate(
            first_started_at=_.first_started_at.min(), **{name: flag.any() for name, flag in told.items()}
        )
        # most customers have one spell, and need not be put together
        people = people.union(alone.select(*person, "first_started_at", **told), distinct=False)
        people = people.mutate(known_at=ibis.greatest(_.window_start, _.first_started_at))
        return windowing.grouped(people, "known_at")

    # -- who -------------------------------------------------------------------------
    def here_at(self, moment: Any) -> Deferred:
        """Customers with a spell open just before `window.start` or `window.end`."""
        name = str(moment)
        if name == str(_.window_start):
            return self.present_at_start
        if name == str(_.window_end):
            return self.present_at_end
        raise UsageError(f"The customer base knows who is here at window.start and window.end, not at {name}.")

    def is_new(self) -> Deferred:
        """Customers whose first spell starts in the window."""
        return self.joined_first

    def is_back(self) -> Deferred:
        """Customers of whom a later spell starts in the window."""
        return self.joined_later

    def joined(self) -> Deferred:
        """Not here at the start, and a spell starts in the window."""
        return ~self.present_at_start & (self.joined_first | self.joined_later)

    def left(self) -> Deferred:
        """Gone at the end: here at the start or joined since, and not here at the end."""
        return ~self.present_at_end & (self.present_at_start | self.joined())

    def count(self, where: Deferred | None = None) -> Reduction:
        """How many customers: there is one row a customer."""
        return replace(super().count(where), person=True)


def within(spells: ir.Table, windowing: Windowing) -> ir.Table:
    """Spells beside each window in which they are open at any time."""
    windows = windowing.windows
    return spells.inner_join(
        windows,
        [
            spells.started_at < windows.window_end,
            spells.ended_at.isnull() | (spells.ended_at >= windows.window_start),
        ],
    )


def _here(moment: Deferred) -> Deferred:
    return (_.started_at < moment) & (_.ended_at.isnull() | (_.ended_at >= moment))
