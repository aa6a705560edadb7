"""What each customer pays regularly."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import flag, money, text
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.facts.subscriptions import Subscriptions
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

_PAID = rows("""
    subscription_id  started_at  customer_id  ended_at    mrr_minor  status
    s1               2024-01-01  anna         2024-02-10  1000       active
    s1               2024-02-10  anna         -           2000       active
    s2               2024-01-15  anna         -           500        past_due
    s3               2024-01-05  ben          2024-02-10  700        active
    s4               2024-01-05  cleo         -           900        trialing
""")
#: anna pays more, ben has left, cleo pays less, dora is new, fay back from before
_MOVED = rows("""
    subscription_id  started_at  customer_id  ended_at    mrr_minor  status
    s1               2024-01-01  anna         2024-02-10  1000       active
    s1               2024-02-10  anna         -           2500       active
    s2               2024-01-05  ben          2024-02-10  700        active
    s3               2024-01-05  cleo         2024-02-03  900        active
    s3               2024-02-03  cleo         -           300        past_due
    s4               2024-02-03  dora         -           3000       active
    s5               2023-10-01  fay          2023-12-31  500        active
    s5               2024-02-20  fay          -           600        active
""")
#: gus began and came back within the window, hal had it for nothing before; whose the others are nobody knows
_STRANGE = rows("""
    subscription_id  started_at  customer_id  ended_at    mrr_minor  status
    s1               2024-02-01  gus          2024-02-05  100        active
    s1               2024-02-20  gus          -           200        active
    s2               2024-01-01  hal          2024-02-01  0          active
    s2               2024-02-01  hal          -           800        active
    s3               2024-01-01  -            2024-02-10  50         active
    s4               2024-02-10  -            -           50         active
""")


class Accounts(Derived):
    """What each customer pays regularly when a window opens and when it closes, one row a customer and window.

    Active and past_due stretches count, trials and pauses do not. A subscription of nobody known is an account by
    itself.
    """

    de = "Abokonten"
    sentence_de = "Was jeder Kunde regelmäßig zahlt, wenn ein Fenster öffnet und schließt."
    per_window = True

    customer_id = text("who")
    mrr_at_start_minor = money("monthly recurring revenue when the window opens")
    mrr_at_end_minor = money("monthly recurring revenue when it closes")
    paid_before = flag("paid anything at any time before the window")
    foreign = flag("holds money of a currency without a rate")

    examples = (
        TableExample(
            facts={"subscriptions": _PAID},
            context={"window": "2024-02"},
            gives=rows("""
                customer_id  mrr_at_start_minor  mrr_at_end_minor  paid_before
                anna         1500                2500              true
                ben          700                 0                 true
            """),
        ),
        VerbExample(facts={"subscriptions": _PAID}, window="2024-02", gives={"paying": 1}),
        VerbExample(
            facts={"subscriptions": _MOVED},
            window="2024-02",
            gives={"is_new": 1, "grows": 1, "shrinks": 1, "leaves": 1, "is_back": 1, "gain": 3800, "loss": -3800},
        ),
        VerbExample(
            facts={"subscriptions": _STRANGE},
            window="2024-02",
            gives={"paying": 3, "is_new": 3, "leaves": 1, "is_back": 0, "gain": 1000},
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("subscriptions",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        windows = windowing.windows
        subscriptions = Subscriptions()
        paid = facts["subscriptions"].filter(subscriptions.paying())
        paid = paid.mutate(nobodys=_.customer_id.isnull().ifelse(_.subscription_id, None))
        account = ibis.window(group_by=["customer_id", "nobodys"])
        paid = paid.mutate(first_paid_at=(_.mrr_minor > 0).ifelse(_.started_at, None).min().over(account))
        near = paid.inner_join(
            windows,
            [
                paid.started_at < windows.window_end,
                paid.ended_at.isnull() | (paid.ended_at >= windows.window_start),
            ],
        )
        people = near.group_by("window_number", "window_start", "window_end", "customer_id", "nobodys").aggregate(
            mrr_at_start_minor=_.mrr_minor.sum(where=subscriptions.running_at(_.window_start)).coalesce(0),
            mrr_at_end_minor=_.mrr_minor.sum(where=subscriptions.running_at(_.window_end)).coalesce(0),
            foreign=_.foreign.any(),
            joined_at=_.started_at.min(),
            first_paid_at=_.first_paid_at.min(),
        )
        people = people.mutate(
            paid_before=(_.first_paid_at < _.window_start).coalesce(False),
            known_at=ibis.greatest(_.window_start, _.joined_at),
        )
        return windowing.grouped(people, "known_at")

    def paying(self) -> Deferred:
        """Customers with recurring revenue when the window closes."""
        return self.mrr_at_end_minor > 0

    # -- how it moved ----------------------------------------------------------------
    def is_new(self) -> Deferred:
        """From nothing, for the first time."""
        return (self.mrr_at_start_minor == 0) & self.paying() & ~self.paid_before

    def is_back(self) -> Deferred:
        """From nothing, and had paid before."""
        return (self.mrr_at_start_minor == 0) & self.paying() & self.paid_before

    def grows(self) -> Deferred:
        """Pays more than when the window opened."""
        return (self.mrr_at_start_minor > 0) & (self.mrr_at_end_minor > self.mrr_at_start_minor)

    def shrinks(self) -> Deferred:
        """Pays less than when the window opened, and still something."""
        return self.paying() & (self.mrr_at_end_minor < self.mrr_at_start_minor)

    def leaves(self) -> Deferred:
        """Paid when the window opened, and pays nothing when it closes."""
        return (self.mrr_at_start_minor > 0) & ~self.paying()

    def gain(self, where: Deferred | None = None) -> Reduction:
        """How much more they pay at the end than at the start."""
        return self.money(self.mrr_at_end_minor - self.mrr_at_start_minor, where)

    def loss(self, where: Deferred | None = None) -> Reduction:
        """How much less they pay at the end than at the start."""
        return self.money(self.mrr_at_start_minor - self.mrr_at_end_minor, where)
