"""What of each visit happened in one hand on one day."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import day, dimension, moment, text, whole
from stamm.facts.device_days import in_one_hand
from stamm.facts.events import Events
from stamm.facts.kind import FactTables, Kept, SpellRules, Windowing
from stamm.facts.session_events import in_sessions
from stamm.lang.example import TableExample, rows

_ = ibis._

#: the columns that say where a visit came from: those of its first event
ORIGIN = ("referrer", "medium", "campaign", "channel")
#: whose the events of a piece are, and their day; within it they have one owner
HAND = ("customer_id", "anonymous_id", "happened_on", "found_at")


class SessionPieces(Kept):
    """Visits as far as one day and one hand know of them: cut at midnight, and where a device changes hands.

    Sessions are put together from these pieces. So a piece stays as it is when somebody is recognised later, and
    when the next day goes on with the visit.
    """

    de = "Sitzungsteile"
    sentence_de = (
        "Besuche, soweit ein Tag und eine Hand von ihnen wissen: geteilt um Mitternacht und bei Besitzwechsel."
    )
    clock = "started_at"
    side_needs = ("day_links",)
    cut_by = "started_on"
    depends_on = ("session_minutes",)

    customer_id = text("who, where the events say so")
    anonymous_id = text("else the device")
    started_at = moment("its first event")
    started_on = day("the local day")
    ended_at = moment("its last event")
    opened_by = text("the event_id of its first event")
    events = whole("events of any kind")
    page_views = whole("pages and screens seen")
    actions = whole("track events")
    entered_at = moment("when the first page or screen was seen")
    entered_by = text("its event_id")
    entry_page = dimension("that page or screen")
    left_at = moment("when the last page or screen was seen")
    left_by = text("its event_id")
    exit_page = dimension("that page or screen")
    referrer = dimension("where its first event came from")
    medium = dimension("kind of origin of its first event")
    campaign = dimension("campaign of its first event")
    channel = dimension("channel of its first event")

    # midnight and the finding of e4 cut what is one visit of anna
    examples = (
        TableExample(
            facts={
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at       kind   page  channel
                    e1        -            phone         2024-02-01T23:40  track  -     web
                    e2        -            phone         2024-02-01T23:50  page   /     app
                    e3        -            phone         2024-02-02T00:05  page   /tea  web
                    e4        anna         phone         2024-02-02T00:10  page   /pay  web
                    e5        -            phone         2024-02-02T00:15  page   /bye  web
                """),
            },
            gives=rows("""
                customer_id  anonymous_id  started_at        opened_by  events  entry_page  exit_page  channel
                -            phone         2024-02-01T23:40  e1         2       /           /          web
                -            phone         2024-02-02T00:05  e3         1       /tea        /tea       web
                anna         -             2024-02-02T00:10  e4         1       /pay        /pay       web
                -            phone         2024-02-02T00:15  e5         1       /bye        /bye       web
            """),
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("events",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        events = in_sessions(in_one_hand(facts), HAND, facts.rules.session_minutes)
        pieces = events.group_by(*HAND, "started_at").aggregate(
            ended_at=_.happened_at.max(),
            opened_by=_.event_id.max(where=_.opens),
            events=_.count(),
            page_views=_.count(where=Events().views()),
            actions=_.count(where=Events().actions()),
            entered_at=_.happened_at.max(where=_.enters),
            entered_by=_.event_id.max(where=_.enters),
            entry_page=_.page.max(where=_.enters),
            left_at=_.happened_at.max(where=_.leaves),
            left_by=_.event_id.max(where=_.leaves),
            exit_page=_.page.max(where=_.leaves),
            **{name: _[name].max(where=_.opens) for name in ORIGIN},
        )
        return pieces.mutate(started_on=_.happened_on).select(*cls.columns())
