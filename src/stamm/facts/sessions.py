"""Visits: one visitor's events without a long pause."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import dimension, moment, real, text, whole
from stamm.facts.elapsed import seconds_between
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.facts.owners import owned
from stamm.facts.session_pieces import ORIGIN
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

#: columns that a piece which stands alone has as the session has them
_OF_A_PIECE = (
    *("customer_id", "started_at", "ended_at", "events", "page_views", "actions", "entry_page", "exit_page"),
    *ORIGIN,
)

#: anna does something on her first page and is back a minute after half an hour; ben sees one page and leaves,
#: the phone one and another ten seconds later; cleo sees none
_EVENTS = rows("""
    event_id  customer_id  anonymous_id  happened_at          kind   page   channel
    e1        anna         -             2024-02-01T23:50:00  page   /      web
    e2        anna         -             2024-02-02T00:20:00  track  /tea   web
    e3        anna         -             2024-02-02T00:51:00  page   /tea   app
    e4        anna         -             2024-02-02T00:51:08  track  -      app
    e5        ben          -             2024-02-02T08:00:00  page   -      web
    e6        -            phone         2024-02-02T00:51:00  page   /      -
    e7        -            phone         2024-02-02T00:51:10  page   /cups  web
    e8        cleo         -             2024-02-03T08:00:00  track  -      app
""")


class Sessions(Derived):
    """Visits: one visitor's events in order, cut where more than 30 minutes pass between two.

    Exactly 30 minutes do not cut, midnight does not either. A session belongs to the window in which it
    starts, and counts there whole. Where it came from and its channel are those of its first event.
    """

    de = "Sitzungen"
    sentence_de = "Besuche: die Ereignisse eines Besuchers der Reihe nach, getrennt durch mehr als 30 Minuten Pause."
    clock = "started_at"
    side_needs = ("owners",)

    visitor_id = text("whose visit")
    customer_id = text("the customer, empty while unknown")
    started_at = moment("its first event")
    ended_at = moment("its last event")
    seconds = real("seconds from its first to its last event")
    events = whole("events of any kind")
    page_views = whole("pages and screens seen")
    actions = whole("track events")
    entry_page = dimension("the first page or screen seen")
    exit_page = dimension("the last page or screen seen")
    referrer = dimension("where its first event came from")
    medium = dimension("kind of origin of its first event")
    campaign = dimension("campaign of its first event")
    channel = dimension("channel of its first event")

    examples = (
        TableExample(
            facts={"events": _EVENTS},
            gives=rows("""
                visitor_id     started_at           seconds  events  page_views  actions  entry_page  exit_page  channel
                customer:anna  2024-02-01T23:50:00  1800     2       1           1        /           /          web
                customer:anna  2024-02-02T00:51:00  8        2       1           1        /tea        /tea       app
                customer:ben   2024-02-02T08:00:00  0        1       1           0        -           -          web
                customer:cleo  2024-02-03T08:00:00  0        1       0           1        -           -          app
                visitor:phone  2024-02-02T00:51:00  10       2       2           0        /           /cups      -
            """),
        ),
        # ben looks at his only page for 42 seconds
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at          kind   page   channel
                    e1        ben          -             2024-02-02T08:00:00  page   /tea   web
                    e2        ben          -             2024-02-02T08:00:42  stay   /tea   web
                """),
            },
            gives=rows("""
                visitor_id     started_at           seconds  events  page_views  actions  entry_page  exit_page  channel
                customer:ben   2024-02-02T08:00:00  42       2       1           0        /tea        /tea       web
            """),
        ),
        VerbExample(
            facts={"events": _EVENTS},
            window="2024-02",
            gives={"viewing": 4, "one_paged": 3, "bounced": 1, "active": 3, "single": 2, "brief(10)": 3, "brief(8)": 2},
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("session_pieces",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        """Pieces put together, where no pause lies between them; nearly all stand alone, and are left as they are."""
        pieces = owned(facts["session_pieces"], facts["owners"], "started_at")
        places = {"group_by": "visitor_id", "order_by": ["started_at", "opened_by"]}
        before, until = ibis.window(preceding=(None, 1), **places), ibis.window(following=0, **places)
        pause = ibis.interval(minutes=facts.rules.session_minutes)
        pieces = pieces.mutate(
            reached_at=_.ended_at.max().over(before),
            next_at=_.started_at.lead().over(ibis.window(**places)),
        )
        pieces = pieces.mutate(
            opens=_.reached_at.isnull() | (_.started_at > _.reached_at + pause),
            closes=_.next_at.isnull() | (_.next_at > _.ended_at + pause),
        )
        alone = pieces.filter(_.opens & _.closes)
        together = pieces.filter(~(_.opens & _.closes))
        together = together.mutate(began_at=_.opens.ifelse(_.started_at, None).max().over(until))
        names = ["visitor_id", *_OF_A_PIECE, "started_on"]
        sessions = alone.select(*names).union(_joined(together).select(*names), distinct=False)
        return sessions.mutate(seconds=seconds_between(_.started_at, _.ended_at))

    def viewing(self) -> Deferred:
        """Sessions in which a page or screen was seen."""
        return self.page_views >= 1

    def one_paged(self) -> Deferred:
        """Sessions with one page or screen, whatever else was done."""
        return self.page_views == 1

    def bounced(self) -> Deferred:
        """Sessions with one page or screen on which nothing was done."""
        return self.one_paged() & ~self.active()

    def active(self) -> Deferred:
        """Sessions in which something was done, not only seen."""
        return self.actions >= 1

    def single(self) -> Deferred:
        """Sessions of one event, whose length nobody knows."""
        return self.events == 1

    def brief(self, seconds: float) -> Deferred:
        """Sessions shorter than so many seconds, with fewer than two pages and screens."""
        return (self.seconds < seconds) & (self.page_views < 2)


def _joined(pieces: ir.Table) -> ir.Table:
    """One row a visitor and session from its pieces, each knowing when the session began (`began_at`)."""
    session = ibis.window(group_by=["visitor_id", "began_at"])
    pieces = pieces.mutate(first_at=_.entered_at.min().over(session), last_at=_.left_at.max().over(session))
    pieces = pieces.mutate(
        first_by=(_.entered_at == _.first_at).ifelse(_.entered_by, None).min().over(session),
        last_by=(_.left_at == _.last_at).ifelse(_.left_by, None).max().over(session),
    )
    sessions = pieces.group_by("visitor_id", "began_at").aggregate(
        customer_id=_.customer_id.max(),
        started_on=_.started_on.min(),
        ended_at=_.ended_at.max(),
        events=_.events.sum(),
        page_views=_.page_views.sum(),
        actions=_.actions.sum(),
        entry_page=_.entry_page.max(where=_.entered_by == _.first_by),
        exit_page=_.exit_page.max(where=_.left_by == _.last_by),
        **{name: _[name].max(where=_.opens) for name in ORIGIN},
    )
    return sessions.mutate(started_at=_.began_at)
