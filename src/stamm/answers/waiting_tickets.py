"""Tickets that wait for a solution."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ibis

from stamm.answers.plan import Plan
from stamm.answers.world import END_OF_TIME, World

_ = ibis._

COLUMNS = ("ticket_id", "customer_id", "since", "channel", "topic", "first_reply_at")


def waiting_tickets(world: World, before: datetime) -> list[dict[str, Any]]:
    """Tickets that are open since before that moment, those open longest first: rows of `COLUMNS`.

    `since` is when a ticket was opened or, where that came after its last solution, opened again. Without tickets in
    the data there are none.
    """
    if "tickets" not in world.coverage:
        return []
    tickets = Plan(world, (), None, world.day_start(END_OF_TIME))["tickets"]
    again = _.reopened_at.notnull() & _.resolved_at.notnull() & (_.reopened_at > _.resolved_at)
    waiting = tickets.filter(_.resolved_at.isnull() | again)
    moment = ibis.timestamp(before.astimezone(UTC).replace(tzinfo=None), timezone="UTC")
    found = waiting.mutate(since=again.ifelse(_.reopened_at, _.opened_at)).filter(_.since <= moment).select(*COLUMNS)
    rows: list[dict[str, Any]] = world.engine.run(found.order_by("since", "ticket_id")).to_pylist()
    return rows
