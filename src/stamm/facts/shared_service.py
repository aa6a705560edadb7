"""Who bears the costs of service that all share."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import flag, money, real, whole
from stamm.facts.customer_base import within
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

_SPELLS = rows("""
    customer_id  number  started_at  ended_at    first_started_at
    anna         1       2024-01-05  -           2024-01-05
    ben          1       2024-01-05  2024-02-10  2024-01-05
    dora         1       2024-01-05  2024-01-31  2024-01-05
""")
_TICKETS = rows("""
    ticket_id  customer_id  opened_at   minutes_spent
    t1         anna         2024-02-05  30
    t2         ben          2024-02-06  60
    t3         dora         2024-02-07  45
    t4         anna         2024-03-01  90
""")
_COSTS = rows("""
    cost_id  customer_id  incurred_on  kind     amount_minor
    c1       -            2024-02-01   service  5000
    c2       -            2024-02-29   service  4000
    c3       anna         2024-02-10   service  1500
    c4       -            2024-02-10   reward   700
    c5       -            2024-03-01   service  9900
""")


class SharedService(Derived):
    """The service costs of a window that name no customer, spread over the customers here at any time in it.

    One row a window and group: it bears the share that its customers have in the minutes of all tickets opened in the
    window by customers here in it; where there are no such minutes, each customer bears the same. Where nobody is
    here, the costs are in no group. A filter takes out groups, and not what the others bear.
    """

    de = "Gemeinsame Servicekosten"
    sentence_de = "Die Servicekosten eines Fensters ohne Kunden, verteilt auf die Kunden, die darin da waren."
    per_window = True
    side_needs = ("tickets",)

    customers = whole("customers of the group here at any time in the window")
    minutes = real("minutes of their tickets")
    shared_minor = money("the shared costs of the window")
    part = real("the part of them that the group bears, 0 to 1")
    foreign = flag("money of a currency without a rate")

    # one group: dora, who is gone, bears nothing
    examples = (
        TableExample(
            facts={"spells": _SPELLS, "tickets": _TICKETS, "costs": _COSTS},
            context={"window": "2024-02"},
            gives=rows("""
                customers  minutes  shared_minor  part
                2          90       9000          1
            """),
        ),
        VerbExample(
            facts={"spells": _SPELLS, "tickets": _TICKETS, "costs": _COSTS}, window="2024-02", gives={"borne": 9000}
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("costs", "spells")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        windows = windowing.windows
        shared = facts["costs"].filter(_.kind == "service", _.customer_id.isnull())
        shared = shared.inner_join(
            windows, [shared.incurred_at >= windows.window_start, shared.incurred_at < windows.window_end]
        )
        shared = shared.group_by("window_number", "window_start", "window_end").aggregate(
            shared_minor=_.amount_minor.sum(), foreign=_.foreign.any()
        )
        here = within(facts["spells"], windowing)
        here = here.group_by("window_number", "window_start", "window_end", "customer_id").aggregate(
            first_started_at=_.first_started_at.min()
        )
        tickets = facts["tickets"].filter(_.customer_id.notnull())
        tickets = tickets.inner_join(
            windows, [tickets.opened_at >= windows.window_start, tickets.opened_at < windows.window_end]
        )
        spent = tickets.group_by(its_window=_.window_number, who=_.customer_id).aggregate(minutes=_.minutes_spent.sum())
        people = here.left_join(spent, [here.window_number == spent.its_window, here.customer_id == spent.who])
        people = people.mutate(
            minutes=_.minutes.coalesce(0.0), known_at=ibis.greatest(_.window_start, _.first_started_at)
        )
        everybody = people.group_by(of_window=_.window_number).aggregate(
            all_customers=_.count(), all_minutes=_.minutes.sum()
        )
        groups = windowing.grouped(people, "known_at").group_by(its_window=_.window_number, group_value=_.group_value)
        groups = groups.aggregate(customers=_.count(), minutes=_.minutes.sum())
        borne = shared.left_join(everybody, shared.window_number == everybody.of_window)
        borne = borne.left_join(groups, borne.window_number == groups.its_window)
        by_minutes = _.minutes / _.all_minutes.nullif(0.0)
        nobody = _.all_customers.isnull().ifelse(1.0, 0.0)
        return borne.mutate(part=by_minutes.coalesce(_.customers / _.all_customers, nobody)).drop(
            "of_window", "its_window", "all_customers", "all_minutes"
        )

    def borne(self) -> Reduction:
        """What the groups bear, minor units."""
        return self.money(self.shared_minor * self.part)
