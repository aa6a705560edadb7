"""Each event with the visit it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import dimension, flag, moment, text
from stamm.facts.events import KINDS_IN_WORDS, Events
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, rows

_ = ibis._


class SessionEvents(Derived):
    """Each event with the session it belongs to: one visitor's events in order, cut where a long pause lies.

    A pause is long when it lasts more than 30 minutes (a setting); exactly 30 do not cut, midnight does not
    either. Events of the same moment follow one another by event_id.
    """

    de = "Ereignisse der Sitzungen"
    sentence_de = "Jedes Ereignis mit der Sitzung, zu der es gehört; eine lange Pause beginnt eine neue."
    clock = "happened_at"

    event_id = text("the event")
    visitor_id = text("whose visit")
    customer_id = text("the customer, empty while unknown")
    happened_at = moment("when it happened")
    kind = dimension(KINDS_IN_WORDS)
    name = dimension("the event's name")
    page = dimension("the page's path")
    referrer = dimension("where the visitor came from")
    medium = dimension("kind of origin")
    campaign = dimension("the campaign that brought the visit")
    channel = dimension("web, app, server, chat ...")
    started_at = moment("the session's first event")
    ended_at = moment("the session's last event")
    opens = flag("the session's first event")
    enters = flag("the session's first page or screen")
    leaves = flag("the session's last page or screen")

    # e1 to e3 are one session with exactly 30 minutes between; e2 and e3 happen at the same moment
    examples = (
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at       kind
                    e1        anna         -             2024-02-01T23:50  track
                    e2        anna         -             2024-02-02T00:20  page
                    e3        anna         -             2024-02-02T00:20  page
                    e4        anna         -             2024-02-02T00:51  page
                    e5        -            phone         2024-02-02T00:20  track
                """),
            },
            gives=rows("""
                event_id  started_at        ended_at          opens  enters  leaves
                e1        2024-02-01T23:50  2024-02-02T00:20  true   false   false
                e2        2024-02-01T23:50  2024-02-02T00:20  false  true    false
                e3        2024-02-01T23:50  2024-02-02T00:20  false  false   true
                e4        2024-02-02T00:51  2024-02-02T00:51  true   true    true
                e5        2024-02-02T00:20  2024-02-02T00:20  true   false   false
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("identity",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        return in_sessions(facts["identity"], ("visitor_id",), facts.rules.session_minutes)


def in_sessions(events: ir.Table, whose: Sequence[str], session_minutes: int) -> ir.Table:
    """Events with the session they belong to; `whose` names the columns that tell apart who acts.

    Two passes over everybody's events in order: one sees the neighbours, one the session's two ends. The page or
    screen before an event lies in the same session just when it is not before its start, so entering and leaving
    need no third pass.
    """
    places = {"group_by": list(whose), "order_by": ["happened_at", "event_id"]}
    order = ibis.window(**places)
    before, after = ibis.window(preceding=(None, 1), **places), ibis.window(following=(1, None), **places)
    until, since = ibis.window(following=0, **places), ibis.window(preceding=0, following=None, **places)
    pause = ibis.interval(minutes=session_minutes)
    seen = Events().views()
    seen_at = seen.ifelse(_.happened_at, None)
    events = events.mutate(
        previous_at=_.happened_at.lag().over(order),
        next_at=_.happened_at.lead().over(order),
        seen_before=seen_at.max().over(before),
        seen_after=seen_at.min().over(after),
    )
    events = events.mutate(
        opens=_.previous_at.isnull() | (_.happened_at > _.previous_at + pause),
        closes=_.next_at.isnull() | (_.next_at > _.happened_at + pause),
    )
    events = events.mutate(
        started_at=_.opens.ifelse(_.happened_at, None).max().over(until),
        ended_at=_.closes.ifelse(_.happened_at, None).min().over(since),
    )
    events = events.mutate(
        enters=seen & (_.seen_before.isnull() | (_.seen_before < _.started_at)),
        leaves=seen & (_.seen_after.isnull() | (_.seen_after > _.ended_at)),
    )
    return events.drop("previous_at", "next_at", "seen_before", "seen_after", "closes")
