"""Which device turned out to be whose, day by day."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import day, moment, text
from stamm.facts.kind import FactTables, Kept, SpellRules, Windowing
from stamm.facts.links import Links
from stamm.lang.example import TableExample, rows

_ = ibis._


class DayLinks(Kept):
    """Which device was found to be whose on each local day: the first finding of the day, and each that names another.

    An event that carries both ids is a finding, and so is a link that was not taken back. Of two at the same
    moment the one with the greater customer_id is the later.
    """

    de = "Verknüpfungen je Tag"
    sentence_de = (
        "Welches Gerät an einem Kalendertag wem zugeordnet wurde: die erste Zuordnung des Tages und jede, "
        "die jemand anderen nennt."
    )
    clock = "linked_at"
    side_needs = ("links",)
    cut_by = "linked_on"

    anonymous_id = text("the device")
    customer_id = text("whose it was found to be")
    linked_at = moment("when")
    linked_on = day("the local day of it")

    examples = (
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at       kind
                    e1        anna         phone         2024-02-01T10:00  page
                    e2        anna         phone         2024-02-01T11:00  page
                    e3        ben          phone         2024-02-01T12:00  page
                    e4        ben          phone         2024-02-02T10:00  page
                    e5        anna         phone         2024-02-02T10:00  page
                    e6        -            phone         2024-02-02T11:00  page
                """),
                "links": rows("""
                    anonymous_id  linked_at         customer_id  unlinked_at
                    phone         2024-02-01T12:30  anna         2024-02-06T09:00
                    tablet        2024-02-05T09:00  cleo         -
                """),
            },
            gives=rows("""
                anonymous_id  customer_id  linked_at         linked_on
                phone         anna         2024-02-01T10:00  2024-02-01
                phone         ben          2024-02-01T12:00  2024-02-01
                phone         anna         2024-02-02T10:00  2024-02-02
                phone         ben          2024-02-02T10:00  2024-02-02
                tablet        cleo         2024-02-05T09:00  2024-02-05
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("events",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        return turns(findings(facts), ["anonymous_id", "linked_on"])


def findings(facts: FactTables) -> ir.Table:
    """Each event that carries both ids, and each link that stands: anonymous_id, customer_id, linked_at, linked_on."""
    events = facts["events"].filter(_.customer_id.notnull(), _.anonymous_id.notnull())
    seen = events.select("anonymous_id", "customer_id", linked_at=_.happened_at, linked_on=_.happened_on)
    told = facts["links"].filter(Links().stands()).select("anonymous_id", "customer_id", "linked_at", "linked_on")
    return told.union(seen, distinct=False)


def turns(findings: ir.Table, within: Sequence[str]) -> ir.Table:
    """Of the findings (the columns of this fact) the first of each group, and each that names another customer.

    Most groups name one customer alone; only the others are put in order.
    """
    groups = findings.group_by(*within).aggregate(
        least=_.customer_id.min(),
        greatest=_.customer_id.max(),
        first_at=_.linked_at.min(),
        first_on=_.linked_on.min(),
    )
    alone = groups.filter(_.least == _.greatest).select(
        "anonymous_id", customer_id=_.least, linked_at=_.first_at, linked_on=_.first_on
    )
    mixed = findings.semi_join(groups.filter(_.least != _.greatest), list(within))
    order = ibis.window(group_by=list(within), order_by=["linked_at", "customer_id"])
    mixed = mixed.mutate(before=_.customer_id.lag().over(order))
    mixed = mixed.filter(_.before.isnull() | (_.before != _.customer_id))
    return alone.union(mixed.select(*alone.columns), distinct=False)
