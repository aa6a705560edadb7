"""How long a customer's signs last, whoever asks when."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import moment, text, whole
from stamm.facts.kind import FactTables, Kept, SpellRules, Windowing
from stamm.facts.purchases import bought
from stamm.facts.subscriptions import Subscriptions
from stamm.lang.example import TableExample, rows

_ = ibis._

_IN_TIME = ibis.window(group_by="customer_id", order_by="at")


class Stretches(Kept):
    """What spells are made of: each stretch of a customer's signs, with the end that it has if nothing else comes.

    By the organisation's rule: orders without a silence of more than lapse_days, the same of any event or order, or
    the union of paid subscriptions. A spell is a stretch whose end is told only once it is past.
    """

    de = "Kundenstrecken"
    sentence_de = (
        "Woraus Kundenzeiten werden: jede Strecke von Lebenszeichen eines Kunden, mit dem Ende, das sie hat, "
        "wenn nichts mehr kommt."
    )
    clock = "started_at"
    depends_on = ("spell_rule", "lapse_days")
    by_customer = True

    customer_id = text("who")
    number = whole("1 for the customer's first, 2 for the second ...")
    started_at = moment("when it began")
    ends_at = moment("when it ends, be that still to come")
    first_started_at = moment("when the customer's first began")

    # the second order is ten days after the first and prolongs it, the third a minute later than that
    examples = (
        TableExample(
            facts={
                "orders": rows("""
                    order_id  customer_id  ordered_at        amount_minor  cancelled_at
                    o1        anna         2024-01-01T10:00  1000          -
                    o2        anna         2024-01-11T10:00  1000          -
                    o3        anna         2024-01-21T10:01  1000          -
                    o4        ben          2024-01-05T10:00  1000          2024-01-06T10:00
                """),
            },
            context={"spell_rule": "orders", "lapse_days": 10, "as_of": "2024-02-01"},
            gives=rows("""
                customer_id  number  started_at        ends_at           first_started_at
                anna         1       2024-01-01T10:00  2024-01-21T10:00  2024-01-01T10:00
                anna         2       2024-01-21T10:01  2024-01-31T10:01  2024-01-01T10:00
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return {
            "orders": ("orders",),
            "activity": ("orders", "identity"),
            "subscriptions": ("subscriptions",),
        }[rules.spell_rule]

    @classmethod
    def is_kept(cls, rules: SpellRules) -> bool:
        """Whose an event is may change with one of somebody else, so what rests on events is made at the question."""
        return rules.spell_rule != "activity"

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        stretches = _of_payment(facts) if facts.rules.spell_rule == "subscriptions" else _without_silence(facts)
        in_order = ibis.window(group_by="customer_id", order_by="started_at")
        return stretches.mutate(
            number=ibis.row_number().over(in_order) + 1,
            first_started_at=_.started_at.min().over(ibis.window(group_by="customer_id")),
        )


def signs_of(facts: FactTables) -> ir.Table:
    """Each sign of a customer by the rules of orders and of activity: `customer_id`, `at`, and whether it `opens` a
    stretch, as there was none in the lapse before."""
    signs = _signs(facts).mutate(before=_.at.lag().over(_IN_TIME))
    return signs.mutate(opens=_.before.isnull() | (_.at > _.before + lapse_of(facts.rules)))


def lapse_of(rules: SpellRules) -> ir.IntervalScalar:
    """After how long a silence a stretch has ended."""
    return ibis.interval(hours=24 * rules.lapse_days)


def _signs(facts: FactTables) -> ir.Table:
    signs = bought(facts).select("customer_id", at=_.ordered_at)
    if facts.rules.spell_rule != "activity":
        return signs
    events = facts["identity"].filter(_.customer_id.notnull())
    return signs.union(events.select("customer_id", at=_.happened_at), distinct=False)


def _without_silence(facts: FactTables) -> ir.Table:
    """Stretches without a silence of more than lapse_days, each until that long after its last sign."""
    lapse = lapse_of(facts.rules)
    signs = _signs(facts).mutate(before=_.at.lag().over(_IN_TIME), after=_.at.lead().over(_IN_TIME))
    signs = signs.mutate(
        opens=_.before.isnull() | (_.at > _.before + lapse), closes=_.after.isnull() | (_.after > _.at + lapse)
    )
    # of a stretch only both its ends are left, which may be one sign, or two at one moment
    ends = signs.filter(_.opens | _.closes).mutate(closing=_.closes.cast("int64"))
    in_turn = ibis.window(group_by="customer_id", order_by=["at", "closing"])
    ends = ends.mutate(last_at=_.closes.ifelse(_.at, _.at.lead().over(in_turn))).filter(_.opens)
    return ends.select("customer_id", started_at=_.at, ends_at=_.last_at + lapse)


def _of_payment(facts: FactTables) -> ir.Table:
    never = ibis.timestamp("9999-01-01", timezone="UTC")
    paid = facts["subscriptions"].filter(Subscriptions().paying(), _.customer_id.notnull())
    paid = paid.select("customer_id", "started_at", ended_at=ibis.coalesce(_.ended_at, never)).distinct()
    before = ibis.window(group_by="customer_id", order_by=["started_at", "ended_at"], preceding=(None, 1))
    paid = paid.mutate(covered_until=_.ended_at.max().over(before))
    paid = paid.mutate(cut=(_.covered_until.isnull() | (_.started_at > _.covered_until)).cast("int64"))
    running = ibis.window(group_by="customer_id", order_by=["started_at", "ended_at"], following=0)
    paid = paid.mutate(number=_.cut.sum().over(running))
    joined = paid.group_by("customer_id", "number").aggregate(started_at=_.started_at.min(), ends_at=_.ended_at.max())
    return joined.drop("number")
