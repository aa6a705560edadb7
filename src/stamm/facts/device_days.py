"""What was done on each device, day by day."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import day, moment, text, whole
from stamm.facts.elapsed import AFTER_ALL
from stamm.facts.events import Events
from stamm.facts.kind import FactTables, Kept, SpellRules, Windowing
from stamm.lang.example import TableExample, rows

_ = ibis._


class DeviceDays(Kept):
    """What a known customer, or a device of nobody yet known, did on a local day.

    A day on which a device changed hands is cut there, so that a row has one owner, whoever that turns out to
    be. So it stays as it is when somebody is recognised later, and only days with new facts are made again.
    """

    de = "Gerätetage"
    sentence_de = "Was ein bekannter Kunde oder ein Gerät, das noch niemandem gehört, an einem Kalendertag tat."
    clock = "first_at"
    side_needs = ("day_links",)
    cut_by = "first_on"

    customer_id = text("who, where the events say so")
    anonymous_id = text("else the device")
    first_at = moment("the first event of the row")
    first_on = day("the local day")
    events = whole("events")
    page_views = whole("pages and screens seen")
    actions = whole("track events")

    examples = (
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at       kind
                    e1        -            phone         2024-02-01T09:00  page
                    e2        -            phone         2024-02-01T09:30  track
                    e3        anna         phone         2024-02-01T10:00  page
                    e4        -            phone         2024-02-01T10:00  page
                    e5        anna         laptop        2024-02-01T11:00  screen
                    e6        -            phone         2024-02-02T10:00  page
                """),
            },
            gives=rows("""
                customer_id  anonymous_id  first_at          first_on    events  page_views  actions
                -            phone         2024-02-01T09:00  2024-02-01  2       1           1
                -            phone         2024-02-01T10:00  2024-02-01  1       1           0
                anna         -             2024-02-01T10:00  2024-02-01  2       2           0
                -            phone         2024-02-02T10:00  2024-02-02  1       1           0
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("events",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        pieces = in_one_hand(facts).group_by("customer_id", "anonymous_id", "happened_on", "found_at")
        return (
            pieces.aggregate(
                first_at=_.happened_at.min(),
                events=_.count(),
                page_views=_.count(where=Events().views()),
                actions=_.count(where=Events().actions()),
            )
            .mutate(first_on=_.happened_on)
            .select(*cls.columns())
        )


def in_one_hand(facts: FactTables) -> ir.Table:
    """Events, those of a device nobody is known for beside the last finding of their day (`found_at`).

    Events of one customer, or of one device, day and finding, have one owner. `anonymous_id` is empty beside a
    customer.
    """
    events, links = facts["events"], facts["day_links"]
    order = ibis.window(group_by=["anonymous_id", "linked_on"], order_by=["linked_at", "customer_id"])
    links = links.mutate(until_at=_.linked_at.lead().over(order).coalesce(AFTER_ALL))
    links = links.select(device=_.anonymous_id, on=_.linked_on, found_at=_.linked_at, until_at=_.until_at)
    events = events.mutate(anonymous_id=_.customer_id.isnull().ifelse(_.anonymous_id, None))
    matched = events.left_join(
        links,
        [
            events.anonymous_id == links.device,
            events.happened_on == links.on,
            events.happened_at >= links.found_at,
            events.happened_at < links.until_at,
        ],
    )
    return matched.drop("device", "on", "until_at")
