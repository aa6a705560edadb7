"""How long each visit took, without where it came from and what was seen first."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import moment, real, text, whole
from stamm.facts.elapsed import seconds_between
from stamm.facts.events import Events
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.facts.owners import owned
from stamm.lang.example import TableExample, rows

_ = ibis._

MINUTE = 60_000_000
#: stretches of time are counted from here; exact for some 285 years before and after
ORIGIN = ibis.timestamp("2000-01-01", timezone="UTC")


class SessionSpans(Derived):
    """Of each session, how long it took and how much was done in it.

    The same sessions with fewer columns: what is asked of these alone is answered from here. It costs far less,
    since events need not be put in order: those of one stretch of the clock as long as a pause lie in one session,
    so only stretches are put in order, or, where they are kept, the pieces of sessions.
    """

    de = "Spannen der Sitzungen"
    sentence_de = "Wie lange jede Sitzung dauerte und wie viel in ihr geschah."
    clock = "started_at"
    narrows = "sessions"
    side_needs = ("owners", "session_pieces")

    visitor_id = text("whose visit")
    customer_id = text("the customer, empty while unknown")
    started_at = moment("its first event")
    ended_at = moment("its last event")
    seconds = real("seconds from its first to its last event")
    events = whole("events of any kind")
    page_views = whole("pages and screens seen")
    actions = whole("track events")

    # exactly half an hour does not cut, neither does midnight or that ben is recognised on the way; a second more does
    examples = (
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at          kind
                    e1        anna         -             2024-02-01T23:29:59  page
                    e2        anna         -             2024-02-01T23:59:59  track
                    e3        anna         -             2024-02-02T00:29:59  page
                    e4        anna         -             2024-02-02T01:00:00  page
                    e5        -            phone         2024-02-01T10:00:00  page
                    e6        ben          phone         2024-02-01T10:20:00  page
                    e7        -            phone         2024-02-01T10:20:00  track
                    e8        -            tablet        2024-02-01T10:00:00  page
                """),
            },
            gives=rows("""
                visitor_id      started_at           ended_at             seconds  events  page_views  actions
                customer:anna   2024-02-01T23:29:59  2024-02-02T00:29:59  3600     3       2           1
                customer:anna   2024-02-02T01:00:00  2024-02-02T01:00:00  0        1       1           0
                customer:ben    2024-02-01T10:00:00  2024-02-01T10:20:00  1200     3       2           1
                visitor:tablet  2024-02-01T10:00:00  2024-02-01T10:00:00  0        1       1           0
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("identity",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        pause = facts.rules.session_minutes * MINUTE
        if facts.keeps("session_pieces"):
            pieces = owned(facts["session_pieces"], facts["owners"], "started_at")
            return _put_together(begun(pieces, ["started_at", "opened_by"], pause))
        return _put_together(begun(stretches(facts["identity"], pause), ["started_at"], pause))


def stretch(moment: Deferred, pause: int) -> Deferred:
    """The number of the stretch of the clock, as long as a pause (in microseconds), in which a moment lies."""
    return moment.delta(ORIGIN, unit="microsecond") // pause


def stretches(events: ir.Table, pause: int) -> ir.Table:
    """What each visitor did in each stretch of the clock."""
    events = events.mutate(stretch=stretch(_.happened_at, pause))
    return events.group_by("visitor_id", "stretch").aggregate(
        customer_id=_.customer_id.max(),
        started_at=_.happened_at.min(),
        started_on=_.happened_on.min(),
        ended_at=_.happened_at.max(),
        events=_.count(),
        page_views=_.count(where=Events().views()),
        actions=_.count(where=Events().actions()),
    )


def begun(parts: ir.Table, order: Sequence[str], pause: int) -> ir.Table:
    """Parts of sessions beside the beginning of their session: those that reach each other within a pause are one."""
    places = {"group_by": "visitor_id", "order_by": list(order)}
    before, until = ibis.window(preceding=(None, 1), **places), ibis.window(following=0, **places)
    parts = parts.mutate(reached_at=_.ended_at.max().over(before))
    opens = _.reached_at.isnull() | (_.started_at.delta(_.reached_at, unit="microsecond") > pause)
    return parts.mutate(began_at=opens.ifelse(_.started_at, None).max().over(until))


def _put_together(parts: ir.Table) -> ir.Table:
    """One row a session from its parts."""
    spans = parts.group_by("visitor_id", "began_at").aggregate(
        customer_id=_.customer_id.max(),
        started_on=_.started_on.min(),
        ended_at=_.ended_at.max(),
        events=_.events.sum(),
        page_views=_.page_views.sum(),
        actions=_.actions.sum(),
    )
    return spans.rename(started_at="began_at").mutate(seconds=seconds_between(_.started_at, _.ended_at))
