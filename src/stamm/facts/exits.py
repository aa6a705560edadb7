"""The page on which each visit ended."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import dimension, moment, text
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.facts.sessions import Sessions
from stamm.lang.example import TableExample, rows

_ = ibis._


class Exits(Derived):
    """The page or screen that was the last of its visit, one row a visit in which one was seen.

    It belongs to the window in which the visit starts.
    """

    de = "Ausstiege"
    sentence_de = "Die letzte Seite oder Ansicht jedes Besuchs, in dem eine gesehen wurde."
    clock = "started_at"

    visitor_id = text("whose visit")
    customer_id = text("the customer, empty while unknown")
    started_at = moment("the visit's first event")
    page = dimension("the last page or screen seen; empty where the event did not name it")
    referrer = dimension("where the visit's first event came from")
    medium = dimension("kind of origin of its first event")
    campaign = dimension("campaign of its first event")
    channel = dimension("channel of its first event")

    # anna does something after her last page; ben sees none; cleo's last page has no name
    examples = (
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  happened_at       kind    page
                    e1        anna         2024-02-01T10:00  page    /
                    e2        anna         2024-02-01T10:10  page    /tea
                    e3        anna         2024-02-01T10:20  track   /pay
                    e4        ben          2024-02-01T10:00  track   /
                    e5        cleo         2024-02-01T10:00  page    /
                    e6        cleo         2024-02-01T10:10  screen  -
                """),
            },
            gives=rows("""
                visitor_id     started_at        page
                customer:anna  2024-02-01T10:00  /tea
                customer:cleo  2024-02-01T10:00  -
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("sessions",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        return facts["sessions"].filter(Sessions().viewing()).mutate(page=_.exit_page)
